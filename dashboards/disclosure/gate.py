"""The gate: every number about a person, a unit or a procedure of a release passes here, once, before it is stored.

Takes unreleased frames, gives released structs as JSON. Reads no store; what a reader gets of it is readers.py.
"""

from typing import Any

import msgspec
import polars as pl

from dashboards.disclosure.class_shares import find_tellable
from dashboards.disclosure.figures import make_figure, round_scores
from dashboards.disclosure.released_scores import ReleasedPool
from dashboards.disclosure.suppression import KEYS, suppress
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import RoleName

FIGURES = {"pool": pl.String, "grade": pl.String, "figure": pl.String}
POOLS = {"pool": pl.String, "figure": pl.String}
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


def gate_scores(
    scores: pl.DataFrame,
    role: RoleName,
    children: pl.DataFrame,
    parameters: Parameters,
    officials: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """entity_id, pool, grade, figure (JSON of ReleasedScore, owner level), by pool and entity.

    `scores` is the frame of score_entities. `children`: unit_id, survey_group, entity_id, pool, n1 to n5, the eligible
    ratings of each entity by unit; for officials also rows with entity_id 0, the rest of the unit and survey group.
    `officials` are the children of the officials of the same release: without them no share of class A of a unit is
    told, as it would give away how many visit tokens the hidden officials have. Raises ValueError when `children` do
    not add up to `scores`.
    """
    smallest = parameters.owner_ratings.value
    suppressed = suppress(children, role, smallest)
    check_sums(scores, suppressed)
    rounded = round_scores(scores, role).drop("n").join(suppressed, on=KEYS)
    told = hide_class_shares(rounded, scores, role, officials, smallest).sort("pool", "entity_id")
    figures = [make_figure(row, role) for row in told.iter_rows(named=True)]
    encoder = msgspec.json.Encoder()
    return pl.DataFrame(
        {
            "entity_id": told["entity_id"],
            "pool": told["pool"],
            "grade": [figure.grade for figure in figures],
            "figure": [encoder.encode(figure).decode() for figure in figures],
        },
        schema={"entity_id": scores.schema["entity_id"], **FIGURES},
    )


def check_sums(scores: pl.DataFrame, suppressed: pl.DataFrame) -> None:
    """A gate that looks at other ratings than those that were scored guards nothing."""
    joined = scores.select(*KEYS, "n").join(suppressed.select(*KEYS, pl.col("n").alias("counted")), on=KEYS, how="left")
    if joined.select((pl.col("counted").is_null() | (pl.col("n") != pl.col("counted"))).any()).item():
        raise ValueError("the children do not add up to the ratings that were scored")


def hide_class_shares(
    rounded: pl.DataFrame, scores: pl.DataFrame, role: RoleName, officials: pl.DataFrame | None, smallest: int
) -> pl.DataFrame:
    """A share of class A stands only where neither it nor its complement counts out a group below 10."""
    if role == "official":
        return rounded
    tellable = find_tellable(scores, role, officials, smallest)
    told = tellable.with_columns(pl.lit(value=True).alias("is_told"))
    share = pl.when(pl.col("is_told")).then("share_class_a")
    return rounded.join(told, on=KEYS, how="left").with_columns(share.alias("share_class_a"))


def gate_pools(scores: pl.DataFrame, _role: RoleName, parameters: Parameters) -> pl.DataFrame:
    """pool, figure (JSON of ReleasedPool), by pool; below the smallest pool only how many peers there are.

    The quantiles are those of the members that have no nearer pool.
    """
    is_peer = pl.col("n") >= parameters.peer_ratings.value
    score = pl.col("theta").filter(is_peer)
    pools = scores.group_by("pool").agg(
        pl.col("pool_level", "k_peers", "mu", "tau2").first(),
        is_peer.sum().alias("own_peers"),
        *(score.quantile(q, "nearest").alias(f"q{q}") for q in QUANTILES),
    )
    encoder = msgspec.json.Encoder()
    rows = [
        (row["pool"], encoder.encode(make_pool(row, parameters)).decode())
        for row in pools.sort("pool").iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=POOLS, orient="row")


def make_pool(row: dict[str, Any], parameters: Parameters) -> ReleasedPool:
    known = ReleasedPool(row["pool_level"], row["k_peers"], None, None, None)
    if row["k_peers"] < parameters.smallest_pool.value:
        return known
    scores = [row[f"q{q}"] for q in QUANTILES]
    quantiles = None if row["own_peers"] < parameters.smallest_pool.value else tuple(round(score) for score in scores)
    return msgspec.structs.replace(
        known, mean=round(row["mu"]), spread=round(row["tau2"] ** 0.5, 1), quantiles=quantiles
    )
