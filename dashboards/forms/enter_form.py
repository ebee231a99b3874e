"""Enters a form, first or second: the rating through the one door and who entered it, in one transaction.

Row-level security hides from a volunteer what others entered, so all of this runs as the program, for whoever the page
has let in; nothing of another's entry goes back but the names of fields that differ.
"""

from datetime import date, datetime

from dashboards.forms.double_entry import describe, list_differences, list_doubled, read_typed, write_typed
from dashboards.forms.read_form import ReadForm
from feedback.accounts.powers import SignedIn
from feedback.database import Connection, Pool
from feedback.record_response import read_local_day, store_submissions
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.form_batches import FormBatch, lock_batch
from feedback.tables.form_entries import FormEntry, insert_entry, select_entries, settle_entry
from feedback.tables.responses import select_chain
from feedback.web.staff_access import make_entry
from surveys.case_errors import FormBatchClosedError, FormEnteredError, FormRefusedError
from surveys.errors import AlreadyRatedError, UnknownPageError

FIRST, SECOND = 1, 2


async def enter_form(
    pool: Pool, signed_in: SignedIn, batch: FormBatch, read: ReadForm, now: datetime
) -> tuple[str, ...]:
    """Names of the fields in which a second entry differs from the first; empty for all else.

    Of two volunteers at once the first to hold the batch is the first entry, whose rating is stored.
    Raises FormBatchClosedError, FormRefusedError before its day, FormEnteredError, and what the door raises.
    """
    async with pool.acquire(timeout=3) as connection, connection.transaction():
        held = await find_open(connection, batch.batch_id)
        if read_local_day(now)[0] < held.held_on:
            raise refuse_before(held.held_on)
        entries = await select_entries(connection, held.batch_id, read.number)
        if entries:
            return await enter_second(connection, signed_in, held, read, entries, now)
        is_stored = await enter_first(connection, signed_in, held, read, now)
    if not is_stored:
        raise FormEnteredError(form=read.number, reason="form-entered-otherwise")
    return ()


def refuse_before(day: date) -> FormRefusedError:
    return FormRefusedError(reason="form-not-yet", day=f"{day:%d/%m/%Y}")


async def find_open(connection: Connection, batch_id: int) -> FormBatch:
    """Held until the transaction ends. Raises FormBatchClosedError."""
    batch = await lock_batch(connection, batch_id)
    if batch is None:
        raise UnknownPageError
    if batch.closed_at is not None:
        raise FormBatchClosedError
    return batch


async def enter_first(
    connection: Connection, signed_in: SignedIn, batch: FormBatch, read: ReadForm, now: datetime
) -> bool:
    """False where another rating of this form stood already, without an entry: that one stands, and is compared.

    What is compared later is what is stored, never what was typed; it stays only where it will be compared.
    """
    [outcome] = await store_submissions(connection, [read.rating])
    if outcome is not None and not isinstance(outcome, AlreadyRatedError):
        raise outcome
    stored = (await select_chain(connection, batch.unit_id, read.rating.token_hash))[-1]
    typed = write_typed(describe(stored)) if read.number in list_doubled(batch) else None
    account_id = signed_in.account.account_id
    await insert_entry(connection, FormEntry(batch.batch_id, read.number, batch.unit_id, FIRST, account_id, now, typed))
    await note(connection, signed_in, batch, read.number, "form-entered", now)
    return (describe(stored), stored.comment) == (describe(read.rating), read.rating.comment)


async def enter_second(
    connection: Connection,
    signed_in: SignedIn,
    batch: FormBatch,
    read: ReadForm,
    entries: list[FormEntry],
    now: datetime,
) -> tuple[str, ...]:
    """Nothing is stored of it but whether it agrees, and where it does not, what was typed until that is settled."""
    first = check_turn(signed_in, batch, read.number, entries)
    typed = describe(read.rating)
    differing = list_differences(read_typed(first), typed)
    account_id = signed_in.account.account_id
    kept = write_typed(typed) if differing else None
    await insert_entry(connection, FormEntry(batch.batch_id, read.number, batch.unit_id, SECOND, account_id, now, kept))
    if not differing:
        await settle_entry(connection, batch.batch_id, read.number, agrees=True)
    await note(connection, signed_in, batch, read.number, "form-entered-again", now)
    return differing


def check_turn(signed_in: SignedIn, batch: FormBatch, number: int, entries: list[FormEntry]) -> str:
    """What the first entry typed. Raises FormEnteredError where no second one is due, or not by this person."""
    first = entries[0]
    is_due = len(entries) == FIRST and number in list_doubled(batch) and first.typed is not None
    if not is_due or first.typed is None:
        raise FormEnteredError(form=number, reason="form-entered-once")
    if first.entered_by == signed_in.account.account_id:
        raise FormEnteredError(form=number, reason="form-entered-by-you")
    return first.typed


async def note(
    connection: Connection, signed_in: SignedIn, batch: FormBatch, number: int, deed: str, now: datetime
) -> None:
    code = f"{batch.batch_id}/{number}"
    entry = make_entry(signed_in, now, deed, "done", "form", code, unit_id=batch.unit_id)
    await insert_audit_entry(connection, entry)
