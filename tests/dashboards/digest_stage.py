"""Open alerts in the small world, people who chose digests, and the job of one morning. All people are demo people."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from bots.telegram.messages import OutgoingMessage
from dashboards.supervision.digests.send_digests import send_digests
from feedback.accounts.powers import Role
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.settings import Settings, read_settings
from feedback.staff_chats import seal_chat
from tests.feedback.post_office import PostOffice, open_post_office
from tests.feedback.review_stage import find_ids
from tests.staff_people import add_person
from tests.world import make_world

SECRET = "a secret of tests only, forty letters long"
BOT_ID = 1000001
CHAT_ID = 7_100_000_001
MORNING = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # Friday 07:30 in Vietnam
MONDAY = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)  # Monday 07:40 in Vietnam
RAISED = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)  # Friday 01:00 in Vietnam
ELSEWHERE = "Trung tâm Phục vụ hành chính công xã Đất Mũi (mẫu)"

ADD_ALERT = """
INSERT INTO supervision_alerts (cause, kind, weight, unit_id, desk_id, official_id, day, evidence, raised_at, state,
    snoozed_until, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $10 = 'snoozed' THEN date '2026-12-01' END, $9)
RETURNING alert_id
"""
ADD_UNIT = """
INSERT INTO units (code, name, place_code, area_type, valid_from)
VALUES ('32248', $1, '32248', 'rural', '2025-07-01') RETURNING unit_id
"""


class DigestStage:
    def __init__(self, connection: Connection, database_url: str, office: PostOffice, ids: dict[str, int]) -> None:
        self.connection = connection
        self.database_url = database_url
        self.office = office
        self.ids = ids
        self.causes = 0
        self.settings = make_settings(office.port)

    async def add_alert(
        self,
        weight: int = 50,
        *,
        kind: str = "drop",
        unit_id: int = 0,
        desk_id: int = 0,
        official_id: int = 0,
        state: str = "open",
        raised_at: datetime = RAISED,
        evidence: str = "{}",
    ) -> int:
        self.causes += 1
        about = (unit_id or self.ids["32041"], desk_id, official_id)
        values = (f"cause {self.causes}", kind, weight, *about, date(2026, 11, 16), evidence, raised_at, state)
        return int(await self.connection.fetchval(ADD_ALERT, *values) or 0)

    async def add_unit_elsewhere(self) -> int:
        return int(await self.connection.fetchval(ADD_UNIT, ELSEWHERE) or 0)

    async def add_reader(
        self,
        name: str = "ba",
        role: Role = "front_supervisor",
        reach: Reach = EVERYWHERE,
        *,
        ways: tuple[str, ...] = ("email",),
        language: str = "vi",
    ) -> int:
        """With an address and a chat, whatever was chosen."""
        account_id = await add_person(self.connection, name, role, reach)
        await self.connection.execute(
            "UPDATE accounts SET email = $2, digest_by = $3, chat = $4, language = $5 WHERE account_id = $1",
            *(account_id, f"{name}@mttq.test", list(ways), seal_chat(SECRET, BOT_ID, CHAT_ID), language),
        )
        return account_id

    async def run(self, now: datetime = MORNING, *, tls: ssl.SSLContext | None = None) -> None:
        await send_digests(self.settings, self.database_url, now, tls=tls)

    async def list_chat_texts(self) -> list[str]:
        rows = await self.connection.fetch(
            "SELECT payload FROM bot_outbox WHERE bot_id = $1 AND chat_id = $2 ORDER BY outbox_id", BOT_ID, CHAT_ID
        )
        return [msgspec.json.decode(row["payload"], type=OutgoingMessage).text for row in rows]

    async def list_outcomes(self) -> list[tuple[str, int, str | None, int | None]]:
        rows = await self.connection.fetch(
            "SELECT way, tries, outcome, reply_code FROM digests ORDER BY day, account_id, way"
        )
        return [(row["way"], row["tries"], row["outcome"], row["reply_code"]) for row in rows]

    @property
    def text(self) -> str:
        """Of the letter that came last, as it is read."""
        body = self.office.letters[-1].get_body(("plain",))
        assert body is not None
        return body.get_content().replace("\r\n", "\n")


def make_settings(port: int) -> Settings:
    return read_settings(
        {
            "LANGNGHE_HOME": str(Path("unused")),
            "LANGNGHE_SECRET": SECRET,
            "LANGNGHE_BASE_URL": "https://danhgia.tinh.test",
            "LANGNGHE_TELEGRAM_TOKEN": f"{BOT_ID}:AAdemo_token_of_tests_only",
            "LANGNGHE_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "LANGNGHE_MAIL_FROM": "lang-nghe@tinh.test",
        }
    )


@asynccontextmanager
async def open_digest_stage(database_url: str) -> AsyncGenerator[DigestStage]:
    connection = await open_connection(database_url)
    await make_world(connection)
    async with open_post_office() as office:
        yield DigestStage(connection, database_url, office, await find_ids(connection))
    await connection.close()
