"""Rules P5 and P6: the one gate through which every number that comes from answers reaches the public.

Below 10 ratings nothing; counts to the nearest 5; shares and scores whole; extremes of small groups a band.
The number of ratings a unit received says nothing about any answer and is the only count shown as it is.
"""

import math
from typing import Literal

import msgspec

from dashboards.indicators.registry import SMALLEST_GROUP, SMALLEST_HEADLINE
from dashboards.indicators.satisfaction import Satisfaction

SMALLEST_UNCODED = 50
TOP_BAND = 95
BOTTOM_BAND = 5
EXACT_DECIMALS = 9  # a percent that floats miss by less than this is whole
LOW_RESPONSE = 0.05

Bound = Literal["exact", "at_least", "at_most"]


class ReleasedShare(msgspec.Struct, frozen=True):
    """Whole percent. A coded band has no interval, because the interval would tell what the band hides."""

    percent: int
    bound: Bound
    low: int | None = None
    high: int | None = None


class ReleasedGroup(msgspec.Struct, frozen=True):
    """What the public may know of one group of ratings; None stands for a number it may not know.

    `n` and `distribution` (score 1 to 5) are counts rounded to 5, None is fewer than 10. `mean` is 0 to 100.
    """

    n: int | None
    share: ReleasedShare | None
    mean: int | None
    distribution: tuple[int | None, ...] | None


def release_count(n: int) -> int | None:
    """To the nearest 5; None for fewer than 10."""
    return None if n < SMALLEST_GROUP else (n + 2) // 5 * 5


def release_headline(ratings: Satisfaction) -> ReleasedGroup:
    """All ratings of a unit: nothing from answers below 30."""
    return release_group(ratings, SMALLEST_HEADLINE)


def release_cell(ratings: Satisfaction) -> ReleasedGroup:
    """One week, procedure or channel of a unit: nothing from answers below 10, only the share below 30."""
    return release_group(ratings, SMALLEST_GROUP)


def release_group(ratings: Satisfaction, smallest: int) -> ReleasedGroup:
    """Rule P6 needs no case of its own: one score for all makes the share 0 or 1, which is coded.

    Mean and distribution go with the interval: beside a coded band each of them would undo it.
    """
    share = release_share(ratings) if ratings.n >= smallest else None
    if share is None or share.bound != "exact" or ratings.n < SMALLEST_HEADLINE:
        return ReleasedGroup(release_count(ratings.n), share, None, None)
    points = sum(25 * weight * count for weight, count in enumerate(ratings.scores))
    distribution = tuple(release_count(count) for count in ratings.scores)
    return ReleasedGroup(release_count(ratings.n), share, divide_half_up(points, ratings.n), distribution)


def release_share(ratings: Satisfaction) -> ReleasedShare | None:
    """The satisfied share with its interval, rounded outwards; None below 10 ratings."""
    if ratings.low is None or ratings.high is None:
        return None
    share = code_share(ratings.n4 + ratings.n5, ratings.n)
    if share is None or share.bound != "exact":
        return share
    low, high = (round(100 * end, EXACT_DECIMALS) for end in (ratings.low, ratings.high))
    return msgspec.structs.replace(share, low=math.floor(low), high=math.ceil(high))


def release_settlement(ratings: Satisfaction, settlement_ratio: float, completed: int) -> ReleasedShare | None:
    """The settlement ratio, on dossiers: None below 30 dossiers or 30 ratings, as both are in it."""
    if min(completed, ratings.n) < SMALLEST_HEADLINE:
        return None
    return code_share(round(settlement_ratio * completed), completed)


def code_share(part: int, n: int) -> ReleasedShare | None:
    """`part` of `n` in whole percent, or the band it falls in while n is below 50; None below 10."""
    if n < SMALLEST_GROUP:
        return None
    if n < SMALLEST_UNCODED and part * 100 >= TOP_BAND * n:
        return ReleasedShare(TOP_BAND, "at_least")
    if n < SMALLEST_UNCODED and part * 100 <= BOTTOM_BAND * n:
        return ReleasedShare(BOTTOM_BAND, "at_most")
    return ReleasedShare(divide_half_up(100 * part, n), "exact")


def divide_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a quotient of non-negative integers, exact where floats are not."""
    return (2 * numerator + denominator) // (2 * denominator)
