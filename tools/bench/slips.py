"""(s) Issuing slips in batches of a thousand, as the one-stop software asks for them, against storing their rows."""

import itertools
import time

import msgspec

from feedback.database import open_connection
from feedback.slips.check_requests import SlipRequest
from feedback.slips.derive_keys import make_slip_secrets
from feedback.slips.issue_slips import Answer, IssuedSlip, draw_ids, issue_slips
from feedback.slips.tokens import read_slip_token
from feedback.tables.visit_slips import insert_slips, select_slips
from tests.feedback.slip_stage import SECRET, find_today

ROUNDS, BATCHES, BATCH = 3, 20, 1_000
VISIT = SlipRequest("32041", "1", "1.001193", "demo-2")


class SlipFigures(msgspec.Struct, frozen=True):
    issued: float
    """With a reference each, checked, drawn, stored, signed and committed."""
    bare_insert: float
    """The rows of such slips stored in transactions as large. Slips a second, each."""


async def measure_issuing(database_url: str) -> list[SlipFigures]:
    """On a store with the small world; one connection, one process."""
    connection = await open_connection(database_url)
    slip_secrets, day, numbers = make_slip_secrets(SECRET), find_today(), itertools.count()
    figures: list[SlipFigures] = []
    for _ in range(ROUNDS):
        requests = [
            [msgspec.structs.replace(VISIT, reference=f"mẫu {next(numbers)}") for _ in range(BATCH)]
            for _ in range(BATCHES)
        ]
        answers: list[Answer] = []
        started = time.perf_counter()
        for batch in requests:
            answers = await issue_slips(connection, batch, slip_secrets, day, issuer="bench")
        issued = BATCHES * BATCH / (time.perf_counter() - started)
        ids = [read_slip_token(slip.token).slip_id for slip in answers if isinstance(slip, IssuedSlip)]
        rows = (await select_slips(connection, ids)).values()
        copies = [
            [
                msgspec.structs.replace(row, slip_id=slip_id)
                for row, slip_id in zip(rows, await draw_ids(connection, BATCH), strict=True)
            ]
            for _ in range(BATCHES)
        ]
        started = time.perf_counter()
        for batch in copies:
            await insert_slips(connection, batch)
        figures.append(SlipFigures(issued, BATCHES * BATCH / (time.perf_counter() - started)))
    await connection.close()
    return figures
