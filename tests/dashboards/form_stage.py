"""What tests of entering forms share: a batch of forty forms, and who enters them."""

import msgspec

from dashboards.forms.double_entry import list_doubled
from dashboards.forms.form_tokens import make_form_token
from feedback.tables.form_batches import FormBatch, select_batches
from feedback.tables.form_entries import select_entries
from feedback.tables.responses import Response, select_chain
from surveys.codes import hash_token
from tests.dashboards.checks_and_forms_stage import NOW, SECRET, Stage

BATCH = {
    "unit": "32041",
    "way": "paper",
    "held_on": "2026-11-19",
    "place": "Nhà văn hóa (mẫu)",
    "first": "1",
    "last": "40",
}


class Hall(msgspec.Struct, frozen=True):
    """A batch of forty forms, four of them entered twice; a supervisor and two volunteers."""

    stage: Stage
    batch: FormBatch
    supervisor: int
    first: int
    second: int
    doubled: tuple[int, ...]
    single: tuple[int, ...]
    before: int
    """Ratings of earlier batches."""

    @property
    def address(self) -> str:
        return f"/staff/forms/{self.batch.batch_id}"

    async def enter(self, account_id: int, number: int, **fields: str) -> tuple[int, str]:
        """Status, and where it leads or what it says. One rating of desk 1, five of five, unless told otherwise."""
        return await self.send(account_id, number=str(number), **fields)

    async def send(self, account_id: int, **fields: str) -> tuple[int, str]:
        form = {"desk": "1", "rater": "citizen", "score": "5", **fields}
        reply = await self.stage.post(account_id, self.address, **form)
        return reply.status_code, reply.headers.get("location", reply.text)

    async def read_chain(self, number: int) -> list[Response]:
        token = make_form_token(SECRET, self.batch.batch_id, number)
        return await select_chain(self.stage.connection, self.batch.unit_id, hash_token(token))

    async def read_typed(self, number: int) -> list[bool]:
        entries = await select_entries(self.stage.connection, self.batch.batch_id, number)
        return [entry.typed is not None for entry in entries]

    async def count_ratings(self) -> int:
        return await count_paper(self.stage) - self.before


async def count_paper(stage: Stage) -> int:
    statement = "SELECT coalesce(sum(n1 + n2 + n3 + n4 + n5), 0) FROM daily_counts WHERE channel = 4"
    return int(await stage.connection.fetchval(statement) or 0)


async def make_hall(stage: Stage, people: tuple[int, int, int]) -> Hall:
    """A batch of its own for each test, in one house."""
    stage.clock.now = NOW
    # The batch of the test before held the same numbers.
    await stage.connection.execute("DELETE FROM form_entries")
    await stage.connection.execute("DELETE FROM form_batches")
    supervisor, first, second = people
    made = await stage.post(supervisor, "/staff/forms/batches", **BATCH)
    batch_id = int(made.headers["location"].partition("?")[0].rpartition("/")[2])
    [listed] = await select_batches(stage.connection, [batch_id])
    doubled = tuple(sorted(list_doubled(listed.batch)))
    single = tuple(number for number in range(1, 41) if number not in doubled)
    return Hall(stage, listed.batch, supervisor, first, second, doubled, single, await count_paper(stage))
