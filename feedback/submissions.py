"""What may be handed to the one door into the store: ratings of three kinds, and what changes one."""

from datetime import datetime

import msgspec

from feedback.tables.responses import Response
from feedback.tables.visit_slips import SlipUse


class Revision(msgspec.Struct, frozen=True):
    """What a citizen adds to or changes in a rating; None leaves as it is."""

    unit_id: int
    receipt_hash: bytes
    token_hash: bytes
    received_at: datetime
    score: int | None = None
    answers: str | None = None
    comment: str | None = None
    survey_id: int | None = None


class DailyRating(msgspec.Struct, frozen=True):
    """What one known person says of one official on one day: a later rating replaces the earlier."""

    rating: Response
    """Its token is the same for this person, official and day, and is the receipt of all of them."""
    again_hash: bytes
    """The token hash of this rating where it replaces an earlier one."""


class SlipRating(msgspec.Struct, frozen=True):
    """What whoever holds a visit slip says: the first one spends the slip, a later one replaces it for 72 hours."""

    rating: Response
    """Its token is that of the slip, and the receipt of all of them."""
    use: SlipUse
    change: Revision
    """What it is where the slip is already spent."""


Rating = Response | DailyRating | SlipRating
Submission = Rating | Revision
