"""What the checks found beside what citizens said of the same desks: shares satisfied, their gap and its interval.

Ratings come in the very batches that the Front's own pages show of each desk (cases/batches.py), those that lie within
the days of the round: cut in any other way, page and gap could be subtracted to fewer than ten ratings.
"""

import asyncio
import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

import msgspec

from dashboards.cases.batches import list_batches, read_source, sum_batches
from dashboards.disclosure.front import calculate_wilson, measure_share, release_part, round_count
from dashboards.disclosure.groups import EXACT_DECIMALS, ReleasedShare
from dashboards.indicators.parameters import Parameter
from dashboards.periods import Period
from feedback.database import Connection
from feedback.tables.check_rounds import CheckItem, CheckRound
from feedback.tables.supervision_alerts import select_where

SMALLEST_RATINGS = Parameter(10, "Rules P1 and P3: nothing from fewer than 10 ratings", date(2026, 1, 1))
SMALLEST_CHECKS = Parameter(
    5, "Own choice: fewer than 5 checks say nothing beside ratings", date(2026, 1, 1), is_placeholder=True
)
SATISFIED_FROM = 4

Verdict = Literal["few_checks", "few_ratings", "banded", "lower", "higher", "unclear"]


class Gap(msgspec.Struct, frozen=True):
    """`checks` were scored, `rated` is rounded to 5; shares are whole percent of scores 4 and 5.

    `points` is found less rated, `low` to `high` its 95 % interval; None where nothing may be said.
    """

    checks: int
    not_possible: int
    late: int
    late_known: int
    desks: int
    found: ReleasedShare | None
    rated_n: int | None
    rated: ReleasedShare | None
    points: int | None
    low: int | None
    high: int | None
    verdict: Verdict


async def measure_gap(connection: Connection, drawn: CheckRound, items: Sequence[CheckItem], today: date) -> Gap:
    """Of the desks where something was found; where only the unit is known, of the whole unit."""
    scored = [item for item in items if item.found_score is not None]
    places = sorted({(item.unit_id, item.desk_id) for item in scored})
    satisfied = ratings = 0
    for unit_id, desk_id in places:
        part, n = await count_ratings(connection, unit_id, desk_id, drawn, today)
        satisfied, ratings = satisfied + part, ratings + n
    return compare(scored, items, len(places), satisfied, ratings)


async def count_ratings(
    connection: Connection, unit_id: int, desk_id: int, drawn: CheckRound, today: date
) -> tuple[int, int]:
    """How many of how many were satisfied, in the batches of the Front's pages that lie within the round's days."""
    where = await select_where(connection, unit_id)
    if where is None:
        return 0, 0
    days = Period(drawn.first_day, drawn.last_day)
    source = await read_source(connection, where.unit, desk_id, 0, days, today)
    batches = await asyncio.to_thread(list_batches, source)
    sums = sum_batches([batch for batch in batches if days.first <= batch.days.first and batch.days.last <= days.last])
    return sum(sums[SATISFIED_FROM - 1 :]), sum(sums)


def compare(scored: Sequence[CheckItem], items: Sequence[CheckItem], desks: int, satisfied: int, ratings: int) -> Gap:
    part, checks = sum((item.found_score or 0) >= SATISFIED_FROM for item in scored), len(scored)
    known = [item.was_late for item in scored if item.was_late is not None]
    found = measure_share(part, checks) if checks >= SMALLEST_CHECKS.value else None
    is_told = ratings >= SMALLEST_RATINGS.value
    rated = release_part(satisfied, ratings) if is_told else None
    ends = None
    if found is not None and rated is not None and rated.bound == "exact":
        ends = round_difference(part, checks, satisfied, ratings)
    return Gap(
        checks=checks,
        not_possible=sum(item.not_possible for item in items),
        late=sum(known),
        late_known=len(known),
        desks=desks,
        found=found,
        rated_n=round_count(ratings) if is_told else None,
        rated=rated,
        points=ends[0] if ends else None,
        low=ends[1] if ends else None,
        high=ends[2] if ends else None,
        verdict=judge(found, rated, ends),
    )


def judge(found: ReleasedShare | None, rated: ReleasedShare | None, ends: tuple[int, int, int] | None) -> Verdict:
    """Beside a band no difference is told, as it would tell what the band hides."""
    if found is None:
        return "few_checks"
    if rated is None:
        return "few_ratings"
    if ends is None:
        return "banded"
    _, low, high = ends
    return "lower" if high < 0 else "higher" if low > 0 else "unclear"


def round_difference(part: int, n: int, other_part: int, other_n: int) -> tuple[int, int, int]:
    """The difference of two shares in whole points with its interval, rounded outwards."""
    difference = 100 * (Fraction(part, n) - Fraction(other_part, other_n))
    low, high = measure_difference(part, n, other_part, other_n)
    points = math.floor(abs(difference) + Fraction(1, 2))
    return (
        points if difference >= 0 else -points,
        math.floor(round(100 * low, EXACT_DECIMALS)),
        math.ceil(round(100 * high, EXACT_DECIMALS)),
    )


def measure_difference(part: int, n: int, other_part: int, other_n: int) -> tuple[float, float]:
    """The 95 % interval of part / n less other_part / other_n, as shares of one.

    Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, Statistics in
    Medicine 17, 873-890, method 10: with Wilson's l, u of each share p, δ - √((p₁-l₁)² + (u₂-p₂)²) to
    δ + √((u₁-p₁)² + (p₂-l₂)²).
    """
    share, other = part / n, other_part / other_n
    (low, high), (other_low, other_high) = calculate_wilson(part, n), calculate_wilson(other_part, other_n)
    difference = share - other
    return (
        difference - math.hypot(share - low, other_high - other),
        difference + math.hypot(high - share, other - other_low),
    )


def read_gap(text: str) -> Gap:
    return msgspec.json.decode(text, type=Gap)
