"""Rules P3, P4 and P5 as pure functions, and what each reader gets."""

from datetime import date, timedelta
from itertools import pairwise

import msgspec
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.disclosure.batches import cut_to_batches
from dashboards.disclosure.class_shares import find_tellable
from dashboards.disclosure.groups import ReleasedShare
from dashboards.disclosure.headlines import add_headline, gate_headline
from dashboards.disclosure.margins import list_showable
from dashboards.disclosure.readers import narrow_score
from dashboards.disclosure.released_scores import ReleasedScore, Steps
from dashboards.indicators.satisfaction import SCORES, Satisfaction, add_satisfaction, read_rows
from tests.dashboards.fair_frames import Scores
from tests.dashboards.test_gate import MIXED, make_children

STEPS = Steps(80.0, 81.0, 0.0, 82.0, 79.0, 500.0, 1.0, 9.0, 30.0, 80.0, 12, 0.77, 79.2, 2.6, 2.2, -0.2)
WHOLE = ReleasedScore(
    "B", (), n=55, days=30, share_class_a=100, score=79, low=73, high=85, reliability=0.77, band="similar",
    funnel="inside", flagged=False, steps=STEPS,
)  # fmt: skip
ROW = {"n": 60, "satisfied_share": 0.855, "low": 0.7421, "high": 0.9233, "is_weighted": True}


def make_ratings(scores: Scores) -> Satisfaction:
    return read_rows(add_satisfaction(pl.DataFrame([scores], schema=list(SCORES), orient="row")))[0]


def test_the_owner_gets_all_and_personnel_no_steps() -> None:
    assert narrow_score(WHOLE, "owner") == WHOLE
    narrowed = narrow_score(WHOLE, "personnel")
    assert (narrowed.score, narrowed.low, narrowed.high, narrowed.band, narrowed.reliability) == (
        79,
        73,
        85,
        "similar",
        0.77,
    )
    assert (narrowed.steps, narrowed.funnel, narrowed.flagged, narrowed.coded) == (None, None, None, None)


def test_personnel_gets_no_score_that_only_coaches() -> None:
    coaching = msgspec.structs.replace(WHOLE, grade="owner", reasons=("too_few_ratings",))
    narrowed = narrow_score(coaching, "personnel")
    assert narrowed == ReleasedScore("owner", ("too_few_ratings",), n=55, days=30, share_class_a=100)


def test_the_public_gets_nothing_of_officials_and_headlines_of_units() -> None:
    assert narrow_score(WHOLE, "public") == ReleasedScore("none", ())
    unit = narrow_score(WHOLE, "public", "unit")
    assert unit == ReleasedScore("B", (), n=55)
    few = msgspec.structs.replace(WHOLE, n=25, grade="owner")
    assert narrow_score(few, "public", "unit") == ReleasedScore("none", ())


def test_a_headline_is_whole_and_its_interval_rounds_outwards() -> None:
    figure = ReleasedScore("B", (), n=60, share_class_a=50)
    headline = gate_headline(ROW, 30, 120, {"b": make_ratings(MIXED), "a": make_ratings((9, 9, 9, 9, 4))}, figure)
    assert headline is not None
    assert headline.share == ReleasedShare(86, "exact", 74, 93)  # 85.5 goes up; 74.21 down, 92.33 up
    assert headline.response_rate == 25
    assert [(cell.code, cell.released.n) for cell in headline.procedures] == [("a", 40), ("b", 20)]
    assert (
        msgspec.json.decode(add_headline('{"grade":"B","reasons":[]}', headline), type=ReleasedScore).headline
        == headline
    )


def test_a_headline_tells_no_tokens_where_their_share_is_not_told() -> None:
    headline = gate_headline(ROW, 30, 120, {}, ReleasedScore("B", (), n=60))
    assert headline is not None
    assert headline.response_rate is None
    assert gate_headline(ROW, 30, 120, {}, ReleasedScore("none", ())) is None


def test_procedures_hide_the_next_smallest_where_only_a_few_would_be_left() -> None:
    # 4 of "c" stand beside 40 and 20: with the exact number of the unit they would be left, so the 20 go too.
    cells = {"a": make_ratings((9, 9, 9, 9, 4)), "b": make_ratings(MIXED), "c": make_ratings((0, 0, 0, 2, 2))}
    headline = gate_headline(ROW, 30, 0, cells, ReleasedScore("B", (), n=60))
    assert headline is not None
    assert [cell.code for cell in headline.procedures] == ["a"]


def test_the_share_of_tokens_is_told_where_it_counts_nobody_out() -> None:
    # 45 of 60 ratings of the unit have a token, 40 of them are of the two officials shown: 5 would be left.
    scores = pl.DataFrame({"entity_id": [1], "pool": ["citizen/x/rural/01"], "n": [60], "share_class_a": [0.75]})
    shown = make_children((1, 1, MIXED), (1, 2, MIXED), (1, 0, MIXED))
    for ratings, tellable in ((45, 0), (40, 1), (50, 1)):
        unit = scores.with_columns(pl.lit(ratings / 60).alias("share_class_a"))
        assert len(find_tellable(unit.cast({"entity_id": pl.Int32}), "unit", shown, 10)) == tellable
    assert len(find_tellable(scores, "unit", None, 10)) == 0


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 180), st.integers(1, 12)), min_size=1, max_size=20))
def test_figures_by_batches_stay_or_move_by_ten_at_least_and_a_release_too(days: list[tuple[int, int]]) -> None:
    """Every evening that may move a figure, from July to January, and the third quarter as a release counts it."""
    first, turn = date(2026, 7, 1), date(2026, 10, 1)
    rows = [(first + timedelta(days=offset), n, 0, 0, 0, 0) for offset, n in days]
    counts = pl.DataFrame(rows, schema={"day": pl.Date, **dict.fromkeys(SCORES, pl.Int64)}, orient="row")
    evenings = sorted({turn, date(2027, 1, 1), *(day + timedelta(days=1) for day in counts["day"].to_list())})
    seen = [sum_shown(counts.filter(pl.col("day") <= day), day) for day in evenings]
    released = sum(n for offset, n in days if first + timedelta(days=offset) < turn)
    known: list[int] = sorted({0, *seen, released if released >= 10 else 0})
    assert seen == sorted(seen)
    assert all(later - earlier >= 10 for earlier, later in pairwise(known))


def sum_shown(counts: pl.DataFrame, day: date) -> int:
    return int(cut_to_batches(counts, day)["n1"].sum())


def test_each_unit_of_a_province_has_its_own_batches() -> None:
    days = [(unit, date(2026, 10, day), 6, 0, 0, 0, 0) for unit in (1, 2) for day in (1, 2)]
    more = [(1, date(2026, 10, 3), 10, 0, 0, 0, 0)]
    schema = {"unit_id": pl.Int32, "day": pl.Date, **dict.fromkeys(SCORES, pl.Int64)}
    counts = pl.DataFrame([*days, *more], schema=schema, orient="row")
    shown = cut_to_batches(counts, date(2026, 10, 4), ["unit_id"])
    assert shown.group_by("unit_id").agg(pl.col("n1").sum()).rows() == [(1, 12)]
    assert shown.columns == counts.columns


def test_what_is_left_may_not_all_agree_while_under_thirty() -> None:
    agreeing: Scores = (0, 0, 0, 0, 9)
    cells = {"a": make_ratings(MIXED), "b": make_ratings(agreeing), "c": make_ratings(agreeing)}
    assert list_showable(cells) == []  # 18 that all agree would be left, so "a" goes too
    cells = {**cells, "d": make_ratings(agreeing), "e": make_ratings((0, 0, 0, 0, 3))}
    assert list_showable(cells) == ["a"]  # 30 of them


def test_ties_hide_the_first_key() -> None:
    cells = {key: make_ratings(MIXED) for key in ("b", "a")} | {"c": make_ratings((0, 0, 0, 0, 1))}
    assert list_showable(cells) == ["b"]
