"""The Front's pages of cases over HTTP: opening, reading, each step; what stale forms and strangers get."""

from collections.abc import AsyncIterator
from html import unescape

import pytest

from tests.dashboards.case_files_stage import PDF
from tests.dashboards.case_pages_stage import DRAFT, PROPOSED, Site, open_own_site


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_own_site(server_url, template, tmp_path_factory.mktemp("cases")) as opened:
        yield opened


async def test_a_case_goes_from_the_alert_to_the_unit_and_to_its_end(site: Site) -> None:
    alert = await site.find_alert()
    site.become("supervisor")
    assert f"/staff/cases/new?lang=vi&amp;alert={alert}" in await site.read(f"/staff/alerts/{alert}")
    form = await site.read(f"/staff/cases/new?alert={alert}")
    assert "demo-1" in form
    assert "Cán bộ mẫu" not in form
    number = await site.send_case(alert=str(alert))
    page = await site.read(f"/staff/cases/{number}")
    assert f'href="/staff/alerts/{alert}?lang=vi"' in page
    assert "Hạn trả lời 14/12/2026, còn 15 ngày làm việc" in page
    assert "Người trả lời thay mặt đơn vị: Người mẫu head (mẫu)." in page
    assert "được chốt khi gửi, ngày 20/11/2026" in page
    assert "Cán bộ mẫu" not in page
    await site.answer(number)
    site.become("supervisor")
    page = await site.read(f"/staff/cases/{number}")
    # What is to be judged stands where it is judged.
    assert page.index("Đã bố trí thêm một người.") < page.index(f'action="/staff/cases/{number}/accept"')
    assert (await site.take(number, "not-accept", reason="Chưa nêu thời hạn.", due_on="2026-12-01")).status_code == 303
    await site.answer(number, "Xong trước ngày 30/11.")
    site.become("supervisor")
    assert (await site.take(number, "accept")).status_code == 303
    page = await site.read(f"/staff/cases/{number}")
    assert page.index("Đã bố trí thêm một người.") < page.index("Chưa nêu thời hạn.") < page.index("30/11.")
    close = {"result": "resolved", "reason": "Đã khắc phục.", "public_summary": "Quầy đã có thêm người buổi sáng."}
    assert (await site.take(number, "close", **close)).status_code == 303
    page = await site.read(f"/staff/cases/{number}")
    assert "Kết quả: đã khắc phục, ngày 20/11/2026." in page
    assert "Quầy đã có thêm người buổi sáng." in page
    assert "/reopen" in page


async def test_an_official_in_a_case_leaves_a_line_at_every_sight(site: Site) -> None:
    number = await site.open_draft(alert=str(await site.find_alert()))
    count = "SELECT count(*) FROM audit_log WHERE action = 'see_cases' AND object_kind = 'case' AND object_code = $1"
    for seen in (1, 2):
        await site.read(f"/staff/cases/{number}")
        assert await site.connection.fetchval(count + f" AND official_id = {site.ids['official']}", str(number)) == seen
    deeds = await site.connection.fetch("SELECT action FROM audit_log WHERE object_code = $1", str(number))
    assert "case-opened" in {row["action"] for row in deeds}


async def test_a_case_about_a_desk_has_no_official_whatever_the_form_says(site: Site) -> None:
    number = await site.open_draft(desk=str(site.ids["desk-1"]), official=str(site.ids["official"]), official_id="1")
    case = await site.find(number)
    assert (case.desk_id, case.official_id, case.origin) == (site.ids["desk-1"], 0, "observation")
    assert (await site.find(await site.open_draft(result="reflections"))).origin == "reflections"


@pytest.mark.parametrize(
    "changes", [{"title": " "}, {"title": "ă" * 201}, {"findings": "ă" * 8001}, {"desk": "999999"}, {"desk": "x"}]
)
async def test_a_draft_that_cannot_be_kept_comes_back_with_every_word(site: Site, changes: dict[str, str]) -> None:
    site.become("supervisor")
    sent = {**DRAFT, "area": "u-32041", **changes}
    reply = await site.client.post("/staff/cases/new", data=sent)
    assert reply.status_code == 422
    page = unescape(reply.text)
    assert sent["recommendation"] in page
    assert sent["findings"] in page


async def test_a_draft_written_to_the_limit_in_vietnamese_is_taken(site: Site) -> None:
    number = await site.open_draft(findings="ộ" * 8000, recommendation="ỹ" * 8000, legal_basis="ậ" * 2000)
    assert len((await site.find(number)).findings) == 8000


async def test_sending_a_draft_sends_what_stands_in_its_fields(site: Site) -> None:
    number = await site.open_draft()
    fields = {**DRAFT, "draft": "yes", "findings": "Vừa viết thêm.", "due_on": PROPOSED}
    assert (await site.take(number, "send", **fields)).status_code == 303
    case = await site.find(number)
    assert (case.state, case.findings) == ("sent", "Vừa viết thêm.")
    # From now on nobody changes it.
    reply = await site.take(number, "change", **{**fields, "findings": "Đổi ý"})
    assert reply.status_code == 422
    assert "Đổi ý" in reply.text
    assert (await site.find(number)).findings == "Vừa viết thêm."


async def test_the_second_of_two_sees_what_the_first_did_and_both_texts(site: Site) -> None:
    number = await site.open_draft()
    opened = (await site.find(number)).changed_at.isoformat()
    site.wait(minutes=1)
    first = {**DRAFT, "draft": "yes", "findings": "Bản của người thứ nhất"}
    assert (await site.take(number, "change", **first)).status_code == 303
    site.become("colleague")
    second = {**DRAFT, "draft": "yes", "findings": "Bản của <b>người</b> thứ hai", "changed_at": opened}
    reply = await site.take(number, "change", **second)
    assert reply.status_code == 409
    assert "Từ lúc Ông/Bà mở trang này đã có:" in reply.text
    assert "sửa bản nháp (Người mẫu supervisor (mẫu))" in reply.text
    # The one in the fields, to be merged and sent again; the other as it is now.
    assert "Bản của &lt;b&gt;người&lt;/b&gt; thứ hai</textarea>" in reply.text
    assert '<p class="written">Bản của người thứ nhất</p>' in reply.text
    now = (await site.find(number)).changed_at.isoformat()
    assert f'name="changed_at" value="{now}"' in reply.text
    assert (await site.take(number, "change", **{**second, "changed_at": now})).status_code == 303


async def test_a_step_that_is_not_possible_any_more_keeps_what_was_written(site: Site) -> None:
    number = await site.send_case()
    opened = (await site.find(number)).changed_at.isoformat()
    await site.answer(number)
    site.become("supervisor")
    late = {"changed_at": opened, "reason": "Đơn vị xin thêm thời gian.", "due_on": "2026-12-21"}
    reply = await site.take(number, "extend", **late)
    assert reply.status_code == 409
    assert "Đơn vị xin thêm thời gian." in reply.text
    assert f'action="/staff/cases/{number}/extend"' not in reply.text
    assert f'action="/staff/cases/{number}/accept"' in reply.text


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("escalate", {"due_on": PROPOSED}),
        ("extend", {"reason": "Cần thêm", "due_on": "2020-01-01"}),
        ("extend", {"reason": "Cần thêm", "due_on": "mai"}),
        ("withdraw", {"reason": "ă" * 8001}),
        ("close", {"reason": "Xong", "result": "withdrawn"}),
        ("reopen", {"reason": "Thử", "due_on": PROPOSED}),
        ("extend", {"reason": "Cần thêm", "due_on": PROPOSED}),
        ("note", {"reason": " "}),
        ("send", {"due_on": PROPOSED}),
    ],
)
async def test_a_step_that_cannot_be_taken_says_why(site: Site, verb: str, fields: dict[str, str]) -> None:
    number = await site.send_case()
    before = await site.find(number)
    reply = await site.take(number, verb, **fields)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert fields.get("reason", "").strip() in reply.text
    assert await site.find(number) == before


async def test_only_the_front_that_holds_a_case_moves_it_and_others_may_add_a_note(site: Site) -> None:
    number = await site.send_case()
    site.become("commune")
    page = await site.read(f"/staff/cases/{number}")
    assert "/withdraw" not in page
    assert (await site.take(number, "withdraw", reason="Thử")).status_code == 422
    assert (await site.take(number, "note", reason="Xã đã đến xem", front_only="yes")).status_code == 303
    site.become("supervisor")
    fields = {"reason": "Đơn vị im lặng", "due_on": PROPOSED}
    assert (await site.take(number, "escalate", **fields)).status_code == 303
    page = await site.read(f"/staff/cases/{number}")
    assert "Mặt trận cấp trung ương giữ vụ việc này." in page
    assert "Xã đã đến xem" in page
    assert "chỉ Mặt trận xem" in page
    assert f"/staff/cases/{number}/close" not in page
    site.become("center")
    assert f"/staff/cases/{number}/close" in await site.read(f"/staff/cases/{number}")


async def test_an_inspector_may_look_and_a_stranger_finds_nothing(site: Site) -> None:
    number = await site.send_case()
    site.become("inspector")
    page = await site.read(f"/staff/cases/{number}")
    assert "<textarea" not in page
    assert (await site.take(number, "note", reason="Thử")).status_code == 403
    site.become("stranger")
    for path in ("", "/files/1", "/pictures/chart.svg"):
        assert (await site.client.get(f"/staff/cases/{number}{path}")).status_code == 404
    assert (await site.take(number, "withdraw", reason="Thử")).status_code == 404
    assert (await site.client.get("/staff/cases/new?area=u-32041")).status_code == 404
    denied = "SELECT count(*) FROM audit_log WHERE outcome = 'denied' AND object_kind = 'case' AND object_code = $1"
    assert await site.connection.fetchval(denied, str(number)) == 4


@pytest.mark.parametrize("number", ["0", "999999999", "9999999999999", "abc", "-1", "١", "%00", "x" * 2000])
async def test_what_is_no_case_is_not_there(site: Site, number: str) -> None:
    site.become("supervisor")
    for path in (number, f"{number}/files/{number}", f"{number}/pictures/chart.svg", f"new?alert={number}"):
        assert (await site.client.get(f"/staff/cases/{path}")).status_code in {400, 404}
    sent = await site.client.post(f"/staff/cases/{number}/withdraw", data={"reason": "x"})
    assert sent.status_code in {400, 404}
    asked = {"round": number, "place": number, "area": "", "title": "Thử nghiệm"}
    assert (await site.client.get("/staff/cases/new", params={"round": number, "place": "1"})).status_code in {400, 404}
    assert (await site.client.post("/staff/cases/new", data=asked)).status_code in {400, 404}


async def test_an_unknown_step_is_not_there(site: Site) -> None:
    number = await site.send_case()
    for verb in ("delete", "answer", "receive", "x" * 500):
        assert (await site.take(number, verb, reason="x")).status_code == 404


async def test_a_session_that_ended_keeps_the_text_of_a_step(site: Site) -> None:
    number = await site.send_case()
    site.become("nobody")
    reply = await site.take(number, "withdraw", reason="Nội dung dài đã viết")
    assert reply.status_code == 401
    assert "Nội dung dài đã viết" in unescape(reply.text)
    assert f"/staff/cases/{number}/withdraw" in reply.text


async def test_drafts_and_what_the_front_keeps_to_itself_are_for_the_front_alone(site: Site) -> None:
    number, draft = await site.send_case(), await site.open_draft(title="Nháp kín (mẫu)")
    site.become("supervisor")
    assert (await site.take(number, "note", reason="Xin giữ kín", front_only="yes")).status_code == 303
    assert (await site.take(number, "note", reason="Ai cũng đọc")).status_code == 303
    file = {"file": ("kin.pdf", PDF, "application/pdf")}
    sent = await site.client.post(f"/staff/cases/{number}/files", data={"front_only": "yes"}, files=file)
    assert sent.status_code == 303
    name = await site.connection.fetchval("SELECT file_id FROM case_files WHERE case_id = $1", number)
    # Every level of the Front, whoever holds the case; an inspector of the same province sees the rest of it.
    for who, is_front in (("commune", True), ("center", True), ("colleague", True), ("inspector", False)):
        site.become(who)
        page = await site.read(f"/staff/cases/{number}")
        assert "Ai cũng đọc" in page
        assert [text in page for text in ("Xin giữ kín", "kin.pdf")] == [is_front, is_front], who
        fetched = await site.client.get(f"/staff/cases/{number}/files/{name}")
        assert fetched.status_code == (200 if is_front else 404), who
        seen = await site.client.get(f"/staff/cases/{draft}")
        assert seen.status_code == (200 if is_front else 404), who
        assert ("Nháp kín (mẫu)" in await site.read("/staff/cases?show=draft")) is is_front, who
