"""Whatever the counts are: no order of rows, no split of days and no number of processors changes a bit."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.roles import RoleName
from dashboards.indicators.satisfaction import SCORES
from tests.dashboards.fair_frames import COUNTS, DAY, Scores, change_parameters, make_counts, make_lookups

ROOT = Path(__file__).parents[2]
PARAMETERS = change_parameters(smallest_pool=3, peer_ratings=2, reference_ratings=5, smallest_channel=10)
LOOKUPS = make_lookups(units=4, provinces=("01", "02"))
ROLES: list[RoleName] = ["official", "unit", "procedure"]

days = st.integers(0, 4).map(lambda offset: DAY + timedelta(days=offset))
row = st.fixed_dictionaries(
    {
        "unit_id": st.integers(1, 4),
        "day": days,
        "official_id": st.integers(0, 6),
        "procedure_id": st.integers(0, 7),
        "channel": st.integers(1, 3),
        "proof_class": st.sampled_from("ABCX"),
    }
)
Cell = tuple[dict[str, Any], Scores]
cells = st.lists(st.tuples(row, st.tuples(*[st.integers(0, 30)] * 5)), max_size=40)


def merge(counts: pl.DataFrame) -> pl.DataFrame:
    keys = [column for column in COUNTS if column not in SCORES]
    return counts.group_by(keys).agg(pl.col(SCORES).sum()).select(*COUNTS)


@settings(max_examples=25, deadline=None)
@given(cells.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))), st.sampled_from(ROLES))
def test_the_order_of_rows_changes_no_bit(orders: tuple[list[Cell], list[Cell]], role: RoleName) -> None:
    first, second = (score_entities(make_counts(*rows), LOOKUPS, role, PARAMETERS) for rows in orders)
    assert first.equals(second, null_equal=True)
    assert first.write_csv() == second.write_csv()


@settings(max_examples=25, deadline=None)
@given(cells, st.sets(days), st.sampled_from(ROLES))
def test_days_merged_one_by_one_are_the_days_counted_at_once(
    drawn: list[Cell], early: set[date], role: RoleName
) -> None:
    direct = make_counts(*drawn)
    parts = [direct.filter(pl.col("day").is_in(list(early))), direct.filter(~pl.col("day").is_in(list(early)))]
    merged = merge(pl.concat([merge(part) for part in parts]))
    assert score_entities(merged, LOOKUPS, role, PARAMETERS).equals(
        score_entities(direct, LOOKUPS, role, PARAMETERS), null_equal=True
    )


@settings(max_examples=25, deadline=None)
@given(cells, st.sampled_from(ROLES))
def test_every_row_is_within_its_bounds(drawn: list[Cell], role: RoleName) -> None:
    for scored in score_entities(make_counts(*drawn), LOOKUPS, role, PARAMETERS).to_dicts():
        assert 0 < scored["reliability"] < 1
        assert scored["phi"] >= 1
        assert scored["n"] > 0
        if scored["theta"] is not None:
            assert 0 <= scored["low"] <= scored["high"] <= 100
            assert min(scored["adjusted"], scored["mu"]) - 1e-9 <= scored["theta"]
            assert scored["theta"] <= max(scored["adjusted"], scored["mu"]) + 1e-9


@given(
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1).flatmap(
        lambda terms: st.tuples(st.just(terms), st.permutations(terms))
    )
)
def test_sums_of_fractions_do_not_depend_on_their_order(orders: tuple[list[float], list[float]]) -> None:
    first, second = (pl.DataFrame({"x": terms}).select(sum_exactly(pl.col("x"))).item() for terms in orders)
    assert first == second
    assert first == pytest.approx(sum(orders[0]), abs=1e-6)


PROGRAM = """
import hashlib
import numpy as np
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from tests.dashboards.simulator import draw_counts, make_world
world = make_world(3, 12, seed=5)
scores = score_entities(draw_counts(world, np.full(36, 40), seed=5), world.lookups, "official", PARAMETERS_2026_1)
print(hashlib.sha256(scores.write_csv().encode()).hexdigest())
"""


def test_the_number_of_processors_changes_no_bit() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "2", "5")
    }
    assert len(digests) == 1
