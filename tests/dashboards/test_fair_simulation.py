"""What scores and alerts are worth where the truth is known: a bounded part of what `make simulate` prints.

Goals are those of docs/fair-scores.md; each margin is three standard errors of so few worlds, worked out beside it.
"""

import numpy as np
import pytest

from tests.dashboards.simulated_figures import (
    AlertFigures,
    ScoreErrors,
    add_errors,
    measure_alerts,
    measure_scores,
)
from tests.dashboards.simulator import (
    EFFECT_SD,
    HELD_OUT_SEEDS,
    NORMAL,
    POINTS,
    SKEWED,
    WITHIN_VARIANCE,
    Shape,
    find_true_effects,
    make_world,
    tilt_scores,
)

SEEDS = HELD_OUT_SEEDS[:2]


@pytest.fixture(scope="module", params=[(50, 12), (25, 24), (2, 400)], ids=lambda pool: f"pools of {pool[1]}")
def errors(request: pytest.FixtureRequest) -> ScoreErrors:
    pools, officials = request.param
    return add_errors([measure_scores(pools, officials, seed) for seed in SEEDS])


def test_the_error_is_about_half_that_of_the_raw_mean(errors: ScoreErrors) -> None:
    # Each mean square is known to √(2 / 1200) = 4 %, its root to 2 %, the ratio to 3 % at most: 3 · 0.03 · 0.55 = 0.05.
    assert errors.ratio <= 0.55 + 0.05


def test_the_interval_holds_the_truth_as_often_as_it_says(errors: ScoreErrors) -> None:
    # √(0.95 · 0.05 / 1200) = 0.0063 for each, three times that is 0.019.
    assert 0.92 - 0.019 <= errors.coverage <= 0.97 + 0.019


@pytest.fixture(scope="module")
def alerts() -> dict[str, AlertFigures]:
    return {shape.name: measure_alerts(8, HELD_OUT_SEEDS[0], shape) for shape in (SKEWED, NORMAL)}


def test_alerts_are_rarely_false(alerts: dict[str, AlertFigures]) -> None:
    # 120 years: a rate of 0.2 gives 24 ± √24 = 4.9 alerts, three times that is 0.12 a year.
    assert np.mean([false for figures in alerts.values() for false in figures.false]) <= 0.2 + 0.12


def test_drops_of_ten_points_are_found(alerts: dict[str, AlertFigures]) -> None:
    # A drop that half a year did not find is by then what is expected. 98 of 100 are found: 3 √(0.02 · 0.98 / 120) =
    # 0.04.
    assert np.mean([np.isfinite(figures.found_after).mean() for figures in alerts.values()]) >= 0.98 - 0.04


@pytest.mark.parametrize("shape", [SKEWED, NORMAL], ids=lambda shape: shape.name)
def test_scores_are_drawn_with_the_mean_and_the_variance_that_the_world_states(shape: Shape) -> None:
    # 3, 2, 7, 28, 60 %: mean 0.5 + 3.5 + 21 + 60 = 85; Σ p v² = 12.5 + 175 + 1575 + 6000 = 7762.5, less 85² = 537.5.
    # The bell in steps: 5.289 % at each end, 24.200 % next to them: 2 · (0.05289 · 2500 + 0.24200 · 625) = 566.93.
    [chances] = tilt_scores(np.array([shape.mean]), shape)
    assert chances == pytest.approx(shape.chances, abs=1e-6)
    assert chances @ POINTS == pytest.approx(shape.mean)
    variance = {"skewed": WITHIN_VARIANCE, "normal": 566.93}[shape.name]
    assert chances @ POINTS**2 - shape.mean**2 == pytest.approx(variance, rel=1e-3)


def test_the_true_effects_of_the_world_have_the_spread_that_it_states() -> None:
    # 2,000 officials: a standard deviation is known to 1 / √4000 = 1.6 %. Where scores are skewed, no mean lies above
    # 98, which takes a tenth of the spread away.
    effects = {shape.name: find_true_effects(make_world(1, 2_000, seed=1, shape=shape)) for shape in (SKEWED, NORMAL)}
    assert effects["normal"].mean() == pytest.approx(0, abs=1e-9)
    assert effects["normal"].std() == pytest.approx(EFFECT_SD, rel=0.05)
    assert effects["skewed"].std() == pytest.approx(0.9 * EFFECT_SD, rel=0.05)
