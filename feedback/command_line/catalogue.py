"""`langnghe catalogue`: units, desks, officials and procedures in and out."""

from pathlib import Path

import click

from feedback.catalogue.export_workbook import export_workbook
from feedback.catalogue.import_workbook import check_workbook, import_workbook
from feedback.catalogue.read_workbook import read_workbook
from feedback.catalogue.template import write_template
from feedback.catalogue.workbook import RefusedWorkbookError
from feedback.command_line.session import connect, console, read_wording, run
from feedback.settings import Settings


@click.group()
def catalogue() -> None:
    """Bring units, desks, officials and procedures in and out, as XLSX or a folder of CSV."""


@catalogue.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only check, and list every cell that needs a correction.")
def catalogue_import(path: Path, *, dry_run: bool) -> None:
    """Read a workbook: all of it, or nothing and a list of every bad cell. Safe to repeat."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        workbook = read_workbook(path)
        async with connect(settings) as connection:
            if dry_run:
                bad_cells = await check_workbook(connection, workbook)
                if bad_cells:
                    raise RefusedWorkbookError(bad_cells)
                console.print(wording.say("cli.workbook-good"))
                return
            counts = await import_workbook(connection, workbook)
        for sheet in counts.added:
            console.print(
                wording.say(
                    "cli.imported",
                    sheet=sheet,
                    added=wording.number(counts.added[sheet]),
                    changed=wording.number(counts.changed[sheet]),
                    unchanged=wording.number(counts.unchanged[sheet]),
                )
            )

    run(work)


@catalogue.command("export")
@click.argument("path", type=click.Path(path_type=Path))
def catalogue_export(path: Path) -> None:
    """Write the catalogue to PATH: a workbook when it ends in .xlsx, else a folder of CSV."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            rows = await export_workbook(connection, path)
        console.print(", ".join(f"{sheet}: {count}" for sheet, count in rows.items()))

    run(work)


@catalogue.command("template")
@click.argument("path", type=click.Path(path_type=Path))
def catalogue_template(path: Path) -> None:
    """Write an empty workbook to PATH with every sheet, every column and what belongs there."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        write_template(path, wording)
        console.print(wording.say("cli.template", path=path.absolute()))

    run(work)
