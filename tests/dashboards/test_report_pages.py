"""The page of reports behind a real server: asking, progress, files; who may, and what is refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx
import msgspec
import pytest
from playwright.async_api import Browser

from feedback.accounts.powers import Role
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.tables.reports import ReportFiles, claim_report, finish_report
from tests.dashboards.alert_stage import browse_as
from tests.dashboards.report_stage import make_template, serve_reports
from tests.dashboards.test_staff_usable import open_signed_in
from tests.journeys.phone import WORDINGS
from tests.journeys.program import Program
from tests.staff_people import add_person, open_session
from tests.stores import copy_database

HERE = Reach(provinces=("96",))
REPORTS = "/staff/reports"
FORM = {"lang": "vi", "area": "p96", "period": "2026-Q3", "language": "vi"}
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
FILES = ReportFiles(b"%PDF-1.7 demo", b"PK demo", bytes(32))


class Stage(msgspec.Struct, frozen=True):
    address: str
    database_url: str
    connection: Connection
    account_id: int


@pytest.fixture(scope="module")
async def reported(server_url: str, template: str) -> str:
    return await make_template(server_url, template)


@pytest.fixture
async def stage(server_url: str, reported: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with copy_database(server_url, reported) as database_url:
        connection = await open_connection(database_url)
        account_id = await add_person(connection, "giam-sat", "front_supervisor", HERE)
        async with serve_reports(database_url, tmp_path) as address:
            yield Stage(address, database_url, connection, account_id)
        await connection.close()


@pytest.fixture
async def supervisor(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with browse_as(stage.connection, stage.address, stage.account_id) as client:
        yield client


async def make_one(stage: Stage) -> None:
    claimed = await claim_report(stage.connection, NOW, NOW, 3)
    assert claimed is not None
    assert await finish_report(stage.connection, claimed, FILES, NOW)


async def test_what_is_asked_for_waits_and_its_progress_is_told(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    page = unescape((await supervisor.get(REPORTS)).text)
    assert '<option value="p96">Tỉnh Cà Mau</option>' in page
    assert '<option value="c32002">Xã Mẫu 2</option>' in page
    assert '<option value="2026-10">tháng 10/2026</option>' in page
    assert "2026-11" not in page
    assert "hx-trigger" not in page
    asked = await supervisor.post(REPORTS, data=FORM)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{REPORTS}?lang=vi&asked=yes#own")
    await supervisor.post(REPORTS, data=FORM)
    assert await stage.connection.fetchval("SELECT count(*) FROM reports") == 1
    page = (await supervisor.get(f"{REPORTS}?lang=vi&asked=yes")).text
    assert 'hx-trigger="every 3s"' in page
    assert '<progress max="100" value="0"' in page
    assert "Đã nhận yêu cầu." in page


async def test_files_are_given_to_whoever_asked_and_each_download_is_kept(
    stage: Stage, supervisor: httpx.AsyncClient
) -> None:
    await supervisor.post(REPORTS, data=FORM)
    assert (await supervisor.get(f"{REPORTS}/1/report.pdf")).status_code == 404
    await make_one(stage)
    pdf, xlsx = [await supervisor.get(f"{REPORTS}/1/report.{kind}") for kind in ("pdf", "xlsx")]
    assert (pdf.content, pdf.headers["content-type"]) == (FILES.pdf, "application/pdf")
    assert pdf.headers["content-disposition"] == 'attachment; filename="langnghe-p96-2026-Q3-vi.pdf"'
    assert pdf.headers["cache-control"] == "no-store"
    assert xlsx.content == FILES.xlsx
    page = (await supervisor.get(REPORTS)).text
    assert 'href="/staff/reports/1/report.pdf"' in page
    assert "hx-trigger" not in page
    kept = await stage.connection.fetch("SELECT object_code FROM audit_log WHERE action = 'make_reports' ORDER BY 1")
    assert [row[0] for row in kept if row[0] != "1"] == [
        "p96/2026-Q3/report.pdf",
        "p96/2026-Q3/report.xlsx",
        "p96/2026-Q3/vi",
    ]


async def test_nobody_sees_the_report_of_another(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    await supervisor.post(REPORTS, data=FORM)
    await make_one(stage)
    colleague = await add_person(stage.connection, "colleague", "front_supervisor", HERE)
    async with browse_as(stage.connection, stage.address, colleague) as client:
        assert "/staff/reports/1/" not in (await client.get(REPORTS)).text
        assert (await client.get(f"{REPORTS}/1/report.pdf")).status_code == 404


async def test_whoever_lost_the_area_gets_the_files_no_more(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    await supervisor.post(REPORTS, data=FORM)
    await make_one(stage)
    await stage.connection.execute(
        "UPDATE appointments SET province_codes = '{79}' WHERE account_id = $1", stage.account_id
    )
    assert (await supervisor.get(f"{REPORTS}/1/report.pdf")).status_code == 404


@pytest.mark.parametrize("area", ["VN", "p79", "c00001"])
async def test_an_area_that_is_not_reached_whole_is_404_or_not_there(
    stage: Stage, supervisor: httpx.AsyncClient, area: str
) -> None:
    assert (await supervisor.post(REPORTS, data={**FORM, "area": area})).status_code in {404, 422}
    assert await stage.connection.fetchval("SELECT count(*) FROM reports") == 0


async def test_a_list_of_communes_opens_no_report_of_their_province(stage: Stage) -> None:
    few = await add_person(stage.connection, "few", "front_supervisor", Reach(communes=("32002", "32004")))
    async with browse_as(stage.connection, stage.address, few) as client:
        page = (await client.get(REPORTS)).text
        assert 'value="c32004"' in page
        assert 'value="p96"' not in page
        assert (await client.post(REPORTS, data=FORM)).status_code == 404
        assert (await client.post(REPORTS, data={**FORM, "area": "c32004"})).status_code == 303


async def test_what_cannot_be_asked_for_brings_the_page_back_with_a_reason(
    stage: Stage, supervisor: httpx.AsyncClient
) -> None:
    wrong = {
        "period": ("2026-11", "2019-01", "9" * 9000, "\x00", ""),
        "area": ("u-demo-2~1", "\x00p96", "9" * 9000, ""),
        "language": ("fr", ""),
    }
    for field, values in wrong.items():
        for value in values:
            answer = await supervisor.post(REPORTS, data={**FORM, "period": "2026-08", field: value})
            assert answer.status_code in {400, 422}, (field, value[:20])
            if answer.status_code == 422:
                assert "Chưa nhận yêu cầu làm báo cáo" in answer.text
                assert field == "period" or '<option value="2026-08" selected>' in answer.text
    assert await stage.connection.fetchval("SELECT count(*) FROM reports") == 0


async def test_five_may_wait_and_no_more(stage: Stage, supervisor: httpx.AsyncClient) -> None:
    for month in range(1, 6):
        assert (await supervisor.post(REPORTS, data={**FORM, "period": f"2026-0{month}"})).status_code == 303
    refused = await supervisor.post(REPORTS, data={**FORM, "period": "2026-06"})
    assert refused.status_code == 422
    assert "đã có 5 báo cáo" in refused.text
    assert await stage.connection.fetchval("SELECT count(*) FROM reports") == 5


async def test_hostile_addresses_are_404(supervisor: httpx.AsyncClient) -> None:
    for path in ("0", "-1", "9" * 400, "%00", "%FF", "1.0", "٣", "%0A1", "a/b"):
        for file in ("report.pdf", "%00", "9" * 400):
            assert (await supervisor.get(f"{REPORTS}/{path}/{file}")).status_code in {400, 404}, (path, file)


async def test_only_the_front_and_inspectors_make_reports(stage: Stage) -> None:
    roles: dict[Role, bool] = {"inspector": True, "front_volunteer": False, "head_of_unit": False, "official": False}
    for role, allowed in roles.items():
        account_id = await add_person(stage.connection, role.replace("_", "-"), role, HERE)
        async with browse_as(stage.connection, stage.address, account_id) as client:
            assert (await client.get(REPORTS)).status_code == (200 if allowed else 403), role
            assert (await client.post(REPORTS, data=FORM)).status_code == (303 if allowed else 403), role


async def test_a_supervisor_of_the_nation_finds_a_place_by_its_name(stage: Stage) -> None:
    account_id = await add_person(stage.connection, "nation", "front_supervisor", EVERYWHERE)
    async with browse_as(stage.connection, stage.address, account_id) as client:
        page = (await client.get(f"{REPORTS}?q=xa+mau+7")).text
        assert '<option value="c32007" selected>Xã Mẫu 7</option>' in page
        assert '<option value="VN">Cả nước</option>' in page
        assert "Không tìm thấy" in (await client.get(f"{REPORTS}?q=khong+co+dau")).text
        assert (await client.get(f"{REPORTS}?q=%00&area=%00&period=%00")).status_code in {200, 400}


async def test_nobody_stumbles_over_reports(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    cookies = await open_session(stage.connection, stage.account_id)
    program = Program(stage.address, stage.database_url, tmp_path)
    async with open_signed_in(browser, program, cookies, "vi") as phone:
        assert (await phone.open_in_language(REPORTS)).status == 200
        assert await phone.list_troubles() == []
        await phone.page.select_option("#period", "2026-09")
        await phone.page.locator("form[method=post] button.main").focus()
        async with phone.page.expect_navigation():
            await phone.page.keyboard.press("Enter")
        assert await phone.list_troubles() == []
        await make_one(stage)
        # The part asks again by itself, and stops once nothing is open.
        await phone.page.wait_for_selector(f"a[aria-label^='{WORDINGS['vi'].say('report.own.pdf')}'], a[download]")
        assert await phone.page.locator("[hx-trigger]").count() == 0
        assert await phone.list_troubles() == []
        await phone.page.select_option("#period", "2026-08")
        async with phone.page.expect_navigation():
            await phone.page.click("form[method=post] button.main")
        # Whoever has come to a file by keyboard stays there when the part is renewed.
        await phone.page.locator("a[id$='-xlsx']").focus()
        await phone.page.evaluate("() => document.querySelector('#reports').setAttribute('data-old', '')")
        await phone.page.wait_for_selector("#reports:not([data-old])")
        assert await phone.page.evaluate("() => document.activeElement.matches('a[id$=\"-xlsx\"]')")
    async with open_signed_in(browser, program, cookies, "en", is_wide=True) as projector:
        assert (await projector.open_in_language(REPORTS)).status == 200
        assert await projector.list_troubles() == []
