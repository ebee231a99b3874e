"""What a supervision case measures: the satisfied share before it was sent and after it was answered.

Made of the very batches that the Front's own pages of the unit, desk or procedure show; of an official, the desk's.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Protocol

import msgspec

from dashboards.cases.batches import Batch, CaseSource, list_batches, read_source, sum_batches, sum_weeks
from dashboards.cases.windows import Moments, Windows, find_windows
from dashboards.disclosure.front import NOTHING, count_missing, release_front
from dashboards.disclosure.groups import BOTTOM_BAND, TOP_BAND, ReleasedGroup, ReleasedShare
from dashboards.periods import Period
from dashboards.supervision.calculate_headline import calculate_rate
from dashboards.supervision.calculate_pilots import Difference, measure_difference
from dashboards.supervision.figures import Rate
from feedback.database import Connection
from feedback.parameters import read_parameter
from feedback.record_response import read_local_day
from feedback.tables.alert_inputs import select_main_desks
from feedback.tables.alert_places import AlertPlace, select_alert_place
from feedback.tables.case_outcomes import select_last_answered
from feedback.tables.supervision_cases import SupervisionCase
from surveys.errors import UnknownPlaceError

Measured = Literal["unit", "desk", "procedure"]
Verdict = Literal["better", "same", "worse", "few", "waiting"]
YEAR = 365


class HasSubject(Protocol):
    """A case, or the draft of one: 0 is not about one."""

    @property
    def unit_id(self) -> int: ...
    @property
    def desk_id(self) -> int: ...
    @property
    def official_id(self) -> int: ...
    @property
    def procedure_id(self) -> int: ...


class CaseFigure(msgspec.Struct, frozen=True):
    """The days from `first` to `last`: satisfied share with n and interval in `group`, ratings for each dossier."""

    first: date
    last: date
    group: ReleasedGroup
    response: Rate | None


class CaseWeek(msgspec.Struct, frozen=True):
    """`monday` is its first day. A batch of ratings stands in the week in which it closed; the others show nothing."""

    monday: date
    group: ReleasedGroup


class CaseFigures(msgspec.Struct, frozen=True):
    """Released figures alone, as they are kept (JSON) and shown.

    `difference` is in points, after less before; None where one side may not be told exactly. `missing`: how many more
    ratings `after` needs, to the next five; 0 where it is told, or where its weeks are over. `is_final`: nothing moves
    these figures any more, as the case was accepted or is closed, and all its weeks after have closed. Without `after`
    no such week has closed yet. `place` names no official.
    """

    measured: Measured
    is_about_official: bool
    place: AlertPlace
    procedure: str
    as_of: date
    sent_on: date
    answered_on: date | None
    accepted_on: date | None
    before: CaseFigure
    after: CaseFigure | None
    difference: Difference | None
    verdict: Verdict
    missing: int
    is_final: bool
    weeks: tuple[CaseWeek, ...]
    is_closed: bool = False


async def measure_case(
    connection: Connection, case: SupervisionCase, today: date, *, is_closing: bool = False
) -> CaseFigures:
    """Up to the last week that closed before `today`. Reads what the connection reaches. Raises UnknownPlaceError."""
    answered_at = None if case.sent_at is None else await select_last_answered(connection, case.case_id)
    days = (read_day(case.sent_at) or today, read_day(answered_at), read_day(case.accepted_at))
    moments = Moments(*days, is_closed=is_closing or case.state == "closed")
    return await measure(connection, case, moments, today)


async def freeze_findings(connection: Connection, subject: HasSubject, today: date) -> str:
    """JSON of the figures at the moment of sending: only what was before."""
    figures = await measure(connection, subject, Moments(today, None, None), today)
    return msgspec.json.encode(figures).decode()


async def freeze_outcome(connection: Connection, case: SupervisionCase, today: date) -> str:
    """JSON of before and after at the moment of closing."""
    return msgspec.json.encode(await measure_case(connection, case, today, is_closing=True)).decode()


def read_figures(text: str) -> CaseFigures:
    return msgspec.json.decode(text, type=CaseFigures)


def read_day(moment: datetime | None) -> date | None:
    return None if moment is None else read_local_day(moment)[0]


async def measure(connection: Connection, subject: HasSubject, moments: Moments, today: date) -> CaseFigures:
    before_weeks = (await read_parameter(connection, "case_before_weeks", moments.sent_on)).value
    after_weeks = (await read_parameter(connection, "case_after_weeks", moments.sent_on)).value
    windows = find_windows(moments, before_weeks, after_weeks, today)
    desk_id = subject.desk_id or await find_main_desk(connection, subject, moments.sent_on)
    place = await select_alert_place(connection, subject.unit_id, desk_id, 0, moments.sent_on)
    if place is None:
        raise UnknownPlaceError
    procedure_id = 0 if desk_id else subject.procedure_id
    source = await read_source(connection, place.unit, desk_id, procedure_id, windows.shown, today)
    # In a thread, so that ratings go on being taken meanwhile.
    figures = await asyncio.to_thread(calculate, source, place, moments, windows, today)
    return msgspec.structs.replace(figures, is_about_official=subject.official_id != 0)


async def find_main_desk(connection: Connection, subject: HasSubject, day: date) -> int:
    """Where the official served most in the year before; 0 where nobody knows, or the case is about no official."""
    if not subject.official_id:
        return 0
    first = date.fromordinal(day.toordinal() - YEAR)
    found = await select_main_desks(connection, [subject.unit_id], [subject.official_id], first, day)
    return found.get(subject.official_id, 0)


def calculate(source: CaseSource, place: AlertPlace, moments: Moments, windows: Windows, today: date) -> CaseFigures:
    """Pure: batches that passed the rules in, released structs out."""
    batches = list_batches(source)
    before = list_within(batches, windows.before)
    after = [] if windows.after is None else list_within(batches, windows.after)
    groups = release(before), release(after)
    difference = compare(before, after, groups)
    return CaseFigures(
        measured=source.measured,
        is_about_official=False,
        place=place,
        procedure=source.procedure,
        as_of=today,
        sent_on=moments.sent_on,
        answered_on=moments.answered_on,
        accepted_on=moments.accepted_on,
        before=make_figure(source, windows.before, before, groups[0]),
        after=None if windows.after is None else make_figure(source, windows.after, after, groups[1]),
        difference=difference,
        verdict="waiting" if windows.after is None else judge(groups, difference),
        missing=count_more(source, windows, groups[1]),
        is_final=is_final(moments, windows),
        weeks=list_weeks(source, batches, windows.shown),
        is_closed=moments.is_closed,
    )


def is_final(moments: Moments, windows: Windows) -> bool:
    """A case that is closed without an answer has no weeks after, and never gets any."""
    is_fixed = moments.accepted_on is not None or moments.is_closed
    return is_fixed and (windows.is_complete or moments.fixed_on is None)


def list_within(batches: Sequence[Batch], window: Period) -> list[Batch]:
    """Whole ones: what began before a window says nothing sure about it."""
    return [batch for batch in batches if window.first <= batch.days.first and batch.days.last <= window.last]


def release(batches: Sequence[Batch]) -> ReleasedGroup:
    return release_front(sum_batches(batches)) if batches else NOTHING


def make_figure(source: CaseSource, window: Period, batches: Sequence[Batch], group: ReleasedGroup) -> CaseFigure:
    """Of a whole unit the response rate counts all weeks; of a part only those whose ratings are shown."""
    if source.measured == "unit":
        received, completed = sum_weeks(source, window)
    else:
        received, completed = sum(sum_batches(batches)), sum(batch.completed for batch in batches)
    has_rate = source.measured == "unit" or group.share is not None
    return CaseFigure(window.first, window.last, group, calculate_rate(received, completed) if has_rate else None)


def compare(
    before: Sequence[Batch], after: Sequence[Batch], groups: tuple[ReleasedGroup, ReleasedGroup]
) -> Difference | None:
    """From counts that were let out; None where a side has too few, or is a band that an exact number would undo."""
    if any(group.share is None or group.share.bound != "exact" for group in groups):
        return None
    was, now = sum_batches(before), sum_batches(after)
    return measure_difference(sum(now[3:]), sum(now), sum(was[3:]), sum(was))


def judge(groups: tuple[ReleasedGroup, ReleasedGroup], difference: Difference | None) -> Verdict:
    was, now = groups[0].share, groups[1].share
    if was is None or now is None:
        return "few"
    low, high = (difference.low, difference.high) if difference is not None else bound(was, now)
    if low > 0:
        return "better"
    return "worse" if high < 0 else "same"


def bound(was: ReleasedShare, now: ReleasedShare) -> tuple[int, int]:
    """What bands leave of a difference: only what is told of both sides is used, so nothing hidden is."""
    (was_low, was_high), (now_low, now_high) = find_ends(was), find_ends(now)
    return now_low - was_high, now_high - was_low


def find_ends(share: ReleasedShare) -> tuple[int, int]:
    match share.bound:
        case "at_least":
            return TOP_BAND, 100
        case "at_most":
            return 0, BOTTOM_BAND
        case "exact":
            percent = share.percent
            return percent if share.low is None else share.low, percent if share.high is None else share.high


def count_more(source: CaseSource, windows: Windows, group: ReleasedGroup) -> int:
    if windows.after is None or windows.is_complete or group.share is not None:
        return 0
    received, _ = sum_weeks(source, windows.after)
    return count_missing(received, is_closed=False)


def list_weeks(source: CaseSource, batches: Sequence[Batch], shown: Period) -> tuple[CaseWeek, ...]:
    of_week = {batch.week: batch for batch in batches}
    weeks = [week.first for week in source.weeks if week.first >= shown.first and week.last <= shown.last]
    return tuple(CaseWeek(week, release_front(of_week[week].scores) if week in of_week else NOTHING) for week in weeks)
