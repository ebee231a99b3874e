"""The commands of an operator that need no web server; langnghe.py finds them by name."""
