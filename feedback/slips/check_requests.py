"""Judges what issuers ask for: the desk exists and offers the procedure, the official serves there that day."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.slip_desks import (
    IssuingDesk,
    Offer,
    Server,
    select_issuing_desks,
    select_offers,
    select_servers,
)


class SlipRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One finished or refused dossier: code of the unit, number of the desk, codes of procedure and official.

    Without an official the slip names the only one who serves at the desk, or nobody. `reference` is the issuer's
    own name for the dossier; of it only a keyed hash is kept.
    """

    unit: str
    desk: str
    procedure: str
    official: str | None = None
    reference: str | None = None


class CheckedRequest(msgspec.Struct, frozen=True):
    """0 in `official_id` and `title_id`: not stated."""

    desk: IssuingDesk
    offer: Offer
    official_id: int
    title_id: int
    reference: str | None


class RefusedSlip(msgspec.Struct, frozen=True):
    """`reason` is a key of feedback/locale, said as reason.<key>."""

    field: str
    reason: str


async def check_requests(
    connection: Connection, requests: Sequence[SlipRequest], reach: Reach, day: date
) -> list[CheckedRequest | RefusedSlip]:
    desks = await select_issuing_desks(connection, sorted({request.unit for request in requests}), day)
    asked = {(request.unit, request.desk) for request in requests}
    ids = [desk.desk_id for key, desk in desks.items() if key in asked]
    offers = await select_offers(connection, ids, day)
    servers = await select_servers(connection, ids, day)
    units = {unit for unit, _ in desks}
    return [
        check_request(request, desks.get((request.unit, request.desk)), offers, servers, reach)
        if request.unit in units
        else RefusedSlip("unit", "no-such-unit")
        for request in requests
    ]


def check_request(
    request: SlipRequest,
    desk: IssuingDesk | None,
    offers: Mapping[tuple[int, str], Offer],
    servers: Mapping[int, Mapping[str, Server]],
    reach: Reach,
) -> CheckedRequest | RefusedSlip:
    if desk is None:
        return RefusedSlip("desk", "no-such-desk")
    if not reach.covers(desk.unit_code, desk.place_code, desk.province_code):
        return RefusedSlip("unit", "outside-key")
    offer = offers.get((desk.desk_id, request.procedure))
    if offer is None:
        return RefusedSlip("procedure", "not-offered")
    serving = servers.get(desk.desk_id, {})
    if request.official is None:
        only = next(iter(serving.values())) if len(serving) == 1 else None
        return make_checked(request, desk, offer, only)
    if request.official not in serving:
        return RefusedSlip("official", "not-serving")
    return make_checked(request, desk, offer, serving[request.official])


def make_checked(request: SlipRequest, desk: IssuingDesk, offer: Offer, server: Server | None) -> CheckedRequest:
    return CheckedRequest(
        desk,
        offer,
        server.official_id if server else 0,
        server.title_id if server else 0,
        request.reference,
    )
