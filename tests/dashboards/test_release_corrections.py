"""Rule P8: what was corrected after a release goes into the next one, or waits. Numbers by hand."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dashboards.indicators.satisfaction import SCORES
from dashboards.releases.corrections import (
    KEY,
    Corrected,
    carry_corrections,
    count_carried,
    count_waiting,
    sum_by_day,
    sum_by_key,
)
from tests.dashboards.fair_frames import COUNTS, ROW, Scores

FIRST_DAY = date(2026, 7, 1)
Row = tuple[dict[str, Any], Scores]


def make_rows(*rows: Row) -> pl.DataFrame:
    """One row for each (what differs from ROW, n1 to n5), summed by key and day."""
    named = [{**ROW, **row, **dict(zip(SCORES, scores, strict=True))} for row, scores in rows]
    return pl.DataFrame(named, schema=COUNTS).drop("desk_id")


def carry(counts: list[Row], pending: list[Row]) -> Corrected:
    return carry_corrections(sum_by_day(make_rows(*counts)), sum_by_key(make_rows(*pending)), FIRST_DAY)


def on(day: int, **changes: int | str) -> dict[str, Any]:
    """The `day`th of the quarter, from 0."""
    return {"day": FIRST_DAY + timedelta(days=day), **changes}


def list_counts(counts: pl.DataFrame) -> list[tuple[int, ...]]:
    """(day of the quarter, official, n1 to n5)."""
    rows = counts.sort("day", "official_id").select("day", "official_id", *SCORES).rows()
    return [((day - FIRST_DAY).days, *rest) for day, *rest in rows]


def test_a_removal_comes_off_the_latest_days_of_the_same_key_and_score() -> None:
    # Four ones to take: two from day 9, then one of three from day 5 is not enough: two.
    corrected = carry(
        [(on(2), (5, 0, 0, 0, 1)), (on(5), (3, 0, 0, 0, 1)), (on(9), (2, 0, 0, 0, 1))], [({}, (-4, 0, 0, 0, 0))]
    )
    assert list_counts(corrected.counts) == [(2, 1, 5, 0, 0, 0, 1), (5, 1, 1, 0, 0, 0, 1), (9, 1, 0, 0, 0, 0, 1)]
    assert (count_carried(corrected.carried), count_waiting(corrected.waiting)) == (4, 0)


def test_what_finds_nothing_to_be_taken_from_waits() -> None:
    # Two ones are there and go, three wait; the twos of another official and of class B are not touched.
    corrected = carry(
        [(on(2), (2, 0, 0, 0, 9)), (on(2, official_id=2), (7, 0, 0, 0, 0)), (on(3, proof_class="B"), (7, 0, 0, 0, 0))],
        [({}, (-5, 0, 0, 0, 0))],
    )
    assert list_counts(corrected.counts) == [
        (2, 1, 0, 0, 0, 0, 9),
        (2, 2, 7, 0, 0, 0, 0),
        (3, 1, 7, 0, 0, 0, 0),
    ]
    assert (count_carried(corrected.carried), count_waiting(corrected.waiting)) == (2, 3)


def test_a_change_of_mind_takes_one_away_and_adds_one_and_is_one_correction() -> None:
    corrected = carry([(on(4), (1, 0, 0, 0, 2)), (on(8), (1, 0, 0, 0, 0))], [({}, (-1, 0, 0, 0, 1))])
    assert list_counts(corrected.counts) == [(4, 1, 1, 0, 0, 0, 3)]
    assert (count_carried(corrected.carried), count_waiting(corrected.waiting)) == (1, 0)


def test_an_addition_without_ratings_of_its_key_joins_the_first_day_of_the_quarter() -> None:
    corrected = carry([(on(4), (0, 0, 0, 0, 2))], [({"official_id": 3}, (0, 0, 2, 0, 0))])
    assert list_counts(corrected.counts) == [(0, 3, 0, 0, 2, 0, 0), (4, 1, 0, 0, 0, 0, 2)]


def test_a_quarter_without_ratings_takes_additions_and_leaves_removals_waiting() -> None:
    corrected = carry([], [({}, (-2, 0, 0, 0, 3))])
    assert list_counts(corrected.counts) == [(0, 1, 0, 0, 0, 0, 3)]
    assert count_waiting(corrected.waiting) == 2


def test_without_corrections_nothing_changes() -> None:
    counts = sum_by_day(make_rows((on(1), (1, 2, 3, 4, 5)), (on(2), (0, 0, 0, 0, 1))))
    corrected = carry_corrections(counts, sum_by_key(make_rows()), FIRST_DAY)
    assert corrected.counts.equals(counts)
    assert corrected.carried.is_empty()
    assert corrected.waiting.is_empty()


keys = st.fixed_dictionaries(
    {"official_id": st.integers(0, 2), "procedure_id": st.integers(0, 1), "proof_class": st.sampled_from("AB")}
)
dated = st.tuples(keys, st.integers(0, 4)).map(lambda drawn: on(drawn[1], **drawn[0]))
counts_drawn = st.lists(st.tuples(dated, st.tuples(*[st.integers(0, 6)] * 5)), max_size=12)
pending_drawn = st.lists(st.tuples(keys, st.tuples(*[st.integers(-8, 8)] * 5)), max_size=6)


@given(counts_drawn, pending_drawn)
def test_carried_and_waiting_are_all_that_was_pending_and_no_count_is_negative(
    counts: list[Row], pending: list[Row]
) -> None:
    corrected = carry(counts, pending)
    asked = sum_by_key(make_rows(*pending))
    assert sum_by_key(pl.concat([corrected.carried, corrected.waiting])).equals(asked)
    assert corrected.counts.filter(pl.any_horizontal(pl.col(*SCORES) < 0)).is_empty()
    assert corrected.waiting.filter(pl.any_horizontal(pl.col(*SCORES) > 0)).is_empty()
    before = sum_by_key(make_rows(*counts))
    after = sum_by_key(corrected.counts.select(*KEY, *SCORES))
    assert sum_by_key(pl.concat([before.select(*KEY, *SCORES), corrected.carried])).equals(after)


@given(counts_drawn, pending_drawn)
def test_a_removal_waits_only_when_no_such_rating_is_left(counts: list[Row], pending: list[Row]) -> None:
    corrected = carry(counts, pending)
    left = sum_by_key(corrected.counts.select(*KEY, *SCORES))
    waiting = corrected.waiting.join(left, on=KEY, suffix="_left")
    assert all(waiting.filter((pl.col(score) < 0) & (pl.col(f"{score}_left") > 0)).is_empty() for score in SCORES)
