"""Supervision cases: what a unit must answer, who moves it, and what became of it."""
