"""The bot as one program: takes updates in, works them off, sends what follows. Puts together, decides nothing."""

import asyncio
from pathlib import Path

from bots.converse import Converser
from bots.telegram.buttons import make_button_key
from bots.telegram.calls import Calls
from bots.telegram.polling import Poller
from bots.telegram.quiet_libraries import quiet_libraries
from bots.telegram.registration import register_webhook, register_words
from bots.telegram.sender import Sender
from bots.telegram.worker import Worker
from feedback.database import Pool, open_pool
from feedback.desk_directory import DeskDirectory
from feedback.folders import FEEDBACK
from feedback.settings import Settings
from feedback.tables.responses import Channel
from surveys.survey_files import load_surveys
from surveys.wording import LOCALE_FOLDER, read_wordings

BOTS = Path(__file__).parent.parent


async def run_bot(settings: Settings, database_url: str) -> None:
    """Until cancelled; what is being sent then still arrives and is noted. Telegram and database may be away."""
    quiet_libraries()
    pool = await open_pool(database_url)
    calls = Calls(read_token(settings), settings.telegram_api)
    try:
        await run_parts(settings, database_url, pool, calls)
    finally:
        await calls.close()
        await pool.close()


async def run_parts(settings: Settings, database_url: str, pool: Pool, calls: Calls) -> None:
    wordings = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", BOTS / "locale"])
    directory = DeskDirectory(pool, load_surveys())
    converser = Converser(
        Channel.TELEGRAM, known_account=True, secret=settings.secret, directory=directory, wordings=wordings
    )
    button_key = make_button_key(settings.secret, settings.bot_id)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(Worker(pool, settings.bot_id, converser, button_key).run(database_url))
        tasks.create_task(Sender(database_url, settings.bot_id, calls).run())
        tasks.create_task(register_words(calls.answers, wordings))
        if settings.telegram_updates == "polling":
            tasks.create_task(Poller(pool, read_token(settings), settings.telegram_api).run())
        else:
            tasks.create_task(register_webhook(calls.answers, settings))


def read_token(settings: Settings) -> str:
    if settings.telegram_token is None:
        raise LookupError("no bot without its token")
    return settings.telegram_token
