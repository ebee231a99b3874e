"""The same interview in a chat: one folder a channel."""
