"""Hostile texts in what an alert leads to and what a unit lives on: cases, checks, reports, forms, settings, kiosks."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import zip_longest

import msgspec

from dashboards.cases.indicators import CaseFigure, CaseFigures, CaseWeek
from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from feedback.database import Connection
from feedback.kiosks import hash_kiosk_secret
from feedback.tables.alert_places import AlertPlace
from surveys.codes import hash_token, make_token
from tests.factories import NOW
from tests.journeys.payload_case_rows import (
    ANSWERS,
    BATCHES,
    CALENDAR,
    CASE,
    EVENTS,
    FILES,
    ITEMS,
    KEYS,
    KIOSKS,
    PLACES,
    RATING,
    ROUNDS,
    SENT,
    SETTINGS,
)
from tests.journeys.payload_texts import GAP, join_texts, mark_texts

TITLE, TEXT, BASIS, SUMMARY, ROUND, BATCH, ITEM = 200, 8000, 2000, 2000, 120, 120, 2000
HEAD, FILE, KIOSK, HOLDER, ACTOR, SETTING = 100, 120, 60, 100, 100, 500
REPORTED_UNIT = "u5"
SENT_AT, SENT_ON, DUE = datetime(2026, 9, 15, 2, tzinfo=UTC), date(2026, 9, 15), date(2026, 10, 6)
ON_PAPER = 900  # what of a text a report prints
SECRET = make_token(b"k" * 15)
RECEIPTS = tuple(make_token(bytes([number]) * 15) for number in (1, 2, 3))
# Of each field the mark at the end of its texts, and the longest that its table takes. A case's texts are joined.
JOINED = {
    "case-title": TITLE,
    "finding": TEXT,
    "recommendation": TEXT,
    "legal-basis": BASIS,
    "due-basis": BASIS,
    "draft-finding": TEXT,
    "draft-recommendation": TEXT,
    "summary": SUMMARY,
    "told": SUMMARY,
    "round": ROUND,
    "check-note": ITEM,
    "batch-place": BATCH,
}
SINGLE = {
    "thread": 0,
    "front-note": 0,
    "sender": ACTOR,
    "file": FILE,
    "kiosk": KIOSK,
    "holder": HOLDER,
    "parameter-basis": SETTING,
    "calendar-basis": SETTING,
}
FROZEN = ("case-unit", "case-number", "case-desk", "case-procedure")
REPORTED = ("reported-finding", "reported-recommendation", "reported-answer")


class CasesOfPayloads(msgspec.Struct, frozen=True):
    """`long` have long texts on both sides' pages; `thread` is the first of them; `drafts` the Front's alone."""

    long: tuple[int, ...]
    drafts: tuple[int, ...]
    round_id: int
    batch_id: int

    @property
    def thread(self) -> int:
        return self.long[0]


class CaseTexts(msgspec.Struct, frozen=True):
    title: str = "Vụ việc (mẫu)"
    findings: str = "Điều thấy được (mẫu)"
    recommendation: str = "Kiến nghị (mẫu)"
    legal_basis: str = ""
    head: str = "Người đứng đầu (mẫu)"
    due_basis: str = ""
    summary: str | None = None


async def make_payload_cases(connection: Connection, supervisor: int, administrator: int) -> CasesOfPayloads:
    """After the table `texts` and the catalogue stand."""
    long, drafts = await add_long_cases(connection, supervisor)
    await connection.execute(SENT)
    await connection.execute(EVENTS, long[0], NOW, supervisor)
    await connection.execute(FILES, long[0], NOW, supervisor)
    await add_told_cases(connection, supervisor)
    await add_reported_cases(connection, supervisor)
    await connection.execute(ROUNDS, join("round"), supervisor, NOW)
    await connection.execute(ITEMS, join("check-note"), supervisor, NOW)
    await connection.execute(PLACES)
    await connection.execute(BATCHES, join("batch-place"), supervisor, NOW)
    await connection.execute(SETTINGS, administrator, NOW)
    await connection.execute(CALENDAR, administrator, NOW)
    await connection.execute(KIOSKS, administrator, hash_kiosk_secret(SECRET))
    await connection.execute(KEYS)
    return CasesOfPayloads(long, drafts, await first_of(connection, "round"), await first_of(connection, "batch"))


def join(mark: str) -> list[str]:
    return join_texts(mark_texts(mark, JOINED[mark]), JOINED[mark])


async def first_of(connection: Connection, kind: str) -> int:
    tables = {"round": "SELECT min(round_id) FROM check_rounds", "batch": "SELECT min(batch_id) FROM form_batches"}
    return int(await connection.fetchval(tables[kind]) or 0)


async def add_long_cases(connection: Connection, supervisor: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Case by case another part of the texts, for as long as there are titles left."""
    columns = [
        join(mark) for mark in ("case-title", "finding", "recommendation", "legal-basis", "due-basis", "summary")
    ]
    heads = join_texts(mark_texts("head", HEAD), HEAD)
    most = max(len(column) for column in columns[1:])
    ids: list[int] = []
    for place, title in enumerate(columns[0]):
        finding, recommendation, legal, due, _ = (take(column, place) for column in columns[1:])
        # What has ended waits for no answer: those with a summary come after those with a due date.
        summary = take(columns[-1], place - most) if place >= most else ""
        texts = CaseTexts(title, finding or "x", recommendation or "x", legal, heads[place], due, summary or None)
        figures = freeze(place - most if most <= place < most + len(FROZEN) else -1)
        ids.append(await add_case(connection, "u1", texts, figures, "closed" if summary else "sent", supervisor))
    drafted = zip(
        *(join_texts(mark_texts(mark, TEXT), TEXT) for mark in ("draft-finding", "draft-recommendation")), strict=False
    )
    drafts = [
        await add_case(connection, "u1", CaseTexts(findings=one, recommendation=two), None, "draft", supervisor)
        for one, two in drafted
    ]
    return tuple(ids[: most + len(FROZEN)]), tuple(drafts)


def take(column: Sequence[str], place: int) -> str:
    return column[place] if place < len(column) else ""


async def add_case(
    connection: Connection, unit: str, texts: CaseTexts, figures: str | None, state: str, supervisor: int
) -> int:
    ended = state == "closed"
    return int(
        await connection.fetchval(
            CASE,
            *(unit, texts.title, texts.findings, texts.recommendation, texts.legal_basis, figures, state),
            *((texts.head, DUE, texts.due_basis) if figures else (None, None, None)),
            *(("resolved", texts.summary, figures) if ended else (None, None, None)),
            *(supervisor, SENT_AT),
        )
        or 0
    )


def freeze(place: int) -> str:
    """Figures as a case keeps them; those of one place have all texts in one of their words."""
    words = ["Trung tâm (mẫu)", "1", "Quầy (mẫu)", "Thủ tục (mẫu)"]
    if place >= 0:
        words[place] = GAP.join(mark_texts(FROZEN[place]))
    unit, number, desk, procedure = words
    group = ReleasedGroup(210, ReleasedShare(61, "exact", 54, 68), None, None)
    figures = CaseFigures(
        measured=("unit", "desk", "desk", "procedure")[max(place, 0)],
        is_about_official=False,
        place=AlertPlace("u1", unit, "Xã (mẫu)", number, desk, "", ""),
        procedure=procedure,
        as_of=SENT_ON,
        sent_on=SENT_ON,
        answered_on=None,
        accepted_on=None,
        before=CaseFigure(date(2026, 7, 20), date(2026, 9, 13), group, None),
        after=None,
        difference=None,
        verdict="waiting",
        missing=0,
        is_final=True,
        weeks=(CaseWeek(date(2026, 9, 7), group),),
    )
    return msgspec.json.encode(figures).decode()


async def add_told_cases(connection: Connection, supervisor: int) -> None:
    """Three a unit, which a receipt of that unit tells; the page of a receipt has room for three."""
    told = join("told")
    for number, receipt in enumerate(RECEIPTS):
        unit = f"u{number + 2}"
        await connection.execute(RATING, unit, hash_token(receipt), 100_000 + number)
        for summary in told[number * 3 : number * 3 + 3]:
            await add_case(connection, unit, CaseTexts(summary=summary), freeze(-1), "closed", supervisor)


async def add_reported_cases(connection: Connection, supervisor: int) -> None:
    """As many as a report prints, each with texts so long that it prints them whole."""
    columns = (join_texts(mark_texts(mark, ON_PAPER), ON_PAPER) for mark in REPORTED)
    for finding, recommendation, answer in zip_longest(*columns, fillvalue="(mẫu)"):
        texts = CaseTexts(findings=finding, recommendation=recommendation)
        case_id = await add_case(connection, REPORTED_UNIT, texts, freeze(-1), "answered", supervisor)
        await connection.execute(ANSWERS, case_id, SENT_AT, supervisor, answer)
