"""Charts of released numbers: one module for each chart, drawing.py turns them into SVG. None knows an unreleased number."""
