"""The unit's pages of cases over HTTP: what the head and a manager see, what an answer does, and where none comes."""

from collections.abc import AsyncIterator

import pytest

from tests.dashboards.case_pages_stage import PROPOSED, Site, open_own_site


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_own_site(server_url, template, tmp_path_factory.mktemp("unit-cases")) as opened:
        yield opened


async def test_a_draft_and_what_the_front_keeps_to_itself_are_not_there_for_the_unit(site: Site) -> None:
    draft = await site.open_draft(title="Nháp chưa gửi (mẫu)")
    number = await site.send_case()
    await site.take(number, "note", reason="Mật của Mặt trận", front_only="yes")
    await site.take(number, "note", reason="Gửi cả hai bên")
    site.become("head")
    assert "Nháp chưa gửi" not in await site.read("/staff/unit-cases")
    for path in ("", "/pictures/chart.svg"):
        assert (await site.client.get(f"/staff/unit-cases/{draft}{path}")).status_code == 404
    page = await site.read(f"/staff/unit-cases/{number}")
    assert "Mật của Mặt trận" not in page
    assert "Gửi cả hai bên" in page
    # Who wrote the draft, and when, is the Front's own matter.
    assert "mở bản nháp" not in page
    for path in (f"/staff/cases/{number}", "/staff/cases", "/staff/cases/new?area=u-32041"):
        assert (await site.client.get(path)).status_code == 403


async def test_the_head_is_told_what_to_do_by_when_and_what_cannot_be_changed(site: Site) -> None:
    number = await site.send_case(alert=str(await site.find_alert()))
    site.become("head")
    page = await site.read(f"/staff/unit-cases/{number}")
    assert "Mặt trận đề nghị đơn vị trả lời" in page
    assert "Hạn trả lời 14/12/2026, còn 15 ngày làm việc" in page
    assert "Nội dung phát hiện và số liệu của Mặt trận cũng không sửa được" in page
    assert page.count('<button class="main"') == 1
    # Of the own unit, by name; an alert is the Front's.
    assert "Cán bộ mẫu 1 (mã demo-1)" in page
    assert "/staff/alerts/" not in page
    assert "/staff/unit-cases" in await site.read("/staff/unit-cases?lang=en")
    site.become("manager")
    page = await site.read(f"/staff/unit-cases/{number}")
    assert "Cán bộ mẫu 1" not in page
    assert "demo-1" in page
    assert "<textarea" not in page
    assert "Chỉ người đứng đầu đơn vị trả lời được" in page
    assert (await site.take(number, "answer", side="unit-cases", reason="Thử")).status_code == 403
    seen = "SELECT count(*) FROM audit_log WHERE action = 'see_unit_cases' AND object_code = $1 AND official_id = $2"
    assert await site.connection.fetchval(seen, str(number), site.ids["official"]) == 2


async def test_receiving_and_answering_move_the_case(site: Site) -> None:
    number = await site.send_case()
    site.become("head")
    assert (await site.take(number, "receive", side="unit-cases")).status_code == 303
    assert (await site.find(number)).state == "received"
    reply = await site.take(number, "answer", side="unit-cases", reason="Đã xếp thêm người.\r\nXong ngày 25/11.")
    assert reply.headers["location"] == f"/staff/unit-cases/{number}?lang=vi#thread"
    assert "Đã xếp thêm người.\nXong ngày 25/11." in await site.read(f"/staff/unit-cases/{number}")
    case = await site.find(number)
    assert (case.state, case.findings) == ("answered", "Người dân phải chờ hơn một giờ.")


async def test_an_answer_after_the_case_moved_on_is_kept_as_a_note_and_the_page_says_so(site: Site) -> None:
    number = await site.send_case()
    opened = (await site.find(number)).changed_at.isoformat()
    site.wait(minutes=1)
    assert (await site.take(number, "withdraw", reason="Đã rõ nguyên nhân")).status_code == 303
    site.become("head")
    late = {"reason": "Câu trả lời viết cả buổi sáng", "changed_at": opened}
    reply = await site.take(number, "answer", side="unit-cases", **late)
    assert reply.status_code == 409
    # Among what happened, and nowhere else: nothing is left to be sent.
    assert reply.text.count("Câu trả lời viết cả buổi sáng") == 1
    assert "kết thúc vụ việc (Người mẫu supervisor (mẫu))" in reply.text
    assert (await site.find(number)).state == "closed"
    site.become("supervisor")
    assert "Câu trả lời viết cả buổi sáng" in await site.read(f"/staff/cases/{number}")


async def test_an_answer_to_a_case_whose_due_date_moved_stays_in_the_field_and_goes_out_at_the_next_press(
    site: Site,
) -> None:
    number = await site.send_case()
    opened = (await site.find(number)).changed_at.isoformat()
    site.wait(minutes=1)
    assert (await site.take(number, "extend", reason="Đơn vị xin thêm", due_on="2026-12-21")).status_code == 303
    site.become("head")
    form = {"reason": "Đã làm xong", "changed_at": opened}
    reply = await site.take(number, "answer", side="unit-cases", **form)
    assert reply.status_code == 409
    assert "gia hạn trả lời (Người mẫu supervisor (mẫu))" in reply.text
    assert "Đã làm xong</textarea>" in reply.text
    assert "21/12/2026" in reply.text
    assert (await site.take(number, "answer", side="unit-cases", reason="Đã làm xong")).status_code == 303


@pytest.mark.parametrize("verb", ["accept", "close", "extend", "change", "send", "x"])
async def test_a_step_of_the_front_is_not_there_for_the_unit(site: Site, verb: str) -> None:
    number = await site.send_case()
    site.become("head")
    fields = {"reason": "Thử", "due_on": PROPOSED, "result": "resolved"}
    assert (await site.take(number, verb, side="unit-cases", **fields)).status_code == 404
    assert (await site.find(number)).state == "sent"


async def test_another_unit_finds_nothing(site: Site) -> None:
    number = await site.send_case()
    site.become("elsewhere")
    assert "Chưa có vụ việc nào với đơn vị." in await site.read("/staff/unit-cases")
    assert (await site.client.get(f"/staff/unit-cases/{number}")).status_code == 404
    assert (await site.take(number, "answer", side="unit-cases", reason="Thử")).status_code == 404
    assert (await site.find(number)).state == "sent"


async def test_a_session_that_ended_keeps_the_answer(site: Site) -> None:
    number = await site.send_case()
    site.become("nobody")
    reply = await site.take(number, "answer", side="unit-cases", reason="Câu trả lời dài")
    assert (reply.status_code, "Câu trả lời dài" in reply.text) == (401, True)


async def test_what_waits_for_an_answer_stands_first(site: Site) -> None:
    done, waiting = await site.send_case(title="Đã đáp (mẫu)"), await site.send_case(title="Còn chờ (mẫu)")
    await site.answer(done)
    page = await site.read("/staff/unit-cases")
    assert page.index("Còn chờ (mẫu)") < page.index("Đã đáp (mẫu)")
    assert page.index("Đang chờ đơn vị trả lời") < page.index(f"/staff/unit-cases/{waiting}?")


async def test_where_nobody_stands_above_the_page_says_so_and_offers_more_time_or_an_end(site: Site) -> None:
    number = await site.send_case()
    page = await site.read(f"/staff/cases/{number}")
    assert f'action="/staff/cases/{number}/escalate"' in page
    assert 'id="due-extend" name="due_on" value="2027-01-05" min="2026-12-15"' in page
    assert "nếu việc chưa được khắc phục, xin chọn “chưa khắc phục”" in page
    disabled = "UPDATE accounts SET disabled_at = $1 WHERE sign_in_name = 'demo-center'"
    await site.connection.execute(disabled, site.hour[0])
    page = await site.read(f"/staff/cases/{number}")
    assert f'action="/staff/cases/{number}/escalate"' not in page
    assert "Chưa có ai ở Mặt trận cấp trên được giao xử lý vụ việc của nơi này" in page
    reply = await site.take(number, "escalate", reason="Đơn vị im lặng", due_on=PROPOSED)
    assert reply.status_code == 422
    assert "chưa có ai ở Mặt trận cấp trên" in reply.text
    await site.connection.execute(disabled.replace("$1", "nullif($1::timestamptz, $1)"), site.hour[0])
    assert (await site.take(number, "close", reason="Đơn vị im lặng", result="unresolved")).status_code == 303
    page = await site.read(f"/staff/cases/{number}")
    assert "Kết quả: chưa khắc phục, ngày 20/11/2026." in page
    assert "Đơn vị không trả lời trước khi vụ việc kết thúc nên không có gì để so sánh." in page
