"""`make slips`: 100,000 bad slips bring nothing, 10,000 honest ones a rating each, and how fast slips are issued."""

import asyncio
import os
import random
import sys
from collections import Counter
from statistics import median

import click
import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from feedback.check import check_store
from feedback.database import open_connection
from tests.feedback.slip_stage import SECRET
from tools.bench.pages import run_server
from tools.bench.scratch import make_store, start_server
from tools.bench.slips import measure_issuing
from tools.slips.phones import send_posts, write_post
from tools.slips.tokens import BadSlips, issue, make_bad_tokens

HONEST = 10_000
FEWEST_A_SECOND = 5_000
COUNTED = "SELECT coalesce(sum(n1 + n2 + n3 + n4 + n5), 0)::int FROM daily_counts WHERE proof_class = 'A'"
STORED = "SELECT count(*)::int FROM responses WHERE proof_class = 'A' AND supersedes IS NULL"
ROWS = "SELECT count(*)::int FROM responses"

console = Console(highlight=False, width=110)


class Ratings(msgspec.Struct, frozen=True):
    """Read from the store: ratings of class A as counted and as stored, and rows of any kind."""

    counted: int
    stored: int
    rows: int

    def less(self, other: "Ratings") -> "Ratings":
        return Ratings(self.counted - other.counted, self.stored - other.stored, self.rows - other.rows)


async def read_ratings(database_url: str) -> Ratings:
    connection = await open_connection(database_url)
    counted, stored, rows = [int(await connection.fetchval(query) or 0) for query in (COUNTED, STORED, ROWS)]
    await connection.close()
    return Ratings(counted, stored, rows)


async def post_bad(
    ports: tuple[int, int], tokens: dict[str, list[str]], draw: random.Random
) -> dict[str, Counter[int]]:
    """The statuses that each kind of slip got."""
    answered: dict[str, Counter[int]] = {}
    for kind, bad in tokens.items():
        posts = [write_post(token, draw.randint(1, 5), draw.randbytes(15), draw.randrange(1 << 24)) for token in bad]
        halves = await asyncio.gather(*(send_posts(port, posts[start::2]) for start, port in enumerate(ports)))
        answered[kind] = Counter(status for half in halves for status in half)
    return answered


async def post_honest(ports: tuple[int, int], tokens: list[str], draw: random.Random) -> Counter[int]:
    """Each slip one to four times, the posts in turn from two phones at two servers, which keep the same order.

    On every third slip the two phones are of two minds.
    """
    phones: tuple[list[bytes], list[bytes]] = ([], [])
    for number, token in enumerate(tokens):
        first = draw.randrange(2)
        for post in range(draw.randint(1, 4)):
            phone = (first + post) % 2
            score = 1 + 4 * phone if number % 3 == 0 else 4
            phones[phone].append(write_post(token, score, draw.randbytes(15), draw.randrange(1 << 24)))
    halves = await asyncio.gather(*(send_posts(port, posts) for port, posts in zip(ports, phones, strict=True)))
    return Counter(status for half in halves for status in half)


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same slips and posts again.")
def main(seed: int) -> None:
    """Post bad and honest slips to two servers on one store. Ends with 1 when a count is not what it must be."""
    os.environ |= {"LANGNGHE_SECRET": SECRET, "LANGNGHE_TRUSTED_PROXY": "127.0.0.1"}
    with start_server() as server:
        issuing = uvloop.run(measure_issuing(uvloop.run(make_store(server, "issuing"))))
        database_url = uvloop.run(make_store(server, "slips"))
        with run_server("ours", database_url) as first, run_server("ours", database_url) as second:
            lines, good = uvloop.run(run_slips(database_url, (first.port, second.port), random.Random(seed)))  # noqa: S311 (the same every time)
    issued = median(figure.issued for figure in issuing)
    share = median(figure.issued / figure.bare_insert for figure in issuing)
    bare = f"{share:.2f} of a bare INSERT of their rows"
    lines += [("slips issued a second, in batches of 1,000", f"{issued:,.0f} ({bare})")]
    table = Table("", "", title=f"slips, seed {seed}", show_header=False, title_justify="left")
    for line in lines:
        table.add_row(*line)
    console.print(table)
    sys.exit(0 if good and issued >= FEWEST_A_SECOND else 1)


async def run_slips(
    database_url: str, ports: tuple[int, int], draw: random.Random
) -> tuple[list[tuple[str, str]], bool]:
    connection = await open_connection(database_url)
    honest = await issue(connection, HONEST)
    bad = await make_bad_tokens(database_url, BadSlips(), honest, draw)
    before = await read_ratings(database_url)
    refusals = await post_bad(ports, bad, draw)
    after_bad = (await read_ratings(database_url)).less(before)
    statuses = await post_honest(ports, honest, draw)
    after_honest = (await read_ratings(database_url)).less(before)
    unsound = await check_store(connection)
    await connection.close()
    lines = [
        ("ratings from slips spent days before", f"{before.counted:,}"),
        *((f"bad: {kind}", f"{counts.total():,} posted: {show(counts)}") for kind, counts in refusals.items()),
        ("bad slips posted", f"{sum(counts.total() for counts in refusals.values()):,}"),
        ("  accepted as class A", f"{after_bad.counted:,} (rows of any kind: {after_bad.rows:,})"),
        ("honest slips", f"{HONEST:,}, posted {statuses.total():,} times: {show(statuses)}"),
        ("  ratings of class A from them", f"{after_honest.counted:,} counted, {after_honest.stored:,} stored"),
        ("  rows, changes of mind among them", f"{after_honest.rows:,}"),
        ("store", "sound" if not unsound else "; ".join(map(str, unsound))),
    ]
    nothing = Ratings(0, 0, 0)
    is_good = after_bad == nothing and (after_honest.counted, after_honest.stored) == (HONEST, HONEST) and not unsound
    return lines, is_good


def show(counts: Counter[int]) -> str:
    return ", ".join(f"{count:,} × {status}" for status, count in sorted(counts.items()))


if __name__ == "__main__":
    main()
