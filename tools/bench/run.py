"""`make bench`: one table of ratios, each taken side by side in this run; raw figures in build/bench.json."""

import asyncio
import json
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tools.bench.chats import ChatFigures, measure_chats, measure_commit_latency
from tools.bench.compare import Row, compare, read_median
from tools.bench.dashboards import measure_supervision
from tools.bench.intake import measure_intake, measure_row_cost
from tools.bench.load import quantile
from tools.bench.pages import measure_first_page, measure_latency, measure_throughput, run_server
from tools.bench.rebuild import measure_rebuild
from tools.bench.report import measure_reports
from tools.bench.scores import measure_scores
from tools.bench.scratch import make_store, start_server

SMALL, LARGE = 1_000_000, 10_000_000
RAW = Path("build/bench.json")


def list_chat_rows(chats: list[ChatFigures], commits: list[float]) -> list[Row]:
    ratings, updates = read_median(chats, "ratings"), read_median(chats, "updates")
    return [
        (
            "(g) ratings in chats, one worker / record_response, one caller",
            f"{compare(chats, 'ratings', 'one_caller'):.2f}",
            "≥ 0.4",
            f"{ratings:,.0f} / {read_median(chats, 'one_caller'):,.0f} a second",
        ),
        (
            "    the same / record_response, 256 callers",
            f"{compare(chats, 'ratings', 'callers'):.2f}",
            "≥ 0.4",
            f"{read_median(chats, 'callers'):,.0f} a second",
        ),
        ("    all three updates of such a rating, one worker", f"{updates:,.0f}", "", "updates a second"),
        (
            "(h) webhook POST to commit at 200 a second, p99",
            f"{quantile(commits, 0.99):.1f} ms",
            "< 100 ms",
            f"p50 {quantile(commits, 0.5):.1f} ms",
        ),
    ]


def main() -> None:
    console = Console()
    raw: dict[str, object] = {}
    rows: list[Row] = []

    def say(what: str) -> None:
        console.print(f"[dim]{what} …[/dim]")

    with start_server() as server:
        say("(a) ratings through the door")
        intake = asyncio.run(measure_intake(asyncio.run(make_store(server, "intake"))))
        raw["a"] = msgspec.to_builtins(intake)
        door, one_row, bare = (read_median(intake, name) for name in ("door", "one_row", "bare_insert"))
        rows += [
            (
                "(a) door, 256 callers / the same work in one-row transactions",
                f"{compare(intake, 'door', 'one_row'):.1f}",
                "≥ 8",
                f"{door:,.0f} / {one_row:,.0f} a second",
            ),
            (
                "    door / a bare one-row INSERT that numbers and counts nothing",
                f"{compare(intake, 'door', 'bare_insert'):.1f}",
                "",
                f"{bare:,.0f} a second",
            ),
        ]

        say("(b) (c) (d) pages")
        url = asyncio.run(make_store(server, "pages"))
        with run_server("empty", url) as bare_server, run_server("ours", url) as ours:
            throughput = measure_throughput(bare_server, ours)
            latency = measure_latency(ours)
            memory = ours.read_memory()
            page = measure_first_page(ours)
        raw["b"], raw["d"] = msgspec.to_builtins(throughput), page
        p50, p99 = quantile(latency.latencies_ms, 0.5), quantile(latency.latencies_ms, 0.99)
        raw["c"] = {"p50_ms": p50, "p99_ms": p99, "memory_mb": memory}
        empty = read_median(throughput, "empty")
        for kind, target in (("json", "≥ 0.6"), ("form", "≥ 0.45")):
            rows += [
                (
                    f"(b) rating POST, {kind} / empty POST on the same server",
                    f"{compare(throughput, kind, 'empty'):.2f}",
                    target,
                    f"{read_median(throughput, kind):,.0f} / {empty:,.0f} a second",
                ),
                (
                    f"    rating POST, {kind} / empty POST of a Litestar with nothing else in it",
                    f"{compare(throughput, kind, 'bare'):.2f}",
                    "",
                    f"{read_median(throughput, 'bare'):,.0f} a second",
                ),
            ]
        rows += [
            ("(c) rating POST at 500 a second, p99", f"{p99:.1f} ms", "< 50 ms", f"p50 {p50:.1f} ms"),
            ("    memory of the server after it", f"{memory:.0f} MB", "≤ 250 MB", ""),
            ("(d) first page with stylesheet and script", f"{page['all']:,}", "≤ 12,000", "bytes on the wire"),
        ]

        say("(g) (h) updates of chats")
        chats = asyncio.run(measure_chats(asyncio.run(make_store(server, "chats"))))
        commits = measure_commit_latency(server)
        raw["g"], raw["h"] = msgspec.to_builtins(chats), commits
        rows += list_chat_rows(chats, commits)

        score_rows, score_figures = measure_scores(server, say)
        rows += score_rows
        raw |= score_figures

        say("(e) (f) filling stores with 1 and 10 million ratings")
        small = asyncio.run(make_store(server, "small", SMALL))
        large = asyncio.run(make_store(server, "large", LARGE))
        say("(f) cost of a row")
        costs = asyncio.run(measure_row_cost(small, large))
        raw["f"] = costs
        say("(e) rebuild")
        rebuild = asyncio.run(measure_rebuild(large))
        raw["e"] = msgspec.to_builtins(rebuild)
        rows += [
            (
                "(e) rebuild of 10 million rows: Polars / PostgreSQL",
                f"{compare(rebuild, 'polars', 'postgres'):.2f}",
                "≤ 1.5",
                f"{read_median(rebuild, 'polars'):.1f} / {read_median(rebuild, 'postgres'):.1f} s",
            ),
            (
                "    the same from a Parquet file: Polars / DuckDB",
                f"{compare(rebuild, 'polars_on_file', 'duckdb_on_file'):.2f}",
                "≤ 1.5",
                f"{read_median(rebuild, 'polars_on_file'):.1f} / {read_median(rebuild, 'duckdb_on_file'):.1f} s",
            ),
            (
                "(f) cost of a new row: 10 million / 1 million there",
                f"{costs[1] / costs[0]:.2f}",
                "≤ 1.2",
                f"{costs[1]:.1f} / {costs[0]:.1f} µs",
            ),
        ]

    for letter, measure in (("m", measure_supervision), ("n", measure_reports)):
        more, raw[letter] = measure(say)
        rows += more

    table = Table("measured side by side", "result", "target", "figures", title="Lắng Nghe, benchmarks")
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)
    RAW.parent.mkdir(exist_ok=True)
    RAW.write_text(json.dumps(raw, indent=1))
    console.print(f"raw figures: {RAW}")


if __name__ == "__main__":
    main()
