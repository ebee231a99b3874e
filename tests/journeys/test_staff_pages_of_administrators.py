"""Every page of administrators in a real browser; that the tour leaves out no page; that what is wrong is noticed."""

from playwright.async_api import Browser

from tests.journeys.look_at_page import (
    EVERYTHING,
    PROJECTOR_WIDTHS,
    list_troubles_of_parts,
    list_troubles_of_room,
    list_troubles_of_switch,
    list_violations,
    listen,
)
from tests.journeys.staff_sites import Site, open_page
from tests.journeys.staff_stops import PARTS, list_pages, list_stops, list_stops_of_part, make_pattern
from tests.journeys.staff_tour import take_tour
from tests.journeys.walk_by_keyboard import list_keyboard_troubles, list_skip_troubles

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


async def test_nobody_stumbles_on_a_page_of_administrators(sites: dict[str, Site], browser: Browser) -> None:
    assert await take_tour(sites, browser, list_stops_of_part(sites, "administration")) == {}


async def test_the_tour_leaves_out_no_page(sites: dict[str, Site]) -> None:
    stops = list(list_stops(sites))
    toured = [stop for part in PARTS for stop in list_stops_of_part(sites, part)]
    assert len(toured) == len(stops)
    seen = {stop.path.partition("?")[0] for stop in stops}
    assert [path for path, _ in list_pages() if not any(make_pattern(path).fullmatch(one) for one in seen)] == []


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
                *await list_troubles_of_room(page, PROJECTOR_WIDTHS),
                *await list_violations(page, "light", EVERYTHING),
            ]
    told = "\n".join([*found, *faults])
    assert [fault for fault in PLANTED if fault not in told] == []
