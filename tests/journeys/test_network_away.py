"""The network of a commune's waiting room comes and goes; a rating once tapped arrives, and arrives once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Route, expect

from tests.journeys.phone import RECEIPT, Phone, open_phone
from tests.journeys.program import Program, run_program
from tests.journeys.town import EARLIER
from tests.world import BUSY_DESK, QUIET_DESK


async def count_new(program: Program) -> tuple[int, int]:
    """Rows and counted ratings beyond the town's past."""
    [(rows, counted)] = await program.select(
        "SELECT (SELECT count(*) FROM responses), (SELECT sum(n1 + n2 + n3 + n4 + n5) FROM daily_counts)"
    )
    return int(str(rows)) - EARLIER, int(str(counted)) - EARLIER


async def tap_without_network(phone: Phone, score: int) -> None:
    await phone.page.context.set_offline(True)
    await phone.tap_face(score)
    await expect(phone.page.locator("#waiting")).to_have_text(phone.wording.say("rate.waiting"))
    await expect(phone.page.locator("#waiting")).to_be_visible()
    await expect(phone.page.locator("#rating")).to_be_hidden()


async def close_page(phone: Phone) -> None:
    """Close the page and hold an empty new one of the same browser.

    The page sends nothing from here on: while a browser closes it, it is no longer held offline.
    """
    await phone.page.evaluate("() => { window.fetch = () => new Promise(() => {}) }")
    closed, phone.page = phone.page, await phone.page.context.new_page()
    await closed.close()


async def test_a_tap_without_network_waits_and_is_sent_by_itself(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await tap_without_network(phone, 3)
        assert await count_new(program) == (0, 0)
        await phone.page.context.set_offline(False)
        await phone.read_receipt()
        await expect(phone.page.locator("#waiting")).to_be_hidden()
        assert await count_new(program) == (1, 1)
        await phone.open(f"/Q/{QUIET_DESK}")
        assert await phone.page.evaluate("() => JSON.parse(localStorage['langnghe.unsent'])") == []
    assert await count_new(program) == (1, 1)


async def refuse_posts(route: Route) -> None:
    await (route.abort() if route.request.method == "POST" else route.continue_())


async def test_a_waiting_rating_outlives_a_reload(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await tap_without_network(phone, 3)
        await phone.page.route("**/Q/*", refuse_posts)
        await phone.page.context.set_offline(False)
        await phone.page.reload()
        # The page opens, but what is sent gets lost: the citizen is told that a rating still waits.
        await expect(phone.page.locator("#waiting")).to_be_visible()
        await expect(phone.page.locator("#rating")).to_be_visible()
        assert await count_new(program) == (0, 0)
        await phone.page.unroute("**/Q/*", refuse_posts)
        await expect(phone.page.locator("#sent .receipt")).to_have_text(RECEIPT)
        await expect(phone.page.locator("#waiting")).to_be_hidden()
    assert await count_new(program) == (1, 1)


async def test_a_phone_that_keeps_nothing_for_pages_still_sends_a_waiting_rating(
    program: Program, browser: Browser
) -> None:
    async with open_phone(browser, program) as phone:
        await phone.page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
        await phone.open(f"/Q/{QUIET_DESK}")
        await tap_without_network(phone, 3)
        await phone.page.context.set_offline(False)
        await phone.read_receipt()
    assert await count_new(program) == (1, 1)


async def test_a_tap_while_an_older_rating_is_being_sent_is_not_lost(program: Program, browser: Browser) -> None:
    asked, held = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await held.wait()
        await route.continue_()

    async with open_phone(browser, program) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await tap_without_network(phone, 3)
        await close_page(phone)
        await phone.page.context.set_offline(False)
        await phone.page.route(f"**/Q/{QUIET_DESK}", hold)
        # The page gives up on a reply after ten seconds; its clock stands still, however slow the machine is.
        await phone.page.clock.install()
        await phone.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
        await phone.open(f"/Q/{BUSY_DESK}")
        await asyncio.wait_for(asked.wait(), 20)
        await phone.tap_face(5)
        assert await count_new(program) == (0, 0)
        held.set()
        await phone.read_receipt()
        await expect(phone.page.locator("#sent .receipt")).to_have_text(RECEIPT)
    assert await count_new(program) == (2, 2)


async def test_a_waiting_rating_outlives_the_closed_page_and_the_next_one_is_free(
    program: Program, browser: Browser
) -> None:
    async with open_phone(browser, program) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await tap_without_network(phone, 3)
        await close_page(phone)
        await phone.page.context.set_offline(False)
        await phone.open(f"/Q/{BUSY_DESK}")
        await expect(phone.page.locator("#sent")).to_contain_text(phone.wording.say("rate.sent-later"))
        await expect(phone.page.locator("#sent")).to_be_visible()
        assert await count_new(program) == (1, 1)
        await phone.tap_face(5)
        await phone.read_receipt()
    assert await count_new(program) == (2, 2)
    newest_first = await program.select(
        "SELECT score, number FROM responses JOIN desks USING (desk_id) ORDER BY sequence_number DESC LIMIT 2"
    )
    assert newest_first == [(5, "1"), (3, "2")]


async def test_a_server_that_stops_and_comes_back_gets_the_rating(
    town_url: str, tmp_path: Path, browser: Browser
) -> None:
    async with run_program(town_url, tmp_path) as program:
        pass
    async with open_phone(browser, program) as phone:
        async with run_program(town_url, tmp_path, program.port):
            await phone.open(f"/Q/{QUIET_DESK}")
        await phone.tap_face(4)
        await expect(phone.page.locator("#waiting")).to_be_visible()
        async with run_program(town_url, tmp_path, program.port):
            await phone.read_receipt()
    assert await count_new(program) == (1, 1)


async def swallow_reply(route: Route) -> None:
    await route.fetch()
    await route.abort()


async def test_a_reply_lost_after_the_rating_was_stored_does_not_double_it(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await phone.page.route("**/Q/*", swallow_reply, times=1)
        await phone.tap_face(4)
        await expect(phone.page.locator("#waiting")).to_be_visible()
        assert await count_new(program) == (1, 1)
        await phone.read_receipt()
    assert await count_new(program) == (1, 1)
