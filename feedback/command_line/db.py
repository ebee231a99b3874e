"""`langnghe db`: look after the database."""

import sys

import click

from feedback.check import check_store
from feedback.command_line.session import (
    connect,
    console,
    open_database,
    prepare,
    read_wording,
    run,
    show_progress,
)
from feedback.database import open_connection
from feedback.rebuild import rebuild_counts
from feedback.settings import Settings
from feedback.tables.sequencer import select_last_number


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("migrate")
def db_migrate() -> None:
    """Bring the database to the shape that this version needs. Safe to repeat."""

    async def work(settings: Settings) -> None:
        with open_database(settings) as (database_url, _):
            await prepare(database_url)
        console.print(read_wording(settings.language).say("cli.migrated"))

    run(work)


@db.command("rebuild")
def db_rebuild() -> None:
    """Count all ratings anew from their rows and compare; where counts differ, the rows win."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            total = await select_last_number(connection)
            with show_progress(wording.say("cli.counting"), total) as progress:
                rebuild = await rebuild_counts(connection, progress)
        console.print(
            wording.say(
                "cli.rebuilt-equal" if rebuild.differing == 0 else "cli.rebuilt",
                ratings=wording.number(rebuild.ratings),
                cells=wording.number(rebuild.cells),
                differing=wording.number(rebuild.differing),
            )
        )

    run(work)


@db.command("check")
def db_check() -> None:
    """Name every inconsistency in the store. Ends with 1 when there is one; changes nothing."""

    async def work(settings: Settings) -> int:
        wording = read_wording(settings.language)
        with open_database(settings) as (database_url, _):
            connection = await open_connection(database_url)
            found = await check_store(connection)
            await connection.close()
        for inconsistency in found:
            console.print(f"{inconsistency.times:>8}  {wording.say(f'inconsistency.{inconsistency.name}')}")
        console.print(wording.say("cli.unsound" if found else "cli.sound"))
        return 1 if found else 0

    sys.exit(run(work))
