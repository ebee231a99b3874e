"""The rules of alerts on numbers worked out by hand: when they fire, about what, and what is one cause."""

import math
from datetime import date, timedelta
from typing import Literal

import pytest

from dashboards.supervision.alerts.causes import About, is_part_of
from dashboards.supervision.alerts.rules_answers import find_clusters
from dashboards.supervision.alerts.rules_chance import measure_excess, measure_lack, measure_silence
from dashboards.supervision.alerts.rules_drops import find_fallen
from dashboards.supervision.alerts.rules_rates import find_low_response, find_set_aside
from dashboards.supervision.alerts.rules_silence import count_weekdays, find_silent_desks
from feedback.tables.alert_inputs import AnswerTally, DeskSilence, OpenDrop, UnitTally

SUNDAY = date(2026, 11, 15)
FIRST = SUNDAY - timedelta(days=27)


def test_tails_are_those_of_the_binomial_distribution() -> None:
    # P(X >= 3) of 4 with 1/2: (4 + 1) / 16; P(X <= 1): (1 + 4) / 16
    assert measure_excess(3, 4, 0.5) == pytest.approx(-math.log10(5 / 16))
    assert measure_lack(1, 4, 0.5) == pytest.approx(-math.log10(5 / 16))
    # all of ten with 1/10: 10 to the power of -10
    assert measure_excess(10, 10, 0.1) == pytest.approx(10)
    assert measure_silence(math.log(1000)) == pytest.approx(3)


def test_tails_of_what_is_certain_or_impossible() -> None:
    assert measure_excess(0, 10, 0.1) == 0
    assert measure_lack(10, 10, 0.1) == 0
    assert measure_excess(5, 10, 0.0) == math.inf
    assert measure_lack(0, 100_000, 0.5) == pytest.approx(100_000 * math.log10(2))


@pytest.mark.parametrize(
    ("received", "completed", "fires"),
    [
        (20, 1000, True),  # 2 %: P(X <= 20 of 1000 with 5 %) is about 1e-6
        (45, 1000, False),  # 4.5 % may be chance: P is about 0.26
        (50, 1000, False),  # the limit itself
        (0, 199, False),  # fewer dossiers than the rule asks for
        (0, 200, True),  # 0.95^200 = 3.5e-5
    ],
)
def test_a_low_response_rate_must_be_low_beyond_chance(received: int, completed: int, *, fires: bool) -> None:
    found = find_low_response([UnitTally(1, received, 0, completed)], FIRST, SUNDAY)
    assert [signal.about for signal in found] == [About("low_response", 1)] * fires


@pytest.mark.parametrize(
    ("received", "set_aside", "fires"),
    [
        (75, 25, True),  # a quarter of 100
        (88, 12, False),  # 12 of 100 where 10 are allowed: P is about 0.3
        (14, 15, False),  # fewer than 30 in all
    ],
)
def test_too_many_set_aside(received: int, set_aside: int, *, fires: bool) -> None:
    found = find_set_aside([UnitTally(1, received, set_aside, 0)], FIRST, SUNDAY)
    assert [signal.about for signal in found] == [About("set_aside", 1)] * fires


USUAL = [AnswerTally(1, "48", 1000, 19), AnswerTally(9, "15", 100, 0)]


@pytest.mark.parametrize(
    ("tally", "fires"),
    [
        (AnswerTally(1, "48", 60, 8), True),  # usual (19 + 1) / (1000 + 1) = 2 %: 1.2 expected
        (AnswerTally(1, "48", 10, 4), False),  # four are no cluster, however unlikely
        (AnswerTally(1, "48", 200, 6), False),  # 4 expected
        (AnswerTally(9, "15", 60, 8), True),  # too few answers there: the nation's 20 / 1101 stands in
    ],
)
def test_a_cluster_of_answers_is_held_against_the_province(tally: AnswerTally, *, fires: bool) -> None:
    found = find_clusters("harassment", [tally], USUAL, FIRST, SUNDAY)
    assert [signal.about for signal in found] == [About("harassment", tally.unit_id)] * fires


def test_nothing_is_a_cluster_while_nobody_knows_what_is_usual() -> None:
    before = [AnswerTally(1, "48", 50, 0)]
    assert find_clusters("harassment", [AnswerTally(1, "48", 60, 30)], before, FIRST, SUNDAY) == []


def test_weekdays_are_counted_with_both_ends() -> None:
    assert count_weekdays(date(2026, 11, 2), SUNDAY) == 10
    assert count_weekdays(date(2026, 11, 6), SUNDAY) == 6
    assert count_weekdays(SUNDAY, date(2026, 11, 2)) == 0


@pytest.mark.parametrize(
    ("first", "dossiers", "received", "fires"),
    [
        (date(2026, 11, 2), 100.0, 100, True),  # ten a hundred: 10 expected, e^-10 = 4.5e-5
        (date(2026, 11, 2), 60.0, 100, False),  # 6 expected: e^-6 = 2.5e-3
        (date(2026, 11, 3), 100.0, 100, False),  # nine weekdays
        (date(2026, 11, 2), 150.0, 0, True),  # nobody rates in the unit: 5 % of 150 are 7.5
    ],
)
def test_a_desk_is_silent_when_its_dossiers_would_have_brought_ratings(
    first: date, dossiers: float, received: int, *, fires: bool
) -> None:
    found = find_silent_desks([DeskSilence(1, 7, first, dossiers, received, 1000)], SUNDAY)
    assert [signal.about for signal in found] == [About("silent_desk", 1, 7)] * fires


def make_drop(role: Literal["official", "unit", "desk"], entity: int, day: date) -> OpenDrop:
    return OpenDrop(1, role, entity, 1, "drop", day, 8.0, 7.0)


def test_a_drop_is_told_once_its_week_has_closed() -> None:
    drops = [make_drop("desk", 3, SUNDAY), make_drop("desk", 4, SUNDAY + timedelta(days=1))]
    assert [signal.about.desk_id for signal in find_fallen(drops, {}, SUNDAY)] == [3]


def test_two_surveys_of_one_desk_are_one_cause_of_the_first_day() -> None:
    drops = [make_drop("desk", 3, date(2026, 11, 5)), make_drop("desk", 3, date(2026, 11, 3))]
    [signal] = find_fallen(drops, {}, SUNDAY)
    assert (signal.about.cause, signal.day) == ("drop/desk/3", date(2026, 11, 3))


def test_an_official_stands_at_the_desk_of_most_ratings() -> None:
    [signal] = find_fallen([make_drop("official", 12, SUNDAY)], {12: 3}, SUNDAY)
    assert signal.about == About("drop", 1, 3, 12)
    assert signal.about.cause == "drop/official/12"


DESK_DROP, DESK_LOW = About("drop", 1, 3), About("low_share", 1, 3)
UNIT_DROP, UNIT_LOW = About("drop", 1), About("low_share", 1)
OFFICIAL = About("drop", 1, 3, 12)


@pytest.mark.parametrize(
    ("part", "whole", "is_part"),
    [
        (OFFICIAL, DESK_DROP, True),
        (DESK_LOW, DESK_DROP, True),
        (UNIT_DROP, DESK_DROP, True),
        (UNIT_LOW, DESK_LOW, True),
        (UNIT_LOW, UNIT_DROP, True),
        (DESK_DROP, OFFICIAL, False),
        (DESK_DROP, UNIT_DROP, False),
        (OFFICIAL, DESK_LOW, False),
        (OFFICIAL, About("drop", 1, 4), False),
        (UNIT_DROP, About("drop", 2, 3), False),
        (DESK_DROP, DESK_DROP, False),
        (About("silent_desk", 1, 3), DESK_DROP, False),
    ],
)
def test_which_cause_explains_which(part: About, whole: About, *, is_part: bool) -> None:
    assert is_part_of(part, whole) is is_part
