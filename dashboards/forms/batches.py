"""Makes and closes a batch of numbered forms: what was asked for is judged, each step kept with an audit entry."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NoReturn, get_args

import msgspec

from dashboards.indicators.parameters import Parameter
from dashboards.supervision.figures import Area
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.form_batches import (
    FormBatch,
    FormWay,
    close_batch,
    insert_batch,
    lock_batch,
    select_overlapping,
)
from feedback.tables.form_entries import end_open_differences, erase_typed
from feedback.web.staff_access import make_entry
from surveys.case_errors import FormBatchClosedError, FormRefusedError

OLDEST_DAYS = Parameter(
    31, "Own choice: what was said longer ago is not added to closed days", date(2026, 1, 1), is_placeholder=True
)
LATEST_DAYS = Parameter(
    60, "Own choice: forms are printed and carried out before the day", date(2026, 1, 1), is_placeholder=True
)
MOST_FORMS = 1000  # the table's own limit
LONGEST_PLACE = 120
LARGEST_NUMBER = 999_999
WAYS: Mapping[str, FormWay] = {way: way for way in get_args(FormWay)}


class BatchForm(msgspec.Struct, frozen=True):
    """As it was typed."""

    way: str
    held_on: str
    place: str
    first: str
    last: str


def judge_batch(form: BatchForm, today: date) -> tuple[FormWay, date, str, int, int]:
    """Raises FormRefusedError with the reason."""
    if form.way not in WAYS:
        raise FormRefusedError(reason="form-way")
    place = " ".join(form.place.split())
    if not 1 <= len(place) <= LONGEST_PLACE or not place.isprintable():
        raise FormRefusedError(reason="form-place", longest=LONGEST_PLACE)
    first, last = read_number(form.first), read_number(form.last)
    if not 1 <= first <= last < first + MOST_FORMS:
        raise FormRefusedError(reason="form-numbers", most=MOST_FORMS)
    return WAYS[form.way], judge_day(form.held_on, today), place, first, last


def judge_day(text: str, today: date) -> date:
    """A day ahead may be asked for, so that its forms can be printed; they are entered from the day on."""
    longest, ahead = OLDEST_DAYS.value, LATEST_DAYS.value
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise FormRefusedError(reason="form-held-on", longest=longest, ahead=ahead) from None
    if not -longest <= (day - today).days <= ahead:
        raise FormRefusedError(reason="form-held-on", longest=longest, ahead=ahead)
    return day


def read_number(text: str) -> int:
    """0 for what is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
    return int(text) if is_number else 0


async def make_batch(
    connection: Connection,
    signed_in: SignedIn,
    unit: Area,
    form: BatchForm,
    seed: bytes,
    share: int,
    today: date,
    now: datetime,
) -> int:
    """The number of the new batch. Raises FormRefusedError."""
    way, held_on, place, first, last = judge_batch(form, today)
    account_id = signed_in.account.account_id
    batch = FormBatch(0, unit.unit_id, way, held_on, place, first, last, seed, share, account_id, now)
    batch_id = await insert_batch(connection, batch)
    if batch_id is None:
        await refuse_numbers(connection, batch)
    await note_batch(connection, signed_in, "form-batch-made", batch_id, unit.unit_id, now)
    return batch_id


async def refuse_numbers(connection: Connection, batch: FormBatch) -> NoReturn:
    """A sheet whose number stood in two batches would count twice. Raises FormRefusedError, which names the other."""
    other, first, last = await select_overlapping(connection, batch) or (0, batch.first_number, batch.last_number)
    raise FormRefusedError(reason="form-numbers-taken", batch=other, first=first, last=last)


async def end_batch(connection: Connection, signed_in: SignedIn, batch: FormBatch, now: datetime) -> None:
    """As the program, for whoever the page has let in: only it may erase what was typed, and that goes in one step.

    Raises FormBatchClosedError.
    """
    await lock_batch(connection, batch.batch_id)
    if not await close_batch(connection, batch.batch_id, now):
        raise FormBatchClosedError
    await end_open_differences(connection, batch.batch_id)
    await erase_typed(connection, batch.batch_id)
    await note_batch(connection, signed_in, "form-batch-closed", batch.batch_id, batch.unit_id, now)


async def note_batch(
    connection: Connection, signed_in: SignedIn, deed: str, batch_id: int, unit_id: int, now: datetime
) -> None:
    entry = make_entry(signed_in, now, deed, "done", "form-batch", str(batch_id), unit_id=unit_id)
    await insert_audit_entry(connection, entry)
