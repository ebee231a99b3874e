"""The change of a share against the period before, made of the two released shares alone. Pure."""

import math

from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.calculate_pilots import Difference


def measure_change(now: ReleasedShare | None, before: ReleasedShare | None) -> Difference | None:
    """Points, now less before; None where one of both is not told exactly.

    Newcombe (1998), Statistics in Medicine 17, method 10, on intervals that were rounded outwards: so it is at most
    two points wider than one of the counts themselves, and tells nothing that the two shares do not.
    """
    own, other = find_ends(now), find_ends(before)
    if now is None or before is None or own is None or other is None:
        return None
    (low, high), (other_low, other_high) = own, other
    points = now.percent - before.percent
    down = math.hypot(now.percent - low, other_high - before.percent)
    up = math.hypot(high - now.percent, before.percent - other_low)
    return Difference(points, math.floor(points - down), math.ceil(points + up))


def find_ends(share: ReleasedShare | None) -> tuple[int, int] | None:
    if share is None or share.low is None or share.high is None:
        return None
    return share.low, share.high
