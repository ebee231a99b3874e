"""The supervisor's pages over HTTP, on a real database behind its second wall."""

import re
import uuid
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from dashboards.supervision.view_names import VIEWS
from feedback.accounts.powers import Role
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from tests.dashboards.supervision_stage import make_supervised, serve_supervision
from tests.journeys.phone import WORDINGS
from tests.staff_people import add_person, open_session
from tests.stores import Stores, name_database, read_template, run_on_server

OWN = Reach(provinces=("96",))
CLOSED = "?quarter=2026-Q3"
AREAS = ("VN", "p96", "c32002", "u-demo-2", "u-demo-2~1")


class Stage:
    """A browser without scripts, for one person after the other."""

    def __init__(self, client: httpx.AsyncClient, connection: Connection) -> None:
        self.client = client
        self.connection = connection

    async def sign_in(self, name: str, role: Role = "front_supervisor", reach: Reach = EVERYWHERE) -> None:
        account_id = await add_person(self.connection, name, role, reach)
        [(cookie, value)] = (await open_session(self.connection, account_id)).items()
        self.client.headers["cookie"] = f"{cookie}={value}"

    async def read(self, address: str) -> str:
        reply = await self.client.get(address)
        assert reply.status_code == 200, f"{address}: {reply.text}"
        return unescape(reply.text)


@pytest.fixture(scope="module")
async def provinces(server_url: str, template: str) -> AsyncIterator[Stores]:
    """Copies of a database with the supervised province."""
    name = f"province_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    connection = await open_connection(name_database(server_url, name))
    await make_supervised(connection)
    await connection.close()
    provinces = Stores(server_url, await read_template(server_url, name))
    yield provinces
    await provinces.drop_all()
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def stage(provinces: Stores, tmp_path: Path) -> AsyncIterator[Stage]:
    copy = await provinces.lend()
    database_url = name_database(provinces.server_url, copy.name)
    connection = await open_connection(database_url)
    async with (
        serve_supervision(database_url, tmp_path) as address,
        httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}, timeout=30) as client,
    ):
        yield Stage(client, connection)
    await connection.close()
    await provinces.take_back(copy)


async def test_the_first_screen_says_what_is_new_and_what_is_worst(stage: Stage) -> None:
    await stage.sign_in("supervisor")
    page = await stage.read("/staff/overview")
    assert "Cảnh báo đang mở: 2" in page
    assert page.index("80/100") < page.index("40/100")
    assert 'href="/staff/alerts/1?lang=vi"' in page
    assert WORDINGS["vi"].say("alert.kind.drop") in page
    assert "Quầy (mẫu) 1 · Trung tâm (mẫu) 2 · Xã Mẫu 2" in page
    assert "Khá chắc" in page
    assert "Cả nước" in page
    # Without scripts the heavy parts are links.
    assert re.search(r'<a href="/staff/area/VN/trend">', page)


async def test_an_assigned_list_of_communes_is_a_row_of_links(stage: Stage) -> None:
    await stage.sign_in("two-communes", reach=Reach(communes=("32002", "32004")))
    page = await stage.read("/staff/overview")
    assert 'href="/staff/overview?area=c32004"' in page
    assert "Cảnh báo đang mở: 1" in page
    assert "Xã Mẫu 4" in await stage.read("/staff/overview?area=c32004")
    assert (await stage.client.get("/staff/overview?area=c32005")).status_code == 404
    assert "Xã Mẫu 3" not in await stage.read("/staff/overview?q=xa+mau+3")


@pytest.mark.parametrize("area", AREAS)
async def test_every_view_of_every_area_opens(stage: Stage, area: str) -> None:
    await stage.sign_in("supervisor")
    for view in ("", *(f"/{view}" for view in VIEWS)):
        for query in ("", CLOSED, "?lang=en"):
            page = await stage.read(f"/staff/area/{area}{view}{query}")
            assert "{" not in re.sub(r"<meta name=\"htmx-config\"[^>]*>", "", page)


async def test_whoever_guesses_the_address_of_another_place_gets_404_and_a_line_in_the_log(stage: Stage) -> None:
    await stage.sign_in("one-commune", reach=Reach(communes=("32002",)))
    assert (await stage.client.get("/staff/area/u-demo-2/trend")).status_code == 200
    for path in ("p96", "VN/trend", "c32003", "u-demo-3/comments", "u-demo-3~1/trend/table.csv", "u-nobody"):
        assert (await stage.client.get(f"/staff/area/{path}")).status_code == 404, path
    denied = await stage.connection.fetch("SELECT object_code FROM audit_log WHERE outcome = 'denied'")
    assert len(denied) == 6


async def test_the_way_up_is_a_link_only_where_it_leads_somewhere(stage: Stage) -> None:
    await stage.sign_in("one-commune", reach=Reach(communes=("32002",)))
    trail = (await stage.read("/staff/area/u-demo-2~1")).split('<nav class="trail"')[1].split("</nav>")[0]
    assert "Cả nước" in trail
    assert 'href="/staff/area/p96"' not in trail
    assert 'href="/staff/area/c32002"' in trail


async def test_what_citizens_say_of_a_unit_leads_to_a_case_about_it(stage: Stage) -> None:
    await stage.sign_in("supervisor", reach=OWN)
    address = "/staff/cases/new?lang=vi&area=u-demo-2&origin=reflections"
    assert f'href="{address}"' in await stage.read("/staff/area/u-demo-2/comments")
    assert f'href="{address}&procedure=1.000001"' in await stage.read("/staff/area/u-demo-2/trend?procedure=1.000001")
    assert "/staff/cases/new" not in await stage.read("/staff/area/c32002/comments")
    await stage.sign_in("looks-on", "inspector", OWN)
    assert "/staff/cases/new" not in await stage.read("/staff/area/u-demo-2/comments")


@pytest.mark.parametrize("role", ["head_of_unit", "official", "personnel", "administrator"])
async def test_other_roles_are_refused(stage: Stage, role: Role) -> None:
    await stage.sign_in("another", role, Reach(units=("demo-2",)))
    for path in ("overview", "area/u-demo-2", "area/u-demo-2/trend", "area/u-demo-2/comments"):
        assert (await stage.client.get(f"/staff/{path}")).status_code == 403


async def test_without_a_session_nothing_opens(stage: Stage) -> None:
    for path in ("overview", "area/VN", "area/VN/trend/chart.png"):
        assert (await stage.client.get(f"/staff/{path}")).status_code in {303, 401}


async def test_the_lowest_place_comes_first_and_is_named(stage: Stage) -> None:
    await stage.sign_in("supervisor", reach=OWN)
    page = await stage.read(f"/staff/area/p96/places{CLOSED}&area_type=urban")
    rows = re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', page)
    assert rows[0] == "Trung tâm (mẫu) 2"
    assert "chưa so sánh" in page


async def test_few_answers_are_said_and_not_compared(stage: Stage) -> None:
    await stage.sign_in("supervisor", reach=OWN)
    # demo-3: 250 ratings for 9,000 dossiers, 2.8 percent.
    page = await stage.read(f"/staff/area/u-demo-3/response{CLOSED}")
    assert "Tỷ lệ phản hồi thấp, không so sánh." in page


async def test_a_procedure_is_chosen_by_an_address_that_a_colleague_can_open(stage: Stage) -> None:
    await stage.sign_in("supervisor", reach=OWN)
    address = f"/staff/area/u-demo-2/trend{CLOSED}&procedure=1.000002"
    page = await stage.read(address)
    assert "Đang chỉ tính: thủ tục: Thủ tục (mẫu) 2." in page
    assert '<option value="1.000002" selected>' in page
    await stage.sign_in("colleague", "inspector", OWN)
    assert "Đang chỉ tính: thủ tục: Thủ tục (mẫu) 2." in await stage.read(address)
    await stage.sign_in("stranger", reach=Reach(provinces=("79",)))
    assert (await stage.client.get(address)).status_code == 404


@pytest.mark.parametrize(
    "query", ["quarter=1999-Q1", "quarter=%00", "rater=me", "area_type=moon", f"procedure={'9' * 400}"]
)
async def test_a_filter_that_cannot_be_is_a_clear_refusal(stage: Stage, query: str) -> None:
    await stage.sign_in("supervisor")
    assert (await stage.client.get(f"/staff/area/VN/trend?{query}")).status_code == 400


@pytest.mark.parametrize("area", ["%00", "%FF", "9" * 4000, "u-%00", "u-~", "~", "p%D9%A9%D9%A9", "VN%00"])
async def test_hostile_addresses_are_404(stage: Stage, area: str) -> None:
    await stage.sign_in("supervisor")
    for path in ("", "/trend", "/comments", "/trend/chart.svg"):
        assert (await stage.client.get(f"/staff/area/{area}{path}")).status_code == 404


async def test_every_look_is_kept_and_nothing_is_stored_by_browsers(stage: Stage) -> None:
    await stage.sign_in("supervisor")
    reply = await stage.client.get(f"/staff/area/p96/trend{CLOSED}")
    assert reply.headers["cache-control"] == "no-store"
    kept = await stage.connection.fetchval("SELECT object_code FROM audit_log WHERE outcome = 'done'")
    assert kept == "/staff/area/p96/trend?quarter=2026-Q3"
