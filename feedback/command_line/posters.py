"""`langnghe posters`: what is printed and put on the desks."""

import asyncio
import datetime as dt
from pathlib import Path

import click

from feedback.command_line.session import connect, console, read_wording, run, show_progress
from feedback.database import Connection
from feedback.posters.draw import DeskPoster, PosterForm, draw_posters
from feedback.record_response import read_local_day
from feedback.settings import Settings
from feedback.tables.desk_views import select_desk_labels
from surveys.errors import NoPostersError

FORMS: tuple[PosterForm, ...] = ("card", "exit", "sheet")


@click.command()
@click.argument("form", type=click.Choice(FORMS))
@click.option("--unit", help="Only this unit, by its code.")
@click.option("--province", help="Only the units of this province, by its two digits.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("posters"),
    show_default=True,
    help="Folder for one PDF a unit.",
)
def posters(form: PosterForm, unit: str | None, province: str | None, output: Path) -> None:
    """Make print-ready PDF: "card" (A5, one a desk), "exit" (A4 poster), "sheet" (A4, eight cards to cut)."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            files = await write_posters(connection, settings, form, output, unit=unit, province=province)
        console.print(read_wording(settings.language).say("cli.posters", count=len(files), folder=output.absolute()))

    run(work)


async def write_posters(
    connection: Connection,
    settings: Settings,
    form: PosterForm,
    output: Path,
    *,
    unit: str | None = None,
    province: str | None = None,
) -> list[Path]:
    """One PDF a unit; a thousand desks in one file would take half a gigabyte of memory."""
    day, _ = read_local_day(dt.datetime.now(dt.UTC))
    labels = await select_desk_labels(connection, unit, province, day)
    if not labels:
        raise NoPostersError
    by_unit: dict[str, list[DeskPoster]] = {}
    for label in labels:
        unit_code = label.pop("unit_code")
        by_unit.setdefault(unit_code, []).append(DeskPoster(**label))
    output.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    with show_progress(read_wording(settings.language).say("cli.drawing"), len(by_unit)) as progress:
        for done, (unit_code, desks) in enumerate(by_unit.items(), 1):
            file = output / f"{form}-{unit_code}.pdf"
            file.write_bytes(await asyncio.to_thread(draw_posters, desks, form, settings.base_url))
            files.append(file)
            progress(done)
    return files
