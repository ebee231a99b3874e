"""Control limits of a funnel of shares, wider where the peers differ by more than chance. Draws nothing.

Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24, with the additive
over-dispersion of his (2005) Qual Saf Health Care 14; winsorised for limits only (methods.md 1.3 and 1.4).
"""

import math
from collections.abc import Sequence
from datetime import date

import msgspec
import numpy as np

from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.parameters import Parameter
from dashboards.supervision.figures import Funnel, Limits

WINSORISED = Parameter(0.1, "Spiegelhalter (2005): 10 % of the peers at each end, for limits only", date(2026, 1, 1))
POINTS = 24  # of the curve that is drawn
ROUNDING = 5


class Spread(msgspec.Struct, frozen=True):
    """Of a group of peers, in shares of one: the mean, and the variance between them that is not chance."""

    mean: float
    between: float


def estimate_spread(satisfied: Sequence[int], ratings: Sequence[int]) -> Spread | None:
    """None below the smallest peer group, and where all or none are satisfied.

    μ = Σ y / Σ n; z = (p - μ) / √(μ (1 - μ) / n), winsorised; τ² = max(0, (Σ z² - (k - 1)) / (Σ w - Σ w² / Σ w)).
    """
    n, y = np.array(ratings, float), np.array(satisfied, float)
    if len(n) < PARAMETERS_2026_1.smallest_pool.value or not 0 < y.sum() < n.sum():
        return None
    mean = float(y.sum() / n.sum())
    weight = n / (mean * (1 - mean))
    z = winsorise((y / n - mean) * np.sqrt(weight))
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return Spread(mean, max(0.0, float(((z**2).sum() - (len(n) - 1)) / scale)))


def winsorise(values: np.ndarray) -> np.ndarray:
    """The outermost values, a tenth at each end, moved to the next one within."""
    kept = np.sort(values)[(out := int(WINSORISED.value * len(values))) : len(values) - out]
    return np.clip(values, kept[0], kept[-1])


def place_in_funnel(satisfied: int, ratings: int, spread: Spread) -> Funnel:
    distance = abs(satisfied / ratings - spread.mean) / measure_deviation(ratings, spread)
    if distance > PARAMETERS_2026_1.alarm_z.value:
        return "alarm"
    return "warning" if distance > PARAMETERS_2026_1.warning_z.value else "inside"


def measure_deviation(ratings: int, spread: Spread) -> float:
    return math.sqrt(spread.mean * (1 - spread.mean) / ratings + spread.between)


def draw_limits(smallest: int, largest: int, spread: Spread) -> tuple[Limits, ...]:
    """From the smallest to the largest number of ratings, in steps that grow with it."""
    low, high = max(ROUNDING, smallest), max(ROUNDING, largest, smallest)
    steps = np.unique(np.geomspace(low, high, POINTS).round().astype(int)) if high > low else [low]
    return tuple(limit_at(int(n), spread) for n in steps)


def limit_at(ratings: int, spread: Spread) -> Limits:
    deviation = measure_deviation(ratings, spread)

    def reach(z: float) -> float:
        return round(100 * min(1.0, max(0.0, spread.mean + z * deviation)), 1)

    warning, alarm = PARAMETERS_2026_1.warning_z.value, PARAMETERS_2026_1.alarm_z.value
    return Limits(ratings, reach(-warning), reach(warning), reach(-alarm), reach(alarm))
