"""The weight of an alert, 1 to 100: how large, how sure, how many citizens. One formula, of released figures. Pure."""

import math

from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.alerts.rules_parameters import FULL_EFFECT, MOST_CITIZENS, UNKNOWN_EFFECT
from feedback.tables.supervision_alerts import AlertKind

HEAVIEST = 100


def weigh(effect: float, certainty: float, reach: float) -> int:
    """100 times the cube root of the product of three parts, each 0 to 1: an alert that lacks one weighs little."""
    product = min(max(effect, 0.0), 1.0) * min(max(certainty, 0.0), 1.0) * min(max(reach, 0.0), 1.0)
    return max(1, math.floor(HEAVIEST * product ** (1 / 3) + 0.5))


def measure_effect(kind: AlertKind, share: ReleasedShare | None, usual: ReleasedShare | int | None) -> float:
    """How far the share lies from what was usual or allowed, of the effect that counts as full.

    A share that may not be told weighs as UNKNOWN_EFFECT.
    """
    beside = usual.percent if isinstance(usual, ReleasedShare) else usual
    if share is None or beside is None:
        return UNKNOWN_EFFECT.value
    return min(1.0, abs(share.percent - beside) / FULL_EFFECT[kind].value)


def measure_certainty(statistic: float, threshold: float) -> float:
    """One half where the rule just fires, three quarters at twice that, towards one."""
    return 1 - 0.5 ** (statistic / threshold)


def measure_reach(citizens: int) -> float:
    """By powers of ten: a hundred citizens are half as many as ten thousand, which are as many as count."""
    return min(1.0, math.log10(1 + citizens) / math.log10(MOST_CITIZENS.value))
