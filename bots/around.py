"""What a step of the chat may look at beside what was said: gathered before it, so that the step itself stays pure."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from bots.unit_tree import UnitTree
from feedback.desk_directory import DeskDirectory
from feedback.follow_cases import NOTHING_FOLLOWED, Followed
from feedback.tables.desk_views import DeskView
from feedback.tables.responses import Channel, Response
from surveys.errors import LangNgheError
from surveys.survey import Survey
from surveys.wording import Wording


class LookUp(msgspec.Struct, frozen=True):
    """What has to be read from the store before a step; None: nothing of that kind."""

    desk_code: str | None = None
    """As it was typed, or the one the conversation is about."""
    receipt_hash: bytes | None = None
    unit_id: int | None = None
    """Of the receipt, where it is known; otherwise every unit is asked."""


class KnownRating(msgspec.Struct, frozen=True):
    """A rating found by its receipt."""

    receipt_hash: bytes
    first: Response
    latest: Response
    """What replaced `first`, or `first` itself."""
    survey: Survey
    """Of `latest`."""
    followed: Followed = NOTHING_FOLLOWED
    """What became of cases that the rating touches."""


class Around(msgspec.Struct, frozen=True):
    now: datetime
    channel: Channel
    known_account: bool
    """Whether this channel knows one person from another: then a rating by desk code is of proof class B."""
    token: str
    """Fresh for what was said; the same when the same is delivered again."""
    make_daily_token: Callable[[int, str], str]
    """(unit_id, official or desk) -> this person's one token of the day for them."""
    desk: DeskView | LangNgheError | None
    rating: KnownRating | LangNgheError | None
    """Of the LookUp; UnknownReceiptError where there is none."""
    units: UnitTree
    directory: DeskDirectory
    """For surveys and their ids only: steps do not await."""
    wordings: Mapping[str, Wording]
