"""Who learns what became of the case: the citizen who rated, the public, whoever reads the report. And other pages."""

import io

import polars as pl
import pypdfium2

from dashboards.reports.work_on_reports import work_off_reports
from feedback.database import open_pool
from tests.journeys.case_steps_on_phones import SUMMARY, TITLE
from tests.journeys.case_story import UNIT, VI, Story
from tests.journeys.front import DESK, PROVINCE
from tests.journeys.phone import Phone, open_phone
from tests.journeys.taken_away import take_away

DESKS = "6"  # as many as the province of the demo has


async def tell_the_citizen(story: Story, receipt: str) -> None:
    """Who rated learns it by the receipt and is asked again; two answers of one receipt are kept as one."""
    async with open_phone(story.front.browser, story.program) as phone:
        await look_up(phone, receipt)
        shown = await phone.page.inner_text("main")
        assert SUMMARY in shown
        assert VI.say("follow.result.resolved") in shown
        await story.pictures.take(phone, "citizen", "section[aria-labelledby^=case]")
        await story.look(phone, "receipt")
        await phone.press_and_wait("follow.answer.partly")
        assert VI.say("follow.noted") in await phone.page.inner_text("main")
        await look_up(phone, receipt)
        await phone.press_and_wait("follow.answer.better")
        assert await story.program.select("SELECT answer FROM case_replies") == [("better",)]
        await phone.open_in_language(f"/U/{UNIT}")
        assert SUMMARY in await phone.page.inner_text("main")
        await story.pictures.take(phone, "unit-public", "section[aria-labelledby=cases]")
        await story.look(phone, "unit")


async def look_up(phone: Phone, receipt: str) -> None:
    await phone.open_in_language("/R")
    await phone.page.fill("#receipt", receipt)
    await phone.press_and_wait("lookup.open")


async def report_it(story: Story) -> None:
    """Of the month in which the case was closed, by the maker that works beside the pages."""
    async with story.sign_in(PROVINCE, "/staff/reports") as phone:
        await phone.page.select_option("#area", "c20410")
        await phone.page.select_option("#period", "2027-01")
        await phone.press_and_wait("report.ask.send")
        pool = await open_pool(story.program.database_url, largest=2)
        assert await work_off_reports(pool, story.front.clock.read) == 1
        await pool.close()
        await phone.open_in_language("/staff/reports")
        await story.pictures.take(phone, "reports", "#reports")
        await story.look(phone, "reports")
        for kind, read in (("pdf", read_pdf), ("xlsx", read_cases)):
            link = phone.page.locator(f"#reports a[href$='report.{kind}']")
            _, content = await take_away(phone, link, story.front.pictures)
            text = read(content)
            assert TITLE in text
            assert "đã kết thúc" in text


def read_pdf(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.split())


def read_cases(content: bytes) -> str:
    sheet = pl.read_excel(
        io.BytesIO(content), sheet_name=VI.say("report.sheet.cases"), engine="calamine", has_header=False
    )
    return " ".join(str(cell) for row in sheet.rows() for cell in row)


async def draw_a_round(story: Story, phone: Phone) -> None:
    """Of all desks, as chance would show another one each time."""
    await phone.page.fill("#name", "Kiểm tra chéo tháng 2 (mẫu)")
    await phone.page.locator("input[name=way][value=desks]").check()
    await phone.page.fill("#size", DESKS)
    await phone.press_and_wait("check.new.draw")
    async with phone.page.expect_navigation():
        await phone.page.locator("#items ~ ol a", has_text=DESK).click()
    await phone.page.locator("input[name=score][value='4']").check()
    await story.pictures.take(phone, "check-item", "main")
    await story.look(phone, "item of a round")


async def make_a_batch(story: Story, phone: Phone) -> None:
    await phone.page.fill("#q", "Hội An")
    await phone.press_and_wait("form.new.find")
    await phone.press_and_wait("form.new.choose")
    await phone.page.locator("input[name=way][value=reception_day]").check()
    await phone.page.fill("#place", "Nhà văn hóa khối (mẫu)")
    await phone.page.fill("#first", "1")
    await phone.page.fill("#last", "50")
    await phone.press_and_wait("form.new.make")
    await story.pictures.take(phone, "forms", "main")
    await story.look(phone, "batch of forms")
