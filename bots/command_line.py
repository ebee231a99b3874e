"""`langnghe bot` and `langnghe chat`: look after the bot, and talk as it talks without leaving the terminal."""

from pathlib import Path

import click
from rich.table import Table

from bots.converse import Converser
from bots.telegram.dead_letters import list_dead_letters, replay_dead_letters
from bots.terminal.talk import talk
from feedback.command_line.session import connect, console, fill_secret, open_database, prepare, run
from feedback.database import open_pool
from feedback.desk_directory import DeskDirectory
from feedback.folders import FEEDBACK
from feedback.settings import Settings
from feedback.tables.bot_queues import count_queues
from feedback.tables.responses import Channel
from surveys.errors import SettingsError
from surveys.survey_files import load_surveys
from surveys.wording import LOCALE_FOLDER, Wording, read_wordings

BOTS = Path(__file__).parent


def read_bot_wordings() -> dict[str, Wording]:
    return read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", BOTS / "locale"])


@click.group()
def bot() -> None:
    """Look after the Telegram bot."""


@bot.command("status")
def bot_status() -> None:
    """How much waits to be worked off and to be sent, and what was refused or given up."""

    async def work(settings: Settings) -> None:
        say = read_bot_wordings()[settings.language].say
        async with connect(settings) as connection:
            for name, times in (await count_queues(connection, require_bot(settings))).items():
                console.print(f"{times:>8}  {say(f'cli.queue.{name}')}")

    run(work)


@bot.command("dead")
@click.option("--replay", is_flag=True, help="Try them again: all, or those whose numbers are given.")
@click.argument("numbers", type=int, nargs=-1)
def bot_dead(*, replay: bool, numbers: tuple[int, ...]) -> None:
    """Show the updates that could not be read or failed five times, without what people wrote."""

    async def work(settings: Settings) -> None:
        say = read_bot_wordings()[settings.language].say
        async with connect(settings) as connection:
            bot_id = require_bot(settings)
            if replay:
                replayed = await replay_dead_letters(connection, bot_id, numbers or None)
                console.print(say("cli.dead-replayed", times=replayed))
            letters = await list_dead_letters(connection, bot_id)
        table = Table(say("cli.dead-number"), say("cli.dead-time"), say("cli.dead-reason"))
        for letter in letters:
            table.add_row(str(letter.dead_letter_id), f"{letter.died_at:%Y-%m-%d %H:%M} UTC", letter.reason)
        console.print(table if letters else say("cli.dead-none"))

    run(work)


@click.command()
@click.argument("code", default="")
def chat(code: str) -> None:
    """Be interviewed here as in a chat, starting at the desk with that CODE if one is given."""

    async def work(settings: Settings) -> None:
        with open_database(settings) as (database_url, _):
            await prepare(database_url)
            pool = await open_pool(database_url)
            directory = DeskDirectory(pool, load_surveys())
            secret, wordings = fill_secret(settings).secret, read_bot_wordings()
            converser = Converser(Channel.TERMINAL, False, secret, directory, wordings)  # noqa: FBT003 (as in Around)
            await talk(pool, converser, settings.language, code)
            await pool.close()

    run(work)


def require_bot(settings: Settings) -> int:
    if settings.telegram_token is None:
        raise SettingsError(names="LANGNGHE_TELEGRAM_TOKEN")
    return settings.bot_id
