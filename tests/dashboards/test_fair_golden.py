"""The worked example golden.json, and what must hold of any fair score (methods.md 1.9)."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.parameters import Parameters
from tests.dashboards.fair_frames import change_parameters, make_counts, make_lookups

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden.json").read_text("utf-8"))
RESULT: dict[str, Any] = GOLDEN["result"]
OFFICIALS: dict[str, dict[str, Any]] = RESULT["officials"]
# The example is one pool of five officials without days: it needs the rules off that ask for more than it has
# (3 other officials and 60 other ratings behind an expectation, 10 peers, 20 days).
SETTINGS = change_parameters(reference_entities=0, reference_ratings=0, smallest_pool=0, a_days=0)
COLUMNS = {
    "n": "n",
    "raw": "raw",
    "A": "adjusted",
    "B": "reliability",
    "theta": "theta",
    "z": "z",
    "p_low": "p_low",
    "p_high": "p_high",
}


def score_golden(parameters: Parameters = SETTINGS) -> dict[int, dict[str, Any]]:
    cells = [(name.split("|"), scores) for name, scores in GOLDEN["cells"].items()]
    rows = [({"official_id": int(o[1:]), "procedure_id": int(p[1:])}, tuple(scores)) for (o, p), scores in cells]
    scores = score_entities(make_counts(*rows), make_lookups(), "official", parameters)
    return {row["entity_id"]: row for row in scores.to_dicts()}


@pytest.mark.parametrize("official", OFFICIALS)
def test_every_step_of_the_worked_example_comes_out(official: str) -> None:
    row, golden = score_golden()[int(official[1:])], OFFICIALS[official]
    found = {name: row[column] for name, column in COLUMNS.items()}
    assert found == pytest.approx({name: golden[name] for name in COLUMNS}, rel=1e-9, abs=1e-9)
    assert row["grade"] == (golden["grade"] or "none")


def test_the_pool_of_the_worked_example_comes_out() -> None:
    row = score_golden()[1]
    names = {"M": "pool_mean", "sigma2": "sigma2", "tau2_dl": "tau2_dl", "tau2": "tau2", "mu": "mu"}
    assert {name: row[column] for name, column in names.items()} == pytest.approx(
        {name: RESULT[name] for name in names}, rel=1e-9, abs=1e-9
    )
    assert (row["phi"], row["k_peers"]) == (1.0, 4)


@pytest.mark.parametrize("official", OFFICIALS)
def test_its_interval_comes_out_with_its_own_rounder_quantile(official: str) -> None:
    # The example's quantile is the expansion of t in 1 / v, cut after two terms (Abramowitz and Stegun 26.7.5), with
    # z = 1.959964 and v = 3: z + (z³ + z) / 12 + (5 z⁵ + 16 z³ + 3 z) / 864 = 3.0643. The t itself is 3.1824, and
    # that is what the scores use: their interval is 4 % wider.
    z, row, golden = 1.959964, score_golden()[int(official[1:])], OFFICIALS[official]
    rounder = z + (z**3 + z) / 12 + (5 * z**5 + 16 * z**3 + 3 * z) / 864
    reach = rounder * row["standard_error"]
    ends = (max(row["theta"] - reach, 0), min(row["theta"] + reach, 100))
    assert ends == pytest.approx((golden["lo"], golden["hi"]), rel=1e-9)
    assert row["interval_factor"] == pytest.approx(3.182446, abs=1e-6)
    assert row["low"] < ends[0]


def test_a_weak_colleague_does_not_make_a_procedure_look_hard() -> None:
    # methods.md 1.3: O5 moves from 88.9 to 96.4 in one pass, because O3 is weak in both procedures of O5, and comes
    # back to 89.4 in the second.
    once = score_golden(change_parameters(reference_entities=0, reference_ratings=0, passes=1))
    assert once[5]["adjusted"] == pytest.approx(96.4, abs=0.05)
    assert score_golden()[5]["adjusted"] == pytest.approx(89.4, abs=0.05)


def test_references_that_too_few_others_know_are_named_and_block_grade_a() -> None:
    # Of 270 ratings no procedure has 60 by three others: all are compared with their one field or the pool's mean.
    rows = score_golden(change_parameters(smallest_pool=0, a_days=0))
    assert {row["thin_share"] for row in rows.values()} == {1.0}
    assert rows[1]["grade"] == "B"
    assert rows[1]["reason"] == "thin_reference"


def test_without_any_difference_between_peers_everybody_has_the_mean_of_the_pool() -> None:
    rows = [({"official_id": official}, (1, 2, 3, 10, 4 * 5)) for official in range(1, 13)]
    scores = score_entities(
        make_counts(*rows), make_lookups(), "official", change_parameters(prior_correlation=0.0, reference_ratings=0)
    )
    assert scores["tau2"].unique().to_list() == [0.0]
    assert scores["theta"].to_list() == scores["mu"].to_list()
    assert scores["reliability"].unique().to_list() == [0.0]


def test_where_all_do_one_procedure_the_adjusted_score_is_close_to_the_raw_one() -> None:
    # 40 officials of 20 ratings; every expectation is the mean of the other 39, shrunk to M, so it differs from M by
    # at most 1/39 of the own difference in the first pass, and the second takes that out but for what shrinking keeps.
    rows = [({"official_id": o}, (0, o % 3, 2, 8, 10 - o % 3)) for o in range(1, 41)]
    scores = score_entities(make_counts(*rows), make_lookups(), "official", change_parameters())
    assert scores.filter((pl.col("adjusted") - pl.col("raw")).abs() > 0.15).is_empty()
    assert scores["raw"].n_unique() == 3


def test_who_alone_does_a_procedure_is_compared_with_the_pool() -> None:
    rows = [({"official_id": o, "procedure_id": 1}, (1, 2, 7, 30, 60)) for o in range(1, 12)]
    alone = ({"official_id": 12, "procedure_id": 7}, (10, 10, 30, 40, 10))
    scores = score_entities(make_counts(*rows, alone), make_lookups(), "official", change_parameters())
    row = scores.filter(pl.col("entity_id") == 12).to_dicts()[0]
    assert row["expected"] == pytest.approx(row["pool_mean"])
    assert row["thin_reference"]
    assert row["adjusted"] == pytest.approx(row["raw"])
