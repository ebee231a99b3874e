"""A small town whose ratings come, change, are set aside and are released, on a real store."""

import random
from datetime import UTC, date, datetime, timedelta

import msgspec

from dashboards.releases.publish import publish_release
from dashboards.releases.quarters import Quarter
from feedback.database import Connection
from feedback.tables.releases import Release
from feedback.tables.responses import Response, insert_responses, lock_sequencer
from tests.factories import make_rating
from tests.world import make_world

FIRST = Quarter(2026, 1)
SECOND, THIRD = FIRST.next(), FIRST.next().next()
EMPTY = """
TRUNCATE releases, release_scores, release_pools, release_corrections, release_lookups, responses, daily_counts,
    dossier_counts RESTART IDENTITY CASCADE;
UPDATE sequencer SET last_number = 0
"""


def say_moment(day: date) -> datetime:
    """Noon in Vietnam."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


class Town:
    """One unit with two desks and three officials; `tips` are the rows that nothing has replaced."""

    def __init__(self, connection: Connection, seed: int = 20261121) -> None:
        self.connection = connection
        self.chance = random.Random(seed)  # noqa: S311 (a history to repeat, not a secret)
        self.tips: list[Response] = []

    @classmethod
    async def found(cls, connection: Connection) -> "Town":
        await make_world(connection)
        town = cls(connection)
        town.ids = await read_ids(connection)
        return town

    ids: dict[str, dict[str, int]]

    async def empty(self, seed: int) -> None:
        """Back to the day the town was founded, for another history."""
        await self.connection.execute(EMPTY)
        self.chance = random.Random(seed)  # noqa: S311 (a history to repeat, not a secret)
        self.tips = []

    async def rate(self, day: date, times: int = 1, official: str = "demo-1", **changes: object) -> None:
        """`times` ratings of a desk's official; `procedure` is a code, what else differs is a column."""
        procedure = self.ids["procedures"][str(changes.pop("procedure", "1.001193"))]
        rows = [
            make_rating(
                unit_id=self.ids["units"]["32041"],
                desk_id=self.ids["desks"]["2" if official == "demo-3" else "1"],
                official_id=self.ids["officials"].get(official, 0),
                title_id=self.ids["titles"]["reception"] if official in self.ids["officials"] else 0,
                procedure_id=procedure,
                survey_id=self.ids["surveys"]["citizen"],
                local_day=day,
                proof_class=b"A",
                received_at=None,
                token_hash=self.chance.randbytes(32),
            )
            for _ in range(times)
        ]
        await self.store([msgspec.structs.replace(row, **changes) for row in rows])

    async def change(self, which: int, **changes: object) -> None:
        """The tip at `which` is replaced: another score, or proof class X when it is set aside."""
        old = self.tips.pop(which % len(self.tips))
        later = {"token_hash": self.chance.randbytes(32), "supersedes": old.token_hash, **changes}
        await self.store([msgspec.structs.replace(old, **later)])

    async def store(self, rows: list[Response]) -> None:
        async with self.connection.transaction():
            await lock_sequencer(self.connection)
            await insert_responses(self.connection, rows)
        self.tips += rows

    async def release(self, quarter: Quarter) -> Release:
        """On the first day on which it may be closed."""
        return await publish_release(self.connection, quarter, say_moment(quarter.closable_day))


async def read_ids(connection: Connection) -> dict[str, dict[str, int]]:
    """Ids by code, or by number for desks."""
    keys = {"units": "code", "desks": "number", "officials": "code", "titles": "code", "procedures": "code"}
    ids = {
        table: dict(await connection.fetch(f"SELECT {key}, {table[:-1]}_id FROM {table}"))  # noqa: S608 (fixed names)
        for table, key in keys.items()
    }
    return {**ids, "surveys": dict(await connection.fetch("SELECT code, survey_id FROM surveys"))}


def on(quarter: Quarter, day: int) -> date:
    return quarter.first_day + timedelta(days=day)
