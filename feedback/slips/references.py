"""One slip for one reference: which slip a dossier got before, known only by the issuer's keyed hash."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from feedback.database import Connection
from feedback.slips.check_requests import RefusedSlip
from feedback.slips.rules import find_slip_rules
from feedback.tables.slip_references import SlipReference, insert_slip_references, select_slip_references
from feedback.tables.visit_slips import VisitSlip, select_slips

Kept = VisitSlip | RefusedSlip


async def keep_references(
    connection: Connection, slips: Sequence[VisitSlip], hashes: Sequence[bytes | None], day: date
) -> list[Kept]:
    """For each new slip: itself, the slip that its reference got before, or a refusal. Stores references, not slips."""
    named: dict[bytes, SlipReference] = {}
    for slip, digest in zip(slips, hashes, strict=True):
        if digest is not None:
            named.setdefault(digest, SlipReference(slip.unit_id, digest, slip.slip_id))
    tied = await tie_references(connection, named, day) if named else {}
    known = {slip.slip_id: slip for slip in slips}
    earlier = [slip_id for slip_id in tied.values() if slip_id is not None and slip_id not in known]
    known |= await select_slips(connection, earlier) if earlier else {}
    return [
        slip if digest is None else choose_slip(slip, tied[digest], known)
        for slip, digest in zip(slips, hashes, strict=True)
    ]


async def tie_references(
    connection: Connection, named: Mapping[bytes, SlipReference], day: date
) -> dict[bytes, int | None]:
    """The slip of each reference: the first ever given, None where that one is closed."""
    expires_on = day + timedelta(days=find_slip_rules(day).reference_days)
    new = await insert_slip_references(connection, list(named.values()), expires_on)
    old = await select_slip_references(connection, [named[digest] for digest in named.keys() - new])
    return {digest: (reference if digest in new else old[digest]).slip_id for digest, reference in named.items()}


def choose_slip(asked: VisitSlip, slip_id: int | None, known: Mapping[int, VisitSlip]) -> Kept:
    """The slip that the reference got, if it is still open and about the same visit."""
    earlier = None if slip_id is None else known.get(slip_id)
    if earlier is None or earlier.nonce is None:
        return RefusedSlip("reference", "slip-ended")
    same = (earlier.desk_id, earlier.official_id, earlier.procedure_id) == (
        asked.desk_id,
        asked.official_id,
        asked.procedure_id,
    )
    return earlier if same else RefusedSlip("reference", "reference-of-another")
