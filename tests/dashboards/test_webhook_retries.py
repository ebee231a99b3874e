import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.webhooks.retries import find_next_try, read_retry_after

MADE = datetime(2026, 10, 8, 1, tzinfo=UTC)
END = MADE + timedelta(days=3)


def list_tries(chance: random.Random, retry_after: str = "") -> list[datetime]:
    """When each try is made, if all fail at once."""
    made, next_try = [MADE], find_next_try(1, MADE, END, retry_after, chance.random)
    while next_try is not None:
        made.append(next_try)
        next_try = find_next_try(len(made), next_try, END, retry_after, chance.random)
    return made


@given(st.integers())
def test_pauses_grow_by_plan_and_end_after_three_days(seed: int) -> None:
    made = list_tries(random.Random(seed))  # noqa: S311 (a test repeats its chance)
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(made)]
    planned = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, *[43_200] * 5]
    assert made[-1] == END
    # Of the 72 hours 31.6 to 37.9 go to the first seven pauses; 34.1 to 40.4 are left for some of 12 to 14.4.
    assert 10 <= len(made) <= 12
    for pause, plan in zip(pauses[:-1], planned, strict=False):
        assert plan <= pause <= plan * 1.2 + 1e-6


def test_chance_parts_those_that_failed_together() -> None:
    chance = random.Random(4)  # noqa: S311 (as above)
    moments = {find_next_try(3, MADE, END, "", chance.random) for _ in range(100)}
    assert len(moments) == 100


def test_a_failure_after_the_end_is_the_last_one() -> None:
    assert find_next_try(1, END, END, "60", lambda: 0.0) is None
    assert find_next_try(1, END + timedelta(days=4), END, "", lambda: 0.0) is None


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("", timedelta()),
        ("120", timedelta(minutes=2)),
        ("86400", timedelta(days=1)),
        ("86401", timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        ("Thu, 08 Oct 2026 02:00:00 GMT", timedelta(hours=1)),
        ("Thu, 08 Oct 2026 02:00:00", timedelta(hours=1)),
        ("Thu, 08 Oct 2026 08:00:00 +0700", timedelta()),
        ("Mon, 01 Jan 9999 00:00:00 GMT", timedelta(days=1)),
        ("Mon, 01 Jan 2001 00:00:00 GMT", timedelta()),
        ("-5", timedelta()),
        ("1.5", timedelta()),
        ("٣", timedelta()),
        ("soon", timedelta()),
    ],
)
def test_what_the_receiver_asks_for_is_honoured_up_to_a_day(asked: str, pause: timedelta) -> None:
    assert read_retry_after(asked, MADE) == pause


@given(st.text(max_size=40))
def test_whatever_stands_in_the_header_gives_a_pause(text: str) -> None:
    assert timedelta() <= read_retry_after(text, MADE) <= timedelta(days=1)


def test_asking_for_less_than_the_plan_hurries_nobody() -> None:
    assert find_next_try(2, MADE, END, "0", lambda: 0.0) == MADE + timedelta(minutes=5)
    assert find_next_try(2, MADE, END, "600", lambda: 1.0) == MADE + timedelta(minutes=10)


def test_asking_for_more_than_is_left_gets_one_try_at_the_end() -> None:
    moment = END - timedelta(hours=2)
    assert find_next_try(9, moment, END, "86400", lambda: 0.0) == END
