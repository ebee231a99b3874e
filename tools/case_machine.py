"""Walks supervision cases through every role, verb and order, with crashes between, and compares store and model.

`python tools/case_machine.py [--sequences 10000]` makes its own database beside the one in DATABASE_URL, or on an
embedded server; it ends with 1 when they ever disagreed, or when the time was over before all were walked.
"""

import asyncio
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

import click
import msgspec
import uvloop
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[1]))

from feedback.database import open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from tests.conftest import name_database, run_on_server, spare_the_disk
from tests.dashboards.case_stage import open_case_stage
from tests.dashboards.case_walk import CaseWalk, Tally, make_walk

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
BATCH = 250


class Wish(msgspec.Struct, frozen=True):
    sequences: int
    steps: int
    minutes: float
    first: int


@click.command()
@click.option("--sequences", default=10_000, show_default=True, help="How many walks, each with its own cases.")
@click.option("--steps", default=8, show_default=True, help="The most rules a walk follows.")
@click.option("--minutes", default=20.0, show_default=True, help="After so long no further walks are begun.")
@click.option("--first", default=1, show_default=True, help="The same walks again.")
def main(sequences: int, steps: int, minutes: float, first: int) -> None:
    """Model and store, side by side."""
    wish = Wish(sequences, steps, minutes, first)
    server_url = os.environ.get("DATABASE_URL")
    if server_url:
        walk_on(server_url, wish)
        return
    with tempfile.TemporaryDirectory(prefix="ln-") as folder:
        server = EmbeddedPostgres(Path(folder))
        server.start()
        spare_the_disk(server)
        try:
            walk_on(server.url, wish)
        finally:
            server.stop()


def walk_on(server_url: str, wish: Wish) -> None:
    name = f"case_machine_{uuid.uuid4().hex[:8]}"
    asyncio.run(run_on_server(server_url, f"CREATE DATABASE {name}"))
    try:
        walk_in(name_database(server_url, name), wish)
    finally:
        asyncio.run(run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


def walk_in(database_url: str, wish: Wish) -> None:
    """Raises what the first disagreement raised, with the shortest walk that shows it."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(make_tables(database_url))
        opened = open_case_stage(database_url)
        machine = make_walk(runner.run(opened.__aenter__()), runner)
        began, processor = time.perf_counter(), time.process_time()
        try:
            walk(machine, wish, began + 60 * wish.minutes)
        finally:
            tell(machine.tally, time.perf_counter() - began, time.process_time() - processor)
            runner.run(opened.__aexit__(None, None, None))


def walk(machine: type[CaseWalk], wish: Wish, end: float) -> None:
    """In batches, each with a seed of its own."""
    batch = 0
    while (left := wish.sequences - machine.tally.walks) > 0 and time.perf_counter() < end:
        choices = settings(
            max_examples=min(left, BATCH),
            stateful_step_count=wish.steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=SLOW,
        )
        run_state_machine_as_test(seed(wish.first + batch)(machine), settings=choices)
        batch += 1
    if machine.tally.walks < wish.sequences:
        asked = f"{wish.sequences} were asked for"
        raise SystemExit(
            f"Only {machine.tally.walks} walks in {wish.minutes:g} minutes; {asked}: give it more --minutes"
        )


async def make_tables(database_url: str) -> None:
    connection = await open_connection(database_url)
    await migrate(connection)
    await connection.close()


def tell(tally: Tally, seconds: float, processor: float) -> None:
    print(f"{tally.walks} walks, {tally.steps} steps in {seconds:.1f} s ({processor:.1f} s of this process's time)")
    print(f"states reached: {', '.join(sorted(tally.states))}")
    for name, counted in (("told", tally.told), ("done", tally.done), ("crashes", tally.crashes)):
        print(f"{name}: {', '.join(f'{key} {count}' for key, count in counted.most_common())}")


if __name__ == "__main__":
    main()
