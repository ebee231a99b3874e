"""The command line of `make crash`, and its table."""

import statistics
import sys
from collections import Counter

import click
import uvloop
from rich.console import Console
from rich.table import Table

from tools.crash.rounds import Outcome, Plan, run_plan

console = Console(highlight=False, width=110)


@click.command()
@click.option("--rounds", default=100, show_default=True, help="How often to kill -9 something under load.")
@click.option("--cuts", default=1000, show_default=True, help="How many replies to swallow after their commit.")
@click.option("--seconds-per-round", default=2.0, show_default=True, help="Load beside the time to recover.")
@click.option("--seed", default=1, show_default=True, help="The same moments and kills again.")
@click.option("--spoil", is_flag=True, help="Take one rating away at the end: this run must end with 1.")
def main(rounds: int, cuts: int, seconds_per_round: float, seed: int, *, spoil: bool) -> None:
    """Kill server and database under load, swallow replies after the commit, and look for lost ratings.

    Ends with 1 when a rating was lost or doubled, the store is unsound, or the program did not behave.
    """
    plan = Plan(rounds, cuts, seconds_per_round, seed, spoil)
    outcome = uvloop.run(run_plan(plan, lambda line: console.print(line, markup=False)))
    console.print(draw_table(plan, outcome))
    for line in [*outcome.wrong_answers, *outcome.last_words]:
        console.print(line, markup=False)
    sys.exit(0 if outcome.is_good else 1)


def draw_table(plan: Plan, outcome: Outcome) -> Table:
    table = Table("", "", title=f"kill -9 under load, seed {plan.seed}", show_header=False, title_justify="left")
    for name, value in list_figures(outcome):
        table.add_row(name, value)
    return table


def list_figures(outcome: Outcome) -> list[tuple[str, str]]:
    kills = Counter(each.kill for each in outcome.rounds)
    recoveries = outcome.recoveries or [0.0]
    return [
        ("rounds", f"{len(outcome.rounds):,}"),
        *((f"  kill -9 {kind}", f"{times:,}") for kind, times in kills.items()),
        ("acknowledged", f"{outcome.last.acknowledged:,} (changes of mind among them: {outcome.changes:,})"),
        ("attempts", f"{outcome.attempts:,} (failed: {outcome.mishaps:,}; given up: {outcome.abandoned:,})"),
        ("lost", f"{outcome.lost:,}"),
        ("doubled", f"{outcome.doubled:,}"),
        ("replies cut after the commit", f"{outcome.cuts:,} (of {outcome.cut_tokens:,} tokens)"),
        ("  then repeated and acknowledged", f"{outcome.repeated_after_cut:,} (all others given up)"),
        ("  with another receipt", f"{outcome.receipts_differing:,}"),
        ("recovery, median", f"{statistics.median(recoveries):.2f} s"),
        ("recovery, worst", f"{recoveries[-1]:.2f} s"),
        ("program started", f"{outcome.starts:,} times (ended by itself: {outcome.ended_by_itself:,})"),
        ("program stopped at last", f"exit status {outcome.exit_status}{', database still up' * outcome.left_running}"),
        ("wrong answers", f"{len(outcome.wrong_answers):,}"),
        ("store checked after each round", ", ".join(outcome.inconsistencies) or "clean"),
        ("langnghe db check at the end", f"exit status {outcome.check_status}"),
        ("result", "GOOD" if outcome.is_good else "BAD"),
    ]


main()
