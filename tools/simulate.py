"""`make simulate`: what fair scores and alerts are worth in the simulated world, on seeds no method was tuned on.

docs/fair-scores.md says what the world is. Takes some minutes; the tests run a bounded part of the same.
"""

import sys

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.dashboards.simulated_figures import AlertFigures, ScoreErrors, add_errors, measure_alerts, measure_scores
from tests.dashboards.simulator import HELD_OUT_SEEDS, NORMAL, SKEWED, TUNING_SEEDS

# So many pools of so many officials: 600, 600 and 800 officials in each world.
POOLS = [(50, 12), (25, 24), (2, 400)]
PER_DAY = [8, 2, 30]
console = Console(width=120)


def measure_spread(values: list[float]) -> float:
    """The standard error of their mean."""
    return float(np.std(values, ddof=1) / len(values) ** 0.5)


def add_score_rows(table: Table, officials: int, errors: list[ScoreErrors]) -> None:
    everyone = add_errors(errors)
    ratio, coverage = ([getattr(one, name) for one in errors] for name in ("ratio", "coverage"))
    people = f"{everyone.officials:,} officials"
    table.add_row(
        f"error of the score / of the raw mean, pools of {officials}",
        f"{everyone.ratio:.3f} ± {measure_spread(ratio):.3f}",
        "≤ 0.55",
        people,
    )
    table.add_row(
        f"95 % intervals that hold the truth, pools of {officials}",
        f"{100 * everyone.coverage:.1f} ± {100 * measure_spread(coverage):.1f} %",
        "92-97 %",
        people,
    )


def add_alert_rows(table: Table, name: str, goals: tuple[str, str], figures: list[AlertFigures]) -> None:
    false = [float(np.mean(one.false)) for one in figures]
    medians = [float(np.median(one.found_after)) for one in figures]
    found = np.array([after for one in figures for after in one.found_after])
    people = f"{len(found):,} officials"
    table.add_row(
        f"false alerts of an official in a year, {name}",
        f"{np.mean(false):.3f} ± {measure_spread(false):.3f}",
        goals[0],
        people,
    )
    table.add_row(
        f"ratings until a drop of 10 points is found, {name}",
        f"{np.median(found):.0f} ± {measure_spread(medians):.0f}",
        goals[1],
        f"{100 * np.isinf(found).mean():.1f} % not found in half a year",
    )


def main() -> None:
    seeds = TUNING_SEEDS if "--tuning" in sys.argv[1:] else HELD_OUT_SEEDS
    title = f"Fair scores and alerts, simulated: seeds {seeds.start} to {seeds.stop - 1}"
    table = Table("figure", "median or mean ± standard error", "goal", "over", title=title)
    for pools, officials in POOLS:
        console.print(f"[dim]pools of {officials} …[/dim]")
        add_score_rows(table, officials, [measure_scores(pools, officials, seed) for seed in seeds])
    for per_day in PER_DAY:
        goals = ("≤ 0.2", "≤ 70") if per_day == PER_DAY[0] else ("", "")
        both: list[AlertFigures] = []
        for shape in (SKEWED, NORMAL):
            console.print(f"[dim]{per_day} ratings a day, {shape.name} scores …[/dim]")
            figures = [measure_alerts(per_day, seed, shape) for seed in seeds]
            add_alert_rows(table, f"{shape.name} scores, {per_day} a day", goals, figures)
            both += figures
        add_alert_rows(table, f"both, {per_day} a day", goals, both)
    console.print(table)


if __name__ == "__main__":
    main()
