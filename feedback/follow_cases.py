"""Which supervision cases a rating touches, what its receipt may learn of them, and what the citizen says after."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import get_args

import msgspec

from feedback.database import Connection
from feedback.parameters import read_parameter
from feedback.tables.case_outcomes import FollowedCase, select_followed_cases
from feedback.tables.case_replies import CaseAnswer, CaseReply
from feedback.tables.responses import Response
from feedback.tables.supervision_cases import Result
from surveys.errors import InvalidAnswerError

MOST_OUTCOMES = 3
ANSWERS: tuple[CaseAnswer, ...] = get_args(CaseAnswer)
NOT_BACK = "not-back"
# What is hashed here can be no token, and no receipt of another purpose.
REPLY_DOMAIN = b"langnghe case reply v1\x00"
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)


class CaseOutcome(msgspec.Struct, frozen=True):
    """A closed case. `result` is None where it was about one official: of that only the summary may be told.

    Both are None where the Front published nothing: then only that it ended.
    """

    case_id: int
    unit_id: int
    closed_on: date
    public_summary: str | None
    result: Result | None
    closing: int


class Followed(msgspec.Struct, frozen=True):
    """What a receipt may learn. `is_running`: the Front follows a matter that this rating touches."""

    outcomes: tuple[CaseOutcome, ...] = ()
    is_running: bool = False

    def find(self, case_id: int) -> CaseOutcome | None:
        return next((outcome for outcome in self.outcomes if outcome.case_id == case_id), None)


NOTHING_FOLLOWED = Followed()


def find_weeks_before(sent_on: date, weeks: int) -> tuple[date, date]:
    """The first and last day of so many whole weeks before a case was sent."""
    last = sent_on - timedelta(days=sent_on.isoweekday())
    return last - weeks * ONE_WEEK + ONE_DAY, last


async def find_followed(connection: Connection, ratings: Sequence[Response]) -> list[Followed]:
    """For each rating, in order."""
    units = sorted({rating.unit_id for rating in ratings})
    cases = await select_followed_cases(connection, units) if units else []
    first_days = {case.case_id: await find_first_day(connection, case) for case in cases}
    return [follow([case for case in cases if touches(rating, case, first_days)]) for rating in ratings]


async def find_first_day(connection: Connection, case: FollowedCase) -> date:
    weeks = (await read_parameter(connection, "case_before_weeks", case.sent_on)).value
    return find_weeks_before(case.sent_on, weeks)[0]


def touches(rating: Response, case: FollowedCase, first_days: dict[int, date]) -> bool:
    """The same unit, and the same desk, official and procedure where the case names them; from before to its end."""
    return (
        rating.unit_id == case.unit_id
        and case.desk_id in {0, rating.desk_id}
        and case.official_id in {0, rating.official_id}
        and (not case.procedures or rating.procedure_id in case.procedures)
        and first_days[case.case_id] <= rating.local_day
        and (case.closed_on is None or rating.local_day <= case.closed_on)
    )


def follow(cases: Sequence[FollowedCase]) -> Followed:
    """That a case about one official is running is nobody's business but the Front's and the unit's.

    First those of which there is a summary.
    """
    outcomes = [outcome for case in cases if (outcome := make_outcome(case)) is not None]
    return Followed(
        tuple(sorted(outcomes, key=lambda outcome: outcome.public_summary is None))[:MOST_OUTCOMES],
        any(case.state != "closed" and case.official_id == 0 for case in cases),
    )


def make_outcome(case: FollowedCase) -> CaseOutcome | None:
    """None where it runs, or was about one official and nothing was published."""
    if case.closed_on is None or (case.official_id and case.public_summary is None):
        return None
    result = None if case.official_id or case.public_summary is None else case.result
    return CaseOutcome(case.case_id, case.unit_id, case.closed_on, case.public_summary, result, case.closing)


def read_case_answer(text: str) -> CaseAnswer | None:
    """None for whoever has not been back. Raises InvalidAnswerError."""
    if text == NOT_BACK:
        return None
    for answer in ANSWERS:
        if text == answer:
            return answer
    raise InvalidAnswerError(field="answer", reason="unknown-choice")


def make_case_reply(token: str, outcome: CaseOutcome, answer: CaseAnswer | None, day: date) -> CaseReply:
    """`token` is the receipt as surveys.codes.read_token gives it; whoever lacks it cannot tell whose reply this is."""
    asked = f"{token}\0{outcome.case_id}\0{outcome.closing}"
    digest = hashlib.sha256(REPLY_DOMAIN + asked.encode()).digest()
    return CaseReply(outcome.unit_id, outcome.case_id, outcome.closing, digest, answer, day)
