"""What every chat does, learnt once from a chat that is really had; then the same updates for any chat."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import msgspec

from bots.actions import Verb
from bots.demo.bot_api import BotApi
from bots.demo.shapes import Chat
from bots.rater_keys import RaterKeys
from bots.telegram.buttons import read_button, write_button
from feedback.tables.responses import Channel
from surveys.codes import print_token
from tests.world import QUIET_DESK

# A desk with one official and one procedure; then four of the further questions and a change of mind.
PRESSES = (Verb.YES, Verb.SCORE, Verb.MORE, Verb.ANSWER, Verb.ANSWER, Verb.ANSWER, Verb.ANSWER, Verb.CHANGE, Verb.SCORE)
PERSON, USER_NAME = "Tên Mẫu Của Người Chat", "demo_user_"
UPDATES = 1 + len(PRESSES)
ROWS = 1 + 4 + 1
"""Of one chat in the store: the rating, four answers, the change of mind."""


class Press(msgspec.Struct, frozen=True):
    turn: int
    action: str


class Script(msgspec.Struct, frozen=True):
    presses: tuple[Press, ...]
    texts: tuple[str, ...]
    """What the bot says, in order."""


async def learn_script(
    api: BotApi, button_key: bytes, send: Callable[[bytes], Awaitable[None]], chat_id: int, first_update: int
) -> Script:
    """Have the chat once, pressing the first button of each kind."""
    api.chats.open(chat_id)
    await send(write_message(first_update, chat_id, f"/start {QUIET_DESK}"))
    presses: list[Press] = []
    for place, verb in enumerate(PRESSES, 1):
        press, data = await wait_for_button(api, button_key, chat_id, verb, place)
        presses.append(press)
        await send(write_press(first_update + place, chat_id, data))
    await wait_for_messages(api, chat_id, UPDATES)
    return Script(tuple(presses), tuple(list_texts(api, chat_id)))


async def wait_for_messages(api: BotApi, chat_id: int, count: int) -> None:
    while len(list_texts(api, chat_id)) < count:  # noqa: ASYNC110 (another program is waited for)
        await asyncio.sleep(0.01)


async def wait_for_button(api: BotApi, button_key: bytes, chat_id: int, verb: Verb, messages: int) -> tuple[Press, str]:
    """The first button of that kind under the newest message that has one, once there are `messages` of them."""
    await wait_for_messages(api, chat_id, messages)
    said = [entry.message for entry in api.open_log(chat_id).entries if entry.who == "bot"]
    keyboards = [message.reply_markup.inline_keyboard for message in reversed(said) if message.reply_markup]
    for row in itertools.chain(*keyboards):
        for button in row:
            opened = read_button(button_key, chat_id, button.callback_data or "")
            if opened is not None and opened[1].partition(".")[0] == verb:
                return Press(*opened), button.callback_data or ""
    raise LookupError(f"no button {verb}")


def list_texts(api: BotApi, chat_id: int) -> list[str]:
    return [entry.message.text or "" for entry in api.open_log(chat_id).entries if entry.who == "bot"]


class ChatPlan(msgspec.Struct, frozen=True):
    """One chat: its updates in order, as Telegram would send them, and what the bot should say."""

    chat_id: int
    receipt: str
    bodies: tuple[bytes, ...]
    texts: tuple[str, ...]


class Planner(msgspec.Struct, frozen=True):
    script: Script
    learnt_in: int
    """The chat that the script was learnt in."""
    keys: RaterKeys
    unit_id: int
    official_id: int
    button_key: bytes

    def plan_chat(self, chat_id: int, first_update: int) -> ChatPlan:
        learnt, receipt = self.make_receipt(self.learnt_in), self.make_receipt(chat_id)
        bodies = [write_message(first_update, chat_id, f"/start {QUIET_DESK}")]
        for place, press in enumerate(self.script.presses, 1):
            data = write_button(self.button_key, chat_id, press.turn, press.action.replace(learnt, receipt))
            bodies.append(write_press(first_update + place, chat_id, data))
        printed = print_token(learnt), print_token(receipt)
        return ChatPlan(chat_id, receipt, tuple(bodies), tuple(text.replace(*printed) for text in self.script.texts))

    def make_receipt(self, chat_id: int) -> str:
        rated = f"official {self.official_id}"
        return self.keys.make_daily_token(Channel.TELEGRAM, chat_id, self.unit_id, rated)


def expect_chat(api: BotApi, plan: ChatPlan, first_update: int) -> None:
    """Let the stand-in know the chat and the presses in it, so that it takes what the bot answers."""
    some = next(entry.message for log in api.chats.logs.values() for entry in log.entries)
    message = msgspec.structs.replace(some, chat=Chat(plan.chat_id, first_name=PERSON, type="private"))
    api.chats.open(plan.chat_id)
    for place in range(1, UPDATES):
        api.queries[str(first_update + place)] = message


def write_message(update_id: int, chat_id: int, text: str) -> bytes:
    message = {
        "message_id": update_id,
        "date": 0,
        "chat": make_chat(chat_id),
        "from": make_person(chat_id),
        "text": text,
    }
    return msgspec.json.encode({"update_id": update_id, "message": message})


def write_press(update_id: int, chat_id: int, data: str) -> bytes:
    press = {
        "id": str(update_id),
        "from": make_person(chat_id),
        "chat_instance": "1",
        "message": {"message_id": 1, "date": 0, "chat": make_chat(chat_id)},
        "data": data,
    }
    return msgspec.json.encode({"update_id": update_id, "callback_query": press})


def make_chat(chat_id: int) -> dict[str, object]:
    return {"id": chat_id, "type": "private", "first_name": PERSON, "username": f"{USER_NAME}{chat_id}"}


def make_person(chat_id: int) -> dict[str, object]:
    return {"id": chat_id, "is_bot": False, "first_name": PERSON, "language_code": "vi"}
