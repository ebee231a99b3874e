"""What the dashboards do once a day, soon after midnight: look for drops, release the quarters that may be.

Each looks every hour whether it is due, and does nothing when it was done already.
"""

from datetime import datetime

import structlog

from dashboards.drops.watch_drops import watch_drops
from dashboards.releases.publish import close_due_quarters
from feedback.database import open_connection
from feedback.jobs import HourlyJob
from feedback.record_response import read_local_day

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


JOBS = (HourlyJob("look_for_drops", look_for_drops), HourlyJob("release_quarters", release_quarters))
