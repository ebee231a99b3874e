"""The daily drop watch: every closed day once, in order, each in one transaction of its own.

A day that was seen is never looked at again: what is corrected later only moves the expectation of later days.
"""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec
import polars as pl

from dashboards.drops.day_steps import (
    Expectation,
    compare_days,
    find_baseline_period,
    form_expectation,
    step_day,
)
from dashboards.drops.low_share_weeks import closes_week, find_low_share_signals
from dashboards.indicators.drop_alerts import STATE
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import Lookups, RoleName
from dashboards.periods import Period
from dashboards.releases.read_input import name_classes, read_lookups
from feedback.database import Connection
from feedback.tables.drop_watch import (
    DropAlert,
    advance_watched_day,
    delete_drop_statistics,
    insert_drop_alerts,
    insert_drop_statistics,
    lock_watch,
    reset_drop_statistic,
    select_alert_role,
    select_desk_homes,
    select_drop_statistics,
    select_watched_counts,
    select_watched_day,
    update_alerts_seen,
)
from surveys.errors import UnknownAlertError

ONE_DAY = timedelta(days=1)
WatchedRole = Literal["official", "unit", "desk"]
WATCHED: tuple[WatchedRole, ...] = ("official", "unit", "desk")
# A desk is watched as a small unit: compared with other desks, on the same procedures, by the same classes of proof.
METHOD: dict[WatchedRole, RoleName] = {"official": "official", "unit": "unit", "desk": "unit"}


class Month(msgspec.Struct, frozen=True):
    """Days of one calendar month: the counts of them and of their baseline period, and how each day compares.

    For desks the ids of desks stand where those of units do; `homes` maps them back (desk_id, unit_id).
    """

    role: WatchedRole
    homes: pl.DataFrame
    counts: pl.DataFrame
    residuals: pl.DataFrame
    expectation: Expectation


async def watch_drops(connection: Connection, day: date, parameters: Parameters = PARAMETERS_2026_1) -> int:
    """Looks at each closed day that was not seen yet, up to the one before `day`; how many new alerts that made.

    The first time it begins with the month of that last day. Killed anywhere, the next run goes on where it was.
    """
    return sum([await watch_role(connection, role, day - ONE_DAY, parameters) for role in WATCHED])


async def watch_role(connection: Connection, role: WatchedRole, yesterday: date, parameters: Parameters) -> int:
    seen = await select_watched_day(connection, role)
    first = yesterday.replace(day=1) if seen is None else seen + ONE_DAY
    raised = 0
    for days in split_months(Period(first, yesterday)):
        month = await read_month(connection, role, days, parameters)
        for offset in range((days.last - days.first).days + 1):
            day = days.first + timedelta(days=offset)
            new = await watch_day(connection, day, seen, month)
            if new is None:
                return raised
            raised, seen = raised + new, day
    return raised


def split_months(days: Period) -> Iterator[Period]:
    """The parts of a period that lie in one month each; none where it ends before it begins."""
    first = days.first
    while first <= days.last:
        next_month = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        yield Period(first, min(days.last, next_month - ONE_DAY))
        first = next_month


async def read_month(connection: Connection, role: WatchedRole, days: Period, parameters: Parameters) -> Month:
    before = find_baseline_period(days.first, parameters)
    counts = name_classes(await select_watched_counts(connection, role, before.first, days.last))
    lookups, homes = await read_lookups(connection, before.last), await select_desk_homes(connection)
    lookups = place_desks(lookups, homes) if role == "desk" else lookups
    # Beside the loop: pages may be served by the same program, and the queue holds a job that is silent for dead.
    past, present = counts.filter(pl.col("day") <= before.last), counts.filter(pl.col("day") >= days.first)
    expectation = await asyncio.to_thread(form_expectation, past, lookups, METHOD[role], parameters)
    residuals = await asyncio.to_thread(compare_days, present, expectation)
    return Month(role, homes, counts, residuals, expectation)


def place_desks(lookups: Lookups, homes: pl.DataFrame) -> Lookups:
    """Lookups in which each desk is a unit of its own, of the type "desk", where its unit stands."""
    desks = homes.join(lookups.units, on="unit_id").with_columns(pl.lit("desk").alias("unit_type"))
    units = desks.drop("unit_id").rename({"desk_id": "unit_id"}).select(lookups.units.columns)
    return msgspec.structs.replace(lookups, units=units)


async def watch_day(connection: Connection, day: date, seen: date | None, month: Month) -> int | None:
    """How many new alerts; None where another run has seen the day first. All of the day is kept, or nothing."""
    role = month.role
    async with connection.transaction():
        if not await advance_watched_day(connection, role, day, seen):
            return None
        rows = await select_drop_statistics(connection, role)
        state = pl.DataFrame(rows, schema=STATE, orient="row")
        residuals = month.residuals.filter(pl.col("day") == day)
        step = await asyncio.to_thread(step_day, state, residuals, month.expectation)
        await delete_drop_statistics(connection, role)
        await insert_drop_statistics(connection, role, step.state.filter(pl.col("statistic") > 0).rows())
        alerts = make_alerts(step.signals, month, "drop", day)
        if closes_week(day):
            low_shares = find_low_share_signals(month.counts, day, month.expectation)
            alerts += make_alerts(low_shares, month, "low_share", day)
        return await insert_drop_alerts(connection, alerts)


def make_alerts(signals: pl.DataFrame, month: Month, detector: str, day: date) -> list[DropAlert]:
    if month.role == "desk":
        homes = month.homes.rename({"desk_id": "entity_id"})
        signals = signals.drop("unit_id").join(homes, on="entity_id", maintain_order="left")
    return [DropAlert(role=month.role, detector=detector, day=day, **row) for row in signals.to_dicts()]


async def acknowledge_alert(connection: Connection, alert_id: int, seen_by: str, day: date) -> None:
    """Somebody has looked: the cause has no open alert any more, and its statistic begins anew.

    Raises UnknownAlertError where no open alert has this number.
    """
    async with connection.transaction():
        role = await select_alert_role(connection, alert_id)
        if role is None:
            raise UnknownAlertError(alert=alert_id)
        await lock_watch(connection, role)
        await reset_drop_statistic(connection, alert_id)
        await update_alerts_seen(connection, alert_id, day, seen_by)
