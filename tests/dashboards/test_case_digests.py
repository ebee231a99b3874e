"""Cases in the digests: of the Front that holds them, and of the unit's head who owes an answer. Demo people."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from feedback.api_keys import Reach
from feedback.tables.supervision_cases import CaseDeed, SupervisionCase
from tests.dashboards.case_outcome_stage import add_case, add_event
from tests.dashboards.digest_stage import MONDAY, MORNING, RAISED, DigestStage, open_digest_stage

UNIT = "Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu)"
HEAD = Reach(units=("32041",))
COMMUNE = Reach(communes=("32041",))
DUE = date(2026, 12, 7)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[DigestStage]:
    async with open_digest_stage(database_url) as stage:
        yield stage


async def add(
    stage: DigestStage,
    deed: CaseDeed,
    at: datetime = RAISED,
    told: date | None = None,
    **changes: Any,  # noqa: ANN401 (columns)
) -> SupervisionCase:
    case = await add_case(stage.connection, stage.ids["32041"], **{"due_on": DUE, **changes})
    await add_event(stage.connection, case, deed, at, told)
    return case


async def test_a_supervisor_is_told_of_an_answer(stage: DigestStage) -> None:
    await stage.add_reader(reach=COMMUNE, ways=("email", "bot"))
    case = await add(stage, "answered", state="answered")
    await stage.run()
    [letter] = stage.office.letters
    assert letter["subject"] == "Lắng Nghe: 1 vụ việc có điều mới, 1 vụ việc cần xem"
    assert stage.text == (
        "Vụ việc giám sát chờ Ông/Bà\n"
        f"• Vụ việc số {case.case_id} – {UNIT}: đơn vị đã trả lời, chờ xem xét\n\n"
        "Xem các vụ việc: https://danhgia.tinh.test/staff/cases?lang=vi\n\n"
        "Bản tin chỉ ghi số vụ việc, đơn vị và hạn trả lời; nội dung xem trên trang sau khi đăng nhập."
        " Mỗi ngày làm việc gửi nhiều nhất một bản tin, chỉ khi có điều mới.\n"
        "Đổi cách nhận hoặc dừng nhận: https://danhgia.tinh.test/staff/digests?lang=vi\n"
    )
    [message] = await stage.list_chat_texts()
    assert f"• Vụ việc số {case.case_id} – {UNIT}: đơn vị đã trả lời" in message
    assert case.title not in letter.as_string() + message


async def test_alerts_and_cases_come_in_one_letter(stage: DigestStage) -> None:
    await stage.add_reader(ways=("email", "bot"))
    await stage.add_alert(50)
    await add(stage, "answered", state="answered", level="nation")
    await stage.run()
    [letter] = stage.office.letters
    assert letter["subject"] == "Lắng Nghe: 1 cảnh báo mới, 1 đang mở; 1 vụ việc cần xem"
    assert stage.text.index("Đáng chú ý nhất") < stage.text.index("Vụ việc giám sát chờ Ông/Bà")
    assert len(await stage.list_chat_texts()) == 1


async def test_only_who_holds_a_case_is_told_of_it(stage: DigestStage) -> None:
    await stage.add_reader("xa", reach=COMMUNE)
    await stage.add_reader("tinh", reach=Reach(provinces=("96",)))
    await stage.add_reader("tra", "inspector")
    await add(stage, "escalated", state="escalated", level="province")
    await stage.run()
    assert [letter["to"] for letter in stage.office.letters] == ["tinh@mttq.test"]
    assert "được chuyển lên cấp của Ông/Bà, hạn trả lời mới 07/12/2026" in stage.text


async def test_an_overdue_answer_is_told_to_both_sides(stage: DigestStage) -> None:
    await stage.add_reader("giam-sat", reach=COMMUNE)
    await stage.add_reader("truong", "head_of_unit", HEAD)
    await add(stage, "overdue", told=date(2026, 11, 18), due_on=date(2026, 11, 18), state="received")
    await stage.run()
    bodies = [letter.get_body(("plain",)) for letter in stage.office.letters]
    texts = [body.get_content() for body in bodies if body is not None]
    assert len(texts) == 2
    assert all("quá hạn trả lời từ ngày 18/11/2026" in text for text in texts)
    assert ["/staff/unit-cases?" in text for text in texts] == [False, True]


@pytest.mark.parametrize(
    ("deed", "state", "told", "line"),
    [
        ("sent", "sent", None, "mới, trả lời đến hết ngày 07/12/2026"),
        ("reminded", "received", DUE, "sắp đến hạn trả lời, 07/12/2026"),
        ("not_accepted", "not_accepted", None, "trả lời chưa được chấp nhận"),
        ("escalated", "escalated", None, "đã chuyển lên Mặt trận cấp trên"),
    ],
)
async def test_a_head_is_told_what_the_unit_owes(
    stage: DigestStage, deed: CaseDeed, state: str, told: date | None, line: str
) -> None:
    await stage.add_reader("truong", "head_of_unit", HEAD, ways=("email", "bot"))
    await add(stage, deed, told=told, state=state)
    await stage.run()
    assert line in stage.text
    assert "Vụ việc giám sát chờ đơn vị trả lời" in (await stage.list_chat_texts())[0]


async def test_drafts_and_other_units_are_told_to_no_head(stage: DigestStage) -> None:
    await stage.add_reader("truong", "head_of_unit", HEAD)
    not_sent = dict.fromkeys(("sent_at", "evidence", "due_on", "head"))
    await add_case(stage.connection, stage.ids["32041"], state="draft", **not_sent)
    elsewhere = await add_case(stage.connection, await stage.add_unit_elsewhere(), due_on=DUE)
    await add_event(stage.connection, elsewhere, "sent", RAISED)
    await stage.run()
    assert stage.office.arrived == 0


async def test_the_same_is_not_told_again_the_next_day(stage: DigestStage) -> None:
    await stage.add_reader("truong", "head_of_unit", HEAD)
    case = await add(stage, "sent")
    await stage.run(MORNING)
    await stage.run(MONDAY)
    assert len(stage.office.letters) == 1
    await add_event(stage.connection, case, "reminded", MONDAY, DUE)
    await stage.run(MONDAY + timedelta(days=1))
    assert len(stage.office.letters) == 2
    assert "sắp đến hạn" in stage.text


async def test_five_are_told_and_the_rest_counted(stage: DigestStage) -> None:
    await stage.add_reader("truong", "head_of_unit", HEAD)
    for _ in range(7):
        await add(stage, "sent")
    await stage.run()
    assert stage.text.count("• Vụ việc số") == 5
    assert "Còn 2 vụ việc khác trên trang." in stage.text
