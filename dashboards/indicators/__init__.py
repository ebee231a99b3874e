"""The indicators: registry.py lists them, every other module computes some of them from counts, purely."""
