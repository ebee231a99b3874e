"""Ten thousand updates, each delivered one to four times, and a bot that is killed fifty times meanwhile."""

import asyncio
import random
import sys
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.table import Table

from bots.demo.bot_api import BotApi
from bots.rater_keys import learn_rater_keys
from bots.telegram.buttons import make_button_key
from bots.telegram.webhook import make_webhook_secret
from feedback.database import open_connection
from feedback.record_response import read_local_day
from feedback.tables.desk_views import select_desk_view
from tests.bots.bot_api import run_bot_api
from tests.world import QUIET_DESK
from tools.crash_chats.delivery import Delivery
from tools.crash_chats.findings import Findings, count_left_over, dump_store, examine, find_words
from tools.crash_chats.program import SECRET, TOKEN, Bot, open_store
from tools.crash_chats.script import PERSON, ROWS, UPDATES, USER_NAME, ChatPlan, Planner, expect_chat, learn_script

LEARNT_IN, FIRST_CHAT = 7_000_000_001, 7_000_000_002
LONGEST_DRAIN_SECONDS = 300
QUEUES = ("bot_inbox", "bot_outbox")

console = Console(highlight=False, width=110)


class Outcome(msgspec.Struct, frozen=True):
    updates: int
    posts: int
    acknowledged: int
    kills: int
    findings: Findings
    check_status: int
    exit_status: int
    leaked: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        found = self.findings
        wrong = (found.lost, found.doubled, found.dead_letters, self.check_status, self.exit_status)
        named = (found.out_of_order, found.inconsistencies, self.leaked)
        return not any(wrong) and not any(named) and found.effects == self.updates


@click.command()
@click.option("--updates", default=10_000, show_default=True, help="How many different updates.")
@click.option("--kills", default=50, show_default=True, help="How often to kill -9 the bot meanwhile.")
@click.option("--seed", default=1, show_default=True, help="The same order and the same moments again.")
def main(updates: int, kills: int, seed: int) -> None:
    """Deliver updates of many chats to a bot that is killed again and again; look for lost, doubled, disordered ones.

    Ends with 1 when there is any.
    """
    outcome = asyncio.run(run(updates // UPDATES, kills, random.Random(seed)))  # noqa: S311 (repeatable, not secret)
    console.print(draw_table(outcome, seed))
    sys.exit(0 if outcome.is_good else 1)


async def run(chats: int, kills: int, chance: random.Random) -> Outcome:
    api = BotApi(TOKEN)
    async with open_store() as (folder, database_url), run_bot_api(api) as telegram:
        bot = Bot(folder, database_url, telegram)
        await bot.run("db", "migrate")
        await bot.start()
        planner = await learn(api, bot, database_url)
        first_updates = range(UPDATES + 1, UPDATES * (chats + 1) + 1, UPDATES)
        plans = [planner.plan_chat(FIRST_CHAT + i, first) for i, first in enumerate(first_updates)]
        for plan, first in zip(plans, first_updates, strict=True):
            expect_chat(api, plan, first)
        delivery = await deliver_and_kill(bot, plans, kills, chance)
        words = list_secrets(bot, plans)
        leaked = find_words(words, store=await dump_store(database_url, without=QUEUES))
        await wait_until_drained(database_url)
        leaked += find_words(words, drained_store=await dump_store(database_url), metrics=await bot.read_metrics())
        exit_status = await bot.stop()
        leaked += find_words(words, log=bot.log.read_text("utf-8", errors="replace"))
        learnt = planner.plan_chat(LEARNT_IN, 1)
        findings = await examine(database_url, api, [learnt, *plans], planner.unit_id)
        check_status = await bot.run("db", "check")
        return Outcome(
            updates=(chats + 1) * UPDATES,
            posts=delivery.posts,
            acknowledged=delivery.acknowledged,
            kills=bot.starts - 1,
            findings=findings,
            check_status=check_status,
            exit_status=exit_status,
            leaked=tuple(leaked),
        )


def list_secrets(bot: Bot, plans: list[ChatPlan]) -> list[str]:
    """What may stand nowhere but in the two queues."""
    settings = bot.settings
    secrets = [TOKEN, TOKEN.partition(":")[2], SECRET, make_webhook_secret(settings.secret, settings.bot_id)]
    return [*secrets, PERSON, USER_NAME, *(str(plan.chat_id) for plan in plans)]


async def learn(api: BotApi, bot: Bot, database_url: str) -> Planner:
    settings = bot.settings
    button_key = make_button_key(settings.secret, settings.bot_id)
    delivery = Delivery(settings, lambda: None)
    script = await learn_script(api, button_key, delivery.deliver, LEARNT_IN, 1)
    connection = await open_connection(database_url)
    day = read_local_day(datetime.now(UTC))[0]
    keys = await learn_rater_keys(connection, settings.secret, day)
    desk = await select_desk_view(connection, QUIET_DESK, day)
    await connection.close()
    if desk is None:
        raise LookupError("the desk of the tests is not there")
    return Planner(script, LEARNT_IN, keys, desk.unit_id, desk.officials[0].official_id, button_key)


async def deliver_and_kill(bot: Bot, plans: list[ChatPlan], kills: int, chance: random.Random) -> Delivery:
    """Kill at random numbers of acknowledged deliveries, each time a random moment later."""
    total = len(plans) * UPDATES
    moments = sorted(chance.sample(range(total), kills), reverse=True)
    due = asyncio.Event()

    def note() -> None:
        if moments and delivery.acknowledged >= moments[-1]:
            due.set()

    delivery = Delivery(bot.settings, note)
    delivering = asyncio.create_task(delivery.deliver_all(plans, chance))
    while moments:
        await due.wait()
        moments.pop()
        await asyncio.sleep(chance.uniform(0, 0.05))
        await bot.kill()
        await bot.start()
        due.clear()
        note()
    await delivering
    return delivery


async def wait_until_drained(database_url: str) -> None:
    async with asyncio.timeout(LONGEST_DRAIN_SECONDS):
        while await count_left_over(database_url):  # noqa: ASYNC110 (another program is waited for)
            await asyncio.sleep(0.2)


def draw_table(outcome: Outcome, seed: int) -> Table:
    found = outcome.findings
    table = Table("", "", title=f"bot killed under load, seed {seed}", show_header=False, title_justify="left")
    for name, value in (
        ("updates", f"{outcome.updates:,} (a chat: {UPDATES} updates, {ROWS} rows)"),
        ("deliveries acknowledged", f"{outcome.acknowledged:,} of {outcome.posts:,} attempts"),
        ("kill -9", f"{outcome.kills:,}"),
        ("effects", f"{found.effects:,}"),
        ("lost", f"{found.lost:,}"),
        ("doubled", f"{found.doubled:,}"),
        ("chats out of order", ", ".join(found.out_of_order[:3]) or "none"),
        ("messages said twice", f"{found.said_twice:,}"),
        ("dead letters", f"{found.dead_letters:,}"),
        ("messages refused", f"{found.refused:,}"),
        ("store", ", ".join(found.inconsistencies) or "clean"),
        ("langnghe db check", f"exit status {outcome.check_status}"),
        ("stopped", f"exit status {outcome.exit_status}"),
        ("secrets, chats, names in log, store, metrics", ", ".join(outcome.leaked[:5]) or "none"),
        ("result", "GOOD" if outcome.is_good else "BAD"),
    ):
        table.add_row(name, value)
    return table


main()
