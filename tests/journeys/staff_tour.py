"""The tour of staff pages: each stop looked at fully in Vietnamese on a phone, and again in English on a projector."""

import asyncio
from collections.abc import Sequence

from playwright.async_api import Browser, Page, Response, ViewportSize

from tests.journeys.look_at_page import (
    CONTRAST,
    EVERYTHING,
    PROJECTOR_WIDTHS,
    SMALL_WIDTHS,
    list_troubles_of_parts,
    list_troubles_of_room,
    list_troubles_of_switch,
    list_violations,
    listen,
)
from tests.journeys.staff_refusals import MissingFormError
from tests.journeys.staff_sites import Site, change_person, open_page
from tests.journeys.staff_stops import Stop
from tests.journeys.walk_by_keyboard import list_keyboard_troubles, list_skip_troubles

AT_ONCE, OK, BUSY = 3, 200, 503
TRIES, LONGEST_WAIT = 3, 10
PHONE, PROJECTOR = ViewportSize(width=360, height=640), ViewportSize(width=1280, height=800)
PICTURES_COME = "() => [...document.images].every(image => image.complete || image.loading === 'lazy')"
PARTS_SHOWN = "() => [...document.querySelectorAll('.part')].every(part => part.querySelector('.block'))"
# A part that fetches itself anew every few seconds is held still, as a copy that nobody has told to.
HOLD_STILL = """() => {
    for (const part of document.querySelectorAll("[hx-trigger^=every]")) part.replaceWith(part.cloneNode(true));
}"""
OPEN_ALL = "() => { scrollTo(0, 0); for (const details of document.querySelectorAll('details')) details.open = true }"

Troubles = dict[str, list[str]]


async def take_tour(sites: dict[str, Site], browser: Browser, stops: Sequence[Stop]) -> Troubles:
    """What is wrong, by the name of the visit; empty where nothing is."""
    troubles: Troubles = {}
    waiting = list(reversed(stops))

    async def work() -> None:
        async with open_page(browser) as page:
            while waiting:
                stop = waiting.pop()
                for language in ("vi", "en"):  # one after the other: what leads there may change the store meanwhile
                    if found := await visit(page, sites[stop.site], stop, language):
                        troubles[f"{stop.site} {stop.who} {stop.path} {stop.name} {language}"] = found

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return troubles


async def visit(page: Page, site: Site, stop: Stop, language: str) -> list[str]:
    await change_person(page, site, language if stop.who == "own" else stop.who)
    await page.set_viewport_size(PHONE if language == "vi" else PROJECTOR)
    await page.emulate_media(color_scheme="light" if language == "vi" else "dark")
    with listen(page) as faults:
        sign = "&" if "?" in stop.path else "?"
        answer = await open_patiently(page, f"{site.program.address}{stop.path}{sign}lang={language}", stop.status)
        faults.clear()
        try:
            status = await stop.act(page, site, language) if stop.act else answer.status
        except MissingFormError as error:
            return [f"{error} on a page of {answer.status}"]
        if status != stop.status:
            return [f"{status}, not {stop.status}"]
        await settle(page)
        found = await (look_fully if language == "vi" else look_again)(page, language, stop)
        return [*found, *faults]


async def open_patiently(page: Page, address: str, expected: int) -> Response:
    """Tried again where the machine is too busy for the store, after what the page says."""
    tries = 1
    while True:
        answer = await page.goto(address)
        assert answer
        if answer.status != BUSY or expected == BUSY or tries > TRIES:
            return answer
        tries += 1
        seconds = await answer.header_value("retry-after") or "1"
        await asyncio.sleep(min(LONGEST_WAIT, int(seconds) if seconds.isdigit() else 1))


async def settle(page: Page) -> None:
    """Until every part has come, and with all that can be unfolded open."""
    for part in await page.locator(".part").all():
        await part.scroll_into_view_if_needed()
    await page.wait_for_function(PARTS_SHOWN)
    await page.evaluate(HOLD_STILL)
    await page.evaluate(OPEN_ALL)
    await page.wait_for_function(PICTURES_COME)


async def look_fully(page: Page, language: str, stop: Stop) -> list[str]:
    found = await list_keyboard_troubles(page)
    if await page.locator("body.staff").count():
        found += await list_skip_troubles(page)
    found += await list_what_is_said(page, language, stop)
    found += await list_violations(page, "light", EVERYTHING)
    return found + await list_troubles_of_room(page, SMALL_WIDTHS)


async def look_again(page: Page, language: str, stop: Stop) -> list[str]:
    """What another language, the dark and a wide screen change."""
    found = await list_what_is_said(page, language, stop)
    found += await list_violations(page, "dark", CONTRAST)
    return found + await list_troubles_of_room(page, PROJECTOR_WIDTHS)


async def list_what_is_said(page: Page, language: str, stop: Stop) -> list[str]:
    found = await list_troubles_of_parts(page, language)
    return found + await list_troubles_of_switch(page, is_answer=stop.act is not None, is_refusal=stop.status != OK)
