"""What the gate subtracts: the counts of a unit, split into those of its scored entities and all the rest.

Pure. Unreleased: nothing outside dashboards/disclosure may show it.
"""

import polars as pl

from dashboards.indicators.cells import sum_scores, sum_stints
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.pools import assign_pools
from dashboards.indicators.roles import ROLES, Lookups, RoleName
from dashboards.indicators.satisfaction import SCORES

BY_UNIT = ["unit_id", "survey_group"]
NOBODY = 0


def place_entities(eligible: pl.DataFrame, lookups: Lookups, role: RoleName, parameters: Parameters) -> pl.DataFrame:
    """unit_id, title_id, survey_group, entity_id, pool, n1 to n5: where each scored row has its ratings from.

    `eligible` are the counts that may enter the scores of this role.
    An entity with two pools of its own has a rating in both where the wider one holds the nearer: so do its scores.
    """
    keys = ROLES[role].keys
    stints = sum_stints(sum_scores(eligible), ROLES[role])
    pools = assign_pools(stints, lookups, ROLES[role], parameters)
    own = pools.members.filter("is_own").select("member", "entity_id", pl.col("pool_name").alias("pool"))
    by = list(dict.fromkeys([*keys, "unit_id"]))
    placed = eligible.group_by(by).agg(pl.col(SCORES).sum()).join(pools.stints.join(own, on="member"), on=keys)
    title = pl.col("title_id") if "title_id" in by else pl.lit(NOBODY, pl.Int32).alias("title_id")
    return name_survey_groups(placed, lookups).select("unit_id", title, "survey_group", "entity_id", "pool", *SCORES)


def list_children(
    whole: pl.DataFrame, eligible: pl.DataFrame, placed: pl.DataFrame, lookups: Lookups, role: RoleName
) -> pl.DataFrame:
    """unit_id, survey_group, entity_id, pool, n1 to n5; entity 0 is what of the unit belongs to no scored entity.

    `whole` are the counts that a unit's own figure is made of, `eligible` those of the role, `placed` as placed.
    """
    keys = ["unit_id", "survey_group", "entity_id", "pool"]
    children = placed.group_by(keys).agg(pl.col(SCORES).sum())
    scored = name_survey_groups(eligible.filter(pl.col(ROLES[role].entity) != NOBODY), lookups)
    all_of_unit = name_survey_groups(whole, lookups)
    rest = pl.concat([all_of_unit.select(*BY_UNIT, *SCORES), scored.select(*BY_UNIT, -pl.col(*SCORES))])
    summed = rest.group_by(BY_UNIT).agg(pl.col(SCORES).sum()).filter(pl.any_horizontal(pl.col(*SCORES) != 0))
    nobody = summed.with_columns(
        pl.lit(NOBODY, children.schema["entity_id"]).alias("entity_id"), pl.lit("").alias("pool")
    )
    return pl.concat([children, nobody.select(children.columns)]).sort(keys)


def name_survey_groups(counts: pl.DataFrame, lookups: Lookups) -> pl.DataFrame:
    joined = counts.join(lookups.surveys, on="survey_id", how="left")
    return joined.with_columns(pl.col("survey_group").fill_null(""))


def find_homes(placed: pl.DataFrame, lookups: Lookups, role: RoleName) -> pl.DataFrame:
    """entity_id, pool, unit_id, title_id, area_type: where most of the ratings were given, ties to the smaller id.

    A procedure is at home nowhere.
    """
    n = pl.sum_horizontal(SCORES)
    most = (
        placed.group_by("entity_id", "pool", "unit_id", "title_id")
        .agg(n.sum().alias("n"))
        .sort("n", "unit_id", "title_id", descending=[True, False, False])
        .unique(["entity_id", "pool"], keep="first", maintain_order=True)
    )
    if role == "procedure":
        most = most.with_columns(pl.lit(NOBODY, pl.Int32).alias("unit_id"))
    homes = most.join(lookups.units.select("unit_id", "area_type"), on="unit_id", how="left")
    return homes.select("entity_id", "pool", "unit_id", "title_id", pl.col("area_type").fill_null(""))
