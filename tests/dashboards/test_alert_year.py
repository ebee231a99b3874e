"""A part of what `tools/alert_year.py` measures on the whole year: planted events are found, and few others ring."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from dashboards.periods import Period
from feedback.database import Connection, open_connection
from feedback.demo.load import load_demo
from feedback.demo.recipe import SMALL
from tests.dashboards.alert_replay import list_planted_entities, measure_watch, replay_front

DAY = date(2026, 11, 20)


@pytest.fixture
async def demo(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    await load_demo(connection, SMALL, DAY, lambda _: None)
    yield connection
    await connection.close()


async def test_every_planted_event_is_found_within_four_weeks_of_its_first_day(demo: Connection) -> None:
    front = await replay_front(demo, date(2026, 9, 21), DAY)
    assert len(front.found) == 7
    for event in front.found:
        assert event.day is not None, event
        # A rule looks at four closed weeks together, so it may need all of them.
        assert (event.day - event.began).days <= 28, event
        assert event.raised_on is not None
        assert event.raised_on - event.day <= timedelta(days=7), event
    drop = next(event for event in front.found if event.kind == "drop")
    # 20 points of a CUSUM at 7: 24 to 28 ratings where days are looked at one by one (methods); here 60 come a day.
    assert drop.ratings <= 150


async def test_false_alarms_of_desks_and_units_stay_within_the_goal(demo: Connection) -> None:
    planted = await list_planted_entities(demo, DAY)
    days = Period(date(2026, 7, 1), DAY - timedelta(days=1))
    figures = [await measure_watch(demo, role, days, planted) for role in ("desk", "unit")]
    alarms, years = sum(one.false_alarms for one in figures), sum(one.entity_years for one in figures)
    assert years > 10
    # The goal is 0.2 a year; over some 13 entity-years 2.6 alarms, with three standard errors (1.6) 7.4.
    assert alarms <= 7
