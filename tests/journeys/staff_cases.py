"""A supervision case in every state, moved there as people would, for the tour of staff pages. All are demo ones."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec

from dashboards.cases.indicators import freeze_findings, freeze_outcome
from dashboards.cases.move_case import add_note, move_case
from dashboards.cases.open_case import CaseDraft, open_case
from dashboards.cases.read_moves import Move
from dashboards.cases.states import DEEDS
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.case_files import NewFile, insert_case_file
from feedback.tables.supervision_cases import SupervisionCase, select_case
from tests.dashboards.area_stage import add_ratings
from tests.dashboards.case_files_stage import PHOTO
from tests.dashboards.case_stage import find_person

BEGUN = datetime(2026, 9, 7, 2, 30, tzinfo=UTC)  # a Monday; a step each Monday after it
WEEKS_RATED = 18
FIRST_RATED = date(2026, 7, 15)
BAD, GOOD = (6, 8, 6, 10, 10), (2, 3, 5, 12, 18)
DRAFT = CaseDraft(
    0,
    "Người dân phải đi lại nhiều lần vì giấy hẹn ghi sai ngày ở quầy tiếp nhận hồ sơ đất đai (mẫu)",
    "Bốn người được hỏi đều phải quay lại lần thứ ba (mẫu).\n\nGiấy hẹn không ghi giờ (mẫu).",
    "In giấy hẹn bằng phần mềm, ghi cả giờ (mẫu).",
    "Nghị định 61/2018/NĐ-CP (mẫu)",
)
REASON = "Đã xem lại hồ sơ của tháng này; chi tiết trong biên bản kèm theo (mẫu)."
# The verbs that lead to a state, one a week.
WAYS: Mapping[str, tuple[str, ...]] = {
    "sent": ("send",),
    "draft": (),
    "discarded": ("discard",),
    "received": ("send", "receive"),
    "answered": ("send", "receive", "answer"),
    "not_accepted": ("send", "answer", "not-accept"),
    "escalated": ("send", "escalate"),
    "accepted": ("send", "answer", "accept"),
    "closed": ("send", "answer", "accept", "close"),
    "reopened": ("send", "answer", "accept", "close", "reopen"),
}
OF_UNIT = ("sent", "received", "answered", "not_accepted", "accepted", "closed")


class Movers(msgspec.Struct, frozen=True):
    front: SignedIn
    unit: SignedIn


async def make_cases(
    connection: Connection, unit_id: int, front: int, unit: int, official_id: int, alert_id: int
) -> dict[str, str]:
    """Numbers of cases by state. The one that was sent is about an official, from an alert, with notes and a file."""
    for week in range(WEEKS_RATED):
        scores = BAD if FIRST_RATED + timedelta(weeks=week) < date(2026, 9, 21) else GOOD
        await add_ratings(connection, "32041", FIRST_RATED + timedelta(weeks=week), scores, procedure="1.001193")
    movers = Movers(await find_person(connection, front), await find_person(connection, unit))
    numbers: dict[str, str] = {}
    for name, verbs in WAYS.items():
        draft = msgspec.structs.replace(DRAFT, unit_id=unit_id)
        if name == "sent":
            draft = msgspec.structs.replace(draft, official_id=official_id, alert_id=alert_id, origin="alert")
        case = await open_case(connection, movers.front, draft, BEGUN)
        for week, verb in enumerate(verbs, 1):
            case = await take_step(connection, movers, case, verb, BEGUN + timedelta(weeks=week))
        numbers[name] = str(case.case_id)
    await add_papers(connection, movers, int(numbers["sent"]))
    return numbers


async def take_step(
    connection: Connection, movers: Movers, case: SupervisionCase, verb: str, now: datetime
) -> SupervisionCase:
    today = read_local_day(now)[0]
    side = "front" if "front" in DEEDS[verb].by else "unit"
    move = Move(
        verb,
        REASON,
        (today + timedelta(days=25)).isoformat(),
        "partly",
        "Trung tâm đã in giấy hẹn bằng phần mềm (mẫu).",
        case.changed_at.isoformat(),
        "observation",
    )
    evidence = await freeze_findings(connection, case, today) if verb == "send" else None
    outcome = await freeze_outcome(connection, case, today) if verb == "close" else None
    who = movers.front if side == "front" else movers.unit
    return await move_case(connection, who, case, move, side, now, evidence=evidence, outcome=outcome)


async def add_papers(connection: Connection, movers: Movers, number: int) -> None:
    case = await select_case(connection, number)
    assert case
    now = BEGUN + timedelta(weeks=2)
    await add_note(connection, movers.front, case, "Gọi lại ngày thứ Hai (mẫu).", "front", now, audience="front")
    await add_note(connection, movers.unit, case, "Đã nhận được tài liệu (mẫu).", "unit", now, audience="both")
    name, digest = "Ảnh giấy hẹn ghi sai ngày chụp sáng thứ Hai tại quầy (mẫu).jpg", hashlib.sha256(PHOTO).digest()
    by = movers.front.account.account_id
    photo = NewFile(number, case.unit_id, name, "image/jpeg", PHOTO, digest, "front", "front", by, now)
    await insert_case_file(connection, photo)
