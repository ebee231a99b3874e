"""The pages of alerts behind a real server: list, evidence, files, steps; who may, and what is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from dashboards.supervision.alerts.causes import About
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.supervision_alerts import SupervisionAlert
from tests.dashboards.alert_stage import add_alert, browse_as, find_ids, read_alert, serve_alerts
from tests.staff_people import add_person

HERE, ELSEWHERE = Reach(provinces=("96",)), Reach(provinces=("01",))


class Stage(msgspec.Struct, frozen=True):
    address: str
    connection: Connection
    desk: SupervisionAlert
    official: SupervisionAlert
    unit: SupervisionAlert


@pytest.fixture
async def stage(committed: Connection, database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    ids = await find_ids(committed)
    desk = await add_alert(committed, About("drop", ids["unit"], ids["desk-2"]), weight=78)
    official = await add_alert(committed, About("drop", ids["unit"], ids["desk-1"], ids["official"]), weight=40)
    unit = await add_alert(committed, About("low_response", ids["unit"]), weight=90)
    async with serve_alerts(database_url, tmp_path) as address:
        yield Stage(address, committed, desk, official, unit)


@pytest.fixture
async def supervisor(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    account = await add_person(stage.connection, "giam-sat", "front_supervisor", HERE)
    async with browse_as(stage.connection, stage.address, account) as client:
        yield client


def make_form(alert: SupervisionAlert, **fields: str) -> dict[str, str]:
    return {"lang": "vi", "changed_at": alert.changed_at.isoformat(), "reason": "Đã trao đổi với đơn vị", **fields}


async def test_the_list_has_the_heaviest_first_and_names_no_official(
    stage: Stage, supervisor: httpx.AsyncClient
) -> None:
    page = (await supervisor.get("/staff/alerts")).text
    places = [page.index(f"/staff/alerts/{alert.alert_id}?") for alert in (stage.unit, stage.desk, stage.official)]
    assert places == sorted(places)
    assert "demo-1" not in page
    assert "Một cán bộ tại" in page
    assert page.count('class="new"') == 3


@pytest.mark.parametrize(
    ("query", "shown"),
    [("kind=low_response", 1), ("state=over", 0), ("state=all", 3), ("area=u-32041", 3), ("area=p96&kind=drop", 2)],
)
async def test_the_list_is_filtered_by_its_address(
    stage: Stage, supervisor: httpx.AsyncClient, query: str, shown: int
) -> None:
    assert stage.address
    page = await supervisor.get(f"/staff/alerts?{query}")
    assert page.status_code == 200
    assert page.text.count('<li class="asked">') == shown


async def test_an_area_out_of_reach_is_not_there_and_the_attempt_is_kept(
    stage: Stage, supervisor: httpx.AsyncClient
) -> None:
    for area in ("VN", "p01", "u-nothing", "x" * 300, "u-\x00"):
        assert (await supervisor.get("/staff/alerts", params={"area": area})).status_code == 404
    denied = await stage.connection.fetchval("SELECT count(*) FROM audit_log WHERE outcome = 'denied'")
    assert denied == 5


async def test_the_evidence_says_why_and_leads_to_the_procedure(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    page = (await supervisor.get(f"/staff/alerts/{stage.desk.alert_id}")).text
    assert "Từ 26/10/2026 đến 08/11/2026, tỷ lệ hài lòng là 69\u00a0%" in page
    assert "13,7" in page
    assert "/staff/area/u-32041/trend?procedure=1.001193" in page
    english = (await supervisor.get(f"/staff/alerts/{stage.desk.alert_id}?lang=en")).text
    assert "the satisfied share was 69%" in english


async def test_an_official_is_shown_by_code_and_title_and_that_sight_is_kept(
    stage: Stage, supervisor: httpx.AsyncClient
) -> None:
    page = (await supervisor.get(f"/staff/alerts/{stage.official.alert_id}")).text
    assert "demo-1" in page
    assert "Công chức tiếp nhận" in page
    assert "Cán bộ mẫu" not in page
    row = await stage.connection.fetchrow(
        "SELECT action, object_code, official_id FROM audit_log WHERE official_id <> 0"
    )
    assert tuple(row or ()) == ("see_alerts", f"{stage.official.alert_id}", stage.official.official_id)


async def test_the_files_are_what_the_page_shows(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    address = f"/staff/alerts/{stage.desk.alert_id}"
    for width in ("", "?width=narrow"):
        svg = await supervisor.get(f"{address}/chart.svg{width}")
        assert (svg.status_code, svg.headers["content-type"]) == (200, "image/svg+xml")
        assert "Cảnh báo" in svg.text
    assert (await supervisor.get(f"{address}/chart.png")).content.startswith(b"\x89PNG")
    csv = (await supervisor.get(f"{address}/table.csv")).text
    assert len(csv.strip().splitlines()) == 14
    assert "2026-11-02,150,69,62,75" in csv
    assert (await supervisor.get(f"{address}/table.xlsx")).content.startswith(b"PK")
    assert (await supervisor.get(f"{address}/chart.gif")).status_code == 404


@pytest.mark.parametrize("number", ["0", "999999999", "9999999999999", "abc", "-1", "١", "%00", "x" * 2000])
async def test_what_is_no_alert_is_not_there(stage: Stage, supervisor: httpx.AsyncClient, number: str) -> None:
    assert (await supervisor.get(f"/staff/alerts/{number}")).status_code in {400, 404}
    assert (await supervisor.get(f"/staff/alerts/{number}/chart.svg")).status_code in {400, 404}
    sent = await supervisor.post(f"/staff/alerts/{number}/dismiss", data=make_form(stage.desk))
    assert sent.status_code in {400, 404}


async def test_another_province_gets_404_and_an_inspector_may_look_but_not_act(stage: Stage) -> None:
    stranger = await add_person(stage.connection, "la", "front_supervisor", ELSEWHERE)
    inspector = await add_person(stage.connection, "thanh-tra", "inspector", HERE)
    address = f"/staff/alerts/{stage.desk.alert_id}"
    async with browse_as(stage.connection, stage.address, stranger) as client:
        assert "/staff/alerts/1?" not in (await client.get("/staff/alerts?state=all")).text
        for page in (address, f"{address}/chart.svg", f"{address}/table.csv"):
            assert (await client.get(page)).status_code == 404
        assert (await client.post(f"{address}/dismiss", data=make_form(stage.desk))).status_code == 404
    async with browse_as(stage.connection, stage.address, inspector) as client:
        page = await client.get(address)
        assert page.status_code == 200
        assert 'name="reason"' not in page.text
        assert (await client.post(f"{address}/dismiss", data=make_form(stage.desk))).status_code == 403
    assert (await read_alert(stage.connection, stage.desk.alert_id)).state == "open"


async def test_a_step_is_taken_with_its_reason(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    address = f"/staff/alerts/{stage.desk.alert_id}"
    sent = await supervisor.post(f"{address}/dismiss", data=make_form(stage.desk))
    assert (sent.status_code, sent.headers["location"]) == (303, f"{address}?lang=vi#history")
    page = (await supervisor.get(address)).text
    assert "Đã trao đổi với đơn vị" in page
    assert "Đã bỏ qua" in page


async def test_the_second_of_two_is_told_and_keeps_the_words(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    address = f"/staff/alerts/{stage.desk.alert_id}"
    await supervisor.post(f"{address}/dismiss", data=make_form(stage.desk))
    late = make_form(stage.desk, reason="Đang chờ <b>báo cáo</b>", until="2099-01-01")
    answer = await supervisor.post(f"{address}/snooze", data=late)
    assert answer.status_code == 409
    assert "đã có người khác xử lý" in answer.text
    assert "Đang chờ &lt;b&gt;báo cáo&lt;/b&gt;" in answer.text
    assert "<b>báo" not in answer.text


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("dismiss", {"reason": " "}),
        ("dismiss", {"reason": "ă" * 1001}),
        ("snooze", {"until": "2020-01-01"}),
        ("snooze", {"until": "2999-01-01"}),
        ("snooze", {"until": "mai"}),
        ("merge", {"into": ""}),
        ("merge", {"into": "999999"}),
        ("reopen", {}),
    ],
)
async def test_a_step_that_cannot_be_taken_keeps_what_was_typed(
    stage: Stage, supervisor: httpx.AsyncClient, verb: str, fields: dict[str, str]
) -> None:
    form = make_form(stage.desk, **fields)
    answer = await supervisor.post(f"/staff/alerts/{stage.desk.alert_id}/{verb}", data=form)
    assert answer.status_code == 422
    assert form["reason"].strip() in answer.text
    assert (await read_alert(stage.connection, stage.desk.alert_id)) == stage.desk


async def test_an_unknown_step_is_not_there(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    answer = await supervisor.post(f"/staff/alerts/{stage.desk.alert_id}/delete", data=make_form(stage.desk))
    assert answer.status_code == 404


async def test_a_step_that_is_refused_shows_the_official_again_and_leaves_a_line(
    stage: Stage, supervisor: httpx.AsyncClient
) -> None:
    address = f"/staff/alerts/{stage.official.alert_id}/dismiss"
    reply = await supervisor.post(address, data=make_form(stage.official, reason=""))
    assert (reply.status_code, "demo-1" in reply.text) == (422, True)
    seen = await stage.connection.fetchval(
        "SELECT count(*) FROM audit_log WHERE action = 'see_alerts' AND official_id = $1", stage.official.official_id
    )
    assert seen == 1
