"""People with a role on both sides, and what was written before a unit knew of its case, over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from feedback.accounts.powers import Role
from feedback.api_keys import Reach
from feedback.tables.appointments import decide_appointment, insert_appointment
from tests.dashboards.case_pages_stage import NOW, PROPOSED, PROVINCE, UNIT, Site, open_own_site
from tests.staff_people import add_person, open_session

AREA = "/staff/cases/new?area=u-32041"
BEGINNINGS = ("", "/note", "/withdraw", "/send", "/change", "/discard", "/close", "/accept", "/files", "/pictures")


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_own_site(server_url, template, tmp_path_factory.mktemp("intruders")) as opened:
        await add_with_two_roles(opened, "both", PROVINCE, UNIT)
        await add_with_two_roles(opened, "neighbour", Reach(communes=("99999",)), UNIT)
        yield opened


async def add_with_two_roles(site: Site, name: str, front: Reach, unit: Reach) -> None:
    account_id = await add_person(site.connection, name, "front_supervisor", front)
    role: Role = "head_of_unit"
    now = datetime.now(UTC)
    held = await insert_appointment(site.connection, account_id, role, unit, None, now)
    await decide_appointment(site.connection, held, "approved", None, now)
    [(cookie, value)] = (await open_session(site.connection, account_id, NOW)).items()
    site.cookies[name] = f"{cookie}={value}"


async def test_whoever_heads_the_unit_judges_no_answer_of_it_though_a_supervisor_as_well(site: Site) -> None:
    number = await site.send_case()
    site.become("both")
    for verb, fields in (("withdraw", {"reason": "x"}), ("extend", {"reason": "x", "due_on": PROPOSED})):
        assert (await site.take(number, verb, **fields)).status_code == 422
    sent = await site.take(number, "answer", side="unit-cases", reason="Đã bố trí thêm một người.")
    assert sent.status_code == 303
    for verb, fields in (("accept", {}), ("not-accept", {"reason": "x", "due_on": PROPOSED})):
        assert (await site.take(number, verb, **fields)).status_code == 422
    assert (await site.find(number)).state == "answered"
    page = await site.read(f"/staff/cases/{number}")
    assert f"/staff/cases/{number}/accept" not in page
    opened = await site.client.post("/staff/cases/new", data={"area": "u-32041", "title": "Tự mở (mẫu)"})
    assert opened.status_code == 422


async def test_a_supervisor_of_another_place_stays_on_the_side_of_the_own_unit(site: Site) -> None:
    draft = await site.open_draft(title="Nháp chưa gửi (mẫu)")
    number = await site.send_case()
    await site.take(number, "note", reason="Mật của Mặt trận", front_only="yes")
    site.become("neighbour")
    assert "Nháp chưa gửi" not in await site.read("/staff/cases") + await site.read("/staff/unit-cases")
    for side in ("cases", "unit-cases"):
        assert (await site.client.get(f"/staff/{side}/{draft}")).status_code == 404
        assert (await site.take(draft, "note", side=side, reason="x")).status_code == 404
    assert "Mật của Mặt trận" not in await site.read(f"/staff/unit-cases/{number}")
    assert (await site.client.get(AREA)).status_code == 404
    for path in BEGINNINGS:
        form = {"reason": "x", "front_only": "yes", "changed_at": "x"}
        assert (await site.client.post(f"/staff/cases/{number}{path}", data=form)).status_code in {404, 405}
    assert (await site.find(number)).state == "sent"


async def test_a_note_on_a_draft_stays_with_the_front_when_the_case_is_sent(site: Site) -> None:
    number = await site.open_draft()
    assert (await site.take(number, "note", reason="Nguồn tin của chúng ta (mẫu)")).status_code == 303
    assert (await site.take(number, "send", due_on=PROPOSED)).status_code == 303
    assert (await site.take(number, "note", reason="Gửi cả hai bên")).status_code == 303
    assert "Nguồn tin của chúng ta" in await site.read(f"/staff/cases/{number}")
    site.become("head")
    page = await site.read(f"/staff/unit-cases/{number}")
    assert "Nguồn tin của chúng ta" not in page
    assert "Gửi cả hai bên" in page


@pytest.mark.parametrize(
    "field", ["findings", "recommendation", "legal_basis", "title", "level", "official_id", "state"]
)
async def test_an_answer_carries_nothing_but_itself(site: Site, field: str) -> None:
    number = await site.send_case()
    before = await site.find(number)
    site.become("head")
    await site.take(number, "answer", side="unit-cases", reason="Đã làm.", draft="yes", **{field: "Sửa lại"})
    after = await site.find(number)
    names = ("findings", "recommendation", "legal_basis", "title", "level", "official_id", "evidence", "due_on")
    assert after.state == "answered"
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
