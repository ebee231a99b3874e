"""Charts of released numbers: one module each, and drawing.py, which turns them into SVG."""
