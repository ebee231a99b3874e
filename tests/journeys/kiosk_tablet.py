"""A tablet at an exit: a Chromium of its own with a profile on the disk, which may lose its power at any moment."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import msgspec
from litestar.types import Message, Receive, Scope, Send
from playwright.async_api import Page, async_playwright

from feedback.web.front_door import FrontDoor
from tests.browsers import ARGUMENTS, find_browser

TAP = """async (taps) => {
    const shown = "[data-words]:not([hidden]) [data-screen]:not([hidden])";
    const find = (selector) => document.querySelector(`${shown} ${selector}`);
    const receipts = [];
    for (const [desk, score] of taps) {
        document.querySelector("[data-words]:not([hidden])").querySelectorAll(".desk")[desk].click();
        find(`.answer[value="${score}"]`).click();
        while (!find("[data-next]")) await new Promise((resolve) => setTimeout(resolve, 2));
        receipts.push(find(".receipt").textContent);
        find("[data-next]").click();
    }
    return receipts;
}"""
IS_KEPT = """async () => Boolean(navigator.serviceWorker.controller)
    && Boolean(await caches.match(location.pathname))
    && (await (await caches.open("langnghe-kiosk")).keys()).length > 4"""
COUNT = "() => kioskQueue.describe().then((known) => [known.waiting, known.refused.length])"


class ForgetfulDoor(FrontDoor):
    """The program behind a proxy that loses every so many answers to a form after the program has acted on it."""

    def __init__(self, front_door: FrontDoor, every: int) -> None:
        super().__init__(front_door.app)
        self.every = every
        self.posts = 0
        self.lost = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        self.posts += is_post
        if not is_post or self.posts % self.every:
            await super().__call__(scope, receive, send)
            return
        statuses: list[int] = []

        async def swallow(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await super().__call__(scope, receive, swallow)
        self.lost += statuses == [201]
        await send({"type": "http.response.start", "status": 502, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<h1>Bad gateway</h1>", "more_body": False})


class Tablet(msgspec.Struct, frozen=True):
    page: Page
    process: asyncio.subprocess.Process

    async def open(self, address: str) -> None:
        await self.page.goto(address)
        await self.page.wait_for_selector(".desk:visible")

    async def tap(self, taps: Sequence[tuple[int, int]]) -> list[str]:
        """The receipts that were shown; each tap is (place of the desk, score)."""
        return cast("list[str]", await self.page.evaluate(TAP, taps))

    async def is_kept(self) -> None:
        """Returns once the page can be opened without network."""
        while not await self.page.evaluate(IS_KEPT):
            await asyncio.sleep(0.05)

    async def count_kept(self) -> tuple[int, int]:
        """How many ratings wait, and how many were refused."""
        waiting, refused = cast("list[int]", await self.page.evaluate(COUNT))
        return waiting, refused

    async def send_all(self) -> None:
        """Whenever nothing moves, a minute of the page's own clock passes."""
        before = (-1, 0)
        while (now := await self.count_kept())[0]:
            if now == before:
                await self.page.clock.fast_forward(61_000)
            before = now
            await asyncio.sleep(0.15)

    def lose_power(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)


@asynccontextmanager
async def start_tablet(profile: Path) -> AsyncGenerator[Tablet]:
    """Its clock runs as usual, and can be put forward. What is not killed inside is killed at the end."""
    port_file = profile / "DevToolsActivePort"
    port_file.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        find_browser() or "chromium",
        *ARGUMENTS,
        *("--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not port_file.exists() or not port_file.read_text("utf-8").strip():
            await asyncio.sleep(0.05)
        port = port_file.read_text("utf-8").split()[0]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            page = browser.contexts[0].pages[0]
            await page.clock.install()
            yield Tablet(page, process)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
