"""The one door into the store. Whatever waits is committed together; nothing is acknowledged before its commit."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from feedback.database import TEMPORARY_FAILURES, Connection, Pool
from feedback.tables.responses import (
    Response,
    insert_responses,
    lock_sequencer,
    select_chain,
    select_response,
)
from surveys.errors import (
    AlreadyRatedError,
    ChangeWindowClosedError,
    LangNgheError,
    StoreUnavailableError,
    TooManyRequestsError,
    UnknownReceiptError,
)

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
CHANGE_WINDOW = timedelta(hours=72)
LARGEST_BATCH = 512
LONGEST_QUEUE = 4096
LONGEST_CHAIN = 40
LONGEST_WAIT_SECONDS = 5


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


Submission = Response | Revision | DailyRating
Outcome = LangNgheError | None


class Intake:
    """Submissions wait here while the previous group is being committed: no timer, no added delay."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.waiting: list[tuple[Submission, asyncio.Future[None]]] = []
        self.committing: asyncio.Task[None] | None = None

    async def record_response(self, submission: Submission) -> None:
        """Return once `submission` is committed and counted; the same token again is the same success.

        Raises AlreadyRatedError (this token, another body), UnknownReceiptError, ChangeWindowClosedError,
        TooManyRequestsError, or StoreUnavailableError: then it is safe to send the same again.
        """
        if len(self.waiting) >= LONGEST_QUEUE:
            raise StoreUnavailableError
        done = asyncio.get_running_loop().create_future()
        self.waiting.append((submission, done))
        if self.committing is None:
            self.committing = asyncio.create_task(self.commit_waiting())
        await done

    async def commit_waiting(self) -> None:
        while self.waiting:
            group, self.waiting = self.waiting[:LARGEST_BATCH], self.waiting[LARGEST_BATCH:]
            outcomes = await self.commit([submission for submission, _ in group])
            for (_, done), outcome in zip(group, outcomes, strict=True):
                if done.cancelled():
                    continue
                if outcome is None:
                    done.set_result(None)
                else:
                    done.set_exception(outcome)
        self.committing = None

    async def commit(self, group: Sequence[Submission]) -> Sequence[BaseException | None]:
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS), self.pool.acquire() as connection:
                return await store_submissions(connection, group)
        except TEMPORARY_FAILURES:
            return [StoreUnavailableError() for _ in group]
        except asyncpg.PostgresError as error:
            # One refused row must not take the others with it.
            if len(group) == 1:
                return [error]
            return [(await self.commit([submission]))[0] for submission in group]
        except Exception as error:  # noqa: BLE001 (whoever waits must be told, whatever it was)
            return [error for _ in group]


async def store_submissions(connection: Connection, group: Sequence[Submission]) -> list[Outcome]:
    """Commit a group in one transaction; for each submission None, or why it was refused."""
    async with connection.transaction():
        await lock_sequencer(connection)
        ratings = [find_rating(submission) for submission in group if not isinstance(submission, Revision)]
        first = {(rating.unit_id, rating.token_hash): rating for rating in reversed(ratings)}
        known = await insert_responses(connection, list(first.values())) if first else set()
        return [
            await store_revision(connection, submission)
            if isinstance(submission, Revision)
            else await settle_rating(connection, submission, first, known)
            for submission in group
        ]


def find_rating(submission: Response | DailyRating) -> Response:
    return submission.rating if isinstance(submission, DailyRating) else submission


async def settle_rating(
    connection: Connection,
    submission: Response | DailyRating,
    first: Mapping[tuple[int, bytes], Response],
    known: AbstractSet[tuple[int, bytes]],
) -> Outcome:
    """What became of a rating after the group's `first` of each token went in, but for those already `known`."""
    rating = find_rating(submission)
    key = (rating.unit_id, rating.token_hash)
    if rating is first[key] and key not in known:
        return None
    if isinstance(submission, DailyRating):
        return await replace_rating(connection, submission)
    return await compare_rating(connection, rating, first[key])


async def replace_rating(connection: Connection, daily: DailyRating) -> Outcome:
    rating = daily.rating
    chain = await select_chain(connection, rating.unit_id, rating.token_hash)
    if any(row.token_hash == daily.again_hash for row in chain):
        return None
    if len(chain) > LONGEST_CHAIN:
        return TooManyRequestsError()
    later = msgspec.structs.replace(rating, token_hash=daily.again_hash, supersedes=chain[-1].token_hash)
    await insert_responses(connection, [later])
    return None


async def compare_rating(connection: Connection, rating: Response, first: Response) -> Outcome:
    """None when this token stands in the store with what `rating` says; `first` is the group's own row of it."""
    stored = await select_response(connection, rating.unit_id, rating.token_hash) or first
    same = (stored.score, stored.official_id, stored.procedure_id, stored.survey_id) == (
        rating.score,
        rating.official_id,
        rating.procedure_id,
        rating.survey_id,
    )
    return None if same else AlreadyRatedError()


async def store_revision(connection: Connection, revision: Revision) -> Outcome:
    chain = await select_chain(connection, revision.unit_id, revision.receipt_hash)
    if not chain:
        return UnknownReceiptError()
    if any(row.token_hash == revision.token_hash for row in chain):
        return None
    if revision.received_at > end_of_change_window(chain[0]):
        return ChangeWindowClosedError()
    if len(chain) > LONGEST_CHAIN:
        return TooManyRequestsError()
    await insert_responses(connection, [revise(chain[-1], revision)])
    return None


def revise(row: Response, revision: Revision) -> Response:
    """The row that replaces `row`: the same visit, with what the citizen changed.

    Answers belong to the questions of one survey: with another survey they go.
    """
    changes = {
        name: value
        for name in ("score", "answers", "comment", "survey_id")
        if (value := getattr(revision, name)) is not None
    }
    if changes.get("survey_id", row.survey_id) != row.survey_id:
        changes.setdefault("answers", None)
    return msgspec.structs.replace(
        row,
        token_hash=revision.token_hash,
        supersedes=row.token_hash,
        received_at=revision.received_at,
        **changes,
    )


def end_of_change_window(rating: Response) -> datetime:
    """72 hours after the rating; where only its half-day is still known, after the end of that half-day."""
    if rating.received_at is not None:
        return rating.received_at + CHANGE_WINDOW
    midnight = datetime.combine(rating.local_day, datetime.min.time(), LOCAL_TIME)
    return midnight + timedelta(hours=12 * rating.part_of_day) + CHANGE_WINDOW


def read_local_day(now: datetime) -> tuple[date, int]:
    """Local day and half of the day (1 before noon, 2 from noon on) of an instant."""
    local = now.astimezone(LOCAL_TIME)
    return local.date(), 1 if local.hour < 12 else 2  # noqa: PLR2004 (noon)
