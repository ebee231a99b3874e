"""The chat in a terminal: the plainest channel, and the proof that the chat knows no other."""
