"""What a released score says, and how little of it each reader gets: structs for what passed the gate (gate.py)."""

from typing import Literal

import msgspec

from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare

Grade = Literal["A", "B", "owner", "none"]
Band = Literal["lower", "similar", "higher"]


class Steps(msgspec.Struct, frozen=True):
    """From raw mean to score, in points of 0 to 100 with one decimal; variances in points² with one decimal."""

    raw: float
    pool_mean: float
    channel_part: float
    expected: float
    adjusted: float
    sigma2: float
    phi: float
    variance: float
    tau2: float
    mu: float
    peers: int
    reliability: float
    theta: float
    standard_error: float
    interval_factor: float
    z: float


class Procedure(msgspec.Struct, frozen=True):
    """One procedure at a unit; `code` is empty for ratings that name none."""

    code: str
    released: ReleasedGroup


class Headline(msgspec.Struct, frozen=True):
    """The satisfied share of a unit, standardised to its dossiers where those are known; whole percent."""

    share: ReleasedShare | None
    is_weighted: bool
    response_rate: int | None
    procedures: tuple[Procedure, ...]


class ReleasedScore(msgspec.Struct, frozen=True):
    """One official, unit or procedure in one quarter.

    `n` is None for fewer than 10; rounded to 5 for units and procedures. `score`, `low`, `high` are whole points of 0
    to 100. `coded` stands in for the score of a small unanimous group (P6). `reasons` say what the next better grade
    misses, or why nothing is shown. `flagged` is the over-dispersed funnel after Benjamini and Hochberg.
    """

    grade: Grade
    reasons: tuple[str, ...]
    n: int | None = None
    days: int | None = None
    share_class_a: int | None = None
    score: int | None = None
    low: int | None = None
    high: int | None = None
    reliability: float | None = None
    band: Band | None = None
    funnel: Literal["inside", "warning", "alarm"] | None = None
    flagged: bool | None = None
    coded: ReleasedShare | None = None
    steps: Steps | None = None
    headline: Headline | None = None


class ReleasedPool(msgspec.Struct, frozen=True):
    """How equals differ: peers with 10 ratings or more, mean, spread, and quantiles of their scores.

    `quantiles` are the 10, 25, 50, 75 and 90 % points of the scores, whole points; None below 10 peers.
    """

    level: Literal["province", "region", "nation"]
    peers: int
    mean: int | None
    spread: float | None
    quantiles: tuple[int, ...] | None
