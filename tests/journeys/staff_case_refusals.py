"""Pages of cases, checks, forms, reports and settings that only a form brings: refused, kept as a note, shown once."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from playwright.async_api import FilePayload, Page

from feedback.database import Connection, open_connection
from tests.dashboards.catalogue_stage import make_xlsx
from tests.journeys.staff_refusals import Act, Refusal, filling, send
from tests.journeys.staff_sites import Site
from tests.staff_people import open_session

CASE, UNIT_CASE = "/staff/cases/", "/staff/unit-cases/"
IMPORT, KEYS, KIOSKS, PARAMETER = (
    *("/staff/catalogue-file/import", "/staff/keys", "/staff/kiosks"),
    "/staff/parameters/case_reminder_days",
)
MOVE = "UPDATE supervision_cases SET state = $2 WHERE case_id = $1"
CLOSE_ROUND = "UPDATE check_rounds SET closed_at = $2 WHERE round_id = $1"
EARLIER = "2026-01-01T00:00:00+00:00"
DESK = {"unit": "32041", "number": "1", "name": "Hộ tịch (mẫu)", "valid_from": "2025-07-01"}
RATED_BEFORE = DESK | {"valid_to": "2026-08-01"}
FORM = "main form[method=post]"


@asynccontextmanager
async def connect(site: Site) -> AsyncGenerator[Connection]:
    """Its own: several visits go on at once."""
    connection = await open_connection(site.program.database_url)
    yield connection
    await connection.close()


def sending(field: str, name: str, content: bytes) -> Act:
    """By the form in which the field for the file stands."""

    async def act(page: Page, _site: Site, _language: str) -> int:
        await page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
        file: FilePayload = {"name": name, "mimeType": "application/pdf", "buffer": content}
        await page.set_input_files(field, file)
        return await send(page, f"form:has({field})")

    return act


def proving(who: str, act: Act) -> Act:
    """With a proof of a moment ago: other pages took their time since the session began."""

    async def prove(page: Page, site: Site, language: str) -> int:
        address = site.program.address.replace("http://", "https://")
        async with connect(site) as connection:
            cookies = await open_session(connection, site.people[who].account_id)
        for name, value in cookies.items():
            await page.context.add_cookies([{"name": name, "value": value, "url": address, "secure": True}])
        return await act(page, site, language)

    return prove


def store(name: str, path: str, act: Act) -> Refusal:
    """No refusal: what an administrator sets is stored."""
    return Refusal(name, "administrator", path, 201, proving("administrator", act))


async def make_link(page: Page, site: Site, language: str) -> int:
    """For somebody who holds nothing: powers must not lie behind a link."""
    number = site.people["nothing held"].account_id
    await page.goto(f"{site.program.address}/staff/accounts/{number}?lang={language}")
    return await send(page, "form[action$='/invitation']")


async def enter_again(page: Page, site: Site, _language: str) -> int:
    """What this volunteer has entered already."""
    return await send(page, FORM, number=site.words["form"], score="3")


async def answer_late(page: Page, site: Site, _language: str) -> int:
    """Another head answered meanwhile. The other language finds the case as it was."""
    number = int(site.words["escalated"])
    async with connect(site) as connection:
        await connection.execute(MOVE, number, "answered")
    status = await send(page, "form[action$='/answer']", reason="Đã in lại toàn bộ giấy hẹn của tháng (mẫu).")
    async with connect(site) as connection:
        await connection.execute(MOVE, number, "escalated")
    return status


async def find_late(page: Page, site: Site, _language: str) -> int:
    """The round was closed meanwhile; the other language finds it open."""
    number = int(site.words["other check"])
    async with connect(site) as connection:
        await connection.execute(CLOSE_ROUND, number, datetime.now(UTC))
        status = await send(page, FORM, score="2", note="Chờ 20 phút (mẫu)")
        await connection.execute(CLOSE_ROUND, number, None)
    return status


REFUSALS = (
    Refusal("answer kept as a note", "head_of_unit", UNIT_CASE + "{escalated}", 409, answer_late),
    Refusal(
        "changed meanwhile",
        "front_supervisor",
        CASE + "{answered}",
        409,
        filling("form[action$='/accept']", changed_at=EARLIER, reason="Đồng ý (mẫu)"),
    ),
    Refusal(
        "due yesterday",
        "front_supervisor",
        CASE + "{draft}",
        422,
        filling("form[action$='/change']:has([formaction$='/send'])", title=""),
    ),
    Refusal(
        "closed without a result",
        "front_supervisor",
        CASE + "{accepted}",
        422,
        filling("form[action$='/close']", reason="Đã xong (mẫu)"),
    ),
    Refusal(
        "answer changed meanwhile",
        "head_of_unit",
        UNIT_CASE + "{received}",
        409,
        filling("form[action$='/answer']", changed_at=EARLIER, reason="Đã bố trí thêm người (mẫu)"),
    ),
    Refusal(
        "file refused",
        "front_supervisor",
        CASE + "{sent}",
        422,
        sending("#file", "giả.pdf", b"PK\x03\x04" + bytes(500)),
    ),
    Refusal("case without words", "front_supervisor", "/staff/cases/new?area=u-32041", 422, filling(FORM, title="")),
    Refusal("round of nobody", "front_supervisor", "/staff/checks?area=c32041", 422, filling(FORM, name="x")),
    Refusal(
        "found without a score",
        "front_supervisor",
        "/staff/checks/{check}/items/2",
        422,
        filling(FORM, note="Chờ 20 phút (mẫu)"),
    ),
    Refusal("round closed meanwhile", "front_supervisor", "/staff/checks/{other check}/items/2", 409, find_late),
    Refusal(
        "batch of another day",
        "front_supervisor",
        "/staff/forms/batches?unit=32041",
        422,
        filling(FORM, held_on="2026-01-01", place="Nhà văn hóa (mẫu)", first="1", last="20"),
    ),
    Refusal(
        "form without a score",
        "front_volunteer",
        "/staff/forms/{batch}?desk=2&number=7",
        400,
        filling(FORM, number="7"),
    ),
    Refusal(
        "form entered before",
        "front_volunteer",
        "/staff/forms/{batch}?desk=2",
        409,
        enter_again,
    ),
    Refusal("report of nowhere", "front_supervisor", "/staff/reports", 422, filling(FORM, area="", period="2026-Q3")),
    Refusal(
        "desk ended under its ratings",
        "head_of_unit",
        "/staff/desks/32041?desk=1",
        422,
        filling("form:has(#end-desk-day)", day="2026-08-01"),
    ),
    Refusal(
        "no workbook", "administrator", IMPORT, 422, sending("#workbook", "danh mục.xlsx", b"PK\x03\x04" + bytes(99))
    ),
    Refusal(
        "workbook with errors",
        "administrator",
        IMPORT,
        422,
        sending("#workbook", "danh mục.xlsx", make_xlsx(desks=[DESK | {"unit": "x y"}, DESK | {"valid_from": "?"}])),
    ),
    Refusal(
        "workbook that would orphan ratings",
        "administrator",
        IMPORT,
        422,
        sending("#workbook", "danh mục.xlsx", make_xlsx(desks=[RATED_BEFORE])),
    ),
    Refusal(
        "dry run",
        "administrator",
        IMPORT,
        200,
        sending("#workbook", "danh mục tháng 11 (mẫu).xlsx", make_xlsx(desks=[DESK, DESK | {"number": "5"}])),
    ),
    Refusal(
        "key for nothing",
        "administrator",
        KEYS,
        422,
        proving("administrator", filling("form:has(#holder)", holder="Sở (mẫu)")),
    ),
    Refusal(
        "new key",
        "administrator",
        KEYS,
        201,
        proving(
            "administrator", filling("form:has(#holder)", holder="Sở (mẫu)", scope_evaluation="yes", provinces="96")
        ),
    ),
    Refusal("kiosk nowhere", "administrator", KIOSKS, 422, filling("form:has(#unit)", unit="nowhere", name="Lối ra")),
    store("new kiosk", KIOSKS, filling("form:has(#unit)", unit="32041", name="Lối ra phía sau (mẫu)")),
    Refusal(
        "value of yesterday",
        "administrator",
        PARAMETER,
        422,
        filling("main form", value="5", valid_from="2026-01-01", basis="Quyết định (mẫu)"),
    ),
    store("value proposed", PARAMETER, filling("main form", value="5", basis="Quyết định (mẫu)")),
    Refusal(
        "day corrected",
        "administrator",
        "/staff/calendar",
        201,
        filling("form:has(#day)", day="2027-04-30", working="yes", basis="Quyết định (mẫu)"),
    ),
    store("new link", "/staff/accounts", make_link),
    Refusal(
        "day that is over",
        "administrator",
        "/staff/calendar",
        422,
        filling("form:has(#day)", day="2026-01-02", working="yes", basis="Quyết định (mẫu)"),
    ),
)
