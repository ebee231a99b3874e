"""Strips an update to what is needed before it touches the disk, and reads the stripped form as what was said.

The stripped form still satisfies python-telegram-bot's own types. No name, user name, phone or media is in it.
"""

import re
from enum import Enum

import msgspec
from telegram import Message, Update

from bots.conversation import Event, Said
from bots.telegram.buttons import LARGEST_BYTES, read_button
from bots.telegram.raw_updates import RawMembership, RawMessage, RawPerson, RawPress, RawUpdate, has_content
from feedback.tables.bot_inbox import NewUpdate

LONGEST_KEPT_TEXT = 5000
"""More than the chat takes: enough to see that it is too much."""
COMMANDS = {
    "start": Event.START,
    "receipt": Event.RECEIPT,
    "change": Event.CHANGE,
    "stop": Event.STOP,
    "help": Event.HELP,
    "privacy": Event.PRIVACY,
}
COMMAND = re.compile(rf"/({'|'.join(COMMANDS)})(?:@\w+)?(?!\S)", re.ASCII | re.IGNORECASE)
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})?")
GROUPS = ("group", "supergroup")

decoder = msgspec.json.Decoder(RawUpdate)
Fields = dict[str, object]


class Unkept(Enum):
    IGNORED = "nothing for this bot"
    MALFORMED = "not an update"


def strip_update(body: bytes) -> NewUpdate | Unkept:
    try:
        body.decode()  # the decoder does not look into what it passes over
        raw = decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Unkept.MALFORMED
    stripped = strip_kind(raw)
    if stripped is None:
        return Unkept.IGNORED
    chat_id, fields = stripped
    return NewUpdate(raw.update_id, chat_id, msgspec.json.encode({"update_id": raw.update_id, **fields}))


def strip_kind(raw: RawUpdate) -> tuple[int, Fields] | None:
    """The chat and what is kept; None for what is no person's word to this bot."""
    if raw.message is not None:
        return strip_message(raw.message)
    if raw.edited_message is not None:
        return strip_edit(raw.edited_message)
    if raw.callback_query is not None:
        return strip_press(raw.callback_query)
    return None if raw.my_chat_member is None else strip_membership(raw.my_chat_member)


def strip_message(message: RawMessage) -> tuple[int, Fields] | None:
    chat = message.chat
    if message.from_ is None or message.from_.is_bot:
        return None
    if chat.type in GROUPS and (command := COMMAND.match(message.text or "")):
        return chat.id, {"message": write_message(chat.id, "group", message.from_, text=command[0])}
    if chat.type != "private" or (message.text is None and not has_content(message)):
        return None
    kept = {} if message.text is None else {"text": message.text[:LONGEST_KEPT_TEXT]}
    return chat.id, {"message": write_message(chat.id, "private", message.from_, **kept)}


def strip_edit(message: RawMessage) -> tuple[int, Fields] | None:
    """Only that a text was edited: what it says now is not read. A shared location edits itself all the time."""
    if message.from_ is None or message.from_.is_bot or message.chat.type != "private" or message.text is None:
        return None
    return message.chat.id, {"edited_message": write_message(message.chat.id, "private", message.from_)}


def strip_press(press: RawPress) -> tuple[int, Fields] | None:
    if press.message is None or press.from_.is_bot or press.message.chat.type not in {"private", *GROUPS}:
        return None
    chat_id = press.message.chat.id
    fields = {
        "id": press.id,
        "from": write_person(chat_id, press.from_),
        "chat_instance": "-",
        # One byte more than can be ours is enough to see that it is not.
        "data": press.data[: LARGEST_BYTES + 1],
    }
    return chat_id, {"callback_query": fields}


def strip_membership(membership: RawMembership) -> tuple[int, Fields] | None:
    """Only that a person blocked the bot."""
    chat_id = membership.chat.id
    if membership.chat.type != "private" or membership.new_chat_member.status != "kicked":
        return None
    person = write_person(chat_id, membership.from_)
    fields = {
        "chat": {"id": chat_id, "type": "private"},
        "from": person,
        "date": 0,
        "old_chat_member": {"status": "member", "user": person},
        "new_chat_member": {"status": "kicked", "user": person, "until_date": 0},
    }
    return chat_id, {"my_chat_member": fields}


def write_message(chat_id: int, chat_type: str, person: RawPerson, **kept: str) -> Fields:
    """In the very fewest of the fields that a message must have."""
    chat = {"id": chat_id, "type": chat_type}
    return {"message_id": 0, "date": 0, "chat": chat, "from": write_person(chat_id, person), **kept}


def write_person(chat_id: int, person: RawPerson) -> Fields:
    """In a private chat a person's id is the chat's; the id of a group's member is not kept but the group's."""
    language = LANGUAGE_TAG.fullmatch(person.language_code or "")
    kept = {"language_code": language[0]} if language else {}
    return {"id": chat_id, "is_bot": False, "first_name": "-", **kept}


def read_update(payload: bytes) -> Update:
    return Update.de_json(msgspec.json.decode(payload), None)


def find_chat(update: Update) -> int:
    """The chat of an update as it was stripped."""
    if update.effective_user is None:
        raise LookupError("an update of nobody")
    return update.effective_user.id


def read_said(update: Update, chat_id: int, button_key: bytes) -> Said:
    hint = (update.effective_user.language_code if update.effective_user else None) or ""
    if update.callback_query is not None:
        pressed = read_button(button_key, chat_id, update.callback_query.data or "")
        if pressed is None:
            return Said(Event.FORGED, language_hint=hint)
        turn, action = pressed
        return Said(Event.BUTTON, action=action, turn=turn, language_hint=hint)
    if update.message is not None:
        return read_message(update.message, hint)
    return Said(Event.LEFT if update.my_chat_member is not None else Event.EDITED, language_hint=hint)


def read_message(message: Message, hint: str) -> Said:
    if message.chat.type in GROUPS:
        return Said(Event.GROUP, language_hint=hint)
    if message.text is None:
        return Said(Event.OTHER, language_hint=hint)
    command = COMMAND.match(message.text)
    if command is None:
        return Said(Event.TEXT, message.text, language_hint=hint)
    return Said(COMMANDS[command[1].lower()], message.text[command.end() :].strip(), language_hint=hint)
