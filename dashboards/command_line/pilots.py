"""`langnghe pilots`: the units in which the service index is piloted, from when to when."""

import datetime as dt

import click
from rich.table import Table

from dashboards.command_line.alerts import read_today
from dashboards.command_line.words import read_wording
from dashboards.supervision.pilots import add_pilot, end_pilot
from feedback.command_line.session import connect, console, run
from feedback.settings import Settings
from feedback.tables.pilot_units import PilotUnit, select_pilot_units
from surveys.wording import Wording

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def pilots() -> None:
    """Name the pilot sites of the service index, so that supervisors can compare them with the rest."""


@pilots.command("list")
def pilots_list() -> None:
    """Every pilot site, ended ones too."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            found = await select_pilot_units(connection)
        console.print(draw_pilots(found, wording) if found else wording.say("cli.pilots-none"))

    run(work)


def draw_pilots(found: list[PilotUnit], wording: Wording) -> Table:
    names = ("unit", "name", "area-type", "from", "to")
    table = Table(*(wording.say(f"cli.pilots-{name}") for name in names), box=None)
    for pilot in found:
        until = "" if pilot.valid_to is None else wording.date(pilot.valid_to - dt.timedelta(days=1))
        table.add_row(pilot.code, pilot.name, pilot.area_type, wording.date(pilot.valid_from), until)
    return table


@pilots.command("add")
@click.argument("unit")
@click.option("--from", "first", type=DAY, help="The first day of the pilot; today where not given.")
def pilots_add(unit: str, first: dt.datetime | None) -> None:
    """UNIT is a pilot site from now on, by its code."""
    day = read_today() if first is None else first.date()

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            is_new = await add_pilot(connection, unit, day)
        wording = read_wording(settings.language)
        key = "cli.pilot-added" if is_new else "cli.pilot-known"
        console.print(wording.say(key, unit=unit, day=wording.date(day)), markup=False)

    run(work)


@pilots.command("end")
@click.argument("unit")
@click.option("--on", "first", type=DAY, help="The first day without the pilot; today where not given.")
def pilots_end(unit: str, first: dt.datetime | None) -> None:
    """UNIT is no pilot site any more, by its code; what it was stays known."""
    day = read_today() if first is None else first.date()

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            was_one = await end_pilot(connection, unit, day)
        wording = read_wording(settings.language)
        key = "cli.pilot-ended" if was_one else "cli.pilot-unknown"
        console.print(wording.say(key, unit=unit, day=wording.date(day)), markup=False)

    run(work)
