"""Settles a form whose two entries differ: whoever was second has looked at the paper again and says which stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from dashboards.forms.double_entry import Typed, describe, list_differences, read_typed
from dashboards.forms.enter_form import SECOND, find_open, note
from dashboards.forms.read_form import ReadForm
from feedback.accounts.powers import SignedIn
from feedback.database import Connection, Pool
from feedback.record_response import end_of_change_window, store_submissions
from feedback.submissions import DailyRating, Revision, Submission
from feedback.tables.form_batches import FormBatch
from feedback.tables.form_entries import FormEntry, select_entries, settle_entry
from feedback.tables.responses import Response, select_chain
from surveys.case_errors import FormBatchClosedError, FormEnteredError
from surveys.errors import ChangeWindowClosedError, UnknownPageError, UnknownReceiptError

Stands = Literal["first", "second"]
STANDS: Mapping[str, Stands] = {"first": "first", "second": "second"}


class OpenDifference(msgspec.Struct, frozen=True):
    """`second` is what the person who looks at it typed; of the first only the names of fields that differ."""

    number: int
    second: Typed
    differing: tuple[str, ...]


async def find_difference(pool: Pool, signed_in: SignedIn, batch: FormBatch, number: int) -> OpenDifference | None:
    """None where this person did not enter the form second. Raises FormBatchClosedError, FormEnteredError."""
    async with pool.acquire(timeout=3) as connection:
        entries = await select_entries(connection, batch.batch_id, number)
    return read_difference(signed_in, batch, number, entries)


def read_difference(
    signed_in: SignedIn, batch: FormBatch, number: int, entries: list[FormEntry]
) -> OpenDifference | None:
    """Nothing is open any more where the batch was closed, or the two agreed or were settled: as `find_difference`."""
    if len(entries) != SECOND or entries[1].entered_by != signed_in.account.account_id:
        return None
    if batch.closed_at is not None:
        raise FormBatchClosedError
    first, second = (None if entry.typed is None else read_typed(entry.typed) for entry in entries)
    if first is None or second is None or entries[1].agrees is not None:
        raise FormEnteredError(form=number, reason="form-settled")
    return OpenDifference(number, second, list_differences(first, second))


async def settle_form(
    pool: Pool,
    signed_in: SignedIn,
    batch: FormBatch,
    read: ReadForm,
    again_hash: bytes,
    stands: Stands,
    now: datetime,
) -> bool:
    """The correction through the one door and that it is settled, together or not at all.

    False where it came too late: the first stands. Raises FormBatchClosedError, FormEnteredError, and what the door
    raises.
    """
    async with pool.acquire(timeout=3) as connection, connection.transaction():
        held = await find_open(connection, batch.batch_id)
        entries = await select_entries(connection, held.batch_id, read.number)
        if read_difference(signed_in, held, read.number, entries) is None:
            raise UnknownPageError
        is_in_time = stands == "first" or await correct(connection, read.rating, again_hash, now)
        await settle_entry(connection, held.batch_id, read.number, agrees=False)
        await note(connection, signed_in, held, read.number, "form-settled", now)
    return is_in_time


async def correct(connection: Connection, rating: Response, again_hash: bytes, now: datetime) -> bool:
    """False where the 72 hours in which a rating may change are over."""
    chain = await select_chain(connection, rating.unit_id, rating.token_hash)
    if not chain:
        raise UnknownReceiptError
    if describe(rating) == describe(chain[-1]):
        return True
    if now > end_of_change_window(chain[0]):
        return False
    [outcome] = await store_submissions(connection, [make_correction(rating, again_hash, chain[-1], now)])
    if outcome is not None and not isinstance(outcome, ChangeWindowClosedError):
        raise outcome
    return outcome is None


def make_correction(rating: Response, again_hash: bytes, last: Response, now: datetime) -> Submission:
    """A revision; where desk, official or procedure were mistyped, which no revision changes, the whole row anew."""
    typed, stored = describe(rating), describe(last)
    if (typed.desk, typed.official, typed.procedure) != (stored.desk, stored.official, stored.procedure):
        return DailyRating(msgspec.structs.replace(rating, comment=last.comment), again_hash)
    return Revision(
        unit_id=rating.unit_id,
        receipt_hash=rating.token_hash,
        token_hash=again_hash,
        received_at=now,
        score=rating.score,
        # None would leave the answers of the first entry.
        answers=rating.answers or "{}",
        survey_id=rating.survey_id,
    )
