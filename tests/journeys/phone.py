"""A citizen's phone: a real Chromium at 360×640 that remembers what it loaded and what was refused."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Response

from feedback.folders import FEEDBACK
from surveys.wording import LOCALE_FOLDER, Wording, read_wordings
from tests.journeys.program import Program
from wiring import DASHBOARDS

WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"])
WIDTH, HEIGHT = 360, 640
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", event =>
    window.refused.push(event.violatedDirective + " " + event.blockedURI));
"""
INLINE = """() => [...document.querySelectorAll("*")].filter(element =>
    (element.localName === "script" && !element.hasAttribute("src"))
    || [...element.attributes].some(({name}) => name.startsWith("on") || name === "style")
).map(element => element.outerHTML)"""
RECEIPT = re.compile(r"([0-9A-Z]{4}-){5}[0-9A-Z]{4}")


class Phone:
    def __init__(self, page: Page, program: Program, wording: Wording) -> None:
        self.page = page
        self.program = program
        self.wording = wording
        self.loaded: list[str] = []
        self.faults: list[str] = []
        page.on("request", lambda request: self.loaded.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    async def open(self, path: str) -> Response:
        response = await self.page.goto(f"{self.program.address}{path}")
        assert response
        return response

    async def open_in_language(self, path: str) -> Response:
        sign = "&" if "?" in path else "?"
        return await self.open(f"{path}{sign}lang={self.wording.language}")

    async def tap_face(self, score: int) -> None:
        await self.page.click(f'button.answer[value="{score}"]')

    async def press(self, key: str) -> None:
        """Press the button that says the sentence `key`."""
        await self.page.get_by_role("button", name=self.wording.say(key), exact=True).click()

    async def press_and_wait(self, key: str) -> Response:
        """Press a button that opens another page."""
        async with self.page.expect_navigation() as navigation:
            await self.press(key)
        response = await navigation.value
        assert response
        return response

    async def read_receipt(self) -> str:
        receipt = self.page.locator("p.receipt:visible")
        await receipt.wait_for()
        text = (await receipt.inner_text()).strip()
        assert RECEIPT.fullmatch(text), text
        return text

    async def read_received(self, unit: str) -> int:
        """How many ratings the unit's page says it received this year."""
        assert (await self.open(unit)).status == 200
        return int("".join(filter(str.isdigit, await self.page.inner_text("#received"))))

    async def list_troubles(self) -> list[str]:
        """What a person, a reader of pages aloud or a strict policy would stumble over on the page shown."""
        return [
            *await self.list_violations("light"),
            *await self.list_violations("dark"),
            *await self.list_overflows(),
            *[f"inline: {element}" for element in await self.page.evaluate(INLINE)],
            *[f"refused: {what}" for what in await self.page.evaluate("() => window.refused")],
        ]

    async def list_violations(self, scheme: str) -> list[str]:
        """By axe, all its default rules and the size of targets."""
        await self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        # Without the second, what is right is described too, at twice the cost.
        options = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
        results = await Axe().run(self.page, options=options)  # pyright: ignore[reportArgumentType]
        violations = cast("list[dict[str, object]]", results.response["violations"])
        return [f"{scheme}: {violation['id']}: {violation['nodes']}"[:600] for violation in violations]

    async def list_overflows(self) -> list[str]:
        found: list[str] = []
        for width in (320, WIDTH):
            await self.page.set_viewport_size({"width": width, "height": HEIGHT})
            needed = await self.page.evaluate("() => document.scrollingElement.scrollWidth")
            found += [f"{needed} pixels wide at {width}"] if needed > width else []
        return found

    async def check_manners(self) -> None:
        """Nothing from others, nothing that identifies, nothing broken on the way here."""
        assert [address for address in self.loaded if not address.startswith(self.program.address)] == []
        assert await self.page.context.cookies() == []
        assert self.faults == []


@asynccontextmanager
async def open_phone(
    browser: Browser, program: Program, *, scripts: bool = True, language: str = "vi"
) -> AsyncGenerator[Phone]:
    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        java_script_enabled=scripts,
        has_touch=True,
        locale="en-GB" if language == "en" else "vi-VN",
    )
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    phone = Phone(await context.new_page(), program, WORDINGS[language])
    try:
        yield phone
        await phone.check_manners()
    finally:
        await context.close()
