"""The demo in which one supervision case is told from the alert to the report, and what happens in it meanwhile."""

import asyncio
import io
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import msgspec
import pypdfium2
from PIL import Image
from playwright.async_api import FilePayload

from dashboards.supervision.roll_up import roll_up_weeks
from feedback.database import open_connection, open_pool
from feedback.demo.recipe import DROP_DESK, SMALL
from feedback.record_response import Intake
from feedback.tables.responses import COLUMNS, Response
from tests.journeys.front import CLOSE_AGAIN, OPEN_ALL, Front, open_staff_phone, type_sign_in
from tests.journeys.guide_pictures import GuidePictures
from tests.journeys.phone import WORDINGS, Phone
from tests.journeys.program import Program

# A third of the small demo: the same communes and desks, and the drop at desk 3 still rings.
SIZE = msgspec.structs.replace(SMALL, ratings=63_000)
VI = WORDINGS["vi"]
UNIT, CASE_DESK = "demo-20410", DROP_DESK
HEAD, VOLUNTEER = "mau-truong-don-vi", "mau-tinh-nguyen-1"
PDF_NAME, PHOTO_NAME = "bien-ban-lam-viec.pdf", "so-do-quay.png"
# Of twelve ratings of a day at the desk of the case eight are satisfied until the unit has done something, then eleven.
FALLEN, BETTER = (5, 4, 2, 5, 4, 3, 5, 1, 4, 5, 3, 4), (5, 4, 5, 5, 4, 3, 5, 5, 4, 5, 5, 4)
ELSEWHERE = (5, 4, 3, 5)
SELECT_POSTS = """
SELECT DISTINCT ON (r.desk_id, r.official_id, r.procedure_id) d.number AS desk_number, r.*
FROM responses AS r JOIN desks AS d USING (unit_id, desk_id) JOIN units AS u USING (unit_id)
WHERE u.code = $1 AND r.local_day > '2026-11-01' AND r.official_id <> 0 AND r.procedure_id <> 0
ORDER BY r.desk_id, r.official_id, r.procedure_id, r.local_day
"""
SELECT_CODE = """
SELECT c.code FROM desk_codes AS c JOIN desks AS d USING (desk_id) JOIN units AS u USING (unit_id)
WHERE u.code = 'demo-20410' AND d.number = '3'
"""


class Story(msgspec.Struct, frozen=True):
    """`troubles`: what somebody would stumble over on the pages seen so far."""

    front: Front
    pictures: GuidePictures
    troubles: list[str]

    @property
    def program(self) -> Program:
        return self.front.program

    @asynccontextmanager
    async def sign_in(self, name: str, path: str = "/staff") -> AsyncGenerator[Phone]:
        async with open_staff_phone(self.front) as phone:
            await phone.open(path)
            await type_sign_in(self.front, phone, name)
            yield phone

    async def look(self, phone: Phone, name: str) -> None:
        """With everything on the page opened; afterwards it is as it was. In the dark others look."""
        await phone.page.wait_for_load_state("networkidle")
        await phone.page.evaluate(OPEN_ALL)
        found = [*await phone.list_violations("light"), *await phone.list_overflows()]
        self.troubles.extend(f"{name}: {trouble}" for trouble in found)
        await phone.page.evaluate(CLOSE_AGAIN)

    def wait_until(self, day: date) -> None:
        """To 09:30 of that day in Vietnam."""
        self.front.clock.now = datetime(day.year, day.month, day.day, 2, 30, tzinfo=UTC)


def list_working_days(first: date, last: date) -> Iterator[date]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return (day for day in days if day.isoweekday() <= 5 and (day.month, day.day) != (1, 1))


async def rate_on(program: Program, first: date, last: date, at_desk: Sequence[int]) -> None:
    """Citizens go on rating the unit, through the one door; then the weeks are added up."""
    connection = await open_connection(program.database_url)
    rows = await connection.fetch(SELECT_POSTS, UNIT)
    await connection.close()
    posts: dict[str, list[Response]] = {}
    for row in rows:
        post = Response(**{name: row[name] for name in COLUMNS})
        posts.setdefault(str(row["desk_number"]), []).append(post)
    pool = await open_pool(program.database_url, largest=2)
    intake = Intake(pool)
    for day in list_working_days(first, last):
        await asyncio.gather(*(intake.record_response(new) for new in write_ratings(posts, day, at_desk)))
    await pool.close()
    await roll_up_weeks(program.database_url, datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1))


def write_ratings(posts: dict[str, list[Response]], day: date, at_desk: Sequence[int]) -> Iterator[Response]:
    """One day's: who serves and what for takes turns."""
    for desk, known in posts.items():
        for place, score in enumerate(at_desk if desk == CASE_DESK else ELSEWHERE):
            yield msgspec.structs.replace(
                known[(day.toordinal() + place) % len(known)],
                token_hash=f"{day} {desk} {place}".encode().ljust(32, b"."),
                local_day=day,
                received_at=None,
                part_of_day=1,
                proof_class=b"C",
                score=score,
                supersedes=None,
                answers=None,
                comment=None,
            )


def write_pdf() -> FilePayload:
    written, document = io.BytesIO(), pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.save(written)
    document.close()
    return {"name": PDF_NAME, "mimeType": "application/pdf", "buffer": written.getvalue()}


def draw_photo() -> FilePayload:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((320, 200)).convert("RGB").save(written, "PNG")
    return {"name": PHOTO_NAME, "mimeType": "image/png", "buffer": written.getvalue()}
