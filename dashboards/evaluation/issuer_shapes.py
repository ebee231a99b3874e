"""What the two other addresses of /api/v1 answer, written down for the documentation: slips and dossier counts."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from dashboards.evaluation.items import Shape

Text = Annotated[str, Meta(min_length=1)]


class SmsItem(Shape, frozen=True):
    text: Text
    letters: Annotated[int, Meta(ge=1)]
    parts: Annotated[int, Meta(ge=1)]


class SlipItem(Shape, frozen=True):
    token: Text
    address: Text
    code: Text
    pin: Annotated[str, Meta(pattern="^[0-9]{4}$")]
    valid_to: dt.date
    sms: SmsItem


class Refusal(Shape, frozen=True):
    field: str
    reason: str
    detail: str


class RefusedItem(Shape, frozen=True):
    refused: Refusal


class SlipBatch(Shape, frozen=True):
    issued: Annotated[int, Meta(ge=0)]
    refused: Annotated[int, Meta(ge=0)]
    slips: list[dict[str, Any]]  # each a SlipItem or a RefusedItem: msgspec tells no two untagged shapes apart


class RowItem(Shape, frozen=True):
    row: Annotated[int, Meta(ge=1)]
    field: str
    reason: str
    detail: str


class StoredDossiers(Shape, frozen=True):
    stored: Annotated[int, Meta(ge=0)]
    flagged: list[RowItem]


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457. `detail` is a sentence for a person; `type` and `title` are stable."""

    type: Annotated[str, Meta(pattern="^urn:langnghe:problem:[a-z-]+$")]
    title: Text
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Text
    field: str | UnsetType = UNSET
    quota: int | UnsetType = UNSET
    allowed: list[str] | UnsetType = UNSET
    rows: list[RowItem] | UnsetType = UNSET
