"""What everybody needs of every page for staff: a name, parts that can be told apart, a language, and room."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import cast

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Error, Page

AXE = Axe()
# Without `resultTypes`, what is right is described too, at twice the cost.
EVERYTHING = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
WRONG_METHOD = 405
SMALL_WIDTHS, PROJECTOR_WIDTHS = {320: 640, 360: 640}, {1280: 800}
PARTS = """() => {
    const count = (selector, most) => {
        const found = [...document.querySelectorAll(selector)].filter(element => element.checkVisibility()).length;
        return found === most ? [] : [`${found} of ${selector}`];
    };
    const names = [...document.querySelectorAll("nav")].map(nav => nav.getAttribute("aria-label") || "");
    return [
        ...count("h1", 1), ...count("main", 1), ...count("body > header", 1), ...count("body > footer", 1),
        ...(document.title.trim().length < 4 ? ["no title"] : []),
        ...(names.includes("") || new Set(names).size < names.length ? [`parts to go to: ${names}`] : []),
        ...[...document.images].filter(image => !image.complete || !image.naturalWidth).map(image => image.outerHTML),
        ...[...document.querySelectorAll("*")].filter(element =>
            (element.localName === "script" && !element.hasAttribute("src"))
            || [...element.attributes].some(({name}) => name.startsWith("on") || name === "style")
        ).map(element => "inline: " + element.outerHTML),
        ...window.refused.map(what => "refused: " + what),
    ];
}"""
ROOM = """() => {
    const found = [], root = document.scrollingElement;
    if (root.scrollWidth > innerWidth) found.push(`${root.scrollWidth} pixels wide`);
    for (const element of document.querySelectorAll("body *")) {
        if (!element.checkVisibility() || element.closest(".spoken, .skip, .cards thead, svg, option")) continue;
        const style = getComputedStyle(element), name = element.outerHTML.slice(0, 160);
        const scrolls = ["auto", "scroll"].includes(style.overflowX);
        if (!scrolls && element.clientWidth && element.localName !== "select" && element.localName !== "input"
            && element.scrollWidth > element.clientWidth + 1)
            found.push(`wider than its place (${element.scrollWidth} > ${element.clientWidth}): ${name}`);
        if (["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1)
            found.push("cut off: " + name);
        if (element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".wide"))
            found.push("beyond the edge: " + name);
    }
    return found;
}"""
SWITCH = """() => [...document.querySelectorAll(".top a[hreflang]")].map(link => {
    const [here, there] = [new URL(location), new URL(link.href)];
    const isSame = link.hreflang === there.searchParams.get("lang");
    here.searchParams.delete("lang");
    there.searchParams.delete("lang");
    here.searchParams.sort();
    there.searchParams.sort();
    const isAsked = String(here.searchParams) === String(there.searchParams);
    return [link.href, isSame && isAsked && here.pathname === there.pathname];
})"""


@contextmanager
def listen(page: Page) -> Generator[list[str]]:
    """What goes wrong behind a page meanwhile: its console, its scripts, what it loads."""
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A page of refusal has such a status by right.
        is_own = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
        if message.type in {"error", "warning"} and not is_own:
            faults.append(f"console: {message.text} {message.location['url']}")

    def fail(error: Error) -> None:
        faults.append(f"script: {error}")

    page.on("console", hear)
    page.on("pageerror", fail)
    yield faults
    page.remove_listener("console", hear)
    page.remove_listener("pageerror", fail)


async def list_troubles_of_parts(page: Page, language: str) -> list[str]:
    found = cast("list[str]", await page.evaluate(PARTS))
    if await page.get_attribute("html", "lang") != language:
        found.append("another language")
    return found


async def list_troubles_of_room(page: Page, widths: Mapping[int, int]) -> list[str]:
    """At each width; the last stays."""
    found: list[str] = []
    for width, height in widths.items():
        await page.set_viewport_size({"width": width, "height": height})
        found += [f"at {width}: {trouble}" for trouble in cast("list[str]", await page.evaluate(ROOM))]
    return found


async def list_violations(page: Page, scheme: str, options: Mapping[str, object]) -> list[str]:
    """By axe, according to `options`: EVERYTHING are all its usual rules, and the size of targets."""
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    results = await AXE.run(page, options=dict(options))  # pyright: ignore[reportArgumentType]
    violations = cast("list[dict[str, object]]", results.response["violations"])
    return [f"{scheme}: {violation['id']}: {violation['nodes']}"[:600] for violation in violations]


async def list_troubles_of_switch(page: Page, *, is_answer: bool, is_refusal: bool) -> list[str]:
    """The other language is the same address; where a form was answered, a page at least. A refusal may offer none."""
    links = cast("list[tuple[str, bool]]", await page.evaluate(SWITCH))
    if is_answer:
        statuses = {address: (await page.context.request.get(address)).status for address, _ in links}
        return [
            f"{status} in the other language: {address}"
            for address, status in statuses.items()
            if status == WRONG_METHOD
        ]
    is_kept = [is_same for _, is_same in links] == [True] or (is_refusal and not links)
    return [] if is_kept else [f"to the other language: {links}"]
