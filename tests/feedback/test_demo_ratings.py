"""What the demo's generator promises: the same batches, the documented shapes, the true effects it tells."""

import itertools
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest

from feedback.catalogue.workbook import Workbook
from feedback.demo.effects import BASE_SHARES, compute_base_mean, compute_points, list_true_effects
from feedback.demo.ratings import Batch, RatingPlan
from feedback.demo.recipe import DROP_DAYS_BEFORE, NATIONAL, SMALL, DemoSize
from feedback.demo.world import make_national_world, make_small_world, make_world

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def world() -> Workbook:
    return make_small_world(DAY)


@pytest.fixture(scope="module")
def plan(world: Workbook) -> RatingPlan:
    return RatingPlan(SMALL, world, DAY)


@pytest.fixture(scope="module")
def ratings(plan: RatingPlan) -> pl.DataFrame:
    """Every rating of the small world with the post it is about."""
    return pl.concat(describe(plan, plan.make_batch(number)) for number in range(plan.batches))


def describe(plan: RatingPlan, batch: Batch) -> pl.DataFrame:
    drawn = {
        "day": batch.day,
        "score": batch.score,
        "channel": batch.channel,
        "is_business": batch.is_business,
    }
    frame = plan.posts[batch.post].select("unit", "desk", "official", "procedure", "first_day", "end_day")
    days = pl.Series(plan.days)
    return frame.with_columns(pl.DataFrame(drawn)).with_columns(days[batch.day].alias("date"))


def test_the_same_batch_is_drawn_twice_alike(plan: RatingPlan, world: Workbook) -> None:
    first, second = plan.make_batch(3), RatingPlan(SMALL, world, DAY).make_batch(3)
    for name in Batch.__struct_fields__:
        assert np.array_equal(getattr(first, name), getattr(second, name))


def test_tokens_never_repeat_and_do_not_depend_on_the_day(plan: RatingPlan) -> None:
    later = RatingPlan(SMALL, make_small_world(DAY + timedelta(days=9)), DAY + timedelta(days=9))
    assert later.make_tokens(4) == plan.make_tokens(4)
    assert len(set(plan.make_tokens(0)) | set(plan.make_tokens(1))) == 2 * SMALL.batch_rows


def test_rows_lie_in_the_order_of_the_key_within_a_batch(plan: RatingPlan) -> None:
    for number in range(plan.batches):
        keys = [*zip(plan.find_units(number).tolist(), plan.make_tokens(number), strict=True)]
        assert all(before < after for before, after in itertools.pairwise(keys))


def test_scores_are_distributed_as_documented(ratings: pl.DataFrame) -> None:
    assert ratings.height == 210_000
    for score, share in enumerate(BASE_SHARES, start=1):
        # Effects of a few officials are not exactly normal, so the shares hold only nearly.
        assert (ratings["score"] == score).mean() == pytest.approx(share, abs=0.015)


def test_ratings_cover_the_year_up_to_yesterday_and_almost_no_weekend(ratings: pl.DataFrame) -> None:
    assert ratings["date"].min() == date(2025, 11, 20)
    assert ratings["date"].max() == date(2026, 11, 19)
    weekend = (ratings["date"].dt.weekday() >= 6).mean()
    # Weights 0.06 + 0.01 of 5.32 in a week of 1.2 + 1.05 + 1 + 0.95 + 1.05 + 0.07 = 1.3 %
    assert weekend == pytest.approx(0.013, abs=0.002)


def test_every_post_is_valid_on_the_day_of_its_rating(ratings: pl.DataFrame) -> None:
    assert ratings.filter(~pl.col("date").is_between("first_day", "end_day", closed="left")).is_empty()


def test_the_planted_drop_is_in_the_data_and_nowhere_else(ratings: pl.DataFrame, world: Workbook) -> None:
    late = pl.col("date") >= DAY - timedelta(days=DROP_DAYS_BEFORE)
    means = ratings.group_by("unit", "desk", late.alias("late")).agg((pl.col("score").mean() - 1) * 25)
    changes = means.pivot("late", index=["unit", "desk"], values="score").with_columns(
        change=pl.col("true") - pl.col("false")
    )
    effects = list_true_effects(SMALL, world, DAY)
    planted = effects.filter(kind="drop")
    unit, desk = planted["code"].item().split("/")
    here = (pl.col("unit") == unit) & (pl.col("desk") == desk)
    assert changes.filter(here)["change"].item() == pytest.approx(planted["points"].item(), abs=4)
    # The rest moves by chance alone, and a little by the transfer.
    assert changes.filter(~here)["change"].abs().max() < 3  # pyright: ignore[reportOperatorIssue, reportOptionalOperand]


def test_what_officials_score_follows_their_true_effects(ratings: pl.DataFrame, world: Workbook) -> None:
    effects = list_true_effects(SMALL, world, DAY).filter(kind="official")
    means = ratings.group_by("official").agg(pl.col("score").mean())
    both = means.join(effects, left_on="official", right_on="code")
    assert both.height == 36
    assert both.select(pl.corr("score", "points")).item() > 0.75


def test_official_effects_come_to_an_intraclass_correlation_of_0_057() -> None:
    world = make_national_world(DAY)
    points = list_true_effects(NATIONAL, world, DAY).filter(kind="official")["points"].to_numpy()
    # Variance of one score under 3/2/7/28/60 %: E v2 - mean2 = 7762.5 - 85.0^2 = 537.5
    assert compute_base_mean() == pytest.approx(85.0)
    assert points.var() / 537.5 == pytest.approx(0.057, abs=0.004)


def test_points_of_an_effect_are_the_mean_shift_it_causes() -> None:
    # An effect that is the whole of nothing fixed: half a standard deviation up moves each cut down by 0.5.
    cuts = [NormalDist().inv_cdf(share) for share in (0.03, 0.05, 0.12, 0.40)]
    by_hand = sum(25 * (1 - NormalDist().cdf(cut - 0.5)) for cut in cuts) - 85
    assert compute_points(np.array([0.5]), 0.0)[0] == pytest.approx(by_hand)


@pytest.mark.parametrize("size", [SMALL, NATIONAL], ids=["small", "national"])
def test_five_to_twenty_per_cent_of_dossiers_are_rated(size: DemoSize) -> None:
    world = make_world(size, DAY)
    plan = RatingPlan(size, world, DAY)
    dossiers = world.sheets["dossier_counts"].with_columns(pl.col("completed", "late").cast(pl.Int64))
    assert (dossiers["late"] <= dossiers["completed"]).all()
    units = pl.DataFrame({"unit": plan.unit_codes, "ratings": np.diff(plan.unit_ends, prepend=0)})
    rates = dossiers.group_by("unit").agg(pl.col("completed").sum()).join(units, on="unit")
    rate = rates["ratings"] / rates["completed"]
    assert 0.05 < float(rate.min() or 0) < float(rate.max() or 1) < 0.20  # pyright: ignore[reportArgumentType]


def test_the_national_plan_ends_with_its_last_rating() -> None:
    plan = RatingPlan(NATIONAL, make_national_world(DAY), DAY)
    assert plan.unit_ends[-1] == 8_800_000
    assert plan.batches == 440
    last = plan.make_batch(439)
    assert len(last) == 20_000
    assert plan.posts["unit"][last.post].to_list()[-1] == plan.unit_codes[-1]
