"""Digests of alerts: when one is due, what it says, how it is sent by e-mail and by the bot."""
