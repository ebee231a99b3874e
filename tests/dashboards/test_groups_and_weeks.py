from datetime import date

import polars as pl

from dashboards.indicators.groups import calculate_by_channel, calculate_by_procedure
from dashboards.indicators.weeks import calculate_weekly_shares
from dashboards.periods import Period
from tests.dashboards.frames import LAST_SUNDAY, MONDAY, make_counts

CODES = pl.DataFrame({"procedure_id": [31, 32, 33], "code": ["1.001193", "1.001193", "1.000894"]}).cast(
    {"procedure_id": pl.Int32}
)


def test_a_week_runs_from_monday_to_sunday() -> None:
    weeks = Period(date(2026, 11, 2), LAST_SUNDAY)
    counts = make_counts(
        (date(2026, 11, 8), 31, 1, (0, 0, 0, 0, 3)),  # Sunday of the first week
        (date(2026, 11, 9), 31, 1, (1, 0, 0, 0, 0)),  # Monday of the second
        (date(2026, 11, 15), 31, 2, (0, 0, 0, 1, 0)),  # its Sunday
    )
    weekly = calculate_weekly_shares(counts, weeks)
    assert weekly["week"].to_list() == [date(2026, 11, 2), date(2026, 11, 9)]
    assert weekly["n"].to_list() == [3, 2]
    assert weekly["satisfied_share"].to_list() == [1.0, 0.5]


def test_the_open_week_is_in_no_weekly_number() -> None:
    counts = make_counts((MONDAY, 31, 1, (5, 0, 0, 0, 0)))
    weekly = calculate_weekly_shares(counts, Period(date(2026, 11, 9), LAST_SUNDAY))
    assert weekly["n"].to_list() == [0]


def test_a_week_without_ratings_stays_in_the_list_without_a_share() -> None:
    weekly = calculate_weekly_shares(make_counts(), Period(date(2026, 11, 2), LAST_SUNDAY))
    assert weekly["satisfied_share"].to_list() == [None, None]


def test_a_renamed_procedure_keeps_its_one_row() -> None:
    counts = make_counts(
        (MONDAY, 31, 1, (1, 0, 0, 0, 0)), (MONDAY, 32, 1, (0, 0, 0, 0, 3)), (MONDAY, 33, 1, (0, 0, 1, 0, 0))
    )
    by_procedure = calculate_by_procedure(counts, CODES)
    assert by_procedure.select("code", "n").rows() == [("1.000894", 1), ("1.001193", 4)]


def test_ratings_without_a_procedure_have_a_row_of_their_own() -> None:
    by_procedure = calculate_by_procedure(make_counts((MONDAY, 0, 1, (0, 0, 0, 2, 0))), CODES)
    assert by_procedure.select("code", "n").rows() == [("", 2)]


def test_channels_are_kept_apart() -> None:
    counts = make_counts((MONDAY, 31, 1, (0, 0, 0, 0, 3)), (MONDAY, 31, 4, (1, 0, 0, 0, 1)))
    by_channel = calculate_by_channel(counts)
    assert by_channel.select("channel", "n", "satisfied_share").rows() == [(1, 3, 1.0), (4, 2, 0.5)]
