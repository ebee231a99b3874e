"""Open desks where nobody has rated for two working weeks although dossiers are completed. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from dashboards.supervision.alerts.causes import About, Signal
from dashboards.supervision.alerts.rules_chance import measure_silence
from dashboards.supervision.alerts.rules_parameters import LOW_RESPONSE, SIGNIFICANCE, SILENT_WEEKDAYS
from dashboards.supervision.alerts.rules_rates import keep_sure
from feedback.tables.alert_inputs import DeskSilence

SATURDAY = 5


def find_silent_desks(silences: Iterable[DeskSilence], last: date) -> list[Signal]:
    """As many dossiers would have brought so many ratings, at the unit's own response rate, that none is no chance.

    Whoever answers nowhere in the unit is another cause: then the limit of low response rates stands in.
    """
    found = list[Signal]()
    for silence in silences:
        if count_weekdays(silence.first, last) < SILENT_WEEKDAYS.value:
            continue
        rate = silence.received / silence.completed if silence.completed and silence.received else LOW_RESPONSE.value
        statistic = measure_silence(silence.dossiers * min(rate, 1.0))
        about = About("silent_desk", silence.unit_id, silence.desk_id)
        found.append(Signal(about, silence.first, last, statistic, SIGNIFICANCE.value, rate))
    return keep_sure(found)


def count_weekdays(first: date, last: date) -> int:
    """Monday to Friday, both days included. Holidays are not known: they bring no dossiers, so nothing is expected."""
    days = max(0, (last - first).days + 1)
    return sum((first + timedelta(days=offset)).weekday() < SATURDAY for offset in range(days))
