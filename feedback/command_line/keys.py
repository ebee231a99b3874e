"""`langnghe keys`: who is let in to the program interface."""

import datetime as dt
import secrets
from ipaddress import ip_network

import click
from rich.table import Table

from feedback.api_keys import (
    LONGEST_LIFE,
    SCOPES,
    USUAL_QUOTA,
    ApiKey,
    Network,
    Reach,
    make_key_text,
    read_key_text,
)
from feedback.command_line.session import connect, console, read_wording, run
from feedback.keep_keys import add_key
from feedback.record_response import read_local_day
from feedback.settings import Settings
from feedback.tables.api_keys import (
    revoke_api_key,
    select_api_keys,
)
from surveys.errors import (
    UnknownKeyError,
)
from surveys.wording import Wording

KEY_BYTES = 38


@click.group()
def keys() -> None:
    """Let other programs in: create, list and revoke their keys."""


def read_network(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@keys.command("create")
@click.argument("holder")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True, help="What the key opens.")
@click.option("--province", "provinces", multiple=True, help="Units of this province, by its two digits.")
@click.option("--commune", "communes", multiple=True, help="Units of this commune, by its five digits.")
@click.option("--unit", "units", multiple=True, help="This unit, by its code.")
@click.option("--everywhere", is_flag=True, help="All units.")
@click.option(
    "--from", "networks", multiple=True, callback=read_network, help="Only from this network, such as 10.1.2.0/24."
)
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_LIFE.days),
    default=LONGEST_LIFE.days,
    show_default=True,
    help="How long it holds.",
)
@click.option("--quota", type=click.IntRange(1, 100_000), default=USUAL_QUOTA, show_default=True, help="A minute.")
def keys_create(
    holder: str,
    scopes: tuple[str, ...],
    provinces: tuple[str, ...],
    communes: tuple[str, ...],
    units: tuple[str, ...],
    networks: tuple[Network, ...],
    days: int,
    quota: int,
    *,
    everywhere: bool,
) -> None:
    """Create a key for HOLDER and show it, this once. A holder has two in use at most, so that they can be exchanged.

    Keys are for programs, about the units of provinces, communes, named ones, or everywhere. People sign in instead.
    """

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        text = make_key_text(secrets.token_bytes(KEY_BYTES))
        shown = read_key_text(text)
        key = ApiKey(
            key_id=shown.key_id,
            holder=holder,
            secret_hash=shown.secret_hash,
            scopes=tuple(dict.fromkeys(scopes)),
            reach=Reach(everywhere, provinces, communes, units),
            networks=networks,
            quota=quota,
            made_on=today,
            expires_on=today + dt.timedelta(days=days),
        )
        async with connect(settings) as connection:
            await add_key(connection, key)
        console.print(wording.say("cli.key-made", holder=holder, day=wording.date(key.expires_on)), markup=False)
        click.echo(text)

    run(work)


@keys.command("list")
def keys_list() -> None:
    """Every key that was made: for what, for which units, from where, until when, and the day it was last used."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        async with connect(settings) as connection:
            made = await select_api_keys(connection)
        console.print(draw_keys(made, today, wording) if made else wording.say("cli.keys-none"))

    run(work)


def draw_keys(made: list[ApiKey], today: dt.date, wording: Wording) -> Table:
    names = ("id", "holder", "scopes", "reach", "networks", "quota", "until", "used", "state")
    table = Table(*(wording.say(f"cli.keys-{name}") for name in names), box=None)
    for key in made:
        table.add_row(
            f"lnk_{key.key_id}",
            key.holder,
            ", ".join(key.scopes),
            key.reach.describe(),
            ", ".join(map(str, key.networks)) or "*",
            wording.number(key.quota),
            wording.date(key.name_end()),
            wording.date(key.last_used_on) if key.last_used_on else "-",
            wording.say(f"cli.keys-{name_state(key, today)}"),
        )
    return table


def name_state(key: ApiKey, today: dt.date) -> str:
    if key.revoked_on is not None:
        return "revoked"
    if today >= key.expires_on:
        return "ended"
    return "waiting" if key.is_waiting else "active"


@keys.command("revoke")
@click.argument("key_id")
def keys_revoke(key_id: str) -> None:
    """End a key at once, by what "langnghe keys list" calls it."""

    async def work(settings: Settings) -> None:
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        # A whole key pasted here is not repeated on the screen.
        short = key_id.removeprefix("lnk_").partition("_")[0]
        async with connect(settings) as connection:
            if not await revoke_api_key(connection, short, today):
                raise UnknownKeyError(key=short)
        console.print(read_wording(settings.language).say("cli.key-revoked", key=short), markup=False)

    run(work)
