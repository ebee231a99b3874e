"""The small demo's year once more: what the drop watch and the alert job would have said, beside what was planted."""

from datetime import UTC, date, datetime, timedelta
from statistics import mean, median

import msgspec
import polars as pl

from dashboards.drops.day_steps import step_day
from dashboards.drops.watch_drops import WatchedRole, read_month, split_months, watch_drops
from dashboards.indicators.drop_alerts import acknowledge, start_statistics
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.satisfaction import SCORES
from dashboards.periods import Period
from dashboards.supervision.alerts.raise_alerts import raise_alerts
from feedback.database import Connection
from feedback.demo.plants import list_plants
from feedback.demo.recipe import SMALL

ONE_DAY = timedelta(days=1)
MORNING = 3  # o'clock UTC, ten in Vietnam
DAYS_A_YEAR = 365.25
FALLS = ("drop", "low_share")
PLACES = """
SELECT a.kind, u.code AS unit, coalesce(d.number, '') AS desk, a.official_id, a.day, a.raised_at::date AS raised_on,
       a.weight, a.state
FROM supervision_alerts AS a JOIN units AS u USING (unit_id) LEFT JOIN desks AS d USING (desk_id)
ORDER BY a.alert_id
"""
HOMES = """
SELECT 'desk' AS role, d.desk_id AS entity_id, u.code AS unit, d.number AS desk
FROM desks AS d JOIN units AS u USING (unit_id)
UNION ALL SELECT 'unit', unit_id, code, '' FROM units
UNION ALL SELECT 'official', o.official_id, u.code, d.number
FROM desk_officials AS o JOIN desks AS d USING (desk_id) JOIN units AS u USING (unit_id) WHERE o.valid_to IS NULL
"""


class WatchFigures(msgspec.Struct, frozen=True):
    """Of one role: alerts, each looked at that day, where nothing was planted; and how long was watched."""

    role: WatchedRole
    entity_years: float
    false_alarms: int
    ratings_a_day: float
    """Of an entity and survey on a day with ratings, the median."""

    @property
    def rate(self) -> float:
        return self.false_alarms / self.entity_years


class Found(msgspec.Struct, frozen=True):
    """A planted event: the day it began, the day it was seen, and the day the alert stood on the page."""

    kind: str
    unit: str
    desk: str
    began: date
    day: date | None
    raised_on: date | None
    ratings: int
    """Of the desk, or the unit, from the beginning to the day it was seen."""


class FrontFigures(msgspec.Struct, frozen=True):
    """`others` are alerts beside the planted ones: kind, unit, desk, is about an official, day."""

    found: list[Found]
    others: list[tuple[str, str, str, bool, date]]
    unit_years: float


async def list_planted_entities(connection: Connection, day: date) -> dict[tuple[str, int], date]:
    """role and entity of all whose scores were touched, with the first day of it."""
    plants = [row for row in list_plants(SMALL, day).iter_rows(named=True) if row["kind"] in FALLS]
    homes = await connection.fetch(HOMES)
    return {
        (home["role"], home["entity_id"]): plant["first_day"]
        for plant in plants
        for home in homes
        if home["unit"] == plant["unit"] and home["desk"] in {plant["desk"], ""}
    }


async def measure_watch(
    connection: Connection, role: WatchedRole, days: Period, planted: dict[tuple[str, int], date]
) -> WatchFigures:
    """Days of planted entities count up to the day before it began."""
    state, alarms, watched, sizes = start_statistics(), 0, 0, list[float]()
    for part in split_months(days):
        month = await read_month(connection, role, part, PARAMETERS_2026_1)
        members = month.expectation.baseline.members["entity_id"].to_list()
        sizes += month.residuals.group_by("entity_id", "pool").agg(pl.col("n").median())["n"].to_list()
        for offset in range((part.last - part.first).days + 1):
            day = part.first + timedelta(days=offset)
            watched += sum(day < planted.get((role, entity), date.max) for entity in members)
            step = step_day(state, month.residuals.filter(pl.col("day") == day), month.expectation)
            alerts = step.signals.filter(level="alert")["entity_id"].to_list()
            alarms += sum(day < planted.get((role, entity), date.max) for entity in alerts)
            state = acknowledge(step.state, alerts)
    return WatchFigures(role, watched / DAYS_A_YEAR, alarms, median(sizes) if sizes else mean([0]))


async def replay_front(connection: Connection, first: date, day: date) -> FrontFigures:
    """Every Monday from `first` on, and on `day`: the watch and the job. On other days nothing new may be shown."""
    today = first + timedelta(days=-first.weekday() % 7)
    while today < day:
        await run_once(connection, today)
        today += 7 * ONE_DAY
    await run_once(connection, day)
    rows = [dict(row) for row in await connection.fetch(PLACES)]
    found, taken = list[Found](), set[int]()
    for plant in list_plants(SMALL, day).iter_rows(named=True):
        found.append(await find_plant(connection, plant, rows, taken))
    others = [
        (row["kind"], row["unit"], row["desk"], bool(row["official_id"]), row["day"])
        for place, row in enumerate(rows)
        if place not in taken
    ]
    units = await connection.fetchval("SELECT count(*) FROM units")
    return FrontFigures(found, others, (units or 0) * (day - first).days / DAYS_A_YEAR)


async def run_once(connection: Connection, today: date) -> None:
    await watch_drops(connection, today)
    await raise_alerts(connection, datetime(today.year, today.month, today.day, MORNING, tzinfo=UTC))


async def find_plant(
    connection: Connection, plant: dict[str, object], rows: list[dict[str, object]], taken: set[int]
) -> Found:
    """The first alert of the kind that names the desk, or its unit where the rule looks at units only."""
    kind, unit, desk, began = (plant[name] for name in ("kind", "unit", "desk", "first_day"))
    assert isinstance(began, date)
    for place, row in enumerate(rows):
        day, raised = row["day"], row["raised_on"]
        assert isinstance(day, date)
        assert isinstance(raised, date)
        is_here = row["unit"] == unit and row["desk"] in {desk, ""} and not row["official_id"]
        if row["kind"] == kind and is_here and day >= began:
            taken.add(place)
            ratings = await count_ratings(connection, str(unit), str(desk), began, day)
            return Found(str(kind), str(unit), str(desk), began, day, raised, ratings)
    return Found(str(kind), str(unit), str(desk), began, None, None, 0)


async def count_ratings(connection: Connection, unit: str, desk: str, first: date, last: date) -> int:
    counted = await connection.fetchval(
        f"SELECT sum({' + '.join(SCORES)}) FROM daily_counts AS c JOIN units AS u USING (unit_id)"  # noqa: S608 (fixed names)
        " JOIN desks AS d USING (desk_id) WHERE u.code = $1 AND ($2 = '' OR d.number = $2) AND c.day BETWEEN $3 AND $4",
        *(unit, desk, first, last),
    )
    return counted or 0
