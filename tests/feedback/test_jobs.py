import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
import structlog

from feedback.database import Connection, open_connection
from feedback.jobs import Job, prepare_queue, run_jobs
from feedback.logs import set_up_logs
from feedback.tables.accounts import insert_account
from feedback.tables.catalogue_uploads import KEPT_FOR, CatalogueUpload, forget_uploads, keep_upload
from tests.factories import NOW
from tests.feedback.slip_stage import find_today, issue
from tests.world import make_world

# forget_exact_times, forget_uploads, forget_chats, forget_slips.
JOBS = 4
PLANNED = "SELECT count(*) FROM pgqueuer_schedules WHERE entrypoint LIKE 'forget_%'"
ALL_PLANNED = "SELECT count(*) FROM pgqueuer_schedules"
ENDED = "SELECT count(*) FROM pgqueuer_schedules WHERE status = 'queued' AND last_run IS NOT NULL"


@pytest.fixture(autouse=True)
def usual_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


async def test_the_queue_is_prepared_twice_without_harm_and_plans_its_jobs_once(database_url: str) -> None:
    connection = await open_connection(database_url)
    await prepare_queue(connection)
    await prepare_queue(connection)
    workers = [asyncio.create_task(run_jobs(database_url)) for _ in range(2)]
    async with asyncio.timeout(20):
        while await connection.fetchval(PLANNED) != JOBS:
            await asyncio.sleep(0.1)
    assert await connection.fetchval(PLANNED) == JOBS
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    await connection.close()


async def test_a_worker_outlives_a_database_that_is_away(database_url: str) -> None:
    connection = await open_connection(database_url)
    await prepare_queue(connection)
    worker = asyncio.create_task(run_jobs(database_url))
    async with asyncio.timeout(20):
        while await connection.fetchval(PLANNED) != JOBS:
            await asyncio.sleep(0.1)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(1)
    assert not worker.done()
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    await connection.close()


async def test_silent_chats_and_old_workbooks_are_forgotten_when_the_hour_comes(database_url: str) -> None:
    connection = await open_connection(database_url)
    await prepare_queue(connection)
    await connection.execute("INSERT INTO conversations VALUES (sha256('x'), '{}', '2026-01-01')")
    account = await insert_account(connection, "mot", "Người mẫu (mẫu)", NOW)
    upload = "INSERT INTO catalogue_uploads VALUES ($1, $2, 'danh-muc.xlsx', 'x', '2026-01-01')"
    await connection.execute(upload, bytes(16), account)
    await work_until(database_url, connection, PLANNED, JOBS)
    await connection.execute("UPDATE pgqueuer_schedules SET next_run = now() - interval '1 minute'")
    left = "SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM catalogue_uploads)"
    await work_until(database_url, connection, left, 0)
    await connection.close()


async def test_a_workbook_that_nobody_imported_is_forgotten_after_half_an_hour(connection: Connection) -> None:
    """One was brought 31 minutes ago, the other 29."""
    for name, minutes in (("mot", 31), ("hai", 29)):
        account = await insert_account(connection, name, "Người mẫu (mẫu)", NOW)
        brought = NOW - timedelta(minutes=minutes)
        await keep_upload(
            connection, name.encode().ljust(16), account, CatalogueUpload(name, b"x"), brought, brought - KEPT_FOR
        )
    assert await forget_uploads(connection, NOW) == 1
    assert await connection.fetchval("SELECT name FROM catalogue_uploads") == "hai"


async def test_slips_whose_time_has_passed_are_emptied_when_the_day_is_over(database_url: str) -> None:
    connection = await open_connection(database_url)
    await make_world(connection)
    long_ago = find_today() - timedelta(days=20)
    await issue(connection, 3, long_ago)
    await issue(connection, 1)
    await prepare_queue(connection)
    await work_until(database_url, connection, PLANNED, JOBS)
    await connection.execute("UPDATE pgqueuer_schedules SET next_run = now() - interval '1 minute'")
    await work_until(database_url, connection, "SELECT count(*) FROM visit_slips WHERE nonce IS NOT NULL", 1)
    await connection.close()


async def test_a_job_that_fails_is_told_without_the_row_and_stops_no_other(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs()
    connection = await open_connection(database_url)
    await connection.execute("CREATE TABLE done (words text CHECK (words <> 'Chị Mẫu ở quầy hai'))")

    async def say(words: str) -> None:
        own = await open_connection(database_url)
        try:
            await own.execute("INSERT INTO done VALUES ($1)", words)
        finally:
            await own.close()

    jobs = (
        Job("fails", lambda _url, _now: say("Chị Mẫu ở quầy hai")),
        Job("works", lambda _url, _now: say("xong")),
    )
    await prepare_queue(connection)
    await work_until(database_url, connection, ALL_PLANNED, JOBS + 2, jobs)
    for times in (1, 2):
        await connection.execute(
            "UPDATE pgqueuer_schedules SET next_run = now() - interval '1 minute', last_run = NULL"
        )
        await work_until(database_url, connection, ENDED, JOBS + 2, jobs)
        assert await connection.fetchval("SELECT count(*) FROM done") == times
    await connection.close()
    logged = capsys.readouterr().err
    assert logged.count('"event": "job-failed"') == 2
    assert "CheckViolationError" in logged
    assert "Chị Mẫu" not in logged


async def work_until(
    database_url: str, connection: Connection, query: str, number: int, more: Sequence[Job] = ()
) -> None:
    worker = asyncio.create_task(run_jobs(database_url, more))
    async with asyncio.timeout(20):
        while await connection.fetchval(query) != number:
            await asyncio.sleep(0.1)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
