import asyncio

from feedback.database import Connection, open_connection
from feedback.jobs import prepare_queue, run_jobs

PLANNED = "SELECT count(*) FROM pgqueuer_schedules WHERE entrypoint IN ('forget_exact_times', 'forget_chats')"


async def test_the_queue_is_prepared_twice_without_harm_and_plans_its_jobs_once(database_url: str) -> None:
    connection = await open_connection(database_url)
    await prepare_queue(connection)
    await prepare_queue(connection)
    workers = [asyncio.create_task(run_jobs(database_url)) for _ in range(2)]
    async with asyncio.timeout(20):
        while await connection.fetchval(PLANNED) != 2:
            await asyncio.sleep(0.1)
    assert await connection.fetchval(PLANNED) == 2
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    await connection.close()


async def test_a_worker_outlives_a_database_that_is_away(database_url: str) -> None:
    connection = await open_connection(database_url)
    await prepare_queue(connection)
    worker = asyncio.create_task(run_jobs(database_url))
    async with asyncio.timeout(20):
        while await connection.fetchval(PLANNED) != 2:
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


async def test_silent_chats_are_forgotten_when_the_hour_comes(database_url: str) -> None:
    connection = await open_connection(database_url)
    await prepare_queue(connection)
    await connection.execute("INSERT INTO conversations VALUES (sha256('x'), '{}', '2026-01-01')")
    await work_until(database_url, connection, PLANNED, 2)
    await connection.execute("UPDATE pgqueuer_schedules SET next_run = now() - interval '1 minute'")
    await work_until(database_url, connection, "SELECT count(*) FROM conversations", 0)
    await connection.close()


async def work_until(database_url: str, connection: Connection, query: str, number: int) -> None:
    worker = asyncio.create_task(run_jobs(database_url))
    async with asyncio.timeout(20):
        while await connection.fetchval(query) != number:
            await asyncio.sleep(0.1)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
