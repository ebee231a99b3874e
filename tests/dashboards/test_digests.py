from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from dashboards.supervision.alerts.evidence import Evidence
from dashboards.supervision.digests.rules import HEAVY_WEIGHT, is_due
from dashboards.supervision.digests.sureness import say_sureness
from feedback.api_keys import Reach
from feedback.tables.digest_alerts import DigestAlert
from tests.dashboards.digest_stage import CHAT_ID, ELSEWHERE, MONDAY, MORNING, DigestStage, open_digest_stage
from tests.journeys.phone import WORDINGS

UNIT = "Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu)"
COMMUNE = Reach(communes=("32041",))


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[DigestStage]:
    async with open_digest_stage(database_url) as stage:
        yield stage


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 20, 0, 29, tzinfo=UTC), False),  # Friday 07:29
        (datetime(2026, 11, 20, 0, 30, tzinfo=UTC), True),  # Friday 07:30
        (datetime(2026, 11, 20, 10, 59, tzinfo=UTC), True),  # Friday 17:59
        (datetime(2026, 11, 20, 11, 0, tzinfo=UTC), False),  # Friday 18:00
        (datetime(2026, 11, 21, 1, 0, tzinfo=UTC), False),  # Saturday 08:00
        (datetime(2026, 11, 22, 17, 30, tzinfo=UTC), False),  # Monday 00:30
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), True),  # Monday 08:00
    ],
)
def test_digests_are_due_in_the_hours_of_working_days(now: datetime, due: bool) -> None:  # noqa: FBT001 (a case)
    assert is_due(now) is due


async def test_one_letter_and_one_message_tell_of_all_alerts(stage: DigestStage) -> None:
    await stage.add_reader(ways=("email", "bot"))
    for weight in range(1, 8):
        await stage.add_alert(weight)
    await stage.run()
    [letter] = stage.office.letters
    assert letter["subject"] == "Lắng Nghe: 7 cảnh báo mới, 7 đang mở"
    assert letter["to"] == "ba@mttq.test"
    assert stage.text == (
        "Trong phạm vi giám sát của Ông/Bà hiện có 7 cảnh báo đang mở."
        " Đây là bản tin đầu tiên nên tất cả được tính là mới.\n\n"
        "Đáng chú ý nhất\n"
        + "".join(
            f"• Chất lượng phục vụ giảm – {UNIT}; từ ngày 16/11/2026; mức độ {weight}/100\n"
            for weight in (7, 6, 5, 4, 3)
        )
        + "\nCòn 2 cảnh báo khác trên trang giám sát.\n\n"
        "Xem tất cả, cùng chứng cứ của từng cảnh báo: https://danhgia.tinh.test/staff/overview?lang=vi\n\n"
        "Cảnh báo là dấu hiệu để xem xét, chưa phải là kết luận. Bản tin không có lời của người dân và không có tên"
        " cán bộ. Mỗi ngày làm việc gửi nhiều nhất một bản tin, chỉ khi có điều mới hoặc có cảnh báo nặng.\n"
        "Đổi cách nhận hoặc dừng nhận: https://danhgia.tinh.test/staff/digests?lang=vi\n"
    )
    [message] = await stage.list_chat_texts()
    assert message.startswith("Lắng Nghe: 7 cảnh báo mới, 7 đang mở\n\nĐáng chú ý nhất\n• Chất lượng phục vụ giảm")
    assert message.endswith("gửi /unlink")
    assert await stage.list_outcomes() == [("bot", 1, "sent", None), ("email", 1, "sent", None)]


async def test_a_second_run_of_the_day_sends_nothing(stage: DigestStage) -> None:
    await stage.add_reader(ways=("email", "bot"))
    await stage.add_alert()
    await stage.run()
    await stage.add_alert(99)
    await stage.run(MORNING + timedelta(hours=5))
    assert (len(stage.office.letters), len(await stage.list_chat_texts())) == (1, 1)


async def test_the_next_day_only_something_new_is_worth_a_letter(stage: DigestStage) -> None:
    await stage.add_reader()
    await stage.add_alert()
    await stage.run()
    await stage.run(MONDAY)
    assert len(stage.office.letters) == 1
    assert await stage.list_outcomes() == [("email", 1, "sent", None), ("email", 1, "nothing", None)]
    await stage.add_alert(raised_at=MONDAY)
    await stage.run(MONDAY + timedelta(days=1))
    assert stage.office.letters[-1]["subject"] == "Lắng Nghe: 1 cảnh báo mới, 2 đang mở"
    assert "trong đó 1 cảnh báo mới kể từ bản tin trước" in stage.text


async def test_a_heavy_alert_is_told_again_until_somebody_takes_it_up(stage: DigestStage) -> None:
    await stage.add_reader()
    alert_id = await stage.add_alert(HEAVY_WEIGHT.value)
    await stage.run()
    await stage.run(MONDAY)
    assert [letter["subject"] for letter in stage.office.letters][1:] == ["Lắng Nghe: 0 cảnh báo mới, 1 đang mở"]
    await stage.connection.execute("UPDATE supervision_alerts SET state = 'dismissed' WHERE alert_id = $1", alert_id)
    await stage.run(MONDAY + timedelta(days=1))
    assert len(stage.office.letters) == 2


@pytest.mark.parametrize("state", ["snoozed", "dismissed", "over"])
async def test_what_is_not_open_is_not_told(stage: DigestStage, state: str) -> None:
    await stage.add_reader(ways=("email", "bot"))
    await stage.add_alert(99, state=state)
    await stage.run()
    assert stage.office.arrived == 0
    assert await stage.list_chat_texts() == []


async def test_a_digest_tells_no_more_than_the_pages_of_its_reader(stage: DigestStage) -> None:
    elsewhere = await stage.add_unit_elsewhere()
    await stage.add_alert(90, unit_id=elsewhere, kind="harassment")
    await stage.add_alert(20)
    await stage.add_reader("hep", reach=COMMUNE, ways=("email", "bot"))
    await stage.add_reader("rong", ways=("email",))
    await stage.run()
    texts = {str(letter["to"]): letter.as_string() for letter in stage.office.letters}
    assert stage.office.letters[0]["subject"] == "Lắng Nghe: 1 cảnh báo mới, 1 đang mở"
    assert stage.office.letters[1]["subject"] == "Lắng Nghe: 2 cảnh báo mới, 2 đang mở"
    assert list(texts) == ["hep@mttq.test", "rong@mttq.test"]
    assert ELSEWHERE in stage.text
    assert all(ELSEWHERE not in text for text in await stage.list_chat_texts())


@pytest.mark.parametrize("role", ["head_of_unit", "unit_manager", "official", "personnel", "administrator"])
async def test_who_may_see_no_alerts_gets_none(stage: DigestStage, role: str) -> None:
    reach = Reach(units=("32041",)) if role in {"head_of_unit", "unit_manager"} else COMMUNE
    await stage.add_reader(role=role, reach=reach, ways=("email", "bot"))  # pyright: ignore[reportArgumentType] (a Role)
    await stage.add_alert(99)
    await stage.run()
    assert (stage.office.arrived, await stage.list_chat_texts()) == (0, [])


async def test_who_lost_the_power_was_disabled_or_has_no_address_gets_none(stage: DigestStage) -> None:
    lost, disabled, nowhere = [await stage.add_reader(name, ways=("email", "bot")) for name in ("a1", "b2", "c3")]
    await stage.add_alert(99)
    await stage.connection.execute("UPDATE appointments SET ended_at = $2 WHERE account_id = $1", lost, MORNING)
    await stage.connection.execute("UPDATE accounts SET disabled_at = $2 WHERE account_id = $1", disabled, MORNING)
    await stage.connection.execute("UPDATE accounts SET email = NULL, chat = NULL WHERE account_id = $1", nowhere)
    await stage.run()
    assert (stage.office.arrived, await stage.list_chat_texts()) == (0, [])


async def test_an_official_is_named_by_code_in_letters_only_and_the_audit_log_keeps_it(stage: DigestStage) -> None:
    account_id = await stage.add_reader(ways=("email", "bot"))
    official_id = stage.ids["demo-1"]
    alert_id = await stage.add_alert(official_id=official_id)
    await stage.run()
    [letter], [message] = stage.office.letters, await stage.list_chat_texts()
    assert f"{UNIT}, cán bộ mã demo-1;" in stage.text
    assert f"{UNIT}, một cán bộ;" in message
    everything = stage.text + str(letter.get_body(("html",))) + message
    assert "Cán bộ mẫu" not in everything
    assert "demo-1" not in message
    [row] = await stage.connection.fetch("SELECT * FROM audit_log")
    assert (row["account_id"], row["actor"], row["action"]) == (account_id, "program", "see_alerts")
    assert (row["object_kind"], row["object_code"], row["official_id"]) == ("digest", f"{alert_id}", official_id)


async def test_a_reader_of_english_reads_english(stage: DigestStage) -> None:
    await stage.add_reader(language="en", ways=("email", "bot"))
    await stage.add_alert(kind="silent_desk", evidence='{"statistic": 9.5, "threshold": 3.0}')
    await stage.run()
    assert stage.office.letters[0]["subject"] == "Lắng Nghe: new alerts: 1, open: 1"
    assert stage.office.letters[0]["content-language"] == "en"
    assert "since 16 Nov 2026; weight 50 of 100, almost certainly not by chance" in stage.text
    assert (await stage.list_chat_texts())[0].endswith("To stop: send /unlink")


@pytest.mark.parametrize(
    ("evidence", "key"),
    [
        ('{"statistic": 3.1, "threshold": 3.0}', "just"),  # 1 - 0.5 ** 1.03 = 0.51
        ('{"statistic": 4.5, "threshold": 3.0}', "rather"),  # 1 - 0.5 ** 1.5 = 0.65
        ('{"statistic": 9.0, "threshold": 3.0}', "very"),  # 1 - 0.5 ** 3 = 0.875
        ('{"statistic": null, "threshold": 3.0}', "unknown"),
        ("{}", "unknown"),
        ('["of another version"]', "unknown"),
    ],
)
def test_how_sure_comes_from_the_frozen_evidence(evidence: str, key: str) -> None:
    alert = DigestAlert(1, "drop", 61, date(2026, 11, 16), evidence, 1, "Đơn vị mẫu", "", 0, "")
    for language in ("vi", "en"):
        wording = WORDINGS[language]
        assert say_sureness(alert, wording) == wording.say(f"digest.sure.{key}", weight="61")
    assert {"statistic", "threshold"} <= set(Evidence.__struct_fields__)


async def test_a_unit_with_a_hostile_name_breaks_neither_letter_nor_page(stage: DigestStage) -> None:
    await stage.add_reader()
    await stage.connection.execute("UPDATE units SET name = $1", "<script>x</script>\r\nBcc: other@mau.test")
    await stage.add_alert()
    await stage.run()
    [letter] = stage.office.letters
    html = letter.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()
    assert letter["bcc"] is None
    assert stage.office.recipients == ["ba@mttq.test"]


async def test_without_a_server_or_a_bot_nothing_is_claimed(stage: DigestStage) -> None:
    await stage.add_reader(ways=("email", "bot"))
    await stage.add_alert()
    stage.settings = msgspec.structs.replace(stage.settings, smtp_url=None, telegram_token=None)
    await stage.run()
    assert await stage.list_outcomes() == []


async def test_a_chat_that_was_linked_with_another_bot_is_forgotten(stage: DigestStage) -> None:
    await stage.add_reader(ways=("bot",))
    await stage.add_alert()
    stage.settings = msgspec.structs.replace(stage.settings, telegram_token="1000002:AAanother_bot_of_tests")
    await stage.run()
    assert await stage.list_outcomes() == [("bot", 1, "refused", None)]
    assert await stage.connection.fetchval("SELECT chat FROM accounts WHERE chat IS NOT NULL") is None


async def test_a_linked_chat_stands_sealed_in_the_account(stage: DigestStage) -> None:
    await stage.add_reader(ways=("bot",))
    sealed = bytes(await stage.connection.fetchval("SELECT chat FROM accounts WHERE chat IS NOT NULL") or b"")
    assert str(CHAT_ID).encode() not in sealed
    assert CHAT_ID.to_bytes(8) not in sealed
