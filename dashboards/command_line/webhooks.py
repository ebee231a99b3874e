"""`langnghe webhooks`: who is told of releases, and whether it arrived."""

import datetime as dt
import secrets
from pathlib import Path

import click
import msgspec
from rich.markup import escape
from rich.table import Table

from dashboards.command_line.words import read_name, read_wording
from dashboards.webhooks.addresses import print_url
from dashboards.webhooks.announce_releases import OWED_FOR
from dashboards.webhooks.endpoints import (
    BOTH_SECRETS_FOR,
    ID_BYTES,
    SALT_BYTES,
    end,
    make_endpoint,
    rotate,
    write_secret_of,
)
from dashboards.webhooks.post import Outcome, Poster, make_tls
from dashboards.webhooks.run_webhooks import quiet_libraries
from dashboards.webhooks.signatures import make_headers
from feedback.command_line.session import connect, console, fill_secret, run
from feedback.record_response import read_local_day
from feedback.settings import Settings
from feedback.tables.releases import select_release
from feedback.tables.webhook_deliveries import Delivery, is_message, owe_message, select_deliveries
from feedback.tables.webhook_endpoints import Endpoint, insert_endpoint, select_endpoint, select_endpoints
from surveys.errors import UnknownReleaseError, UnknownWebhookError, UnknownWebhookMessageError
from surveys.wording import Wording

DASHBOARDS = Path(__file__).parents[1]
TEST_KIND = "webhook.test"
REMOVED = "removed"


def print_time(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


@click.group()
def webhooks() -> None:
    """Tell personnel systems of releases: add, list and end their endpoints, see and repeat deliveries."""


@webhooks.command("add")
@click.argument("url")
@click.option("--holder", required=True, callback=read_name, help="Whose system it is.")
@click.option("--allow-private", is_flag=True, help="It lies in the network of this installation.")
def webhooks_add(url: str, holder: str, *, allow_private: bool) -> None:
    """Tell URL of every release from now on, and show its signing secret, this once."""

    async def work(settings: Settings) -> None:
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        random_bytes = secrets.token_bytes(ID_BYTES + SALT_BYTES)
        endpoint = make_endpoint(url, holder, today, random_bytes, allow_private=allow_private)
        async with connect(settings) as connection:
            await insert_endpoint(connection, endpoint)
        sentence = read_wording(settings.language).say("cli.webhook-made", holder=holder, endpoint=endpoint.endpoint_id)
        console.print(sentence, markup=False)
        click.echo(write_secret_of(endpoint, fill_secret(settings).secret))

    run(work)


@webhooks.command("list")
def webhooks_list() -> None:
    """Everybody who is or was told of releases. What follows a "?" in an address is not shown."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            made = await select_endpoints(connection)
        console.print(draw_endpoints(made, wording) if made else wording.say("cli.webhooks-none"))

    run(work)


def draw_table(wording: Wording, *names: str) -> Table:
    return Table(*(wording.say(f"cli.webhooks.{name}") for name in names), box=None)


def draw_endpoints(made: list[Endpoint], wording: Wording) -> Table:
    table = draw_table(wording, "endpoint", "holder", "address", "network", "since", "ended")
    for endpoint in made:
        network = "private" if endpoint.allow_private else "public"
        table.add_row(
            endpoint.endpoint_id,
            escape(endpoint.holder),
            escape(print_url(endpoint.url)),
            wording.say(f"cli.webhooks.network.{network}"),
            wording.date(endpoint.made_on),
            wording.date(endpoint.ended_on) if endpoint.ended_on else "-",
        )
    return table


@webhooks.command("remove")
@click.argument("endpoint_id")
def webhooks_remove(endpoint_id: str) -> None:
    """Tell this endpoint nothing any more; what it is still owed is given up."""

    async def work(settings: Settings) -> None:
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        async with connect(settings) as connection:
            if not await end(connection, endpoint_id, today, REMOVED):
                raise UnknownWebhookError(endpoint=endpoint_id)
        say = read_wording(settings.language).say
        console.print(say("cli.webhook-removed", endpoint=endpoint_id), markup=False)

    run(work)


@webhooks.command("rotate")
@click.argument("endpoint_id")
def webhooks_rotate(endpoint_id: str) -> None:
    """Give this endpoint a new signing secret; for a day messages are signed with the old one too."""

    async def work(settings: Settings) -> None:
        now, salt = dt.datetime.now(dt.UTC), secrets.token_bytes(SALT_BYTES)
        async with connect(settings) as connection:
            secret = await rotate(connection, endpoint_id, fill_secret(settings).secret, salt, now)
        say = read_wording(settings.language).say
        until = print_time(now + BOTH_SECRETS_FOR)
        console.print(say("cli.webhook-rotated", endpoint=endpoint_id, time=until), markup=False)
        click.echo(secret)

    run(work)


@webhooks.command("deliveries")
@click.option("--release", help="Only of this release, such as 2026-Q3.")
def webhooks_deliveries(release: str | None) -> None:
    """What was to be delivered to whom: delivered, waiting for its next try, or given up, and why."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            if release is not None and await select_release(connection, release) is None:
                raise UnknownReleaseError(release=release)
            owed = await select_deliveries(connection, release)
        console.print(draw_deliveries(owed, wording) if owed else wording.say("cli.webhook-deliveries-none"))

    run(work)


def draw_deliveries(owed: list[Delivery], wording: Wording) -> Table:
    table = draw_table(wording, "release", "message", "endpoint", "holder", "state", "tries", "time", "result")
    for delivery in owed:
        moment = delivery.next_try_at or delivery.delivered_at
        table.add_row(
            delivery.release,
            delivery.message_id,
            delivery.endpoint_id,
            escape(delivery.holder),
            wording.say(f"cli.webhooks.state.{name_state(delivery)}"),
            wording.number(delivery.tries),
            print_time(moment) if moment else "-",
            say_result(delivery.last_result, wording),
        )
    return table


def name_state(delivery: Delivery) -> str:
    if delivery.next_try_at is not None:
        return "waiting"
    return "given-up" if delivery.delivered_at is None else "delivered"


def say_result(result: str | None, wording: Wording) -> str:
    """A status stays as it is."""
    if result is None:
        return "-"
    return result if result.isdigit() else wording.say(f"cli.webhooks.result.{result}")


@webhooks.command("replay")
@click.argument("message_id")
@click.option("--endpoint", "endpoint_id", help="Only to this one; also one that was added after the release.")
def webhooks_replay(message_id: str, endpoint_id: str | None) -> None:
    """Send a message again, to all endpoints in use or to one, and try for three days."""

    async def work(settings: Settings) -> None:
        now = dt.datetime.now(dt.UTC)
        async with connect(settings) as connection:
            if not await is_message(connection, message_id):
                raise UnknownWebhookMessageError(message=message_id)
            owed = await owe_message(connection, message_id, now, now + OWED_FOR, endpoint_id)
        if endpoint_id is not None and not owed:
            raise UnknownWebhookError(endpoint=endpoint_id)
        wording = read_wording(settings.language)
        sentence = wording.say("cli.webhook-replayed", message=message_id, count=wording.number(len(owed)))
        console.print(sentence, markup=False)

    run(work)


@webhooks.command("test")
@click.argument("endpoint_id")
def webhooks_test(endpoint_id: str) -> None:
    """Send one signed test message to this endpoint now, and say what it answered; ends with 1 if it failed."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            endpoint = await select_endpoint(connection, endpoint_id)
        if endpoint is None:
            raise UnknownWebhookError(endpoint=endpoint_id)
        outcome = await send_test(endpoint, fill_secret(settings).secret, dt.datetime.now(dt.UTC))
        wording = read_wording(settings.language)
        result = say_result(outcome.result, wording)
        if not outcome.is_delivered:
            raise click.ClickException(wording.say("cli.webhook-test-failed", endpoint=endpoint_id, result=result))
        console.print(wording.say("cli.webhook-test-arrived", endpoint=endpoint_id, result=result), markup=False)

    run(work)


async def send_test(endpoint: Endpoint, secret: str, now: dt.datetime) -> Outcome:
    """Stored nowhere and not repeated."""
    quiet_libraries()
    message = {"type": TEST_KIND, "timestamp": now.replace(microsecond=0), "data": {}}
    body = msgspec.json.encode(message)
    headers = make_headers(secret, endpoint, f"msg_test_{secrets.token_hex(8)}", body, now)
    async with Poster(make_tls()) as poster:
        return await poster.post(endpoint.url, allow_private=endpoint.allow_private, headers=headers, body=body)
