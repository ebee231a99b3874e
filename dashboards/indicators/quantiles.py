"""The two distributions that intervals and bands need: the normal one, and Student's t for small pools.

Written here, as nothing else needs a statistics library, and the t of whole degrees of freedom is a short sum.
"""

import math
from functools import cache

import polars as pl

BISECTIONS = 200  # more than enough to halve any bracket down to the spacing of floats


def calculate_normal_probability(values: pl.Series) -> pl.Series:
    """P(Z <= value) of the standard normal distribution; null stays null."""
    probabilities = [None if value is None else math.erfc(-value / math.sqrt(2)) / 2 for value in values]
    return pl.Series(values.name, probabilities, dtype=pl.Float64)


def calculate_t_probability(t: float, degrees: int) -> float:
    """P(|T| <= t) for t >= 0. Abramowitz and Stegun (1964), 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    if degrees % 2 == 0:
        return sine * _sum_series(square, range(1, degrees - 1, 2))
    series = math.cos(angle) * _sum_series(square, range(2, degrees - 1, 2)) if degrees > 1 else 0.0
    return (angle + sine * series) * 2 / math.pi


def _sum_series(square: float, factors: range) -> float:
    """1 + (f1 / (f1 + 1)) square + (f1 f2 / ((f1 + 1) (f2 + 1))) square² + …."""
    term = total = 1.0
    for factor in factors:
        term *= factor / (factor + 1) * square
        total += term
    return total


@cache
def find_t_quantile(probability: float, degrees: int) -> float:
    """The t that T exceeds with 1 - probability; probability above one half, degrees 1 or more."""
    inside = 2 * probability - 1
    low, high = 0.0, 1.0
    while calculate_t_probability(high, degrees) < inside:
        low, high = high, 2 * high
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if calculate_t_probability(middle, degrees) < inside else (low, middle)
    return (low + high) / 2
