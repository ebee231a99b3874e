"""`langnghe accounts`: who signs in to the pages for staff.

A role given here is a proposal, save for the first two administrators; all of it is in the audit log as the operator's.
"""

import datetime as dt
import re

import click
from rich.table import Table

from feedback.accounts.appoint import close_sessions, disable, enable, propose, write
from feedback.accounts.invitations import invite, make_invitation_address
from feedback.accounts.powers import ROLES, Account
from feedback.accounts.sessions import IDLE
from feedback.accounts.sign_in import read_name
from feedback.api_keys import Reach
from feedback.command_line.session import connect, console, read_wording, run
from feedback.database import Connection
from feedback.settings import Settings, is_mail_address
from feedback.tables.accounts import (
    count_administrators,
    forget_totp_secret,
    insert_account,
    select_account,
    select_account_by_name,
)
from feedback.tables.administered_accounts import AccountLine, select_account_lines
from feedback.tables.appointments import decide_appointment
from feedback.tables.dossier_desks import select_official_ids
from surveys.errors import (
    AccountNameRefusedError,
    MailAddressRefusedError,
    NewAccountUnnamedError,
    NoSuchAccountError,
    NoSuchOfficialError,
)
from surveys.wording import Wording

FIRST_ADMINISTRATORS = 2
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


@click.group()
def accounts() -> None:
    """People who sign in to the pages for staff: invite, list, disable, sign out."""


@accounts.command("invite")
@click.argument("name")
@click.argument("display_name", required=False)
@click.option("--role", type=click.Choice(ROLES), help="What the person may do; a proposal until it is approved.")
@click.option("--province", "provinces", multiple=True, help="In this province, by its two digits.")
@click.option("--commune", "communes", multiple=True, help="In this commune, by its five digits.")
@click.option("--unit", "units", multiple=True, help="At this unit, by its code.")
@click.option("--everywhere", is_flag=True, help="In the whole nation.")
@click.option("--official", help="The person is the official with this code.")
@click.option("--email", help="Where digests may be sent.")
def accounts_invite(
    name: str,
    display_name: str | None,
    role: str | None,
    provinces: tuple[str, ...],
    communes: tuple[str, ...],
    units: tuple[str, ...],
    official: str | None,
    email: str | None,
    *,
    everywhere: bool,
) -> None:
    """Print a link, once, with which the person NAME sets a password and, the first time, a code device.

    A new person needs DISPLAY_NAME and a role. For somebody known the link sets a new password, and still asks for a
    code of the device.
    """

    async def work(settings: Settings) -> None:
        now, wording = dt.datetime.now(dt.UTC), read_wording(settings.language)
        async with connect(settings) as connection, connection.transaction():
            account = await find_or_add(connection, name, display_name, role, official, email, now)
            if role is not None:
                reach = Reach(everywhere, provinces, communes, units)
                console.print(wording.say(await appoint(connection, account, role, reach, now)))
            await print_link(connection, settings, account, now)

    run(work)


async def find_or_add(
    connection: Connection,
    name: str,
    display_name: str | None,
    role: str | None,
    official: str | None,
    email: str | None,
    now: dt.datetime,
) -> Account:
    """Raises AccountNameRefusedError, MailAddressRefusedError, NoSuchOfficialError, NewAccountUnnamedError."""
    name = read_name(name)
    if known := await select_account_by_name(connection, name):
        return known
    if NAME.fullmatch(name) is None:
        raise AccountNameRefusedError
    if email is not None and not is_mail_address(email):
        raise MailAddressRefusedError
    if not display_name or role is None:
        raise NewAccountUnnamedError(name=name)
    official_id = None if official is None else await find_official(connection, official)
    new = await insert_account(connection, name, display_name.strip()[:100], now, official_id=official_id, email=email)
    await write(connection, None, now, "account-made", "account", name, None)
    account = await select_account(connection, new)
    if account is None:
        raise NoSuchAccountError(name=name)
    return account


async def find_official(connection: Connection, code: str) -> int:
    official_id = (await select_official_ids(connection, [code])).get(code)
    if official_id is None:
        raise NoSuchOfficialError(official=code)
    return official_id


async def appoint(connection: Connection, account: Account, role: str, reach: Reach, now: dt.datetime) -> str:
    """A proposal; in force at once for an administrator while there are fewer than two, as nobody else could approve.

    The wording of what happened. Raises AppointmentRefusedError.
    """
    first = role == "administrator" and await count_administrators(connection) < FIRST_ADMINISTRATORS
    line = await propose(connection, None, account.account_id, role, reach, now)
    if not first:
        return "cli.account-proposed"
    await decide_appointment(connection, line.appointment_id, "approved", None, now)
    details = {"person": account.sign_in_name, "role": role}
    await write(connection, None, now, "appointment-approved", "appointment", str(line.appointment_id), details)
    return "cli.account-first"


async def print_link(connection: Connection, settings: Settings, account: Account, now: dt.datetime) -> None:
    token = await invite(connection, account.account_id, None, now)
    await write(connection, None, now, "account-invited", "account", account.sign_in_name, None)
    wording = read_wording(settings.language)
    console.print(wording.say("cli.account-link", name=account.display_name), markup=False)
    click.echo(make_invitation_address(settings.base_url, token))


@accounts.command("new-device")
@click.argument("name")
def accounts_new_device(name: str) -> None:
    """Forget the code device of NAME, end the person's sessions, and print a link that enrols another one."""

    async def work(settings: Settings) -> None:
        now = dt.datetime.now(dt.UTC)
        async with connect(settings) as connection, connection.transaction():
            account = await find_account(connection, name)
            await forget_totp_secret(connection, account.account_id)
            await write(connection, None, now, "device-forgotten", "account", account.sign_in_name, None)
            await close_sessions(connection, None, account.account_id, now)
            await print_link(connection, settings, account, now)

    run(work)


@accounts.command("list")
def accounts_list() -> None:
    """Everybody who has an account: roles in force, open proposals, open sessions, the last visit."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        lines: list[AccountLine] = []
        async with connect(settings) as connection:
            since = dt.datetime.now(dt.UTC) - IDLE
            while found := await select_account_lines(connection, since, "", lines[-1].sign_in_name if lines else ""):
                lines += found
        console.print(draw_accounts(lines, wording) if lines else wording.say("cli.accounts-none"))

    run(work)


def draw_accounts(lines: list[AccountLine], wording: Wording) -> Table:
    names = ("name", "person", "roles", "proposals", "sessions", "visit", "state")
    table = Table(*(wording.say(f"cli.accounts-{name}") for name in names), box=None)
    for line in lines:
        table.add_row(
            line.sign_in_name,
            line.display_name,
            ", ".join(line.roles) or "-",
            wording.number(line.proposals),
            wording.number(line.sessions),
            wording.date(line.visit_began_at.date()) if line.visit_began_at else "-",
            wording.say("cli.accounts-disabled" if line.disabled_at else "cli.accounts-open"),
        )
    return table


@accounts.command("disable")
@click.argument("name")
def accounts_disable(name: str) -> None:
    """Lock NAME out: every session ends at once, and whatever roles the person holds."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection, connection.transaction():
            account = await find_account(connection, name)
            await disable(connection, None, account.account_id, dt.datetime.now(dt.UTC))
        console.print(read_wording(settings.language).say("cli.account-disabled", name=name), markup=False)

    run(work)


@accounts.command("enable")
@click.argument("name")
def accounts_enable(name: str) -> None:
    """Let NAME sign in again, without any role."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection, connection.transaction():
            account = await find_account(connection, name)
            await enable(connection, None, account.account_id, dt.datetime.now(dt.UTC))
        console.print(read_wording(settings.language).say("cli.account-enabled", name=name), markup=False)

    run(work)


@accounts.command("sign-out")
@click.argument("name")
def accounts_sign_out(name: str) -> None:
    """End every session of NAME."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection, connection.transaction():
            account = await find_account(connection, name)
            count = await close_sessions(connection, None, account.account_id, dt.datetime.now(dt.UTC))
        said = read_wording(settings.language).say("cli.account-signed-out", name=name, count=count)
        console.print(said, markup=False)

    run(work)


async def find_account(connection: Connection, name: str) -> Account:
    """Raises NoSuchAccountError."""
    account = await select_account_by_name(connection, read_name(name))
    if account is None:
        raise NoSuchAccountError(name=name)
    return account
