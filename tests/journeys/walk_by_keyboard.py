"""A page by the Tab key alone: what can be reached and in which order, whether the focus is seen, and the way on."""

from typing import cast

from playwright.async_api import Page

# A field for a day has a stop for each of day, month and year, and one for its calendar.
STOPS_OF_A_DAY = 4
MOST_TABS = 150
PREPARE = """() => {
    const looks = element => {
        const style = getComputedStyle(element);
        const outline = style.outlineStyle === "none" ? "" : style.outline;
        return [outline, style.boxShadow, style.borderColor, style.backgroundColor, style.textDecoration].join("|");
    };
    const isShown = element => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length;
    const scrolls = element => ["auto", "scroll"].includes(getComputedStyle(element).overflowX)
        && element.scrollWidth > element.clientWidth;
    const findStop = ({form, name}) => (form || document).querySelector(`[name="${name}"]:checked`)
        || (form || document).querySelector(`[name="${name}"]`);
    const usual = "a[href], button, input, select, textarea, summary, [tabindex], audio, video, iframe";
    const stops = [...document.querySelectorAll("body *")].filter(element =>
        (element.matches(usual) || scrolls(element))
        && element.getAttribute("tabindex") !== "-1" && !element.disabled && isShown(element)
        && !(element.type === "radio" && findStop(element) !== element));
    const walk = window.walk = {seen: [], wrong: [], names: stops.map(stop => stop.outerHTML.slice(0, 160))};
    const before = new Map(stops.map(stop => [stop, looks(stop)]));
    const look = () => {
        const element = document.activeElement, number = stops.indexOf(element);
        if (number < 0 || walk.seen.at(-1) === number) return;
        walk.seen.push(number);
        if (looks(element) === before.get(element)) walk.wrong.push("no focus seen: " + walk.names[number]);
        const box = element.getClientRects()[0];
        const left = Math.max(0, box.left), right = Math.min(innerWidth, box.right);
        const top = Math.max(0, box.top), bottom = Math.min(innerHeight, box.bottom);
        const hit = left < right && top < bottom && document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        if (!hit || !(element.contains(hit) || hit.contains(element)))
            walk.wrong.push("out of sight: " + walk.names[number]);
    };
    walk.look = look;
    document.addEventListener("keydown", look, true);
    return [stops.length, stops.filter(stop => stop.type === "date").length];
}"""
RESULT = """() => {
    window.walk.look();
    return {seen: window.walk.seen, wrong: window.walk.wrong, names: window.walk.names};
}"""
IN_MAIN = "() => document.querySelector('main').contains(document.activeElement)"
FOCUS_FIRST = """() => {
    const first = document.querySelector("a[href], button, input, select, [tabindex]");
    first.focus();
    return first.matches("a.skip");
}"""


async def list_keyboard_troubles(page: Page) -> list[str]:
    """On a page just opened, where nothing has the focus yet."""
    stops, days = cast("list[int]", await page.evaluate(PREPARE))
    for _ in range(stops + days * STOPS_OF_A_DAY + 1):
        await page.keyboard.press("Tab")
    result = cast("dict[str, list[int]]", await page.evaluate(RESULT))
    names, seen = cast("list[str]", result["names"]), result["seen"]
    found = list(cast("list[str]", result["wrong"]))
    found += [f"never reached: {name}" for number, name in enumerate(names) if number not in seen]
    # Past the end the walk begins anew.
    if seen[:stops] != sorted(seen[:stops]):
        found.append(f"out of order: {[names[number] for number in seen[:stops]]}")
    return found


async def list_skip_troubles(page: Page) -> list[str]:
    """Whether the first stop leads past all links of the frame, to the content."""
    if not await page.evaluate(FOCUS_FIRST):
        return ["the first stop is no link to the content"]
    await page.keyboard.press("Enter")
    if not await page.evaluate(IN_MAIN):
        return ["the link to the content leads elsewhere"]
    await page.keyboard.press("Tab")
    has_more = await page.locator("main :is(a[href], button, input:not([type=hidden]), select, summary)").count()
    return [] if await page.evaluate(IN_MAIN) or not has_more else ["after the link to the content comes another part"]


async def tab_to(page: Page, selector: str) -> None:
    """On with the Tab key until what `selector` names has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    message = f"the Tab key never comes to {selector}"
    raise AssertionError(message)


async def press_enter(page: Page) -> int:
    """The status of the page that the focused button or link brings."""
    async with page.expect_navigation() as navigation:
        await page.keyboard.press("Enter")
    answer = await navigation.value
    assert answer
    return answer.status
