"""The gate on counts small enough to check by hand. Unit 1, survey group "citizen", pool "citizen/t/rural/01"."""

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.disclosure.gate import gate_pools, gate_scores
from dashboards.disclosure.groups import ReleasedShare
from dashboards.disclosure.released_scores import ReleasedPool, ReleasedScore
from dashboards.disclosure.suppression import suppress
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.roles import RoleName
from dashboards.indicators.satisfaction import SCORES
from tests.dashboards.fair_frames import Scores, make_counts, make_lookups

POOL = "citizen/reception/rural/nation"
CHILDREN = {
    "unit_id": pl.Int32,
    "survey_group": pl.String,
    "entity_id": pl.Int32,
    "pool": pl.String,
    **dict.fromkeys(SCORES, pl.Int64),
}
MIXED: Scores = (1, 1, 2, 8, 8)  # 20 ratings, top-2 80 %
Part = tuple[int, int, Scores]


def make_children(*parts: Part, pool: str = POOL) -> pl.DataFrame:
    """One row for each (unit, entity, (n1 to n5)); entity 0 is the rest of the unit."""
    rows = [(unit, "citizen", entity, pool if entity else "", *scores) for unit, entity, scores in parts]
    return pl.DataFrame(rows, schema=CHILDREN, orient="row")


def list_hidden(*parts: Part, role: RoleName = "official") -> list[int]:
    return suppress(make_children(*parts), role).filter("is_hidden")["entity_id"].to_list()


def gate(*officials: tuple[int, Scores], rest: Scores = (0, 0, 0, 0, 0)) -> dict[int, ReleasedScore]:
    """Officials of one unit, each with so many proved ratings, and a rest of plain ones."""
    rows = [({"official_id": official}, scores) for official, scores in officials]
    counts = make_counts(*rows, ({"official_id": 0, "proof_class": "C"}, rest))
    scores = score_entities(counts, make_lookups(), "official", PARAMETERS_2026_1)
    children = make_children(*((1, official, scores) for official, scores in officials), (1, 0, rest))
    gated = gate_scores(scores, "official", children, PARAMETERS_2026_1)
    decoded = [msgspec.json.decode(figure, type=ReleasedScore) for figure in gated["figure"]]
    assert [figure.grade for figure in decoded] == gated["grade"].to_list()
    return dict(zip(gated["entity_id"].to_list(), decoded, strict=True))


def test_fewer_than_ten_ratings_leave_nothing_but_the_grade() -> None:
    # Of the pool, 9 + 5 of officials 1 and 3 are left, of the unit 34: not all the same.
    figures = gate((1, (1, 0, 0, 4, 4)), (2, MIXED), (3, (1, 1, 1, 1, 1)), rest=MIXED)
    assert figures[1] == figures[3] == ReleasedScore("none", ("too_few_to_show",))
    assert figures[2].n == 20


def test_the_next_smallest_is_hidden_where_subtraction_would_tell() -> None:
    # Besides officials 2 and 3, only the 4 of official 1 would be left: so the smaller of the two goes as well.
    assert list_hidden((1, 1, (0, 0, 0, 2, 2)), (1, 2, MIXED), (1, 3, (2, 2, 4, 16, 16))) == [1, 2]


def test_a_rest_of_ten_that_differ_lets_the_others_stand_in_the_unit_but_not_in_the_pool() -> None:
    # The pool has no rest: 4 ratings stand alone in it, whatever the unit has besides.
    parts = ((1, 1, (0, 0, 0, 2, 2)), (1, 2, MIXED), (1, 3, (2, 2, 4, 16, 16)), (1, 0, MIXED))
    assert list_hidden(*parts) == [1, 2]
    elsewhere = make_children((2, 4, (1, 0, 0, 3, 3)), (2, 0, MIXED))
    both = pl.concat([make_children(*parts), elsewhere])
    assert suppress(both, "official").filter("is_hidden")["entity_id"].to_list() == [1, 4]  # 4 + 7 are left


def test_a_rest_that_all_say_the_same_is_no_shelter() -> None:
    # 12 of the rest gave 5, so did the 4 of official 1: whoever is left is known.
    parts = ((1, 1, (0, 0, 0, 0, 4)), (1, 0, (0, 0, 0, 0, 12)), (1, 2, MIXED), (1, 3, MIXED), (1, 4, (9, 0, 0, 9, 9)))
    assert list_hidden(*parts) == [1, 2]


def test_ties_go_by_id_and_the_order_of_rows_changes_nothing() -> None:
    parts = [(1, 7, MIXED), (1, 3, MIXED), (1, 5, (0, 0, 0, 2, 2)), (1, 9, (2, 2, 4, 16, 16))]
    assert list_hidden(*parts) == list_hidden(*reversed(parts)) == [3, 5]


def test_a_short_stay_elsewhere_hides_whom_it_would_lay_bare() -> None:
    # All 23 of unit 2 are 20 of official 2 and 3 of official 1, who has 33 in all: 3 would be left.
    parts = ((1, 1, (2, 2, 2, 12, 12)), (1, 0, MIXED), (2, 1, (0, 0, 1, 1, 1)), (2, 2, MIXED))
    assert list_hidden(*parts) == [2]  # the smaller of the two shown in unit 2; 23 are left then


@pytest.mark.parametrize(
    ("scores", "coded"),
    [
        ((0, 0, 0, 0, 12), ReleasedShare(95, "at_least")),
        ((0, 0, 0, 5, 7), ReleasedShare(95, "at_least")),  # not unanimous: else the band would say who is
        ((12, 0, 0, 0, 0), ReleasedShare(5, "at_most")),
        ((0, 6, 6, 0, 0), ReleasedShare(5, "at_most")),
    ],
)
def test_a_small_one_sided_group_shows_only_the_band(scores: Scores, coded: ReleasedShare) -> None:
    figures = gate((1, scores), (2, MIXED), (3, (6, 6, 6, 6, 6)), (4, (0, 0, 0, 6, 6)), rest=(4, 4, 4, 4, 4))
    shown = figures[1]
    if shown.n is not None:
        assert (shown.n, shown.coded, shown.grade) == (12, coded, "owner")
    assert (shown.score, shown.low, shown.high, shown.steps, shown.band, shown.reliability) == (None,) * 6


def test_thirty_who_say_the_same_are_shown() -> None:
    figures = gate((1, (0, 0, 0, 0, 30)), (2, MIXED), rest=MIXED)
    assert figures[1].coded is None
    assert figures[1].score is not None


def test_scores_are_whole_and_intervals_never_too_narrow() -> None:
    rows = [({"official_id": official}, MIXED) for official in range(1, 13)]
    scores = score_entities(make_counts(*rows), make_lookups(), "official", PARAMETERS_2026_1)
    children = make_children(*((1, official, MIXED) for official in range(1, 13)))
    pool = scores["pool"][0]
    children = children.with_columns(pl.lit(pool).alias("pool"))
    gated = gate_scores(scores, "official", children, PARAMETERS_2026_1)
    shown = msgspec.json.decode(gated["figure"][0], type=ReleasedScore)
    exact = scores.row(0, named=True)
    assert shown.score == round(exact["theta"])
    assert shown.low is not None
    assert shown.high is not None
    assert shown.low <= exact["low"] < shown.low + 1
    assert shown.high - 1 < exact["high"] <= shown.high
    assert shown.steps is not None
    assert shown.steps.raw == round(exact["raw"], 1) == 76.2  # (0+25+100+600+800) / 20 = 76.25, to the even digit
    assert shown.share_class_a == 100


def test_children_that_are_others_than_those_scored_are_refused() -> None:
    scores = score_entities(make_counts(({}, MIXED)), make_lookups(), "official", PARAMETERS_2026_1)
    with pytest.raises(ValueError, match="do not add up"):
        gate_scores(scores, "official", make_children((1, 1, (1, 1, 2, 8, 9))), PARAMETERS_2026_1)


def test_of_two_pools_that_share_ratings_only_the_larger_row_is_shown() -> None:
    # 40 in the province and 44 in the nation, 4 of them elsewhere: both together would tell the 4.
    near = make_children((1, 1, (2, 2, 4, 16, 16)), pool="citizen/reception/rural/01")
    wide = make_children((1, 1, (2, 2, 4, 16, 16)), (1, 0, MIXED), (2, 1, (0, 0, 2, 1, 1)), (2, 0, MIXED))
    found = suppress(pl.concat([near, wide]), "official")
    assert found.filter("is_hidden")["pool"].to_list() == ["citizen/reception/rural/01"]


def test_a_pool_of_few_peers_tells_only_how_few() -> None:
    rows = [({"official_id": official}, MIXED) for official in range(1, 10)]
    scores = score_entities(make_counts(*rows), make_lookups(), "official", PARAMETERS_2026_1)
    figure = gate_pools(scores, "official", PARAMETERS_2026_1)["figure"][0]
    assert msgspec.json.decode(figure, type=ReleasedPool) == ReleasedPool("nation", 9, None, None, None)


scores_of_one = st.tuples(*[st.integers(0, 8)] * 5)
parts = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 6), scores_of_one), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None)
@given(parts.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
def test_what_is_left_of_every_unit_and_pool_may_be_shown(orders: tuple[list[Part], list[Part]]) -> None:
    drawn = make_children(*orders[0]).group_by("unit_id", "survey_group", "entity_id", "pool").agg(pl.col(SCORES).sum())
    found = suppress(drawn, "official")
    other = make_children(*orders[1]).group_by("unit_id", "survey_group", "entity_id", "pool").agg(pl.col(SCORES).sum())
    assert found.equals(suppress(other, "official"))
    shown = found.filter(~pl.col("is_hidden"))["entity_id"].to_list()
    assert all(n >= 10 for n in found.filter(~pl.col("is_hidden"))["n"].to_list())
    left = drawn.filter(~pl.col("entity_id").is_in(shown))
    units = drawn.filter(pl.col("entity_id").is_in(shown))["unit_id"].unique().to_list()
    for unit in units:
        rest = left.filter(pl.col("unit_id") == unit).select(pl.col(SCORES).sum()).row(0)
        assert sum(rest) == 0 or (sum(rest) >= 10 and max(rest) < sum(rest))
