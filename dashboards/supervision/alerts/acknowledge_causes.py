"""Tells the drop watch that somebody has looked at the cause of an alert: what it watches there begins anew."""

from datetime import date, timedelta

from dashboards.drops.watch_drops import acknowledge_alert
from dashboards.supervision.alerts.causes import FALLS, About, is_part_of
from dashboards.supervision.alerts.rules_drops import make_signal
from dashboards.supervision.alerts.rules_parameters import WINDOW_DAYS
from feedback.database import Connection
from feedback.tables.alert_inputs import select_main_desks, select_open_drops
from surveys.errors import UnknownAlertError


async def acknowledge_cause(connection: Connection, about: About, seen_by: str, day: date) -> None:
    """Every open row of the watch that is about this or explained by it; as the program, whose tables these are."""
    if about.kind not in FALLS:
        return
    drops = [drop for drop in await select_open_drops(connection) if drop.unit_id == about.unit_id]
    officials = [drop.entity_id for drop in drops if drop.role == "official"]
    first = day - timedelta(days=WINDOW_DAYS.value)
    desks = await select_main_desks(connection, [about.unit_id], officials, first, day)
    for drop in drops:
        part = make_signal(drop, desks).about
        if part.cause != about.cause and not is_part_of(part, about):
            continue
        try:
            await acknowledge_alert(connection, drop.alert_id, seen_by, day)
        except UnknownAlertError:
            continue  # a row of the same cause has closed it as well
