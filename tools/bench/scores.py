"""(i) to (l): what scores, the nation's year, pages of the evaluation API and visit slips cost. Rows of the table."""

import asyncio
from collections.abc import Callable

import msgspec
from rich.console import Console

from feedback.embedded_postgres import EmbeddedPostgres
from tools.bench.compare import Row, compare, read_median
from tools.bench.evaluation import OFFICIALS, PER_SECOND, measure_evaluation
from tools.bench.indicators import measure_indicators
from tools.bench.load import quantile
from tools.bench.nation import NationFigures, measure_nation
from tools.bench.scratch import make_store, start_server
from tools.bench.slips import SlipFigures, measure_issuing


def measure_scores(server: EmbeddedPostgres, say: Callable[[str], None]) -> tuple[list[Row], dict[str, object]]:
    """The rows of the table, and the raw figures by letter."""
    say("(i) indicators of a quarter")
    indicators = measure_indicators()
    say("(j) the nation's year")
    nation = asyncio.run(measure_nation(asyncio.run(make_store(server, "nation"))))
    say("(k) pages of the evaluation API")
    pages = measure_evaluation().latencies_ms
    say("(l) issuing visit slips")
    slips = asyncio.run(measure_issuing(asyncio.run(make_store(server, "slips"))))
    p50, p99 = (quantile(pages, share) for share in (0.5, 0.99))
    rows = [
        *(
            (
                f"(i) {figures.role} scores of a quarter, {figures.entities:,} of them",
                f"{figures.seconds:.2f} s",
                "≤ 1.0 s, ≤ 1 GB",
                f"first time {figures.first_seconds:.2f} s, {figures.peak_mb:.0f} MB",
            )
            for figures in indicators
        ),
        *list_nation_rows(nation),
        (
            f"(k) page of 100 of {OFFICIALS:,} officials at {PER_SECOND} a second, p99",
            f"{p99:.1f} ms",
            "< 30 ms",
            f"p50 {p50:.1f} ms",
        ),
        list_slip_row(slips),
    ]
    raw = {"i": indicators, "j": nation, "k": {"p50_ms": p50, "p99_ms": p99}, "l": slips}
    return rows, {letter: msgspec.to_builtins(figures) for letter, figures in raw.items()}


def list_nation_rows(nation: list[NationFigures]) -> list[Row]:
    return [
        (
            f"(j) {nation[0].ratings:,} ratings to all scores / DuckDB grouping them",
            f"{compare(nation, 'ours', 'duckdb'):.2f}",
            "≤ 1.5",
            f"{read_median(nation, 'ours'):.1f} / {read_median(nation, 'duckdb'):.1f} s",
        ),
        (
            f"    {nation[0].part:,} ratings to all scores / PostgreSQL making their sums",
            f"{compare(nation, 'part_ours', 'postgres'):.2f}",
            "≤ 0.1",
            f"{read_median(nation, 'part_ours'):.1f} / {read_median(nation, 'postgres'):.1f} s",
        ),
    ]


def list_slip_row(slips: list[SlipFigures]) -> Row:
    return (
        "(l) visit slips issued in batches of 1,000",
        f"{read_median(slips, 'issued'):,.0f}",
        "≥ 5,000 a second",
        f"{compare(slips, 'issued', 'bare_insert'):.2f} of a bare INSERT",
    )


def main() -> None:
    console = Console(width=140)
    with start_server() as server:
        rows, _ = measure_scores(server, lambda what: console.print(f"[dim]{what} …[/dim]"))
    for row in rows:
        console.print(*row, sep=" | ")


if __name__ == "__main__":
    main()
