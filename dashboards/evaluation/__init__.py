"""The program interface under /api/v1 from which personnel systems pull released scores."""
