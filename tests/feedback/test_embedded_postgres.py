"""The database that the program brings along, in folders of its own: begun, killed and found again."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import asyncpg
import pytest

from feedback.embedded_postgres import EmbeddedPostgres
from surveys.errors import SecondCopyError

DEADLINE_SECONDS = 60
MakeServer = Callable[..., EmbeddedPostgres]
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
    """Each call is a newly started program, on the same folder unless another is named; all stop at the end."""
    made: list[EmbeddedPostgres] = []
    # Not tmp_path: another run of pytest closes its parent to the account of the database, whenever it starts.
    with tempfile.TemporaryDirectory(prefix="ln-") as parent:

        def make(folder: str = "home") -> EmbeddedPostgres:
            made.append(EmbeddedPostgres(Path(parent) / folder))
            return made[-1]

        yield make
        for server in made:
            server.stop()


async def ask(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 (what another process does sets no event here)
            await asyncio.sleep(0.02)


async def ask_until_answered(server: EmbeddedPostgres, statement: str) -> object:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                return await ask(server, statement)
            await asyncio.sleep(0.05)


def read_postmaster(server: EmbeddedPostgres) -> int:
    return int(server.pid_file.read_text().split("\n", 1)[0])


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def run_until_killed(*arguments: str, account: str | None = None) -> Generator[subprocess.Popen[str]]:
    """A process that is dead at the end, by -9, whatever happened."""
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, user=account) as process:
        try:
            yield process
        finally:
            process.kill()


async def kill_whole_server(server: EmbeddedPostgres) -> None:
    """As a power cut: nobody tidies up, postmaster.pid stays."""
    connection = await asyncpg.connect(server.url)
    children = [row[0] for row in await connection.fetch("SELECT pid FROM pg_stat_activity")]
    postmaster = read_postmaster(server)
    for process in (postmaster, *children):
        os.kill(process, signal.SIGKILL)
    connection.terminate()
    await wait_until(lambda: not any(is_alive(process) for process in (postmaster, *children)))


async def test_an_empty_folder_becomes_a_server_that_only_its_socket_reaches(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    assert await ask(server, "SELECT current_database()") == "langnghe"
    assert await ask(server, "SHOW listen_addresses") == ""
    assert await ask(server, "SHOW data_checksums") == "on"
    assert (server.socket_folder.stat().st_mode & 0o077) == 0
    assert (server.folder.stat().st_mode & 0o077) == 0


def test_a_second_copy_is_told_the_folder_and_the_process(make_server: MakeServer) -> None:
    first = make_server()
    first.start()
    with pytest.raises(SecondCopyError) as refusal:
        make_server().start()
    assert refusal.value.details == {"folder": str(first.home), "process": str(os.getpid())}
    assert first.is_running()


def test_after_stop_another_copy_may_have_the_folder(make_server: MakeServer) -> None:
    first = make_server()
    first.start()
    first.stop()
    assert not first.is_running()
    second = make_server()
    second.start()
    assert second.is_running()


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


async def test_a_half_made_server_is_cleaned_away(make_server: MakeServer) -> None:
    server = make_server()
    draft = server.home / "postgres.new"
    (draft / "base").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server.start()
    assert not draft.exists()
    assert await ask(server, "SELECT 1") == 1


async def test_a_path_too_long_for_a_socket_works(make_server: MakeServer) -> None:
    server = make_server(f"thư mục dữ liệu/{'x' * 120}")
    server.start()
    # A socket's path has room for 107 bytes.
    assert len(f"{server.socket_folder}/.s.PGSQL.5432".encode()) <= 107
    assert not server.socket_folder.is_relative_to(server.home)
    assert await ask(server, "SELECT 1") == 1


def test_the_length_of_a_path_counts_in_bytes() -> None:
    # "ữ" is one letter and three bytes: forty of them are short as letters, not as bytes.
    server = EmbeddedPostgres(Path("/srv") / ("ữ" * 40))
    assert len(f"{server.socket_folder}/.s.PGSQL.5432".encode()) <= 107


async def test_spaces_marks_and_signs_in_the_path_do_no_harm(make_server: MakeServer) -> None:
    server = make_server("dữ +1% & #2")
    server.start()
    assert server.socket_folder.is_relative_to(server.home)
    assert await ask(server, "SELECT 1") == 1


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
