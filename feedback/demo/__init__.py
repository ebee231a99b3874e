"""The demo: an invented world in real places, ratings with known true effects, their way into the store."""
