"""`langnghe alerts`: what the drop watch found and nobody has looked at yet. Shows no rating and no count."""

import datetime as dt

import click
from rich.table import Table

from dashboards.command_line.words import read_name, read_wording
from dashboards.drops.watch_drops import acknowledge_alert, watch_drops
from feedback.command_line.session import connect, console, run
from feedback.record_response import read_local_day
from feedback.settings import Settings
from feedback.tables.drop_watch import ListedAlert, is_unit, select_open_alerts
from surveys.errors import UnknownPlaceError
from surveys.wording import Wording


def read_today() -> dt.date:
    today, _ = read_local_day(dt.datetime.now(dt.UTC))
    return today


@click.group()
def alerts() -> None:
    """See where service may have become worse, and say that somebody has looked."""


@alerts.command("list")
@click.option("--unit", "unit", help="Only of this unit, by its code.")
def alerts_list(unit: str | None) -> None:
    """Every alert that nobody has looked at: since when, how sure, and about whom. Newest first."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            if unit is not None and not await is_unit(connection, unit):
                raise UnknownPlaceError
            found = await select_open_alerts(connection, unit)
        console.print(draw_alerts(found, wording) if found else wording.say("cli.alerts-none"))

    run(work)


def draw_alerts(found: list[ListedAlert], wording: Wording) -> Table:
    names = ("number", "day", "level", "detector", "role", "entity", "unit")
    table = Table(*(wording.say(f"cli.alerts-{name}") for name in names), box=None)
    for alert in found:
        table.add_row(
            str(alert.alert_id),
            wording.date(alert.day),
            wording.say(f"staff.level.{alert.level}"),
            wording.say(f"staff.detector.{alert.detector}"),
            wording.say(f"alerts.{alert.role}"),
            alert.entity,
            alert.unit,
        )
    return table


@alerts.command("seen")
@click.argument("alert", type=click.IntRange(1, 2**31 - 1))
@click.option("--by", "name", required=True, callback=read_name, help="Who has looked into it.")
def alerts_seen(alert: int, name: str) -> None:
    """Close ALERT, by its number in the list: somebody has looked into it. What it watched begins anew."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            await acknowledge_alert(connection, alert, name, read_today())
        console.print(read_wording(settings.language).say("cli.alert-seen", alert=alert), markup=False)

    run(work)


@alerts.command("run")
def alerts_run() -> None:
    """Look at every closed day that was not looked at yet. The daily job does the same."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        today = read_today()
        async with connect(settings) as connection:
            raised = await watch_drops(connection, today)
        yesterday = wording.date(today - dt.timedelta(days=1))
        console.print(wording.say("cli.alerts-run", day=yesterday, count=raised), markup=False)

    run(work)
