"""The headline of a unit, standardised by dossiers; numbers by hand."""

from typing import Any

import polars as pl
import pytest

from dashboards.indicators.unit_headline import standardise_units
from tests.dashboards.fair_frames import Scores, change_parameters, make_counts, make_lookups

PARAMETERS = change_parameters()
DOSSIERS = {"unit_id": pl.Int32, "procedure_code": pl.String, "completed": pl.Int64}
CLUSTERING = {"unit_id": pl.Int32, "phi": pl.Float64}


def standardise(
    ratings: dict[int, Scores], completed: dict[int, int], phi: float | None = None, unit_id: int = 1
) -> dict[str, Any]:
    """The row of a unit, from the scores and the dossiers of each procedure number."""
    counts = make_counts(*(({"unit_id": unit_id, "procedure_id": p}, scores) for p, scores in ratings.items()))
    dossiers = pl.DataFrame([(unit_id, f"1.{p}", n) for p, n in completed.items()], schema=DOSSIERS, orient="row")
    clustering = pl.DataFrame([] if phi is None else [(unit_id, phi)], schema=CLUSTERING, orient="row")
    [row] = standardise_units(counts, dossiers, make_lookups().procedures, clustering, PARAMETERS).to_dicts()
    return row


def test_procedures_weigh_by_their_dossiers_and_rare_ones_by_field() -> None:
    # Procedures 1 and 2 stand alone; 3 and 4 have 4 and 8 ratings and make their field, 12 ratings of 100 dossiers;
    # 6 has 3 ratings in another field, 7 none: 500 dossiers that too few speak for, so half of all is covered.
    # W = 0.2, 0.6, 0.2: 0.2 * 18/20 + 0.6 * 5/10 + 0.2 * 8/12 = 0.613333.
    # Var = 0.04 * 0.09 / 20 + 0.36 * 0.25 / 10 + 0.04 * (2/9) / 12 = 0.009920741; 1 / ΣW²/n = 1 / 0.0413333 = 24.19.
    row = standardise(
        {1: (1, 1, 0, 8, 10), 2: (0, 0, 5, 5, 0), 3: (2, 0, 0, 2, 0), 4: (0, 1, 1, 1, 5), 6: (3, 0, 0, 0, 0)},
        {1: 100, 2: 300, 3: 50, 4: 50, 7: 500},
    )
    assert row["satisfied_share"] == pytest.approx(0.6133333333)
    assert row["variance"] == pytest.approx(0.0099207407)
    assert row["effective_n"] == pytest.approx(24.19354839)
    assert (row["n"], row["strata"], row["covered_share"], row["is_weighted"]) == (45, 3, 0.5, True)
    assert row["low"] < row["satisfied_share"] < row["high"]


def test_without_dossiers_the_share_is_that_of_the_ratings_and_says_so() -> None:
    row = standardise({1: (5, 0, 0, 5, 10), 2: (0, 0, 5, 5, 0)}, {})
    assert row["satisfied_share"] == pytest.approx(20 / 30)
    assert (row["is_weighted"], row["covered_share"]) == (False, None)
    assert row["effective_n"] == pytest.approx(30)


def test_days_that_resemble_each_other_widen_the_interval() -> None:
    alone, clustered = (standardise({1: (10, 0, 0, 10, 80)}, {1: 500}, phi=phi) for phi in (None, 4.0))
    assert (alone["effective_n"], clustered["effective_n"]) == (pytest.approx(100), pytest.approx(25))
    assert clustered["high"] - clustered["low"] > alone["high"] - alone["low"]
    assert clustered["variance"] == pytest.approx(4 * alone["variance"])


def test_who_stays_silent_does_not_change_the_weights() -> None:
    # Both halves of the dossiers weigh the same, though one of them brought nine times the ratings.
    row = standardise({1: (0, 0, 0, 45, 45), 2: (10, 0, 0, 0, 0)}, {1: 500, 2: 500})
    assert row["satisfied_share"] == pytest.approx(0.5)


def test_a_unit_of_rare_procedures_only_is_one_stratum() -> None:
    row = standardise({1: (0, 0, 0, 0, 4), 6: (5, 0, 0, 0, 0)}, {1: 10, 6: 10})
    assert (row["n"], row["strata"], row["is_enough"]) == (9, 1, False)
    assert row["satisfied_share"] == pytest.approx(4 / 9)


def test_ratings_that_name_no_procedure_count_but_carry_no_weight() -> None:
    row = standardise({1: (0, 0, 0, 10, 10), 0: (15, 0, 0, 0, 0)}, {1: 40})
    assert (row["n"], row["satisfied_share"], row["covered_share"]) == (35, 1.0, 1.0)


def test_a_unit_without_ratings_has_no_headline() -> None:
    dossiers = pl.DataFrame([(2, "1.1", 100)], schema=DOSSIERS, orient="row")
    counts = make_counts(({}, (0, 0, 0, 0, 40)))
    rows = standardise_units(counts, dossiers, make_lookups().procedures, pl.DataFrame(schema=CLUSTERING), PARAMETERS)
    assert rows["unit_id"].to_list() == [1]
