"""`make alerts`: replays the small demo's year and prints which planted events were found, when, and what rang besides.

Takes some minutes; tests/dashboards/test_alert_year.py runs a smaller span of the same.
"""

import asyncio
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dashboards.drops.watch_drops import WATCHED
from dashboards.periods import Period
from feedback.database import Connection, open_connection
from feedback.demo.load import load_demo
from feedback.demo.recipe import SMALL
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from tests.dashboards.alert_replay import FrontFigures, WatchFigures, list_planted_entities, measure_watch, replay_front

DAY = date(2026, 11, 20)
# Two months of ratings before the watch begins; from the seventh month on its baselines are whole.
BEGUN, WHOLE = DAY - timedelta(days=300), DAY - timedelta(days=180)
console = Console(width=130)


def show_watch(title: str, figures: list[WatchFigures]) -> None:
    table = Table("role", "ratings a day", "entity-years", "false alarms", "a year", "goal", title=title)
    for one in figures:
        rate = f"{one.rate:.3f}"
        years = f"{one.entity_years:.1f}"
        table.add_row(one.role, f"{one.ratings_a_day:.0f}", years, str(one.false_alarms), rate, "<= 0.2")
    console.print(table)


def show_front(front: FrontFigures) -> None:
    table = Table(
        "kind", "where", "began", "seen", "after days", "after ratings", "on the page", title="planted events"
    )
    for one in front.found:
        where = f"{one.unit}/{one.desk}" if one.desk else one.unit
        days = "" if one.day is None else str((one.day - one.began).days)
        table.add_row(
            one.kind, where, str(one.began), str(one.day or "never"), days, str(one.ratings), str(one.raised_on or "")
        )
    console.print(table)
    others = Table("kind", "where", "official", "day", title=f"other alerts in {front.unit_years:.2f} unit-years")
    for kind, unit, desk, is_official, day in front.others:
        others.add_row(kind, f"{unit}/{desk}" if desk else unit, "yes" if is_official else "", str(day))
    console.print(others)


async def measure(connection: Connection) -> None:
    planted = await list_planted_entities(connection, DAY)
    for title, first in (("whole baselines", WHOLE), ("from the third month on", BEGUN)):
        days = Period(first, DAY - timedelta(days=1))
        show_watch(title, [await measure_watch(connection, role, days, planted) for role in WATCHED])
    show_front(await replay_front(connection, BEGUN, DAY))


async def run(database_url: str) -> None:
    connection = await open_connection(database_url)
    await migrate(connection)
    await load_demo(connection, SMALL, DAY, lambda _: None)
    await measure(connection)
    await connection.close()


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="ln-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        asyncio.run(run(server.url))
    finally:
        server.stop()
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
