"""What the evaluation API says, as typed shapes: the contract with personnel systems. A field is never taken away.

Codes only: no name, no citizen number, no rank, no raw mean. Where nothing may be said a field is null, never 0.
"""

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from dashboards.disclosure.groups import Bound
from dashboards.disclosure.released_scores import Band, Grade

Points = Annotated[int, Meta(ge=0, le=100)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0)]
AreaType = Literal["urban", "rural", "mountain", "border", "island"]
Status = Literal["scored", "insufficient"]
RoleName = Literal["official", "unit", "procedure"]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of an answer; every field is always there."""


class Interval(Shape, frozen=True):
    low: Points
    high: Points


class Satisfied(Shape, frozen=True):
    percent: Percent
    bound: Bound
    low: Percent | None
    high: Percent | None
    is_weighted: bool
    response_rate: Percent | None


class GradeCount(Shape, frozen=True):
    role: RoleName
    grade: Grade
    count: Count


class ParameterItem(Shape, frozen=True):
    name: str
    value: float | str | list[str]
    basis: str
    valid_from: dt.date
    is_placeholder: bool


class ReleaseItem(Shape, frozen=True):
    release: str
    first_day: dt.date
    last_day: dt.date
    method_version: str


class ReleaseList(Shape, frozen=True):
    items: list[ReleaseItem]


class ReleaseDetail(Shape, frozen=True):
    release: str
    first_day: dt.date
    last_day: dt.date
    method_version: str
    data_cut: Count
    input_digest: Digest
    content_digest: Digest
    corrections: Count | None
    waiting: Count | None
    made_on: dt.date
    grades: list[GradeCount]
    parameters: list[ParameterItem]


class OfficialItem(Shape, frozen=True):
    official: str
    identifier: str | None
    title: str | None
    unit: str
    area_type: AreaType
    peer_group: str
    release: str
    score: Points | None
    status: Status
    reasons: list[str]
    interval: Interval | None
    n: Annotated[int, Meta(ge=10)] | None
    reliability: Annotated[float, Meta(ge=0, le=1)] | None
    grade: Grade
    peer_band: Band | None
    share_class_a: Percent | None
    open_reviews: Count
    method_version: str
    use: str


class OfficialPage(Shape, frozen=True):
    items: list[OfficialItem]
    next: str | None


class OfficialHistory(Shape, frozen=True):
    official: str
    identifier: str | None
    items: list[OfficialItem]


class UnitItem(Shape, frozen=True):
    unit: str
    place: str
    area_type: AreaType
    peer_group: str
    release: str
    score: Points | None
    status: Status
    reasons: list[str]
    interval: Interval | None
    n: Annotated[int, Meta(ge=10)] | None
    reliability: Annotated[float, Meta(ge=0, le=1)] | None
    grade: Grade
    peer_band: Band | None
    share_class_a: Percent | None
    satisfied: Satisfied | None
    open_reviews: Count
    method_version: str
    use: str


class UnitPage(Shape, frozen=True):
    items: list[UnitItem]
    next: str | None


class ProcedureItem(Shape, frozen=True):
    procedure: str
    peer_group: str
    release: str
    score: Points | None
    status: Status
    reasons: list[str]
    interval: Interval | None
    n: Annotated[int, Meta(ge=10)] | None
    reliability: Annotated[float, Meta(ge=0, le=1)] | None
    grade: Grade
    peer_band: Band | None
    share_class_a: Percent | None
    method_version: str
    use: str


class ProcedurePage(Shape, frozen=True):
    items: list[ProcedureItem]
    next: str | None


class PeerGroupItem(Shape, frozen=True):
    role: RoleName
    peer_group: str
    level: Literal["province", "region", "nation"]
    peers: Count
    mean: Points | None
    spread: float | None
    quantiles: Annotated[list[Points], Meta(min_length=5, max_length=5)] | None


class PeerGroupList(Shape, frozen=True):
    release: str
    items: list[PeerGroupItem]


class MethodItem(Shape, frozen=True):
    version: str
    valid_from: dt.date
    parameters: list[ParameterItem]


class MethodList(Shape, frozen=True):
    items: list[MethodItem]


class ReleaseChange(Shape, frozen=True, tag_field="kind", tag="release"):
    release: str
    first_day: dt.date
    last_day: dt.date


class ReviewChange(Shape, frozen=True, tag_field="kind", tag="review"):
    official: str
    first_day: dt.date
    last_day: dt.date
    state: Literal["granted", "refused"]
    ended_on: dt.date


class ChangeList(Shape, frozen=True):
    items: list[ReleaseChange | ReviewChange]
    cursor: str
    has_more: bool
