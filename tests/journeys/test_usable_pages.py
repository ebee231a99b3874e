"""Every public page as a phone shows it: readable aloud, in light and dark, in both languages."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from playwright.async_api import Browser, Route, expect

from feedback.database import open_connection
from surveys.errors import UnknownDeskCodeError
from tests.feedback.kiosk_stage import PAGE as TABLET
from tests.feedback.kiosk_stage import register
from tests.feedback.test_case_receipt import SUMMARY, close_now
from tests.journeys.phone import HEIGHT, WORDINGS, Phone, open_phone
from tests.journeys.program import Program
from tests.journeys.town import PROVINCE, UNIT
from tests.world import BUSY_DESK, QUIET_DESK, REVOKED_DESK

OPENED = {
    "home": "/",
    "desk with a doubt": f"/Q/{BUSY_DESK}",
    "desk without a doubt": f"/Q/{QUIET_DESK}",
    "desk for a business": f"/Q/{BUSY_DESK}?rater=business",
    "revoked code": f"/Q/{REVOKED_DESK}",
    "typed with a slip": f"/Q?code={'X' if QUIET_DESK[0] != 'X' else 'Y'}{QUIET_DESK[1:]}",
    "receipt form": "/R",
    "no such page": "/nowhere",
    "unit": UNIT,
    "no such unit": "/U/nowhere",
    "province": PROVINCE,
    "method": "/M",
    "chat of the demo": f"/demo/chat?start={BUSY_DESK}",
}
DENUNCIATION = "Tôi tố cáo cán bộ đòi hối lộ hai triệu đồng"


async def refuse(route: Route) -> None:
    await route.abort()


SHOWN = "[data-words]:not([hidden]) [data-screen]:not([hidden])"


async def walk_after_a_case(phone: Phone, receipt: str) -> AsyncIterator[str]:
    """What its citizens are told once the Front has closed a case, and asked."""
    await close_now(phone.program.database_url)
    await phone.open_in_language("/R")
    await phone.page.fill("#receipt", receipt)
    await phone.press_and_wait("lookup.open")
    assert SUMMARY in await phone.page.inner_text("main")
    yield "receipt with an outcome"
    await phone.press_and_wait("follow.answer.better")
    yield "whether it got better"
    await phone.open_in_language(UNIT)
    assert SUMMARY in await phone.page.inner_text("main")
    yield "unit with a closed case"


async def walk_at_the_exit(phone: Phone) -> AsyncIterator[str]:
    connection = await open_connection(phone.program.database_url)
    await register(connection)
    await connection.close()
    await phone.open_in_language(TABLET)
    yield "tablet: which desk"
    await phone.page.locator(f"{SHOWN} .desk").first.click()
    await expect(phone.page.locator(f"{SHOWN} .answer").first).to_be_visible()
    yield "tablet: how was it"
    await phone.page.locator(f"{SHOWN} .answer").nth(3).click()
    await expect(phone.page.locator(f"{SHOWN} p.receipt")).to_be_visible()
    yield "tablet: thanks"


async def walk_through(phone: Phone) -> AsyncIterator[str]:
    """All pages that a citizen comes to, by name."""
    for name, path in OPENED.items():
        await phone.open_in_language(path)
        yield name
    await phone.open_in_language(f"/Q/{QUIET_DESK}")
    await phone.tap_face(4)
    await phone.read_receipt()
    yield "thanks in the page"
    # From here on as without our script, so that each answer is a page of its own.
    await phone.page.context.route("**/langnghe.js*", refuse)
    await phone.open_in_language(f"/Q/{QUIET_DESK}")
    async with phone.page.expect_navigation():
        await phone.tap_face(4)
    receipt = await phone.read_receipt()
    yield "receipt"
    await phone.press_and_wait("receipt.more")
    yield "second page"
    await phone.page.fill("#comment", DENUNCIATION)
    await phone.press_and_wait("more.send")
    yield "done, comment refused"
    await phone.press_and_wait("receipt.change")
    yield "change of mind"
    async with phone.page.expect_navigation():
        await phone.tap_face(1)
    yield "done"
    await phone.open_in_language("/R")
    await phone.page.fill("#receipt", "000")
    await phone.press_and_wait("lookup.open")
    yield "receipt not found"
    await phone.page.fill("#receipt", receipt)
    await phone.press_and_wait("lookup.open")
    yield "receipt found"
    await phone.open_in_language(f"/Q/{QUIET_DESK}")
    token = await phone.page.input_value("[name=token]")
    async with phone.page.expect_navigation():
        await phone.tap_face(4)
    await phone.open_in_language(f"/Q/{QUIET_DESK}")
    await phone.page.evaluate("token => { document.querySelector('[name=token]').value = token }", token)
    async with phone.page.expect_navigation():
        await phone.tap_face(2)
    yield "already rated"
    async for name in walk_after_a_case(phone, receipt):
        yield name
    async for name in walk_at_the_exit(phone):
        yield name


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_nobody_stumbles_on_any_public_page(program: Program, browser: Browser, language: str) -> None:
    troubles: dict[str, list[str]] = {}
    seen: list[str] = []
    async with open_phone(browser, program, language=language) as phone:
        async for name in walk_through(phone):
            seen.append(name)
            assert await phone.page.get_attribute("html", "lang") == language, name
            if found := await phone.list_troubles():
                troubles[name] = found
    assert troubles == {}
    assert len(seen) == len(OPENED) + 15


async def test_what_the_policy_refuses_is_heard(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        await phone.open("/")
        await phone.page.evaluate(
            "() => { const image = new Image(); image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';"
            " document.body.append(image); document.body.style.width = '900px' }"
        )
        await phone.page.wait_for_function("() => window.refused.length > 0")
        troubles = "\n".join(await phone.list_troubles())
    for word in ("refused: img-src data", "inline: <body", "image-alt", "900 pixels wide at 320"):
        assert word in troubles


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("path", [f"/Q/{BUSY_DESK}", f"/Q/{QUIET_DESK}", f"/Q/{QUIET_DESK}?rater=business"])
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_five_buttons_fit_a_thumb(
    program: Program, browser: Browser, language: str, path: str, width: int
) -> None:
    async with open_phone(browser, program, language=language) as phone:
        await phone.page.set_viewport_size({"width": width, "height": HEIGHT})
        await phone.open_in_language(path)
        boxes = [await button.bounding_box() for button in await phone.page.locator("button.answer").all()]
    found = [box for box in boxes if box]
    assert len(found) == 5
    assert min(box["height"] for box in found) >= 56
    # Full width: all but the 16 pixels that the page keeps free on each side.
    assert min(box["width"] for box in found) >= width - 2 * 16
    gaps = [below["y"] - above["y"] - above["height"] for above, below in pairwise(found)]
    assert min(gaps) >= 8


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_quiet_desk_is_rated_without_scrolling(program: Program, browser: Browser, language: str) -> None:
    async with open_phone(browser, program, language=language) as phone:
        await phone.open_in_language(f"/Q/{QUIET_DESK}")
        last = await phone.page.locator("button.answer").last.bounding_box()
    assert last
    assert last["y"] + last["height"] <= HEIGHT


async def test_the_address_of_a_revoked_card_is_kind_and_a_404(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        answer = await phone.open(f"/Q/{REVOKED_DESK}")
        assert answer.status == 404
        assert await phone.page.inner_text("#problem") == WORDINGS["vi"].error(UnknownDeskCodeError())
        assert await phone.page.is_visible("#code")
