"""The demo: an invented world in real places, ratings with known true effects, and their way into the store."""
