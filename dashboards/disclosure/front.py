"""The gate for the Front: rule P9 lets it see closed quarters from five ratings on, running ones in batches of ten.

Takes counts, gives released structs. Which counts may stand at all is decided in front_cuts.py.
"""

import math
from collections.abc import Sequence
from datetime import date

import msgspec

from dashboards.disclosure.groups import (
    BOTTOM_BAND,
    EXACT_DECIMALS,
    SMALLEST_UNCODED,
    TOP_BAND,
    ReleasedGroup,
    ReleasedShare,
    divide_half_up,
)
from dashboards.indicators.parameters import Parameter
from dashboards.indicators.registry import SMALLEST_GROUP, SMALLEST_HEADLINE
from dashboards.indicators.satisfaction import Z

FRONT_RATINGS = Parameter(
    5,
    "Rule P9: the Front sees unit-level data from 5 ratings on (methods.md 2.3; own choice, Notice 21-TB/VPTW 3(8))",
    date(2026, 1, 1),
    is_placeholder=True,
)
FRONT_COMMENTS = Parameter(
    5, "Rule P1: free-text themes need 5 comments, and comments go out 5 at a time", date(2026, 1, 1)
)
LOW_RESPONSE_SHARE = Parameter(
    0.05, "Own choice: below 5 % those who answer are too few to stand for the others", date(2026, 1, 1),
    is_placeholder=True,
)  # fmt: skip
ROUNDING = 5
NOTHING = ReleasedGroup(None, None, None, None)


def round_count(n: int) -> int:
    """To the nearest 5."""
    return (n + 2) // ROUNDING * ROUNDING


def release_front(scores: Sequence[int]) -> ReleasedGroup:
    """`scores` are how many gave 1 to 5, of a cell that may be shown; nothing of fewer than five all the same."""
    n = sum(scores)
    share = release_part(scores[3] + scores[4], n)
    if share is None:
        return NOTHING
    if share.bound != "exact" or n < SMALLEST_HEADLINE:
        return ReleasedGroup(round_count(n), share, None, None)
    points = sum(25 * weight * count for weight, count in enumerate(scores))
    distribution = tuple(None if count < SMALLEST_GROUP else round_count(count) for count in scores)
    return ReleasedGroup(round_count(n), share, divide_half_up(points, n), distribution)


def release_dissatisfied(scores: Sequence[int]) -> ReleasedShare | None:
    """The share of scores 1 and 2; hidden with the satisfied share, and banded wherever that is."""
    n = sum(scores)
    satisfied = release_part(scores[3] + scores[4], n)
    low = release_part(scores[0] + scores[1], n)
    if satisfied is None or low is None:
        return None
    if satisfied.bound == "at_least":
        return ReleasedShare(BOTTOM_BAND, "at_most")
    # Beside a band at the bottom, an exact share would tell how many were neither.
    return None if satisfied.bound == "at_most" and low.bound == "exact" else low


def release_part(part: int, n: int) -> ReleasedShare | None:
    """`part` of `n` in whole percent with its interval rounded outwards, a band near the ends below 50."""
    if n < FRONT_RATINGS.value:
        return None
    if n < SMALLEST_UNCODED and part * 100 >= TOP_BAND * n:
        return ReleasedShare(TOP_BAND, "at_least")
    if n < SMALLEST_UNCODED and part * 100 <= BOTTOM_BAND * n:
        return ReleasedShare(BOTTOM_BAND, "at_most")
    return measure_share(part, n)


def measure_share(part: int, n: int) -> ReleasedShare:
    """Whole percent and Wilson's interval of what says nothing about any answer; `part` above `n` is all of it."""
    low, high = calculate_wilson(min(part, n), n)
    ends = (round(100 * end, EXACT_DECIMALS) for end in (low, high))
    low_percent, high_percent = next(ends), next(ends)
    percent = min(divide_half_up(100 * part, n), 100)
    return ReleasedShare(percent, "exact", math.floor(low_percent), math.ceil(high_percent))


def calculate_wilson(part: int, n: int) -> tuple[float, float]:
    """The 95 % interval of `part` of `n`, as shares of one: Wilson (1927)."""
    share = part / n
    centre, scale = share + Z**2 / (2 * n), 1 + Z**2 / n
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return (centre - half) / scale, (centre + half) / scale


def count_missing(received: int, *, is_closed: bool) -> int:
    """How many more ratings would let something out, rounded up to fives; in a running quarter two batches do.

    At least five, as what is missing is never told exactly.
    """
    needed = FRONT_RATINGS.value if is_closed else 2 * SMALLEST_GROUP
    return max(-(-(needed - received) // ROUNDING) * ROUNDING, ROUNDING)


def widen_interval(share: ReleasedShare) -> float:
    """The upper end to sort by: of an exact share its interval's, of a band the band's own."""
    if share.bound == "exact":
        return float(share.high if share.high is not None else share.percent)
    return 100.0 if share.bound == "at_least" else float(share.percent)


def drop_interval(share: ReleasedShare) -> ReleasedShare:
    return msgspec.structs.replace(share, low=None, high=None)


def is_rest_showable(scores: Sequence[int], smallest: int) -> bool:
    """Rule P4: nobody, or enough who do not all say the same, or thirty and more."""
    n = sum(scores)
    return n == 0 or n >= SMALLEST_HEADLINE or (n >= smallest and max(scores) < n)
