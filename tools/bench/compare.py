"""Ratios of figures that were taken side by side: the median over the rounds."""

from statistics import median
from typing import Any

Row = tuple[str, str, str, str]
"""What was measured, the result, the target, the figures behind it."""


def compare(figures: list[Any], ours: str, other: str) -> float:
    """The median of the ratios, each within one round."""
    return median(getattr(figure, ours) / getattr(figure, other) for figure in figures)


def read_median(figures: list[Any], name: str) -> float:
    return median(getattr(figure, name) for figure in figures)
