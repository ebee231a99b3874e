"""What the Front and the head of the unit do in the story of one case, each on their own phone."""

import re

from playwright.async_api import FilePayload

from dashboards.cases.remind import remind_cases
from tests.journeys.case_story import HEAD, PDF_NAME, PHOTO_NAME, SELECT_CODE, VI, Story, draw_photo, write_pdf
from tests.journeys.front import COMMUNE, DESK, PROVINCE
from tests.journeys.phone import Phone, open_phone

TITLE = "Người dân phải chờ lâu ở quầy đất đai (mẫu)"
FINDINGS = "Từ cuối tháng 9, tỷ lệ hài lòng ở quầy giảm rõ. Ngày 18/11 chúng tôi đến xem: chỉ còn một người làm việc."
RECOMMENDATION = "Bố trí đủ hai người ở quầy vào buổi sáng; niêm yết thời gian chờ."
FIRST_ANSWER = "Đơn vị đã nhắc nhở quầy phục vụ nhanh hơn."
NOT_ENOUGH = "Câu trả lời chưa nêu ai làm, khi nào xong. Đề nghị nêu rõ lịch phân công."
PASSED_ON = "Đã quá hạn mà đơn vị chưa trả lời lại."
SECOND_ANSWER = "Từ ngày 21/12 quầy có hai người vào mọi buổi sáng; lịch phân công được niêm yết."
SUMMARY = "Quầy đất đai nay có hai người làm việc vào mọi buổi sáng. Thời gian chờ được niêm yết tại quầy."
CASE = re.compile(r"/staff/(?:unit-)?cases/(\d+)")


async def rate_badly(story: Story) -> str:
    """A citizen at the desk on the day on which the case is opened; the receipt."""
    [(code,)] = await story.program.select(SELECT_CODE)
    async with open_phone(story.front.browser, story.program) as phone:
        await phone.open_in_language(f"/Q/{code}")
        await phone.tap_face(2)
        return await phone.read_receipt()


async def open_the_case(story: Story) -> None:
    async with story.sign_in(COMMUNE) as phone:
        await story.pictures.take(phone, "first-screen")
        await story.look(phone, "overview")
        async with phone.page.expect_navigation():
            await phone.page.locator(".alerts a", has_text=DESK).click()
        await story.pictures.take(phone, "alert")
        await story.pictures.take(phone, "alert-chart", "section[aria-labelledby=why] picture", 60)
        await story.look(phone, "alert")
        async with phone.page.expect_navigation():
            await phone.page.get_by_role("link", name=VI.say("case.of-alert")).click()
        await write_draft(story, phone)
        await attach(phone, write_pdf())
        assert PDF_NAME in await phone.page.inner_text("#files ~ ul")
        await story.pictures.take(phone, "case-send", "label[for=reason-send]", 60)
        await story.look(phone, "draft")
        await phone.press_and_wait("case.step.send")
        assert VI.say("case.now.front.sent") in await phone.page.inner_text("#main-title")
        await story.look(phone, "sent")


async def write_draft(story: Story, phone: Phone) -> None:
    await phone.page.fill("#title", TITLE)
    await phone.page.fill("#findings", FINDINGS)
    await phone.page.fill("#recommendation", RECOMMENDATION)
    await story.pictures.take(phone, "case-new", "label[for=title]")
    await story.look(phone, "new case")
    await phone.press_and_wait("case.new.save")


async def attach(phone: Phone, file: FilePayload) -> None:
    await phone.page.locator("summary", has_text=VI.say("case.add-file")).click()
    await phone.page.set_input_files("#file", file)
    assert (await phone.press_and_wait("case.step.files")).status == 200


async def open_case(phone: Phone) -> None:
    """From the list of cases, as a person would."""
    async with phone.page.expect_navigation():
        await phone.page.get_by_role("link", name=TITLE).click()
    assert CASE.search(phone.page.url)


async def unfold(phone: Phone, verb: str) -> None:
    await phone.page.locator("summary", has_text=re.compile(f"^{VI.say(f'case.step.{verb}')}$")).click()


async def receive_and_answer(story: Story) -> None:
    async with story.sign_in(HEAD, "/staff/unit-cases") as phone:
        await story.look(phone, "cases of the unit")
        await open_case(phone)
        await unfold(phone, "receive")
        await phone.press_and_wait("case.step.receive")
        await attach(phone, draw_photo())
        await phone.page.fill("#reason-answer", FIRST_ANSWER)
        await story.look(phone, "unit's case")
        await phone.press_and_wait("case.step.answer")
        assert VI.say("case.now.unit.answered") in await phone.page.inner_text("#main-title")


async def refuse_the_answer(story: Story) -> None:
    async with story.sign_in(COMMUNE, "/staff/cases") as phone:
        await story.look(phone, "cases")
        await open_case(phone)
        shown = await phone.page.inner_text("main")
        assert FIRST_ANSWER in shown
        assert PHOTO_NAME in shown
        await story.pictures.take(phone, "case-answered", "#step")
        await unfold(phone, "not-accept")
        await phone.page.fill("#reason-not-accept", NOT_ENOUGH)
        await phone.page.fill("#due-not-accept", "2026-12-11")
        await story.pictures.take(phone, "case-not-accept", "details[open]", 310)
        await story.look(phone, "answered")
        await phone.press_and_wait("case.step.not-accept")
        assert VI.say("case.state.not_accepted") in await phone.page.inner_text("h1")


async def pass_it_on(story: Story) -> None:
    """A working day after the day: the program says that it is overdue, the Front passes it on."""
    await remind_cases(story.program.database_url, story.front.clock.now)
    async with story.sign_in(COMMUNE, "/staff/cases") as phone:
        await open_case(phone)
        assert VI.say("case.deed.overdue") in await phone.page.inner_text("#thread ~ ol")
        await unfold(phone, "escalate")
        await phone.page.fill("#reason-escalate", PASSED_ON)
        await phone.press_and_wait("case.step.escalate")
        assert VI.say("case.level.province") in await phone.page.inner_text("main")
        # Whoever held it before reads on, and moves it no more.
        assert await phone.page.locator("#others").count() == 0


async def answer_again(story: Story) -> None:
    async with story.sign_in(HEAD, "/staff/unit-cases") as phone:
        await open_case(phone)
        assert PASSED_ON in await phone.page.inner_text("main")
        await phone.page.fill("#reason-answer", SECOND_ANSWER)
        await phone.press_and_wait("case.step.answer")


async def accept_the_answer(story: Story) -> None:
    async with story.sign_in(PROVINCE, "/staff/cases") as phone:
        await open_case(phone)
        assert SECOND_ANSWER in await phone.page.inner_text("main")
        await phone.press_and_wait("case.step.accept")
        assert VI.say("case-outcome.verdict.soon") in await phone.page.inner_text("main")


async def see_what_came_of_it_and_close(story: Story) -> None:
    async with story.sign_in(PROVINCE, "/staff/cases") as phone:
        await open_case(phone)
        verdict = await phone.page.inner_text("#outcome ~ p strong")
        points, low, high = (int(number) for number in re.findall(r"\d+", verdict)[:3])
        assert verdict == VI.say("case-outcome.verdict.better", points=points, low=low, high=high)
        # The recipe lowers the desk by 20 points on 0-100; afterwards 11 of 12 are satisfied.
        assert 10 <= low < points < high <= 35
        await story.pictures.take(phone, "case-outcome", "section[aria-labelledby=outcome]")
        await story.pictures.take(phone, "case-chart", "section[aria-labelledby=outcome] picture")
        await phone.page.select_option("#result", "resolved")
        await phone.page.fill("#reason-close", "Số liệu sau khi chấp nhận cho thấy đã tốt lên.")
        await phone.page.fill("#summary", SUMMARY)
        await story.pictures.take(phone, "case-close", "label[for=result]", 40)
        await story.look(phone, "measured")
        await phone.press_and_wait("case.step.close")
        assert SUMMARY in await phone.page.inner_text("#step")
        await story.look(phone, "closed")
