"""Issues slips, thousands at a time: one for each finished or refused dossier, whatever its outcome.

The issuer's own reference is hashed at once; no dossier number gets further than here.
"""

import secrets as random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection
from feedback.slips.check_requests import CheckedRequest, RefusedSlip, SlipRequest, check_requests
from feedback.slips.derive_keys import SlipSecrets
from feedback.slips.references import keep_references
from feedback.slips.rules import find_slip_rules
from feedback.slips.tokens import ID_BITS, make_pin, make_slip_code, make_slip_token
from feedback.tables.slip_keys import SlipKey, insert_slip_keys, select_slip_keys
from feedback.tables.visit_slips import VisitSlip, insert_slips, select_taken_ids

NONCE_BYTES = 16
SALT_BYTES = 32


class IssuedSlip(msgspec.Struct, frozen=True):
    """What the issuer prints or sends. From `valid_to` on it can no longer be spent."""

    token: str
    code: str
    pin: str
    visit: date
    valid_to: date
    unit_name: str
    desk_number: str
    desk_name: str
    procedure_name: str


Answer = IssuedSlip | RefusedSlip


async def issue_slips(
    connection: Connection,
    requests: Sequence[SlipRequest],
    slip_secrets: SlipSecrets,
    day: date,
    *,
    issuer: str = "",
    reach: Reach = EVERYWHERE,
) -> list[Answer]:
    """One answer a request, in order: the slip, or which field was refused and why. Commits the good ones together.

    A `reference` seen before, from the same issuer for the same unit, gets the slip it got then.
    """
    async with connection.transaction():
        checked = await check_requests(connection, requests, reach, day)
        visits = [visit for visit in checked if isinstance(visit, CheckedRequest)]
        slips = await draw_slips(connection, visits, day)
        hashes = [
            slip_secrets.hash_reference(issuer, slip.unit_id, visit.reference) if visit.reference else None
            for visit, slip in zip(visits, slips, strict=True)
        ]
        kept = await keep_references(connection, slips, hashes, day)
        await insert_slips(connection, [slip for slip, answer in zip(slips, kept, strict=True) if answer is slip])
        keys = await select_slip_keys(connection, list({visit.desk.desk_id for visit in visits}))
    answers = iter(
        write_slip(visit, slip, slip_secrets, keys) if isinstance(slip, VisitSlip) else slip
        for visit, slip in zip(visits, kept, strict=True)
    )
    return [next(answers) if isinstance(visit, CheckedRequest) else visit for visit in checked]


async def draw_slips(connection: Connection, visits: Sequence[CheckedRequest], day: date) -> list[VisitSlip]:
    """A slip with an id of its own for each visit; desks that never had slips get their key."""
    desks = {visit.desk.desk_id for visit in visits}
    known = await select_slip_keys(connection, list(desks))
    if desks - known.keys():
        new = [SlipKey(desk_id, 1, random.token_bytes(SALT_BYTES)) for desk_id in sorted(desks - known.keys())]
        await insert_slip_keys(connection, new, day)
        known = await select_slip_keys(connection, list(desks))
    ids = await draw_ids(connection, len(visits))
    valid_to = day + timedelta(days=find_slip_rules(day).valid_days + 1)
    return [
        VisitSlip(
            slip_id=slip_id,
            unit_id=visit.desk.unit_id,
            desk_id=visit.desk.desk_id,
            official_id=visit.official_id,
            title_id=visit.title_id,
            procedure_id=visit.offer.procedure_id,
            deciding_unit_id=visit.offer.deciding_unit_id,
            epoch=known[visit.desk.desk_id].epoch,
            issued_on=day,
            valid_to=valid_to,
            nonce=random.token_bytes(NONCE_BYTES),
        )
        for slip_id, visit in zip(ids, visits, strict=True)
    ]


async def draw_ids(connection: Connection, count: int) -> list[int]:
    """Random ids that no slip has."""
    ids: set[int] = set()
    while len(ids) < count:
        drawn = {random.randbits(ID_BITS) for _ in range(count - len(ids))}
        ids |= drawn - await select_taken_ids(connection, list(drawn))
    return list(ids)


def write_slip(
    visit: CheckedRequest, slip: VisitSlip, slip_secrets: SlipSecrets, keys: Mapping[int, SlipKey]
) -> Answer:
    key = keys[slip.desk_id]
    if slip.epoch != key.epoch:
        return RefusedSlip("reference", "slip-ended")
    desk_key = slip_secrets.derive_desk_key(key.desk_id, key.epoch, key.salt)
    return IssuedSlip(
        token=make_slip_token(slip.slip_id, desk_key),
        code=make_slip_code(slip.slip_id),
        pin=make_pin(slip.slip_id, desk_key),
        visit=slip.issued_on,
        valid_to=slip.valid_to,
        unit_name=visit.desk.unit_name,
        desk_number=visit.desk.number,
        desk_name=visit.desk.name,
        procedure_name=visit.offer.name,
    )
