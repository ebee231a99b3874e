"""One case from the alert to the report: sent, answered, not accepted, passed on, accepted, measured, told to citizens.

The same way through the program draws the pictures of docs/supervisor-guide.vi.md.
"""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from playwright.async_api import Browser

from tests.conftest import name_database, run_on_server
from tests.dashboards.sign_in_stage import Clock
from tests.journeys.case_steps_on_phones import (
    accept_the_answer,
    answer_again,
    open_the_case,
    pass_it_on,
    rate_badly,
    receive_and_answer,
    refuse_the_answer,
    see_what_came_of_it_and_close,
)
from tests.journeys.case_story import BETTER, FALLEN, SIZE, Story, rate_on
from tests.journeys.case_told import draw_a_round, make_a_batch, report_it, tell_the_citizen
from tests.journeys.front import COMMUNE, DAY, NOW, PROVINCE, Front, make_demo, open_staff_phone, wire_on
from tests.journeys.guide_pictures import FOLDER, RENEW, GuidePictures
from tests.journeys.program import run_program


@pytest.fixture
async def story(
    server_url: str,
    template: str,
    browser: Browser,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Story]:
    name, clock, home = f"case_{uuid4().hex[:12]}", Clock(), tmp_path
    clock.now = NOW
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    url = name_database(server_url, name)
    proofs = await make_demo(url, home, SIZE)
    pictures = GuidePictures(bool(request.config.getoption("renew_pictures", default=False)))
    async with run_program(url, home, front_door=wire_on(url, home, clock)) as program:
        named = msgspec.structs.replace(program, address=program.address.replace("127.0.0.1", "localhost"))
        yield Story(Front(named, clock, proofs, browser, home), pictures, [])
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_case_from_the_alert_to_the_report(story: Story) -> None:
    receipt = await rate_badly(story)
    await open_the_case(story)
    story.wait_until(date(2026, 11, 23))
    await receive_and_answer(story)
    story.wait_until(date(2026, 11, 27))
    await refuse_the_answer(story)
    story.wait_until(date(2026, 12, 14))
    await pass_it_on(story)
    story.wait_until(date(2026, 12, 16))
    await answer_again(story)
    story.wait_until(date(2026, 12, 18))
    await accept_the_answer(story)
    await rate_on(story.program, DAY, date(2026, 12, 18), FALLEN)
    await rate_on(story.program, date(2026, 12, 21), date(2027, 1, 24), BETTER)
    story.wait_until(date(2027, 1, 25))
    await see_what_came_of_it_and_close(story)
    story.wait_until(date(2027, 1, 26))
    await tell_the_citizen(story, receipt)
    story.wait_until(date(2027, 2, 1))
    await report_it(story)
    await see_the_other_pages(story)
    assert story.troubles == []
    assert story.pictures.stale == [], f"renew them: {RENEW}"
    assert sorted(story.pictures.taken) == sorted(file.stem for file in FOLDER.glob("*"))


async def see_the_other_pages(story: Story) -> None:
    """Of which the guide tells beside the case."""
    async with open_staff_phone(story.front) as phone:
        await phone.open_in_language("/staff/sign-in")
        await story.pictures.take(phone, "sign-in")
    async with story.sign_in(PROVINCE, "/staff/checks") as phone:
        await draw_a_round(story, phone)
    async with story.sign_in(COMMUNE, "/staff/forms/batches") as phone:
        await make_a_batch(story, phone)
