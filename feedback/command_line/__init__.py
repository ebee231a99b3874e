"""The commands of an operator that need no web server; langnghe.py puts them under one name."""
