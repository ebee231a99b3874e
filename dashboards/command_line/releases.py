"""`langnghe release`: make, list, show and verify releases."""

import datetime as dt
import sys
from typing import get_args

import click
from rich.table import Table

from dashboards.command_line.words import read_wording
from dashboards.disclosure.released_scores import Grade
from dashboards.indicators.roles import ROLES
from dashboards.releases.publish import close_due_quarters, publish_release
from dashboards.releases.quarters import read_quarter
from dashboards.releases.verify import Verification, verify_release
from feedback.command_line.session import connect, console, run
from feedback.settings import Settings
from feedback.tables.releases import Release, count_release_grades, select_release, select_releases
from surveys.errors import UnknownReleaseError
from surveys.wording import Wording


@click.group()
def release() -> None:
    """Close quarters: compute their figures once, keep them for good, prove them later."""


@release.command("list")
def release_list() -> None:
    """Every release that was made, oldest quarter first."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            made = await select_releases(connection)
        console.print(draw_releases(made, wording) if made else wording.say("cli.release-none"))

    run(work)


def draw_releases(made: list[Release], wording: Wording) -> Table:
    names = ("code", "days", "made", "method", "cut", "corrections", "waiting")
    table = Table(*(wording.say(f"cli.release-{name}") for name in names), box=None)
    for row in made:
        table.add_row(
            row.code,
            f"{wording.date(row.first_day)} - {wording.date(row.last_day)}",
            wording.date(row.made_at.date()),
            row.method_version,
            *(wording.number(number) for number in (row.data_cut, row.corrections, row.waiting)),
        )
    return table


@release.command("close")
@click.argument("quarter", required=False)
def release_close(quarter: str | None) -> None:
    """Release QUARTER, such as 2026-Q3; without one, every quarter with ratings that may be closed by now.

    A quarter may be closed seven days after its last day, once.
    """

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        now = dt.datetime.now(dt.UTC)
        wanted = None if quarter is None else read_quarter(quarter)
        async with connect(settings) as connection:
            if wanted is None:
                made = await close_due_quarters(connection, now)
            else:
                made = [await publish_release(connection, wanted, now)]
        for row in made:
            console.print(wording.say("cli.release-closed", release=row.code, digest=row.content_digest.hex()))
        if not made:
            console.print(wording.say("cli.release-nothing-due"))

    run(work)


@release.command("show")
@click.argument("quarter")
def release_show(quarter: str) -> None:
    """What went into QUARTER, and how many figures of each grade came out."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        code = read_quarter(quarter).code
        async with connect(settings) as connection:
            row = await select_release(connection, code)
            if row is None:
                raise UnknownReleaseError(release=code)
            grades = await count_release_grades(connection, row.release_id)
        console.print(draw_releases([row], wording))
        console.print(draw_grades(grades, wording))
        console.print(
            wording.say("cli.release-digests", input=row.input_digest.hex(), content=row.content_digest.hex())
        )

    run(work)


def draw_grades(grades: dict[tuple[str, str], int], wording: Wording) -> Table:
    known = get_args(Grade)
    table = Table("", *(wording.say(f"cli.release-grade-{grade}") for grade in known), box=None)
    for role in ROLES:
        table.add_row(
            wording.say(f"cli.release-role-{role}"),
            *(wording.number(grades.get((role, grade), 0)) for grade in known),
        )
    return table


@release.command("verify")
@click.argument("quarter")
def release_verify(quarter: str) -> None:
    """Compute QUARTER again from the rows of its ratings and compare every figure. Ends with 1 when one differs."""

    async def work(settings: Settings) -> int:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            verification = await verify_release(connection, quarter)
        for sentence in describe_verification(verification, wording):
            console.print(sentence)
        return 0 if verification.is_good else 1

    sys.exit(run(work))


def describe_verification(verification: Verification, wording: Wording) -> list[str]:
    """One sentence when all is well, else one for each thing that is not."""
    code = verification.release.code
    if verification.is_good:
        digest = verification.release.content_digest.hex()
        return [wording.say("cli.release-verified", release=code, digest=digest)]
    wrong = {
        "stored": not verification.is_stored_whole,
        "input": not verification.is_input_same,
        "content": not verification.is_content_same or verification.differing > 0,
    }
    return [
        wording.say(f"cli.release-differs-{what}", release=code, count=verification.differing)
        for what, is_wrong in wrong.items()
        if is_wrong
    ]
