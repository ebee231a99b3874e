"""What is read of an update as Telegram sends it: the few fields needed. All others are never even decoded."""

from typing import Annotated

import msgspec
from msgspec import Meta

LARGEST_NUMBER = 2**62
LONGEST_QUERY_ID = 64

Number = Annotated[int, Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]


class RawPerson(msgspec.Struct):
    is_bot: bool = False
    language_code: str | None = None


class RawChat(msgspec.Struct):
    id: Number
    type: str


class RawMessage(msgspec.Struct):
    """Besides text, the kinds of content that a person can send; whatever has none of them is news of the chat."""

    chat: RawChat
    from_: RawPerson | None = msgspec.field(name="from", default=None)
    text: str | None = None
    animation: msgspec.Raw = msgspec.Raw()
    audio: msgspec.Raw = msgspec.Raw()
    checklist: msgspec.Raw = msgspec.Raw()
    contact: msgspec.Raw = msgspec.Raw()
    dice: msgspec.Raw = msgspec.Raw()
    document: msgspec.Raw = msgspec.Raw()
    game: msgspec.Raw = msgspec.Raw()
    location: msgspec.Raw = msgspec.Raw()
    paid_media: msgspec.Raw = msgspec.Raw()
    photo: msgspec.Raw = msgspec.Raw()
    poll: msgspec.Raw = msgspec.Raw()
    sticker: msgspec.Raw = msgspec.Raw()
    story: msgspec.Raw = msgspec.Raw()
    video: msgspec.Raw = msgspec.Raw()
    video_note: msgspec.Raw = msgspec.Raw()
    voice: msgspec.Raw = msgspec.Raw()


NOT_CONTENT = {"chat", "from_", "text"}
CONTENT = tuple(name for name in RawMessage.__struct_fields__ if name not in NOT_CONTENT)


class RawPressedMessage(msgspec.Struct):
    chat: RawChat


class RawPress(msgspec.Struct):
    id: Annotated[str, Meta(max_length=LONGEST_QUERY_ID)]
    from_: RawPerson = msgspec.field(name="from")
    message: RawPressedMessage | None = None
    data: str = ""


class RawMember(msgspec.Struct):
    status: str


class RawMembership(msgspec.Struct):
    chat: RawChat
    from_: RawPerson = msgspec.field(name="from")
    new_chat_member: RawMember


class RawUpdate(msgspec.Struct):
    update_id: Number
    message: RawMessage | None = None
    edited_message: RawMessage | None = None
    callback_query: RawPress | None = None
    my_chat_member: RawMembership | None = None


def has_content(message: RawMessage) -> bool:
    return any(bytes(getattr(message, name)) for name in CONTENT)
