"""What a supervisor's pages show: structs for figures that passed disclosure control. Pure, and holds no frame."""

from datetime import date
from typing import Literal

import msgspec

from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from dashboards.periods import Period
from feedback.accounts.powers import Where

AreaKind = Literal["nation", "province", "commune", "unit", "desk"]
Funnel = Literal["inside", "warning", "alarm"]
RaterKind = Literal["citizen", "business"]


class Area(msgspec.Struct, frozen=True):
    """A node of the tree. `code` is how addresses name it: VN, p79, c26734, u-CODE, u-CODE~DESK NUMBER."""

    kind: AreaKind
    code: str
    name: str
    where: Where
    parent: str = ""
    area_type: str = ""
    unit_id: int = 0
    desk_id: int = 0


class Filters(msgspec.Struct, frozen=True):
    """What an address asks for. `quarter` is empty for the running one, such as 2026-Q3 for a closed one."""

    quarter: str = ""
    procedure: str = ""
    rater: Literal["", "citizen", "business"] = ""
    area_type: str = ""


class Rate(msgspec.Struct, frozen=True):
    """Ratings per completed dossier: whole percent with its interval; `share` is None where nothing may be said.

    `completed` and `received` are exact: they say nothing about any answer.
    """

    completed: int
    received: int
    share: ReleasedShare | None
    is_low: bool


class Headline(msgspec.Struct, frozen=True):
    """The three figures of an area: satisfied and dissatisfied (scores 1 and 2) shares, and the response rate.

    `missing` is how many ratings more would make the first two showable; 0 where they are shown.
    """

    group: ReleasedGroup
    dissatisfied: ReleasedShare | None
    response: Rate | None
    missing: int
    earlier: ReleasedGroup | None = None
    """The same of the quarter before."""


class Child(msgspec.Struct, frozen=True):
    """A part of an area. `n` stands in `group`, rounded; `funnel` is None where there are too few peers or ratings."""

    area: Area
    group: ReleasedGroup
    response: Rate | None
    funnel: Funnel | None
    open_alerts: int = 0


class Limits(msgspec.Struct, frozen=True):
    """Control limits of the funnel at n ratings, in percent of satisfied."""

    n: int
    warning_low: float
    warning_high: float
    alarm_low: float
    alarm_high: float


class Peers(msgspec.Struct, frozen=True):
    """Children of one area type, compared with each other only. `limits` is empty below the smallest peer group."""

    area_type: str
    children: tuple[Child, ...]
    mean: float | None
    limits: tuple[Limits, ...]


class Week(msgspec.Struct, frozen=True):
    """`monday` is the first day; the first week of a quarter may begin later. `group` may show nothing: a gap."""

    monday: date
    group: ReleasedGroup


class Row(msgspec.Struct, frozen=True):
    """One procedure, rater kind, channel, proof class or area type: `key` is its code, `name` may come from wording."""

    key: str
    name: str
    group: ReleasedGroup
    dissatisfied: ReleasedShare | None = None
    response: Rate | None = None


class Margin(msgspec.Struct, frozen=True):
    """`hidden` is how many rows have too few ratings to be shown, or had to be hidden with them."""

    rows: tuple[Row, ...]
    hidden: int


class Theme(msgspec.Struct, frozen=True):
    """`comments` is how many speak of it, to the nearest 5; a theme of fewer than five is not there at all."""

    code: str
    comments: int


class Comments(msgspec.Struct, frozen=True):
    """`texts` in random order, without score, desk, procedure or day."""

    themes: tuple[Theme, ...]
    texts: tuple[str, ...]
    written: int
    """How many there are, rounded to 5; at most `longest` of them are shown."""
    withheld: int = 0
    """How many of them are not shown because they may denounce somebody, rounded to 5."""
    is_offered: bool = True
    """False for the nation, for a desk, and beside a filter other than the quarter."""


class SetAside(msgspec.Struct, frozen=True):
    """Why ratings do not count: `reason` is a code such as review or burst; `share` of all ratings received."""

    reason: str
    share: ReleasedShare | None


class Integrity(msgspec.Struct, frozen=True):
    received: int
    set_aside: ReleasedShare | None
    reasons: tuple[SetAside, ...]
    proof: Margin


class PilotPair(msgspec.Struct, frozen=True):
    """Pilot sites against the rest of the same area type, with the interval of the difference in points."""

    area_type: str
    pilot: ReleasedGroup
    rest: ReleasedGroup
    difference: int | None
    low: int | None
    high: int | None


class AreaFigures(msgspec.Struct, frozen=True):
    """Everything of an area but its comments, as of the last closed week; `period` is the quarter, as far as closed."""

    area: Area
    filters: Filters
    period: Period
    quarter: str
    quarters: tuple[str, ...]
    headline: Headline
    weeks: tuple[Week, ...]
    peers: tuple[Peers, ...]
    procedures: Margin
    raters: Margin
    channels: Margin
    integrity: Integrity
    pilots: tuple[PilotPair, ...]
