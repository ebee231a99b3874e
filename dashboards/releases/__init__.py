"""Closed quarters, computed once and kept for good."""
