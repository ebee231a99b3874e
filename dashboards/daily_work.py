"""What the dashboards do once a day, soon after midnight: drops, releases, weekly counts, alerts, reminders of cases.

Each looks every hour whether it is due, and does nothing when it was done already.
"""

from datetime import datetime, timedelta

import structlog

from dashboards.cases.remind import remind_cases
from dashboards.drops.watch_drops import watch_drops
from dashboards.releases.publish import close_due_quarters
from dashboards.supervision.alerts.raise_alerts import raise_supervision_alerts
from dashboards.supervision.roll_up import roll_up_weeks
from feedback.database import open_connection
from feedback.jobs import Job
from feedback.record_response import read_local_day

# A watch that begins today would tell of what a demo planted weeks ago as if it had begun this month.
WATCHED_BEFORE = timedelta(days=70)

log = structlog.get_logger()


async def look_for_drops(database_url: str, now: datetime) -> None:
    connection = await open_connection(database_url)
    try:
        raised = await watch_drops(connection, read_local_day(now)[0])
    finally:
        await connection.close()
    log.info("drops-looked-for", alerts=raised)


async def release_quarters(database_url: str, now: datetime) -> None:
    connection = await open_connection(database_url)
    try:
        made = await close_due_quarters(connection, now)
    finally:
        await connection.close()
    log.info("quarters-released", releases=[release.code for release in made])


JOBS = (
    Job("look_for_drops", look_for_drops),
    Job("release_quarters", release_quarters),
    Job("roll_up_weeks", roll_up_weeks),
    Job("raise_supervision_alerts", raise_supervision_alerts),
    Job("remind_cases", remind_cases),
)


async def catch_up(database_url: str, now: datetime) -> None:
    """All of it once, one after the other, so that a demo shows everything from its first minute."""
    await look_for_drops(database_url, now - WATCHED_BEFORE)
    for job in JOBS:
        await job.work(database_url, now)
