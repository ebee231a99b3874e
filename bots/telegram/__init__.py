"""The chat in Telegram: translates what came in and what goes out, and loses neither."""
