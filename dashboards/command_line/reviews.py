"""`langnghe reviews`: what officials asked to have reviewed, and the votes of those who decide."""

import datetime as dt

import click
from rich.table import Table

from dashboards.command_line.words import read_name, read_wording
from dashboards.phrases import Phrases
from dashboards.staff.open_reviews import OpenReview, read_open_reviews
from feedback.command_line.session import connect, console, run
from feedback.record_response import read_local_day
from feedback.score_reviews import Voter, read_verdict, vote_on_review
from feedback.settings import Settings
from surveys.wording import Wording

COLUMNS = ("number", "official", "days", "procedure", "ratings", "votes", "reason")


@click.group()
def reviews() -> None:
    """Decide what officials asked to have reviewed: two different persons must say the same."""


@reviews.command("list")
def reviews_list() -> None:
    """Every review that waits, with how many ratings it is about; counts are rounded to 5, few are "<10"."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            waiting = await read_open_reviews(connection)
        console.print(draw_reviews(waiting, wording) if waiting else wording.say("staff.reviews.none"))

    run(work)


def draw_reviews(waiting: list[OpenReview], wording: Wording) -> Table:
    phrases = Phrases(wording)
    table = Table(*(wording.say(f"reviews.cli.{name}") for name in COLUMNS), show_lines=True)
    for known in waiting:
        review = known.review
        table.add_row(
            str(review.review_id),
            known.official.code,
            f"{wording.date(review.first_day)} – {wording.date(review.last_day)}",
            review.procedure_code or "*",
            " / ".join(phrases.count(row.n) for row in known.classes),
            "\n".join(f"{vote.voter}: {wording.say(f'staff.reviews.said.{vote.verdict}')}" for vote in known.votes),
            review.reason,
        )
    return table


@reviews.command("vote")
@click.argument("review", type=click.IntRange(1, 2_000_000_000))
@click.argument("verdict", type=click.Choice(["grant", "refuse"]))
@click.option("--voter", required=True, callback=read_name, help="Who decides; never the official concerned.")
@click.option("--reason", required=True, help="Why.")
def reviews_vote(review: int, verdict: str, voter: str, reason: str) -> None:
    """Vote on REVIEW: "grant" sets its ratings aside once a second person says so, "refuse" keeps them."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        async with connect(settings) as connection:
            settled = await vote_on_review(
                connection, review, Voter(voter.strip()), read_verdict(verdict), reason, today
            )
        console.print(wording.say(f"staff.reviews.voted.{settled.state}", review=review))

    run(work)
