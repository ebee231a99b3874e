"""What is said in a chat, what is answered, and what is remembered in between: the same in every channel.

Data only. Nothing here knows a channel, a database or a clock.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from feedback.submissions import Submission
from feedback.tables.case_replies import CaseReply


class At(StrEnum):
    """Where a conversation stands: what was asked last."""

    NOWHERE = "nowhere"
    PROVINCE = "province"
    UNIT = "unit"
    DESK = "desk"
    CONFIRM = "confirm"
    OFFICIAL = "official"
    PROCEDURE = "procedure"
    SCORE = "score"
    RATED = "rated"
    QUESTION = "question"
    COMMENT = "comment"
    RECEIPT = "receipt"
    CHANGE = "change"


class Event(StrEnum):
    """What a channel can tell apart in what came in."""

    START = "start"
    """`text` is what stood in the link: a desk code, a receipt, or nothing."""
    RECEIPT = "receipt"
    CHANGE = "change"
    STOP = "stop"
    HELP = "help"
    PRIVACY = "privacy"
    TEXT = "text"
    BUTTON = "button"
    """`action` and `turn` are those of the button, already proved to be ours and of this chat."""
    FORGED = "forged"
    """A button that we did not make, or not for this chat."""
    OTHER = "other"
    """A sticker, a photo, a voice message: nothing that can be read."""
    EDITED = "edited"
    GROUP = "group"
    """A command in a group: this chat is for one person."""
    LEFT = "left"
    """The person blocked us: forget, answer nothing."""


class Said(msgspec.Struct, frozen=True):
    event: Event
    text: str = ""
    action: str = ""
    turn: int = 0
    language_hint: str = ""
    """The person's own setting, such as `vi` or `en-GB`; only the first word of a new chat looks at it."""


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the store remembers of a chat, as JSON: so every field has a default, and a new field needs no migration."""

    language: Literal["vi", "en"] = "vi"
    at: At = At.NOWHERE
    turn: int = 0
    """Grows with each question asked; a button of an earlier turn is old."""
    desk_code: str | None = None
    by_code: bool = False
    """The desk was named by its code, not found by its place: proof class B instead of C."""
    official: str | None = None
    procedure: str | None = None
    province: str | None = None
    unit_id: int | None = None
    page: int = 0
    typed: str = ""
    """The name last looked for."""
    receipt_hash: str | None = None
    """Of the rating spoken about, SHA-256 in hex."""
    receipt_unit_id: int | None = None
    """The unit of that rating, which need not be the one that is being looked for now."""
    skipped: tuple[str, ...] = ()
    """Names of further questions passed over in this sitting."""
    looked_up: tuple[int, int] = (0, 0)
    """Minute (since 1970) of the last look-up of a receipt, and how many in it."""


class Button(msgspec.Struct, frozen=True):
    label: str
    action: str
    """`verb` or `verb.value`: ASCII, at most 40 characters."""
    link: str | None = None
    """An address to open instead of an action."""


class Reply(msgspec.Struct, frozen=True):
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    """Rows of buttons, top to bottom."""
    turn: int = 0
    """What its buttons will bring back."""


class Reminder(msgspec.Struct, frozen=True):
    """What the person asked to be told later."""

    at: datetime
    reply: Reply


class Turn(msgspec.Struct, frozen=True):
    """What follows from one thing said."""

    conversation: Conversation | None
    """What to remember from now on; None: forget this chat and its reminders."""
    replies: tuple[Reply, ...] = ()
    notice: str = ""
    """A short answer to a press, at most 200 characters, shown for a moment."""
    submission: Submission | None = None
    """What to store. If the store refuses it, chat.take_refusal says what follows instead."""
    reminder: Reminder | None = None
    case_reply: CaseReply | None = None
    """What is said of a closed case: kept beside the ratings, never with one."""
