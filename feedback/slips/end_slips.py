"""Ends slips: empties those whose time has passed, forgets the last trace later, and re-keys a desk at once."""

import secrets as random
from datetime import date, timedelta

import msgspec

from feedback.database import Connection
from feedback.slips.rules import find_slip_rules
from feedback.tables.slip_keys import update_slip_key
from feedback.tables.slip_references import delete_slip_references, untie_slip_references
from feedback.tables.visit_slips import close_slips, delete_slips

SALT_BYTES = 32


class ForgottenSlips(msgspec.Struct, frozen=True):
    """How many of each are gone."""

    closed: int
    deleted: int
    references: int


async def forget_slips(connection: Connection, day: date) -> ForgottenSlips:
    """What ties a slip to its rating goes once the 72 hours are over; desk and dates of the slip go later.

    Nothing of a rating changes: it never named its slip.
    """
    rules = find_slip_rules(day)
    async with connection.transaction():
        closed = await close_slips(connection, day - timedelta(days=rules.close_days), day)
        await untie_slip_references(connection)
    return ForgottenSlips(
        closed=closed,
        deleted=await delete_slips(connection, day - timedelta(days=rules.remembered_days)),
        references=await delete_slip_references(connection, day),
    )


async def rekey_desk(connection: Connection, desk_id: int, day: date) -> int | None:
    """The desk's new epoch: from now on no slip of an earlier one is good. None where it never had slips."""
    return await update_slip_key(connection, desk_id, random.token_bytes(SALT_BYTES), day)
