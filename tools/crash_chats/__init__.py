"""Kills the bot under load and looks for what was lost, doubled or out of order."""
