"""How many ratings each unit gets in the year, and how many dossiers stand behind them."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback.catalogue.sheets import ROW, SHEETS
from feedback.catalogue.workbook import Workbook
from feedback.demo.plants import add_unasked_dossiers
from feedback.demo.posts import list_posts
from feedback.demo.recipe import DemoSize, read_recipe
from feedback.demo.season import list_days, weigh_days

UNIT_SPREAD = 0.35  # standard deviation of the logarithm of a unit's volume, within its area type
# A unit answers at 7 to 17 per cent, its procedures at 0.75 to 1.15 times that: 5 to 20 per cent in all.
UNIT_RATES = (0.07, 0.17)
PROCEDURE_FACTORS = (0.75, 1.15)
LATE_SHARE = 0.03
COMPLAINED_SHARE = 0.0004

Counts = npt.NDArray[np.int64]


def count_unit_ratings(size: DemoSize, world: Workbook) -> pl.DataFrame:
    """`unit` and `ratings`, in the order of the workbook; the ratings add up to `size.ratings`."""
    units = world.sheets["units"]
    weights = _weigh_units(size, units)
    ends = np.rint(np.cumsum(weights / weights.sum()) * size.ratings).astype(np.int64)
    return pl.DataFrame({"unit": units["code"], "ratings": np.diff(ends, prepend=0)})


def _weigh_units(size: DemoSize, units: pl.DataFrame) -> npt.NDArray[np.float64]:
    recipe = read_recipe()
    if size.name == "small":
        shares = {unit.place_code: unit.share for unit in recipe.small_units}
        return np.array([shares[code] for code in units["place_code"]])
    of_area = np.array([recipe.national_volumes[area] for area in units["area_type"]])
    return of_area * np.random.default_rng([size.seed, 2]).lognormal(0, UNIT_SPREAD, len(units))


def make_dossier_counts(size: DemoSize, world: Workbook, day: date) -> pl.DataFrame:
    """The sheet `dossier_counts`: by day in the small world, by month (its last day) in the national one."""
    days = list_days(day)
    generator = np.random.default_rng([size.seed, 3])
    pairs = _list_pairs(size, world, days)
    units = pairs["unit"].rank("dense").to_numpy() - 1
    rates = generator.uniform(*UNIT_RATES, int(units.max()) + 1)[units]
    rates *= generator.uniform(*PROCEDURE_FACTORS, len(pairs))
    dates, shares = _list_periods(days, is_daily=size.name == "small")
    completed = generator.poisson(np.outer(pairs["ratings"].to_numpy() / rates, shares))
    late = generator.binomial(completed, LATE_SHARE)
    complained = generator.binomial(completed, COMPLAINED_SHARE)
    counts = pl.DataFrame(
        {
            "unit": np.repeat(pairs["unit"].to_numpy(), len(dates)),
            "day": pl.Series(dates * len(pairs), dtype=pl.Date),
            "procedure": np.repeat(pairs["procedure"].to_numpy(), len(dates)),
            "completed": completed.ravel(),
            "late": late.ravel(),
            "complained": complained.ravel(),
        }
    )
    counts = add_unasked_dossiers(counts, size, day)
    counts = counts.filter(pl.col("completed") > 0).with_columns(pl.all().cast(pl.String))
    return counts.select(SHEETS["dossier_counts"].column_names).with_row_index(ROW, offset=2)


def _list_pairs(size: DemoSize, world: Workbook, days: list[date]) -> pl.DataFrame:
    """Every unit and procedure with the ratings it may expect in the year."""
    shares = list_posts(world, days).filter(pl.col("stretch") == 0)
    shares = shares.group_by("unit", "procedure", maintain_order=True).agg(pl.col("share").sum())
    ratings = shares.join(count_unit_ratings(size, world), on="unit", maintain_order="left")
    return ratings.with_columns(pl.col("ratings") * pl.col("share"))


def _list_periods(days: list[date], *, is_daily: bool) -> tuple[list[date], npt.NDArray[np.float64]]:
    shares = weigh_days(days)
    if is_daily:
        return days, shares
    is_last = [day == days[-1] or (day + timedelta(days=1)).day == 1 for day in days]
    ends = np.flatnonzero(is_last)
    return [days[end] for end in ends], np.diff(np.cumsum(shares)[ends], prepend=0.0)
