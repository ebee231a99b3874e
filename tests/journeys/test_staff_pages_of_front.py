"""Every page of the Front about figures and alerts, in a real browser: read aloud, by keyboard alone, at any size."""

from playwright.async_api import Browser

from tests.journeys.staff_sites import Site
from tests.journeys.staff_stops import list_stops_of_part
from tests.journeys.staff_tour import take_tour


async def test_nobody_stumbles_on_a_page_of_the_front(sites: dict[str, Site], browser: Browser) -> None:
    assert await take_tour(sites, browser, list_stops_of_part(sites, "front")) == {}
