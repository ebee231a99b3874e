import itertools
from datetime import date, timedelta
from statistics import NormalDist

import msgspec
import numpy as np
import polars as pl
import pytest

from feedback.catalogue.import_workbook import check_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.workbook import Workbook
from feedback.database import Connection
from feedback.demo.effects import BASE_SHARES, compute_base_mean, compute_points, list_true_effects
from feedback.demo.load import load_demo, make_writer, store_columns
from feedback.demo.ratings import Batch, RatingPlan
from feedback.demo.recipe import DROP_DAYS_BEFORE, NATIONAL, SMALL, DemoSize
from feedback.demo.world import make_national_world, make_small_world, make_world
from surveys.codes import read_desk_code

DAY = date(2026, 11, 20)
COUNT_WRONG_RATINGS = """
SELECT count(*) FROM responses AS r
WHERE NOT EXISTS (SELECT FROM desks AS d WHERE d.desk_id = r.desk_id AND d.unit_id = r.unit_id)
   OR (official_id <> 0 AND NOT EXISTS (
        SELECT FROM desk_officials AS o JOIN official_titles AS t USING (official_id)
        WHERE o.desk_id = r.desk_id AND o.official_id = r.official_id AND t.title_id = r.title_id
          AND r.local_day >= o.valid_from AND r.local_day < coalesce(o.valid_to, 'infinity')
          AND r.local_day >= t.valid_from AND r.local_day < coalesce(t.valid_to, 'infinity')))
   OR (procedure_id <> 0 AND NOT EXISTS (
        SELECT FROM desk_procedures AS o JOIN procedures AS p ON p.code = o.procedure_code
        WHERE o.desk_id = r.desk_id AND p.procedure_id = r.procedure_id
          AND r.local_day >= o.valid_from AND r.local_day < coalesce(o.valid_to, 'infinity')
          AND r.local_day >= p.valid_from AND r.local_day < coalesce(p.valid_to, 'infinity')))
"""
FEW = msgspec.structs.replace(SMALL, ratings=2500, batch_rows=1000)


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


def ignore(_: int) -> None:
    pass


async def count_rows(connection: Connection) -> tuple[int, int, int]:
    """Rows, ratings in the daily counts, and the last number given."""
    row = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM responses), (SELECT sum(n1 + n2 + n3 + n4 + n5) FROM daily_counts),"
        " last_number FROM sequencer"
    )
    assert row is not None
    return row[0], row[1], row[2]


class StoppedError(Exception):
    pass


async def test_a_demo_is_loaded_once_and_every_rating_is_counted(connection: Connection) -> None:
    told: list[int] = []
    demo = await load_demo(connection, FEW, DAY, told.append)
    assert demo.new_ratings == 2500
    assert told == [0, 1000, 2000, 2500]
    before = await count_rows(connection)
    assert before[:2] == (2500, 2500)
    again = await load_demo(connection, FEW, DAY + timedelta(days=3), told.append)
    assert (again.new_ratings, again.day) == (0, DAY)
    assert again.world.sheets["desks"].equals(demo.world.sheets["desks"])
    assert await count_rows(connection) == before


async def test_a_demo_that_was_cut_off_goes_on_another_day_without_doubling(connection: Connection) -> None:
    def stop(stored: int) -> None:
        if stored == 1000:
            raise StoppedError

    with pytest.raises(StoppedError):
        await load_demo(connection, FEW, DAY, stop)
    assert (await count_rows(connection))[0] == 1000
    demo = await load_demo(connection, FEW, DAY + timedelta(days=1), ignore)
    assert demo.new_ratings == 1500
    assert (await count_rows(connection))[:2] == (2500, 2500)


async def test_a_batch_stored_twice_is_passed_over(connection: Connection) -> None:
    demo = await load_demo(connection, FEW, DAY, ignore)
    plan = RatingPlan(FEW, demo.world, DAY)
    writer = await make_writer(connection, plan)
    assert await store_columns(connection, writer.write(plan.make_batch(1))) == 0
    assert (await count_rows(connection))[:2] == (2500, 2500)


async def test_a_stored_rating_names_only_who_and_what_was_at_its_desk_on_its_day(
    connection: Connection,
) -> None:
    await load_demo(connection, FEW, DAY, ignore)
    assert await connection.fetchval(COUNT_WRONG_RATINGS) == 0
    assert await connection.fetchval("SELECT min(official_id) FROM responses") == 0


async def test_only_the_last_48_hours_keep_their_time_of_day(connection: Connection) -> None:
    await load_demo(connection, msgspec.structs.replace(FEW, ratings=6000, batch_rows=6000), DAY, ignore)
    exact = await connection.fetch(
        "SELECT local_day, received_at, part_of_day FROM responses WHERE received_at IS NOT NULL"
    )
    assert {row["local_day"] for row in exact} == {DAY - timedelta(days=2), DAY - timedelta(days=1)}
    for row in exact:
        local = row["received_at"] + timedelta(hours=7)  # Vietnam, stored in UTC
        assert (local.date(), 1 if local.hour < 12 else 2) == (row["local_day"], row["part_of_day"])
    old = "SELECT count(*) FROM responses WHERE received_at IS NULL AND local_day >= $1"
    assert await connection.fetchval(old, DAY - timedelta(days=2)) == 0


async def test_rows_are_as_a_real_rating_would_be(connection: Connection) -> None:
    await load_demo(connection, msgspec.structs.replace(FEW, ratings=6000, batch_rows=6000), DAY, ignore)
    rows = await connection.fetch("SELECT channel, proof_class, survey_id, answers, comment FROM responses")
    assert all((row["channel"] == 2) == (row["proof_class"] == b"B") for row in rows)
    assert {row["proof_class"] for row in rows} == {b"B", b"C"}
    kinds = await connection.fetch("SELECT survey_id, rater_kind FROM surveys")
    business = {row["survey_id"] for row in kinds if row["rater_kind"] == "business"}
    # 12 % of 6000 = 720, standard deviation 25: four of them either way
    assert 620 <= sum(row["survey_id"] in business for row in rows) <= 820
    assert 0 < sum(row["comment"] is not None for row in rows) < 6000 * 0.04
    assert 0 < sum(row["answers"] is not None for row in rows) < 6000 * 0.10


@pytest.mark.parametrize("size", [SMALL, NATIONAL], ids=["small", "national"])
async def test_the_ordinary_import_finds_no_bad_cell_in_a_demo(
    connection: Connection, size: DemoSize
) -> None:
    await import_places(connection)
    assert await check_workbook(connection, make_world(size, DAY)) == []


def test_everybody_and_everything_invented_is_marked_as_demo(world: Workbook) -> None:
    for book in (world, make_national_world(DAY)):
        assert book.sheets["officials"]["display_name"].str.ends_with("(mẫu)").all()
        assert book.sheets["officials"]["code"].str.starts_with("demo-").all()
        assert book.sheets["desks"]["name"].str.ends_with("(mẫu)").all()
        assert book.sheets["units"]["name"].str.ends_with("(mẫu)").all()
        invented = book.sheets["procedures"].filter(pl.col("code").str.starts_with("9.0000"))
        assert invented["name"].str.ends_with("(mẫu)").all()
        # The five that domain.md 8.4 names are the only real ones.
        real = set(book.sheets["procedures"]["code"]) - set(invented["code"])
        assert real <= {"1.001193", "1.000894", "1.004222", "2.000815", "2.000884"}


def test_the_national_demo_covers_every_commune(world: Workbook) -> None:
    assert world.sheets["units"].height == 3
    national = make_national_world(DAY)
    assert national.sheets["units"].height == 3321
    assert national.sheets["units"]["code"].to_list() == national.sheets["units"]["place_code"].to_list()
    assert national.sheets["units"].group_by("area_type").len().filter(area_type="urban")["len"].item() == 697
    assert national.sheets["desks"].height == 3 * 3321


def test_desk_codes_have_their_check_symbol_and_are_the_same_on_every_day(world: Workbook) -> None:
    codes = world.sheets["desks"]["code"].to_list()
    assert [read_desk_code(code) for code in codes] == codes
    assert len(set(codes)) == len(codes)
    assert make_small_world(DAY + timedelta(days=40)).sheets["desks"]["code"].to_list() == codes
    national = make_national_world(DAY).sheets["desks"]["code"].to_list()
    assert len({*national, *codes}) == len(national) + len(codes)


def test_one_desk_leaves_no_doubt_and_one_official_was_transferred(world: Workbook, plan: RatingPlan) -> None:
    assert plan.posts.filter((pl.col("officials") == 1) & (pl.col("procedures") == 1)).height > 0
    moved = world.sheets["desk_officials"].filter(pl.col("official").is_duplicated())
    assert moved["desk"].to_list() == ["1", "2"]
    assert moved["valid_to"][0] == moved["valid_from"][1] == "2026-06-23"  # 150 days before 20 November


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
    assert both.height == 26
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
