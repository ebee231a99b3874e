"""Tells Telegram who this bot is: its commands and description in both languages, and where to send updates."""

from collections.abc import Mapping

from telegram import Bot, BotCommand

from bots.telegram.patience import try_until_done
from bots.telegram.trouble import Trouble
from bots.telegram.updates import COMMANDS
from bots.telegram.webhook import make_webhook_secret
from feedback.settings import Settings
from surveys.wording import LANGUAGES, Wording

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
MOST_CONNECTIONS = 20


async def register_webhook(bot: Bot, settings: Settings) -> None:
    """Again until Telegram takes it."""

    async def register() -> None:
        await bot.set_webhook(
            f"{settings.base_url}/telegram/{settings.bot_id}",
            max_connections=MOST_CONNECTIONS,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=make_webhook_secret(settings.secret, settings.bot_id),
        )

    await try_until_done(register, Trouble("webhook-registration"))


async def register_words(bot: Bot, wordings: Mapping[str, Wording]) -> None:
    """Again until Telegram takes them. Vietnamese for everybody, English for whoever uses Telegram in English.

    Only what differs is told: Telegram takes changes of these seldom.
    """
    for language in LANGUAGES:
        code = None if language == LANGUAGES[0] else language
        for register in (register_commands, register_description, register_short_description):
            wording = wordings[language]
            await try_until_done(
                lambda register=register, wording=wording, code=code: register(bot, wording, code),
                Trouble("registration"),
            )


async def register_commands(bot: Bot, wording: Wording, code: str | None) -> None:
    commands = [BotCommand(name, wording.say(f"telegram.command.{name}")) for name in COMMANDS]
    if list(await bot.get_my_commands(language_code=code)) != commands:
        await bot.set_my_commands(commands, language_code=code)


async def register_description(bot: Bot, wording: Wording, code: str | None) -> None:
    known = await bot.get_my_description(code)
    if known.description != (wanted := wording.say("telegram.description")):
        await bot.set_my_description(wanted, language_code=code)


async def register_short_description(bot: Bot, wording: Wording, code: str | None) -> None:
    known = await bot.get_my_short_description(code)
    if known.short_description != (wanted := wording.say("telegram.short-description")):
        await bot.set_my_short_description(wanted, language_code=code)
