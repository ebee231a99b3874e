"""Keeps who looked at which official's figures: an entry a page or picture, in the transaction that read them."""

import msgspec

from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.staff_views import OfficialName
from feedback.web.bodies import Request
from feedback.web.staff_access import make_entry, read_action


async def note_sight(
    connection: Connection, request: Request, signed_in: SignedIn, official: OfficialName, unit_id: int = 0
) -> None:
    """`unit_id` is where the figures were earned, if they are of one unit."""
    await note_sight_of(
        connection, request, signed_in, "official", official.code, unit_id=unit_id, official_id=official.official_id
    )


async def note_sight_of(
    connection: Connection,
    request: Request,
    signed_in: SignedIn,
    object_kind: str,
    object_code: str,
    *,
    unit_id: int = 0,
    official_id: int = 0,
) -> None:
    entry = make_entry(
        signed_in,
        request.app.state.read_now(),
        read_action(request),
        "done",
        object_kind,
        object_code,
        unit_id=unit_id,
        official_id=official_id,
    )
    await insert_audit_entry(connection, entry)


async def note_deed(
    connection: Connection,
    request: Request,
    signed_in: SignedIn,
    deed: str,
    object_kind: str,
    object_code: str,
    *,
    official_id: int,
    details: str | None = None,
) -> None:
    """Something changed, by whoever is signed in; `details` is JSON."""
    now = request.app.state.read_now()
    entry = make_entry(signed_in, now, deed, "done", object_kind, object_code, official_id=official_id)
    await insert_audit_entry(connection, msgspec.structs.replace(entry, details=details))
