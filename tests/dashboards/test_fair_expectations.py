"""Channel offset, expected score and variances, each worked out by hand on a few officials."""

from datetime import date
from typing import Any

import msgspec
import polars as pl
import pytest

from dashboards.indicators.cells import Cells, make_cells, sum_stints
from dashboards.indicators.channel_offset import average_offsets, estimate_channel_offsets
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.pools import assign_pools
from dashboards.indicators.roles import ROLES
from dashboards.indicators.variances import estimate_variances
from tests.dashboards.fair_frames import Scores, change_parameters, make_counts, make_lookups, sum_officials

PARAMETERS = change_parameters()
POOL = "citizen/reception/rural/01"


def make_official_cells(*rows: tuple[dict[str, Any], Scores]) -> Cells:
    sums, lookups, role = sum_officials(make_counts(*rows)), make_lookups(), ROLES["official"]
    return make_cells(sums, assign_pools(sum_stints(sums.cases, role), lookups, role, PARAMETERS), lookups, role)


def score_officials(*rows: tuple[dict[str, Any], Scores], **values: float) -> list[dict[str, Any]]:
    return score_entities(make_counts(*rows), make_lookups(), "official", change_parameters(**values)).to_dicts()


def test_the_channel_offset_is_taken_within_officials() -> None:
    # Official 1: channel 1 all 100, channel 2 all 75, 100 ratings each, mean 87.5. Official 2: channel 1 all 50.
    # d_1 = (100 * 12.5 + 100 * 0) / 200 = 6.25, d_2 = 100 * -12.5 / 100 = -12.5, and 200 * 6.25 - 100 * 12.5 = 0.
    cells = make_official_cells(
        ({"channel": 1}, (0, 0, 0, 0, 100)),
        ({"channel": 2}, (0, 0, 0, 100, 0)),
        ({"channel": 1, "official_id": 2}, (0, 0, 100, 0, 0)),
    )
    offsets = estimate_channel_offsets(cells, change_parameters(smallest_channel=100))
    assert offsets.row(0) == (0, 6.25, -12.5)
    # Official 1: (100 * 6.25 - 100 * 12.5) / 200 = -3.125; official 2: 6.25.
    assert average_offsets(cells, offsets).sort("member")["channel_part"].to_list() == [-3.125, 6.25]


def test_a_channel_with_too_few_ratings_has_no_offset_and_the_others_are_centred_without_it() -> None:
    # As above with 200 of each, and channel 3 with 10 ratings of 0 of official 2.
    cells = make_official_cells(
        ({"channel": 1}, (0, 0, 0, 0, 200)),
        ({"channel": 2}, (0, 0, 0, 200, 0)),
        ({"channel": 1, "official_id": 2}, (0, 0, 200, 0, 0)),
        ({"channel": 3, "official_id": 2}, (10, 0, 0, 0, 0)),
    )
    [row] = estimate_channel_offsets(cells, PARAMETERS).to_dicts()
    assert row["offset_3"] == 0
    assert 400 * row["offset_1"] + 200 * row["offset_2"] == pytest.approx(0)
    assert row["offset_1"] > 0 > row["offset_2"]


def test_one_channel_alone_has_no_offset() -> None:
    cells = make_official_cells(({}, (1, 1, 1, 100, 200)), ({"official_id": 2}, (50, 50, 50, 50, 50)))
    assert estimate_channel_offsets(cells, PARAMETERS).row(0) == (0, 0.0)


def test_an_official_is_compared_with_the_others_only() -> None:
    # 60 ratings each: 75, 100, 50, 100. M = 81.25. For the first: (60 * 250 + 20 * 81.25) / (180 + 20) = 83.125,
    # so A = 81.25 + 75 - 83.125 = 73.125.
    rows = [(0, 0, 0, 60, 0), (0, 0, 0, 0, 60), (0, 0, 60, 0, 0), (0, 0, 0, 0, 60)]
    first = score_officials(*(({"official_id": i}, scores) for i, scores in enumerate(rows, 1)), passes=1)[0]
    assert (first["pool_mean"], first["expected"], first["adjusted"]) == (81.25, 83.125, 73.125)
    assert first["thin_share"] == 0


def test_a_rare_procedure_is_compared_on_its_field_and_a_rare_field_on_the_pool() -> None:
    # Procedures 1 and 2 are of one field, 6 of another. Officials 2 to 4 did procedure 1 only: 60 ratings of 100 each.
    # Official 1: 10 of procedure 2 and 10 of procedure 6, all 50. M = (180 * 100 + 20 * 50) / 200 = 95.
    # Field of 1 and 2 without official 1: (180 * 100 + 20 * 95) / 200 = 99.5; the other field: nobody, so M.
    # E = (10 * 99.5 + 10 * 95) / 20 = 97.25.
    others = [({"official_id": i}, (0, 0, 0, 0, 60)) for i in (2, 3, 4)]
    own = [({"procedure_id": procedure}, (0, 0, 10, 0, 0)) for procedure in (2, 6)]
    first = score_officials(*others, *own, passes=1)[0]
    assert (first["pool_mean"], first["expected"], first["thin_share"]) == (95.0, 97.25, 1.0)
    assert first["thin_reference"]


def test_what_a_small_pool_does_not_know_of_a_procedure_is_known_elsewhere() -> None:
    # Province 01: official 1 did procedure 1, official 2 procedure 6, ten ratings of 75 each, so M = 75. Province 02:
    # three officials with 60 of 100 on procedure 1 and 60 of 50 on procedure 6, M = 75: procedure 1 is better there by
    # (180 * 100 - 180 * 75) / (180 + 20) = 22.5. E of official 1 is 75 + 22.5, A = 75 + 75 - 97.5 = 52.5.
    own = [({"official_id": i, "procedure_id": procedure}, (0, 0, 0, 10, 0)) for i, procedure in ((1, 1), (2, 6))]
    easy = [({"unit_id": 2, "official_id": i}, (0, 0, 0, 0, 60)) for i in (5, 6, 7)]
    hard = [({"unit_id": 2, "official_id": i, "procedure_id": 6}, (0, 0, 60, 0, 0)) for i in (5, 6, 7)]
    lookups = make_lookups(units=2, provinces=("01", "02"))
    parameters = change_parameters(smallest_pool=1, passes=1)
    scores = score_entities(make_counts(*own, *easy, *hard), lookups, "official", parameters)
    first, second = scores.head(2).to_dicts()
    assert (first["pool"], first["pool_mean"], first["expected"], first["adjusted"]) == (POOL, 75.0, 97.5, 52.5)
    assert (second["expected"], second["adjusted"]) == (52.5, 97.5)
    assert (first["thin_share"], first["thin_reference"]) == (0, False)


def test_a_few_ratings_on_rare_procedures_do_not_make_a_reference_thin() -> None:
    rows = [({"official_id": i}, (0, 0, 0, 10, 90)) for i in range(1, 13)]
    eight, twelve = ({"procedure_id": 2}, (0, 0, 0, 0, 8)), ({"official_id": 2, "procedure_id": 3}, (0, 0, 0, 0, 12))
    scores = score_officials(*rows, eight, twelve)
    # 8 of 108 is 7 %, 12 of 112 is 11 %.
    assert [row["thin_reference"] for row in scores[:3]] == [False, True, False]
    assert scores[0]["thin_share"] == pytest.approx(8 / 108)


def test_a_procedure_keeps_its_reference_when_its_name_changes() -> None:
    lookups = make_lookups()
    same_code = pl.when(pl.col("procedure_id") == 2).then(pl.lit("1.1")).otherwise("code").alias("code")
    renamed = msgspec.structs.replace(lookups, procedures=lookups.procedures.with_columns(same_code))
    counts = make_counts(
        ({"official_id": 1}, (0, 0, 0, 60, 0)),
        *(({"official_id": i, "procedure_id": 2}, (0, 0, 0, 0, 60)) for i in (2, 3, 4)),
    )
    row = score_entities(counts, renamed, "official", change_parameters(passes=1)).to_dicts()[0]
    # M = 93.75; (180 * 100 + 20 * 93.75) / 200 = 99.375.
    assert (row["expected"], row["thin_share"]) == (99.375, 0.0)


def test_the_within_variance_is_pooled_over_officials_and_procedures() -> None:
    # 75, 75, 100, 100: squares around 87.5 sum to 625, 3 free. 0, 100: 5000, 1 free. (625 + 5000) / 4 = 1406.25.
    cells = make_official_cells(({}, (0, 0, 0, 2, 2)), ({"procedure_id": 2}, (1, 0, 0, 0, 1)))
    assert estimate_variances(cells.members, cells.pairs, PARAMETERS)["sigma2"].to_list() == [1406.25]


def test_without_two_ratings_of_a_case_the_variance_is_assumed_and_never_below_that_of_rounding() -> None:
    single = make_official_cells(({}, (0, 0, 0, 0, 1)))
    assert estimate_variances(single.members, single.pairs, PARAMETERS)["sigma2"].to_list() == [537.5]
    same = make_official_cells(({}, (0, 0, 0, 0, 50)))
    assert estimate_variances(same.members, same.pairs, PARAMETERS)["sigma2"].to_list() == [625 / 12]


def test_days_that_resemble_each_other_make_ratings_count_for_less() -> None:
    # 10 ratings of 100 on one day, 10 of 50 on the next: within 12500 / 19, between days 12500 on 1 free: φ = 19.
    cells = make_official_cells(
        ({"day": date(2026, 7, 1)}, (0, 0, 0, 0, 10)), ({"day": date(2026, 7, 2)}, (0, 0, 10, 0, 0))
    )
    [row] = estimate_variances(cells.members, cells.pairs, PARAMETERS).to_dicts()
    assert row["phi"] == pytest.approx(19)
    assert cells.members["days"].to_list() == [2]


def test_days_that_are_alike_leave_the_design_effect_at_one() -> None:
    days = [({"day": date(2026, 7, day)}, (1, 1, 1, 1, 1)) for day in range(1, 6)]
    cells = make_official_cells(*days)
    assert estimate_variances(cells.members, cells.pairs, PARAMETERS)["phi"].to_list() == [1.0]


def test_a_day_that_changes_of_mind_have_emptied_is_no_day() -> None:
    cells = make_official_cells(({}, (0, 0, 0, 0, 3)), ({"day": date(2026, 7, 2)}, (0, 0, 0, 0, 0)))
    assert cells.members.select("n", "days").row(0) == (3, 1)
