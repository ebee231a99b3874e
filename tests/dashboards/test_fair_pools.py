from typing import Any

import msgspec
import polars as pl
import pytest

from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.roles import Lookups, RoleName
from tests.dashboards.fair_frames import Scores, change_parameters, make_counts, make_lookups

PARAMETERS = change_parameters()
SCORES: Scores = (1, 1, 2, 6, 10)
TWENTY = 20


def make_officials(first: int, last: int, unit: int, **row: int) -> list[tuple[dict[str, Any], Scores]]:
    """Officials of one unit with 20 ratings each."""
    return [({"official_id": i, "unit_id": unit, **row}, SCORES) for i in range(first, last + 1)]


def score(
    rows: list[tuple[dict[str, Any], Scores]], lookups: Lookups, role: RoleName = "official"
) -> list[dict[str, Any]]:
    return score_entities(make_counts(*rows), lookups, role, PARAMETERS).to_dicts()


def test_ten_peers_in_the_province_are_a_pool() -> None:
    rows = score(make_officials(1, 10, unit=1), make_lookups())
    assert {(row["pool"], row["pool_level"], row["k_peers"]) for row in rows} == {
        ("citizen/reception/rural/01", "province", 10)
    }


def test_nine_peers_are_compared_with_the_nation_and_stay_out_of_nobodys_pool() -> None:
    # Province 01 has 10 officials, 02 has 9: those are compared with all 19, the 10 with themselves.
    lookups = make_lookups(units=2, provinces=("01", "02"))
    rows = score([*make_officials(1, 10, unit=1), *make_officials(11, 19, unit=2)], lookups)
    assert [(row["entity_id"], row["k_peers"]) for row in rows if row["pool_level"] == "province"] == [
        (i, 10) for i in range(1, 11)
    ]
    assert [(row["entity_id"], row["k_peers"]) for row in rows if row["pool_level"] == "nation"] == [
        (i, 19) for i in range(11, 20)
    ]


def test_a_region_is_tried_before_the_nation_where_regions_are_known() -> None:
    lookups = make_lookups(units=3, provinces=("01", "02", "03"))
    regions = pl.DataFrame({"province": ["01", "02"], "region": ["north", "north"]})
    rows = score(
        [*make_officials(1, 6, unit=1), *make_officials(11, 16, unit=2), *make_officials(21, 26, unit=3)],
        msgspec.structs.replace(lookups, regions=regions),
    )
    found = {(row["pool"], row["k_peers"]) for row in rows}
    assert found == {("citizen/reception/rural/region north", 12), ("citizen/reception/rural/nation", 18)}


def test_an_official_with_fewer_than_ten_ratings_is_no_peer_but_has_a_row() -> None:
    few = ({"official_id": 11}, (0, 0, 0, 4, 5))
    rows = score([*make_officials(1, 10, unit=1), few], make_lookups())
    assert {row["k_peers"] for row in rows} == {10}
    assert (rows[-1]["entity_id"], rows[-1]["grade"], rows[-1]["band"]) == (11, "none", None)


def test_who_moved_to_another_province_is_scored_in_both() -> None:
    lookups = make_lookups(units=2, provinces=("01", "02"))
    moved = [({"official_id": 99, "unit_id": unit}, SCORES) for unit in (1, 2)]
    rows = score([*make_officials(1, 10, unit=1), *make_officials(11, 20, unit=2), *moved], lookups)
    assert [(row["pool"], row["n"]) for row in rows if row["entity_id"] == 99] == [
        ("citizen/reception/rural/01", TWENTY),
        ("citizen/reception/rural/02", TWENTY),
    ]


def test_two_units_of_one_pool_are_one_row() -> None:
    both = [({"official_id": 99, "unit_id": unit}, SCORES) for unit in (1, 2)]
    rows = score([*make_officials(1, 10, unit=1), *both], make_lookups(units=2))
    assert [row["n"] for row in rows if row["entity_id"] == 99] == [2 * TWENTY]


def test_citizens_and_businesses_are_never_mixed() -> None:
    lookups = make_lookups()
    surveys = pl.DataFrame({"survey_id": [1, 2], "survey_group": ["citizen", "business"]}).cast({"survey_id": pl.Int32})
    rows = [*make_officials(1, 10, unit=1), *make_officials(1, 10, unit=1, survey_id=2)]
    found = score(rows, msgspec.structs.replace(lookups, surveys=surveys))
    assert {row["pool"] for row in found} == {"business/reception/rural/01", "citizen/reception/rural/01"}
    assert {row["n"] for row in found} == {TWENTY}


def test_nobody_is_compared_where_the_nation_has_too_few_peers() -> None:
    # 9 peers with 100 ratings each.
    rows = [({"official_id": i}, (5, 5, 10, 30, 50 - 3 * (i % 2))) for i in range(1, 10)]
    found = score(rows, make_lookups())
    assert {(row["grade"], row["band"]) for row in found} == {("owner", None)}
    assert all("too_few_peers" in row["reason"] for row in found)


def test_ratings_that_name_no_official_score_nobody() -> None:
    unnamed = ({"official_id": 0}, (50, 0, 0, 0, 0))
    rows = score([*make_officials(1, 10, unit=1), unnamed], make_lookups())
    assert [row["entity_id"] for row in rows] == list(range(1, 11))
    assert rows[0]["pool_mean"] == rows[0]["raw"]


@pytest.mark.parametrize(
    ("role", "pool"), [("unit", "citizen/commune/rural/01"), ("procedure", "citizen/field 0/nation")]
)
def test_units_and_procedures_go_through_the_same_steps(role: RoleName, pool: str) -> None:
    # 12 units do 5 procedures of one field, 6 ratings each: 30 of each unit, 72 of each procedure.
    rows = [
        ({"unit_id": unit, "procedure_id": procedure}, (0, 1, 1, 2, 2))
        for unit in range(1, 13)
        for procedure in range(1, 6)
    ]
    found = score(rows, make_lookups(units=12), role)
    assert {row["pool"] for row in found} == {pool}
    assert {row["n"] for row in found} == ({30} if role == "unit" else {72})
    # All are alike: (25 + 50 + 150 + 200) / 6 = 70.83.
    assert {round(row["theta"], 6) for row in found} == {70.833333}
