from typing import Any

import pytest

from dashboards.indicators.cells import condense
from dashboards.indicators.eligible_counts import eligible_counts
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.proof_gap import measure_proof_gap
from dashboards.indicators.roles import RoleName
from tests.dashboards.fair_frames import Scores, change_parameters, make_counts, make_lookups

PARAMETERS = change_parameters()


def make_classes(**classes: Scores) -> list[tuple[dict[str, Any], Scores]]:
    return [({"proof_class": name}, scores) for name, scores in classes.items()]


@pytest.mark.parametrize(("role", "classes"), [("official", "A"), ("unit", "ABC"), ("procedure", "ABC")])
def test_only_a_visit_token_counts_for_an_official(role: RoleName, classes: str) -> None:
    counts = make_counts(*make_classes(A=(0, 0, 0, 5, 5), B=(0, 0, 0, 5, 5), C=(9, 0, 0, 0, 0), X=(99, 0, 0, 0, 0)))
    assert "".join(eligible_counts(counts, role, PARAMETERS)["proof_class"].sort()) == classes


def test_a_known_chat_account_counts_for_an_official_once_it_answers_like_a_token() -> None:
    # 20 of each class with the same answers: the gap is 0.
    alike = make_counts(*make_classes(A=(0, 1, 4, 5, 10), B=(0, 1, 4, 5, 10), C=(0, 1, 4, 5, 10)))
    assert eligible_counts(alike, "official", PARAMETERS)["proof_class"].sort().to_list() == ["A", "B"]


def test_too_few_ratings_to_test_are_not_enough_to_count() -> None:
    few = make_counts(*make_classes(A=(0, 1, 4, 5, 10), B=(0, 1, 4, 5, 9)))
    assert eligible_counts(few, "official", PARAMETERS)["proof_class"].to_list() == ["A"]


def test_stuffed_chat_ratings_do_not_count() -> None:
    # Tokens: 40 ratings, mean 62.5. Chats: 40 times 100. Gap 37.5.
    # σ²: 10 (0, 25, …) sums: Q = 10 * 625 + 10 * 2500 + 10 * 5625 + 10 * 10000 = 187500, S² / n = 2500² / 40 = 156250,
    # 31250 / 39 = 801.28. Z = 37.5 / √(801.28 * 2 / 40) = 37.5 / 6.3296 = 5.925.
    counts = make_counts(*make_classes(A=(0, 10, 10, 10, 10), B=(0, 0, 0, 0, 40)))
    [row] = measure_proof_gap(condense(counts), "B", PARAMETERS).to_dicts()
    assert (row["gap"], row["has_gap"]) == (37.5, True)
    assert row["z"] == pytest.approx(5.925, abs=1e-3)
    assert eligible_counts(counts, "official", PARAMETERS)["proof_class"].to_list() == ["A"]


def test_a_gap_that_is_sure_but_small_is_none() -> None:
    # 10,000 ratings of each class: 75 against 80 is far beyond chance and below 8 points.
    counts = make_counts(*make_classes(A=(0, 0, 0, 9999, 1), B=(0, 0, 0, 8000, 2000)))
    [row] = measure_proof_gap(condense(counts), "B", PARAMETERS).to_dicts()
    assert row["z"] > 3
    assert not row["has_gap"]


def test_the_share_of_tokens_stands_beside_the_score() -> None:
    rows = [
        ({"unit_id": unit, "proof_class": name}, scores)
        for unit in range(1, 11)
        for name, scores in (("A", (0, 0, 0, 1, 2)), ("C", (1, 0, 0, 3, 5)))
    ]
    scores = score_entities(make_counts(*rows), make_lookups(units=10), "unit", PARAMETERS)
    # 3 of 12.
    assert scores["share_class_a"].unique().to_list() == [0.25]


def test_officials_flags_of_integrity_reach_the_row() -> None:
    rows = [({"official_id": i}, (0, 0, 0, 5, 5)) for i in range(1, 11)]
    scores = score_entities(make_counts(*rows), make_lookups(open_flags=(3,)), "official", PARAMETERS)
    assert [row["entity_id"] for row in scores.to_dicts() if row["open_flag"]] == [3]
