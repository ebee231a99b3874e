"""The one door into the store. Whatever waits is committed together; nothing is acknowledged before its commit."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from feedback.database import TEMPORARY_FAILURES, Connection, Pool
from feedback.submissions import DailyRating, Rating, Revision, SlipRating, Submission
from feedback.tables.responses import (
    SET_ASIDE,
    Response,
    insert_responses,
    lock_sequencer,
    select_chain,
    select_response,
)
from feedback.tables.visit_slips import select_first_form, spend_slips
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
        slips = [s for s in group if isinstance(s, SlipRating) and is_fresh(s.rating, first, known)]
        await spend_slips(connection, [slip.use for slip in slips])
        return [
            await store_revision(connection, submission)
            if isinstance(submission, Revision)
            else await settle_rating(connection, submission, first, known)
            for submission in group
        ]


def find_rating(submission: Rating) -> Response:
    return submission if isinstance(submission, Response) else submission.rating


def is_fresh(
    rating: Response, first: Mapping[tuple[int, bytes], Response], known: AbstractSet[tuple[int, bytes]]
) -> bool:
    """Whether this very rating is the one that went in under its token."""
    key = (rating.unit_id, rating.token_hash)
    return rating is first[key] and key not in known


async def settle_rating(
    connection: Connection,
    submission: Rating,
    first: Mapping[tuple[int, bytes], Response],
    known: AbstractSet[tuple[int, bytes]],
) -> Outcome:
    """What became of a rating after the group's `first` of each token went in, but for those already `known`."""
    rating = find_rating(submission)
    if is_fresh(rating, first, known):
        return None
    if isinstance(submission, DailyRating):
        return await replace_rating(connection, submission)
    if isinstance(submission, SlipRating):
        return await change_by_slip(connection, submission)
    return await compare_rating(connection, rating, first[rating.unit_id, rating.token_hash])


async def replace_rating(connection: Connection, daily: DailyRating) -> Outcome:
    rating = daily.rating
    chain = await select_chain(connection, rating.unit_id, rating.token_hash)
    if any(row.token_hash == daily.again_hash for row in chain):
        return None
    if len(chain) > LONGEST_CHAIN:
        return TooManyRequestsError()
    await insert_responses(connection, [repeat(rating, daily.again_hash, chain[-1])])
    return None


async def change_by_slip(connection: Connection, slip: SlipRating) -> Outcome:
    """The last one wins. The form that spent the slip changes nothing when it comes again, nor does the same score."""
    last = (await select_chain(connection, slip.rating.unit_id, slip.rating.token_hash))[-1]
    same = (last.score, last.survey_id) == (slip.rating.score, slip.rating.survey_id)
    if same or await select_first_form(connection, slip.use.slip_id) == slip.use.first_form:
        return None
    return await store_revision(connection, slip.change)


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


def repeat(rating: Response, token_hash: bytes, last: Response) -> Response:
    """`rating` in place of `last`; what was set aside stays set aside."""
    proof_class = SET_ASIDE if last.proof_class == SET_ASIDE else rating.proof_class
    return msgspec.structs.replace(rating, token_hash=token_hash, supersedes=last.token_hash, proof_class=proof_class)


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
