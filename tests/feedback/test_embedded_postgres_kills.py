"""The database that the program brings along, when somebody kills it or the program."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import asyncpg
import pytest

from tests.feedback.embedded_servers import (
    MakeServer,
    ask,
    ask_until_answered,
    is_alive,
    kill_whole_server,
    open_servers,
    read_postmaster,
    run_until_killed,
    wait_until,
)

KEEP_RUNNING = """
import sys, time
from pathlib import Path
from feedback.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    with open_servers() as make:
        yield make


async def test_kill_9_of_the_program_leaves_server_and_data_for_the_next(make_server: MakeServer) -> None:
    server = make_server()
    with run_until_killed(sys.executable, "-c", KEEP_RUNNING, str(server.home)) as program:
        assert program.stdout
        assert program.stdout.readline() == "started\n"
        await ask(server, "CREATE TABLE kept AS SELECT 7 AS value")
        postmaster = read_postmaster(server)
    server.start()
    assert read_postmaster(server) == postmaster
    assert await ask(server, "SELECT value FROM kept") == 7


async def test_a_program_killed_before_the_database_was_made_makes_it_at_the_next_start(
    make_server: MakeServer,
) -> None:
    killed = make_server()
    killed.start()
    killed.run("dropdb", "--host", str(killed.socket_folder), "--username", "postgres", "langnghe")
    assert killed.lock
    killed.lock.close()
    following = make_server()
    following.start()
    assert await ask(following, "SELECT current_database()") == "langnghe"


async def test_start_returns_only_when_a_server_in_recovery_answers_again(make_server: MakeServer) -> None:
    killed = make_server()
    killed.start()
    for _ in range(5):
        # The death of one backend makes PostgreSQL end all others and recover.
        connection = await asyncpg.connect(killed.url)
        os.kill(connection.get_server_pid(), signal.SIGKILL)
        connection.terminate()
        killed.start()
        assert await ask(killed, "SELECT 1") == 1


async def test_watch_starts_a_killed_postmaster_again(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 7 AS value")
    watching = asyncio.create_task(server.watch())
    for _ in range(2):
        postmaster = read_postmaster(server)
        os.kill(postmaster, signal.SIGKILL)
        await wait_until(lambda: not is_alive(postmaster))  # noqa: B023 (awaited at once)
        assert await ask_until_answered(server, "SELECT value FROM kept") == 7
        assert read_postmaster(server) != postmaster
    assert not watching.done()
    watching.cancel()


async def test_watch_goes_on_while_the_server_cannot_start(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    watching = asyncio.create_task(server.watch())
    settings = server.folder / "postgresql.conf"
    good = settings.read_text()
    settings.write_text("nonsense =\n")
    await kill_whole_server(server)
    await wait_until(lambda: "syntax error" in server.log_file.read_text())
    settings.write_text(good)
    assert await ask_until_answered(server, "SELECT 1") == 1
    assert not watching.done()
    watching.cancel()


async def test_a_pid_file_left_by_a_power_cut_does_no_harm(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 7 AS value")
    await kill_whole_server(server)
    assert server.pid_file.exists()
    server.start()
    assert await ask(server, "SELECT value FROM kept") == 7


async def test_a_pid_file_that_names_a_stranger_by_now_does_no_harm(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 7 AS value")
    await kill_whole_server(server)
    # After a restart of the machine the number may belong to any other process of the same account.
    with run_until_killed("sleep", "600", account=server.account) as stranger:
        lines = server.pid_file.read_text().split("\n")
        server.pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        server.start()
        assert await ask(server, "SELECT value FROM kept") == 7
        assert stranger.poll() is None


async def test_no_server_is_started_beside_a_process_of_the_old_one(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    connection = await asyncpg.connect(server.url)
    left_over = connection.get_server_pid()
    os.kill(left_over, signal.SIGSTOP)
    postmaster = read_postmaster(server)
    os.kill(postmaster, signal.SIGKILL)
    await wait_until(lambda: not is_alive(postmaster))
    server.pid_file.unlink()
    # Two at once would ruin the data: PostgreSQL finds the old one by its shared memory, without any pid file.
    with pytest.raises(subprocess.CalledProcessError):
        server.start_server()
    os.kill(left_over, signal.SIGKILL)
    server.start()
    assert await ask(server, "SELECT 1") == 1
    connection.terminate()


async def test_a_stop_in_the_middle_of_a_recovery_ends(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    connection = await asyncpg.connect(server.url)
    os.kill(connection.get_server_pid(), signal.SIGKILL)
    connection.terminate()
    server.stop()
    assert not server.is_running()
    server.start()
    assert await ask(server, "SELECT 1") == 1
