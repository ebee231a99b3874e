"""A Bot API server and a chat page of our own, so that a demo and a test can talk to the bot without Telegram."""
