"""The demo: an invented world in real places, ratings with known true effects, and the way both get into the store."""
