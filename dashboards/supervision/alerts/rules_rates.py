"""Units in which too few are asked, or too many ratings are set aside. Pure."""

from collections.abc import Iterable
from datetime import date

from dashboards.supervision.alerts.causes import About, Signal
from dashboards.supervision.alerts.rules_chance import measure_excess, measure_lack
from dashboards.supervision.alerts.rules_parameters import (
    LOW_RESPONSE,
    LOW_RESPONSE_DOSSIERS,
    SET_ASIDE,
    SET_ASIDE_RATINGS,
    SIGNIFICANCE,
)
from feedback.tables.alert_inputs import UnitTally


def find_low_response(tallies: Iterable[UnitTally], first: date, last: date) -> list[Signal]:
    """Fewer ratings than five for a hundred dossiers, and not by chance."""
    limit, found = LOW_RESPONSE.value, list[Signal]()
    for tally in tallies:
        if tally.completed < LOW_RESPONSE_DOSSIERS.value or tally.received >= limit * tally.completed:
            continue
        statistic = measure_lack(tally.received, tally.completed, limit)
        found.append(Signal(About("low_response", tally.unit_id), first, last, statistic, SIGNIFICANCE.value, limit))
    return keep_sure(found)


def find_set_aside(tallies: Iterable[UnitTally], first: date, last: date) -> list[Signal]:
    """More than one in ten of all ratings received, and not by chance."""
    limit, found = SET_ASIDE.value, list[Signal]()
    for tally in tallies:
        n = tally.received + tally.set_aside
        if n < SET_ASIDE_RATINGS.value or tally.set_aside <= limit * n:
            continue
        statistic = measure_excess(tally.set_aside, n, limit)
        found.append(Signal(About("set_aside", tally.unit_id), first, last, statistic, SIGNIFICANCE.value, limit))
    return keep_sure(found)


def keep_sure(signals: Iterable[Signal]) -> list[Signal]:
    return [signal for signal in signals if signal.statistic > signal.threshold]
