"""(n) The report of a province on the national demo: `python -m tools.bench.report [address of a store]`.

Without an address it makes the national demo first, which takes minutes. Each half in a process of its own: figures are
read in one, files are drawn in the other, as the program does it.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from dashboards.reports.draw_report import Drawing, Drawn
from dashboards.reports.gather import gather_report, read_rounds
from dashboards.reports.make_report import PROGRAM
from dashboards.reports.report_figures import Asked
from dashboards.reports.report_periods import list_report_periods, read_report_period
from feedback.database import open_connection
from feedback.record_response import read_local_day
from feedback.tables.reports import ReportFiles
from feedback.tables.sequencer import select_last_number
from tools.bench.compare import Row
from tools.bench.dashboards import make_nation
from tools.bench.scratch import start_server

AREA = "p79"
MEGABYTE = 1024  # of what the system tells in kilobytes
READ = "read"


class ReportMeasured(msgspec.Struct, frozen=True):
    """Seconds of both halves, each with what it needed of memory at most, in megabytes."""

    read_seconds: float
    read_megabytes: int
    draw_seconds: float
    draw_megabytes: int
    pdf_bytes: int
    xlsx_bytes: int
    is_same_again: bool

    @property
    def seconds(self) -> float:
        return self.read_seconds + self.draw_seconds

    @property
    def megabytes(self) -> int:
        return self.read_megabytes + self.draw_megabytes


def measure_report(database_url: str) -> ReportMeasured:
    """Twice, and whether both came out the same. The later one is told."""
    first, _, _ = make_once(database_url)
    second, read, draw = make_once(database_url)
    digests = [hashlib.sha256(files.pdf + files.xlsx).digest() for files in (first, second)]
    return ReportMeasured(*read, *draw, len(second.pdf), len(second.xlsx), digests[0] == digests[1])


def make_once(database_url: str) -> tuple[ReportFiles, tuple[float, int], tuple[float, int]]:
    figures, read_seconds, read_megabytes = run_apart(
        [sys.executable, "-m", "tools.bench.report", database_url, READ], b""
    )
    lines, draw_seconds, draw_megabytes = run_apart(list(PROGRAM), figures)
    files = msgspec.json.decode(lines.splitlines()[-1], type=Drawn).files
    if files is None:
        raise RuntimeError("the report was not drawn")
    return files, (read_seconds, read_megabytes), (draw_seconds, draw_megabytes)


def run_apart(command: list[str], given: bytes) -> tuple[bytes, float, int]:
    """What it said, its seconds from start to end, and its peak of memory, told by a parent that has no other child."""
    script = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdin=sys.stdin, stdout=sys.stdout);"
        " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(done.returncode)"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script, *command], input=given, capture_output=True, check=True)
    return done.stdout, time.monotonic() - begun, int(done.stderr.split()[-1]) // MEGABYTE


async def read_figures(database_url: str) -> bytes:
    connection = await open_connection(database_url)
    now = datetime.now(UTC)
    quarter = next(period for period in list_report_periods(read_local_day(now)[0]) if not period.month)
    asked = Asked(
        AREA, quarter.code, datetime(now.year, now.month, now.day, tzinfo=UTC), await select_last_number(connection)
    )
    rounds = await read_rounds(connection, AREA, read_report_period(quarter.code))
    figures = await gather_report(connection, asked, rounds)
    await connection.close()
    return msgspec.json.encode(Drawing(figures, "vi"))


def list_report_rows(measured: ReportMeasured) -> list[Row]:
    parts = f"reading {measured.read_seconds:.1f} s, drawing {measured.draw_seconds:.1f} s"
    memory = f"reading {measured.read_megabytes} MB, drawing {measured.draw_megabytes} MB"
    same = "the same bytes again" if measured.is_same_again else "OTHER BYTES when made again"
    return [
        ("(n) report of a province, PDF and XLSX", f"{measured.seconds:.1f} s", "< 20 s", f"{parts}; {same}"),
        ("    its peak of memory, both processes", f"{measured.megabytes} MB", "< 500 MB", memory),
    ]


def measure_reports(say: Callable[[str], None]) -> tuple[list[Row], object]:
    """Rows of the table, and the raw figures."""
    say("(n) the report of a province on the national demo, which is made first")
    with start_server() as server:
        asyncio.run(make_nation(server.url))
        measured = measure_report(server.url)
    return list_report_rows(measured), msgspec.to_builtins(measured)


def main() -> None:
    if sys.argv[2:] == [READ]:
        sys.stdout.buffer.write(asyncio.run(read_figures(sys.argv[1])))
        return
    if len(sys.argv) > 1:
        measured = measure_report(sys.argv[1])
    else:
        with start_server() as server:
            asyncio.run(make_nation(server.url))
            measured = measure_report(server.url)
    print(json.dumps(msgspec.to_builtins(measured), indent=1))


if __name__ == "__main__":
    main()
