"""Updates as Telegram writes them, with all the names and fields that must not reach the disk."""

import json
from collections.abc import Mapping
from itertools import count

NAME = "Nguyễn Thị Mẫu"
USERNAME = "chi_mau_demo"
PHONE = "+84900000001"
update_ids = count(700_000_001)


def write_update(kind: str, content: Mapping[str, object], update_id: int | None = None) -> bytes:
    number = next(update_ids) if update_id is None else update_id
    return json.dumps({"update_id": number, kind: content}).encode()


def make_person(chat_id: int, language: str = "vi", **more: object) -> dict[str, object]:
    names = {"first_name": NAME, "last_name": NAME, "username": USERNAME}
    return {"id": chat_id, "is_bot": False, **names, "language_code": language, "is_premium": True, **more}


def make_chat(chat_id: int) -> dict[str, object]:
    return {"id": chat_id, "first_name": NAME, "last_name": NAME, "username": USERNAME, "type": "private"}


def make_message(chat_id: int, language: str = "vi", **content: object) -> dict[str, object]:
    about = {"message_id": 77, "date": 1_795_000_000, "chat": make_chat(chat_id)}
    return {**about, "from": make_person(chat_id, language), **content}


def say(chat_id: int, text: str, language: str = "vi", update_id: int | None = None) -> bytes:
    return write_update("message", make_message(chat_id, language, text=text), update_id)


def press(chat_id: int, data: str, language: str = "vi", update_id: int | None = None) -> bytes:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
    content = {
        "id": f"{4_000_000_000_000_000_000 + chat_id}",
        "from": make_person(chat_id, language),
        "chat_instance": "-1234567890",
        "message": make_message(chat_id, text="Ông/Bà chọn", reply_markup=keyboard),
        "data": data,
    }
    return write_update("callback_query", content, update_id)


def send(chat_id: int, **content: object) -> bytes:
    """Something else than text."""
    return write_update("message", make_message(chat_id, "vi", **content))


def edit(chat_id: int, **content: object) -> bytes:
    return write_update("edited_message", make_message(chat_id, "vi", edit_date=1_795_000_100, **content))


def change_membership(chat_id: int, status: str) -> bytes:
    bot = {"id": 1000001, "is_bot": True, "first_name": "Bot", "username": "demo_bot"}
    content = {
        "chat": make_chat(chat_id),
        "from": make_person(chat_id),
        "date": 1_795_000_000,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": status, "until_date": 0},
    }
    return write_update("my_chat_member", content)


def say_in_group(group_id: int, text: str, chat_type: str = "supergroup") -> bytes:
    chat = {"id": group_id, "title": NAME, "type": chat_type}
    content = {"message_id": 5, "date": 1_795_000_000, "chat": chat, "from": make_person(42), "text": text}
    return write_update("message", content)


EVERY_KIND = [
    say(5, "Xin chào"),
    say(5, "/start 7K3MQ9XWC"),
    press(5, "0.yes.AAAAAAAAAAA"),
    send(5, sticker={"file_id": "s", "file_unique_id": "u", "type": "regular"}),
    edit(5, text="Xin chào lại"),
    change_membership(5, "kicked"),
    say_in_group(-100_5, "/start@demo_bot"),
]
