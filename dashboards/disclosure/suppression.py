"""Rules P1, P4 and P6: which figures must stay hidden so that what is left of a unit or a pool may itself be shown.

Looks at counts only, never at scores; adds nothing up that a reader could not. Smallest first, ties by id.
"""

import polars as pl

from dashboards.disclosure.groups import BOTTOM_BAND, SMALLEST_UNCODED, TOP_BAND
from dashboards.indicators.registry import SMALLEST_GROUP, SMALLEST_HEADLINE
from dashboards.indicators.roles import RoleName
from dashboards.indicators.satisfaction import SCORES

KEYS = ("entity_id", "pool")
TOP_STEP = len(SCORES) - 1
SATISFIED_STEP = 3  # scores 4 and 5
# Officials from 30 ratings on need a score; of units and procedures the public page hides bands below 50.
SMALLEST_SCORED: dict[RoleName, int] = {
    "official": SMALLEST_HEADLINE,
    "unit": SMALLEST_UNCODED,
    "procedure": SMALLEST_UNCODED,
}
ROOM = 4  # a coded mean may not be known to within a quarter of a step


def suppress(children: pl.DataFrame, role: RoleName, smallest: int = SMALLEST_GROUP) -> pl.DataFrame:
    """entity_id, pool, n, n1 to n5, is_coded, is_hidden: one row for each entity and pool of `children`.

    `smallest` is what the method asks of a figure of one's own; the rule's own 10 stand below it.
    What stays hidden is the smallest set that this order finds, round by round, until nothing fails any more.
    """
    entities = describe_entities(children, role)
    doubles = find_doubles(children, entities)
    parts = list_parts(children.join(doubles, on=KEYS, how="anti"), entities, role)
    few = entities.filter(pl.col("n") < max(smallest, SMALLEST_GROUP)).select(KEYS)
    hidden = pl.concat([few, doubles]).unique()
    while True:
        more = find_next(parts, hidden)
        if more.is_empty():
            break
        hidden = pl.concat([hidden, more])
    marked = entities.join(hidden.with_columns(pl.lit(value=True).alias("is_hidden")), on=KEYS, how="left")
    return marked.with_columns(pl.col("is_hidden").fill_null(value=False)).sort(KEYS)


def describe_entities(children: pl.DataFrame, role: RoleName) -> pl.DataFrame:
    """n, its scores, and whether nearly all are satisfied or nearly none: then a small group is coded (P6).

    All such groups, not only unanimous ones: else the band itself would say that all said the same.
    """
    sums = children.filter(pl.col("entity_id") != 0).group_by(KEYS).agg(pl.col(SCORES).cast(pl.Int64).sum())
    satisfied, n = pl.col("n4") + pl.col("n5"), pl.col("n")
    is_small = pl.col("n").is_between(SMALLEST_GROUP, SMALLEST_SCORED[role] - 1)
    is_high, is_low = satisfied * 100 >= TOP_BAND * n, satisfied * 100 <= BOTTOM_BAND * n
    return sums.with_columns(pl.sum_horizontal(SCORES).alias("n")).with_columns(
        (is_small & (is_high | is_low)).alias("is_coded"), is_high.alias("is_high")
    )


def find_doubles(children: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """Rows of an entity of which another row holds all ratings and more: only the larger is shown, or none.

    A pool that was widened holds what a nearer pool of the same kind holds too; the kind is its name without the place.
    """
    kind = pl.col("pool").str.replace(r"/[^/]*$", "").alias("kind")
    stated = children.filter(pl.col("entity_id") != 0).with_columns(kind)
    twice = stated.group_by("entity_id", "kind", "unit_id").agg(pl.col("pool").n_unique()).filter(pl.col("pool") > 1)
    rows = entities.with_columns(kind).join(twice, on=["entity_id", "kind"], how="semi")
    ordered = rows.sort("n", "pool", descending=True).with_columns(
        pl.int_range(pl.len()).over("entity_id", "kind").alias("place")
    )
    return ordered.filter(pl.col("place") > 0).select(KEYS)


def list_parts(children: pl.DataFrame, entities: pl.DataFrame, role: RoleName) -> pl.DataFrame:
    """Each entity's ratings within each parent: its pool and, for officials, its units with their rest (entity_id 0).

    lowest and highest: between which sums of steps (0 to 4) a coded part must lie for all who see its band.
    """
    by_unit = pl.concat_str(pl.lit("unit"), "unit_id", "survey_group", separator="/").alias("parent")
    units = children.group_by(by_unit, *KEYS).agg(pl.col(SCORES).cast(pl.Int64).sum())
    pools = entities.select(pl.concat_str(pl.lit("pool"), "pool", separator="/").alias("parent"), *KEYS, *SCORES)
    known = entities.select(*KEYS, pl.col("n").alias("all_n"), "is_coded", "is_high")
    parents = [units, pools] if role == "official" else [pools]
    parts = (
        pl.concat(parents, how="vertical_relaxed")
        .join(known, on=KEYS, how="left")
        .with_columns(
            pl.sum_horizontal(SCORES).alias("n"),
            pl.sum_horizontal(step * pl.col(score) for step, score in enumerate(SCORES)).alias("steps"),
            pl.col("is_coded").fill_null(value=False),
        )
    )
    return parts.filter(pl.col("n") > 0).with_columns(*bound_steps())


def bound_steps() -> tuple[pl.Expr, pl.Expr]:
    """A band of 95 % lets one of 20 out; below 20 ratings, none."""
    outside = pl.col("all_n") * BOTTOM_BAND // 100
    is_coded, n = pl.col("is_coded"), pl.col("n")
    lowest = pl.when(is_coded & pl.col("is_high")).then(SATISFIED_STEP * (n - outside).clip(0)).otherwise(0)
    kept = (SATISFIED_STEP - 1) * n + (TOP_STEP - SATISFIED_STEP + 1) * pl.min_horizontal(outside, n)
    highest = pl.when(is_coded & ~pl.col("is_high")).then(kept).otherwise(TOP_STEP * n)
    return lowest.alias("lowest"), highest.alias("highest")


def find_next(parts: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """The smallest entity still shown of each parent that fails; empty when none fails or nothing shown is left."""
    marked = parts.join(hidden.with_columns(pl.lit(value=True).alias("out")), on=KEYS, how="left").with_columns(
        (pl.col("out").fill_null(value=False) | (pl.col("entity_id") == 0)).alias("is_out")
    )
    failing = find_failing(marked)
    shown = marked.filter(~pl.col("is_out")).join(failing, on="parent", how="semi")
    smallest = shown.sort("all_n", *KEYS).group_by("parent", maintain_order=True).first()
    return smallest.select(KEYS).unique()


def find_failing(marked: pl.DataFrame) -> pl.DataFrame:
    """Parents of which something may be worked out that may not be shown.

    Left are those whose number is not told; unsaid those whose answers are not: the left and the coded.
    """
    is_out, is_unsaid = pl.col("is_out"), pl.col("is_out") | pl.col("is_coded")
    kinds = {"left": is_out, "unsaid": is_unsaid}
    # Windows are worked out before the grouping: inside a group they would see that group alone.
    is_bare = is_coded_too_well() | is_bare_part() | is_pinned_part()
    judged = add_ways(marked).with_columns(is_bare.alias("is_bare"), is_part_of_shown().alias("is_part"))
    has_band = (pl.col("is_coded") & ~is_out).any()
    sums = judged.group_by("parent").agg(
        *(
            pl.col(score).filter(rows).sum().alias(f"{kind}_{score}")
            for kind, rows in kinds.items()
            for score in SCORES
        ),
        pl.col("is_bare").any().alias("has_bare"),
        # A band beside somebody who was elsewhere too: two sums for three unknowns are more than P6 means to tell.
        (has_band & pl.col("is_part").any()).alias("has_band_and_part"),
    )
    fails = ~is_mixed("left_") | ~is_mixed("unsaid_") | pl.col("has_bare") | pl.col("has_band_and_part")
    return sums.filter(fails).select("parent")


def add_ways(marked: pl.DataFrame) -> pl.DataFrame:
    """left_n, and up and down: by how many steps a part could be more or less while all sums that are known stay.

    A coded part stands in a unit and in a pool: the second look knows what the first found in the other.
    """
    steps = pl.col("steps")
    own = marked.with_columns(
        pl.col("n").filter("is_out").sum().over("parent").alias("left_n"),
        (pl.col("highest") - steps).alias("own_above"),
        (steps - pl.col("lowest")).alias("own_below"),
    )
    first = add_up_and_down(own)
    is_band = pl.col("is_coded") & ~pl.col("is_out")
    seen = {"own_above": "up", "own_below": "down"}
    narrowed = first.with_columns(
        pl.when(is_band).then(pl.col(way).min().over(KEYS)).otherwise(name).alias(name) for name, way in seen.items()
    )
    return add_up_and_down(narrowed)


def add_up_and_down(own: pl.DataFrame) -> pl.DataFrame:
    """What a part takes, the other unsaid parts of the same parent give."""
    is_unsaid = pl.col("is_out") | pl.col("is_coded")
    above, below = (
        pl.col(name).filter(is_unsaid).sum().over("parent") - pl.when(is_unsaid).then(name).otherwise(0)
        for name in ("own_above", "own_below")
    )
    return own.with_columns(
        pl.min_horizontal("own_above", below).alias("up"), pl.min_horizontal("own_below", above).alias("down")
    )


def is_coded_too_well() -> pl.Expr:
    """A coded part whose sum the others leave no room: taken from what is left, its mean would be known."""
    return pl.col("is_coded") & ~pl.col("is_out") & (ROOM * (pl.col("up") + pl.col("down")) <= pl.col("n"))


def is_bare_part() -> pl.Expr:
    """Where nothing is left, a part of somebody who was elsewhere too is what remains after the others."""
    return is_part_of_shown() & (pl.col("left_n") == 0) & ~is_showable("")


def is_pinned_part() -> pl.Expr:
    """What one unit leaves no room fixes the part in the other, as the two make the figure that is shown."""
    up, down = (pl.col(way).filter(is_part_of_shown()).sum().over(KEYS) - pl.col(way) for way in ("up", "down"))
    room = pl.min_horizontal("up", down) + pl.min_horizontal("down", up)
    return is_part_of_shown() & ~is_showable("") & (ROOM * room <= pl.col("n"))


def is_part_of_shown() -> pl.Expr:
    """In a unit, the ratings of somebody who is shown and was elsewhere too."""
    return ~pl.col("is_out") & (pl.col("n") < pl.col("all_n"))


def is_mixed(prefix: str) -> pl.Expr:
    """Nobody, or 10 ratings and more that are not all the same: who is in it might be few, however many they are."""
    scores = [pl.col(f"{prefix}{score}") for score in SCORES]
    n = pl.sum_horizontal(scores)
    return (n == 0) | ((n >= SMALLEST_GROUP) & (pl.max_horizontal(scores) < n))


def is_showable(prefix: str) -> pl.Expr:
    """As is_mixed, or 30 ratings and more that are all the same."""
    return is_mixed(prefix) | (pl.sum_horizontal(pl.col(f"{prefix}{score}") for score in SCORES) >= SMALLEST_HEADLINE)
