"""From open rows of the drop watch to signals: desks, units and officials whose service fell. Pure.

A watch of an official stays with the manager of the unit; weeks with many low scores are told of units and desks.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from dashboards.supervision.alerts.causes import About, Signal
from dashboards.supervision.alerts.rules_parameters import LOW_SHARE_SIGMAS
from feedback.tables.alert_inputs import OpenDrop


def find_fallen(drops: Iterable[OpenDrop], desks: Mapping[int, int], sunday: date) -> list[Signal]:
    """One signal a cause, of the first day it rang, as far as its week has closed: before, nothing may be shown.

    `desks` says for officials where they served most.
    """
    found: dict[str, Signal] = {}
    for drop in sorted(drops, key=lambda drop: (drop.day, -drop.statistic)):
        if drop.day <= sunday and is_told(drop):
            signal = make_signal(drop, desks)
            found.setdefault(signal.about.cause, signal)
    return list(found.values())


def is_told(drop: OpenDrop) -> bool:
    return drop.detector == "drop" or drop.statistic > LOW_SHARE_SIGMAS.value


def make_signal(drop: OpenDrop, desks: Mapping[int, int]) -> Signal:
    official = drop.entity_id if drop.role == "official" else 0
    desk = {"desk": drop.entity_id, "official": desks.get(official, 0)}.get(drop.role, 0)
    about = About(drop.detector, drop.unit_id, desk, official)
    threshold = LOW_SHARE_SIGMAS.value if drop.detector == "low_share" else drop.threshold
    return Signal(about, drop.day, drop.day, drop.statistic, threshold)


def find_monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
