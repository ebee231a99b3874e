"""Every staff page, found from the routes, in a real browser: readable aloud, by keyboard alone, small and large.

In both languages and both colour schemes, at 320, 360 and 1280 pixels; with the pages that only a form can bring.
"""

import asyncio

from playwright.async_api import Browser, Page, ViewportSize

from tests.journeys.look_at_page import (
    CONTRAST,
    EVERYTHING,
    list_troubles_of_parts,
    list_troubles_of_room,
    list_troubles_of_switch,
    list_violations,
    listen,
)
from tests.journeys.staff_sites import Site, change_person, open_page
from tests.journeys.staff_stops import Stop, list_stops
from tests.journeys.walk_by_keyboard import list_keyboard_troubles, list_skip_troubles

AT_ONCE, OK = 3, 200
PHONE, PROJECTOR = ViewportSize(width=360, height=640), ViewportSize(width=1280, height=800)
SPOIL = """() => {
    const add = (text, looks = {}) => {
        const element = document.createElement("button");
        element.textContent = text;
        Object.assign(element.style, looks);
        document.querySelector("main").append(element);
        return element;
    };
    add("unseen", {outline: "none"});
    add("early").tabIndex = 5;
    add("trap").addEventListener("keydown", event => event.preventDefault());
    add("after the trap");
    add("a long sentence that is cut", {width: "40px", height: "20px", overflow: "hidden", whiteSpace: "nowrap"});
    add("beyond", {position: "absolute", left: "2000px"});
    add("pale", {color: "#eee", background: "#fff"});
    document.querySelector("a.skip").remove();
    document.querySelector("h1").remove();
    document.querySelector("a[hreflang]").href = "/staff/sign-in";
    console.error("said aloud");
}"""
PLANTED = (
    'no focus seen: <button style="outline',
    "out of order",
    "never reached: <button>after the trap",
    "the first stop is no link",
    "0 of h1",
    "another language",
    "inline: <button",
    "to the other language",
    "pixels wide",
    "cut off: <button",
    "beyond the edge: <button",
    "light: color-contrast",
    "console: said aloud",
)
PICTURES_COME = "() => [...document.images].every(image => image.complete || image.loading === 'lazy')"
PARTS_SHOWN = "() => [...document.querySelectorAll('.part')].every(part => part.querySelector('.block'))"


async def visit(page: Page, site: Site, stop: Stop, language: str) -> list[str]:
    await change_person(page, site, language if stop.who == "own" else stop.who)
    with listen(page) as faults:
        await page.set_viewport_size(PHONE if language == "vi" else PROJECTOR)
        sign = "&" if "?" in stop.path else "?"
        answer = await page.goto(f"{site.program.address}{stop.path}{sign}lang={language}")
        assert answer
        status = await stop.act(page, site, language) if stop.act else answer.status
        if status != stop.status:
            return [f"{status}, not {stop.status}"]
        await settle(page)
        found = await look(page, language, stop)
        return [*found, *faults]


async def settle(page: Page) -> None:
    """Until every part has come, and with all that can be unfolded open."""
    for part in await page.locator(".part").all():
        await part.scroll_into_view_if_needed()
    await page.wait_for_function(PARTS_SHOWN)
    await page.evaluate(
        "() => { scrollTo(0, 0); for (const details of document.querySelectorAll('details')) details.open = true }"
    )
    await page.wait_for_function(PICTURES_COME)


async def look(page: Page, language: str, stop: Stop) -> list[str]:
    """All on the phone, light, in Vietnamese; on the projector, dark, in English, what these three may change."""
    found = await list_troubles_of_parts(page, language)
    found += await list_troubles_of_switch(page, is_answer=stop.act is not None, is_refusal=stop.status != OK)
    found += await (look_closely(page) if language == "vi" else list_violations(page, "dark", CONTRAST))
    return found + await list_troubles_of_room(page)


async def look_closely(page: Page) -> list[str]:
    found = await list_keyboard_troubles(page)
    if await page.locator("body.staff").count():
        found += await list_skip_troubles(page)
    return found + await list_violations(page, "light", EVERYTHING)


async def test_nobody_stumbles_on_any_staff_page(sites: dict[str, Site], browser: Browser) -> None:
    troubles: dict[str, list[str]] = {}
    waiting = [(stop, language) for stop in list_stops(sites) for language in ("vi", "en")]
    waiting.reverse()

    async def work() -> None:
        async with open_page(browser) as page:
            while waiting:
                stop, language = waiting.pop()
                if found := await visit(page, sites[stop.site], stop, language):
                    troubles[f"{stop.site} {stop.who} {stop.path} {stop.name} {language}"] = found

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    assert troubles == {}


async def test_what_is_wrong_on_a_page_would_be_noticed(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    async with open_page(browser) as page:
        with listen(page) as faults:
            await page.goto(f"{site.program.address}/staff/sign-in?lang=vi")
            await page.evaluate(SPOIL)
            found = [
                *await list_keyboard_troubles(page),
                *await list_skip_troubles(page),
                *await list_troubles_of_parts(page, "en"),
                *await list_troubles_of_switch(page, is_answer=False, is_refusal=False),
                *await list_troubles_of_room(page),
                *await list_violations(page, "light", EVERYTHING),
            ]
    told = "\n".join([*found, *faults])
    assert [fault for fault in PLANTED if fault not in told] == []
