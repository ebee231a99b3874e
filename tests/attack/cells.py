"""What the attacker is after: every part of every unit, with its truth beside what anybody may know at the outset."""

import msgspec
import polars as pl

from dashboards.disclosure.suppression import describe_entities, list_parts
from dashboards.indicators.satisfaction import SCORES
from tests.attack.releases import Release
from tests.attack.worlds import UNITS

STEPS = pl.sum_horizontal(step * pl.col(score) for step, score in enumerate(SCORES))
QUARTER = 0.25  # of a step of the scale: 6.25 points of 100
LARGE, UNCODED = 30, 50
NUMBER = pl.sum_horizontal(SCORES)


class Cells(msgspec.Struct, frozen=True):
    """parts: one row a part of a unit (an official there, or its rest of class A and C), with truth and knowledge.

    units: what is known of each unit. Both numbered by row; `bit` says which unit of its world it is.
    """

    parts: pl.DataFrame
    units: pl.DataFrame


def list_cells(release: Release, counts: pl.DataFrame) -> Cells:
    officials = release.figures.filter(pl.col("role") == "official").drop("role")
    bands = describe_entities(release.children, "official")
    bounds = list_parts(release.children, bands, "official").filter(pl.col("parent").str.starts_with("unit"))
    stated = release.children.filter(pl.col("entity_id") != 0).with_columns(
        NUMBER.alias("true_n"), STEPS.alias("true_s")
    )
    known = stated.join(officials, on=["entity_id", "pool"], how="left").join(
        bounds.select(
            pl.col("parent").str.split("/").list.get(1).cast(pl.Int32).alias("unit_id"),
            "entity_id",
            "lowest",
            "highest",
        ),
        on=["unit_id", "entity_id"],
    )
    known = known.join(release.means, on="pool", how="left")
    rests = list_rests(counts, known)
    parts = add_support(pl.concat([known, rests], how="diagonal_relaxed"))
    return Cells(add_wholes(parts), list_units(release, counts))


def list_rests(counts: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Whether a unit has ratings of class C, or tokens that name nobody, is not known: so there is a part for each."""
    units = counts.select("unit_id").unique().join(pl.DataFrame({"proof_class": ["A", "C"]}), how="cross")
    unstated = counts.filter(pl.col("official_id") == 0).group_by("unit_id", "proof_class").agg(pl.col(SCORES).sum())
    rests = units.join(unstated, on=["unit_id", "proof_class"], how="left").with_columns(pl.col(SCORES).fill_null(0))
    return rests.select(
        "unit_id",
        pl.lit(0, known.schema["entity_id"]).alias("entity_id"),
        "proof_class",
        *SCORES,
        NUMBER.alias("true_n"),
        STEPS.alias("true_s"),
    )


def add_support(parts: pl.DataFrame) -> pl.DataFrame:
    """The bit of the unit in its world; support: the bits of all units of the same official."""
    placed = parts.with_columns(
        ((pl.col("unit_id") - 1) // UNITS).alias("world"),
        (2 ** ((pl.col("unit_id") - 1) % UNITS)).cast(pl.Int64).alias("bit"),
    ).sort("unit_id", "entity_id", "proof_class")
    support = pl.when(pl.col("entity_id") == 0).then("bit").otherwise(pl.col("bit").sum().over("entity_id"))
    return placed.with_columns(support.alias("support")).with_row_index("part")


def add_wholes(parts: pl.DataFrame) -> pl.DataFrame:
    """unit_n, and is_said: whether one shown figure of 30 ratings and more, of the unit or the official, says it alone.

    Where 90 of 91 gave the best score, everybody's mean is known without any subtraction: rule P6 lets that out.
    """
    own_is_shown = pl.col("raw").is_not_null()
    said = says_alone("unit_id") | (own_is_shown & says_alone("entity_id")).fill_null(value=False)
    return parts.with_columns(pl.col("true_n").sum().over("unit_id").alias("unit_n"), said.alias("is_said"))


def says_alone(by: str) -> pl.Expr:
    """What is missing to the best score, or to the worst, over all, is no more than a quarter of a step of the part."""
    n, steps = pl.col("true_n").sum().over(by), pl.col("true_s").sum().over(by)
    return (n >= LARGE) & (pl.min_horizontal(steps, 4 * n - steps) <= QUARTER * pl.col("true_n"))


def list_units(release: Release, counts: pl.DataFrame) -> pl.DataFrame:
    """The public page tells each unit's number exactly; its sum is taken as known wherever any mean of it is shown."""
    figures = release.figures.filter(pl.col("role") == "unit").select(
        pl.col("entity_id").alias("unit_id"), "share_class_a", "bound", "raw", pl.col("n").alias("shown_n")
    )
    truth = counts.group_by("unit_id").agg(
        pl.col(SCORES).sum(), NUMBER.filter(pl.col("proof_class") == "A").sum().alias("class_a")
    )
    units = truth.with_columns(NUMBER.alias("true_n"), STEPS.alias("true_s")).join(figures, on="unit_id", how="left")
    is_banded = pl.col("bound").is_not_null()
    has_mean = pl.col("raw").is_not_null() | ((pl.col("true_n") >= LARGE) & ~is_edge())
    top, n = pl.col("bound") == "at_least", pl.col("true_n")
    low = pl.when(has_mean).then("true_s").when(is_banded & top).then(3 * (n * 95 / 100).ceil()).otherwise(0)
    high = pl.when(has_mean).then("true_s").when(is_banded & ~top).then(2 * n + 2 * (n * 5 // 100)).otherwise(4 * n)
    return units.select(
        "unit_id", "class_a", n.alias("n"), low.cast(pl.Int64).alias("s_low"), high.cast(pl.Int64).alias("s_high"),
        pl.col("share_class_a").is_not_null().alias("is_class_told"),
        ((pl.col("unit_id") - 1) // UNITS).alias("world"),
        (2 ** ((pl.col("unit_id") - 1) % UNITS)).cast(pl.Int64).alias("bit"),
    ).sort("unit_id")  # fmt: skip


def is_edge() -> pl.Expr:
    """Where the public page shows a band instead of a mean."""
    satisfied, n = pl.col("n4") + pl.col("n5"), pl.col("true_n")
    return (n < UNCODED) & ((satisfied * 100 >= 95 * n) | (satisfied * 100 <= 5 * n))
