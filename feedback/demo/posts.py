"""Who served where with what at any time of the year, read from a workbook: what a rating may refer to."""

from datetime import date
from itertools import pairwise

import polars as pl

from feedback.catalogue.workbook import Workbook
from feedback.demo.recipe import read_recipe

DATED_SHEETS = ("desk_officials", "desk_procedures", "official_titles")


def list_posts(world: Workbook, days: list[date]) -> pl.DataFrame:
    """One row for each official, procedure and desk that belong together, in each stretch without changes.

    `stretch` counts from 0 and `first_day` and `end_day` bound it (the end excluded). `share` is the post's
    part of its unit's ratings in that stretch; `officials` and `procedures` say how many its desk then has.
    """
    sheets = {name: _read_dates(world.sheets[name]) for name in DATED_SHEETS}
    changes = {
        change
        for sheet in sheets.values()
        for column in ("valid_from", "valid_to")
        for change in sheet[column].drop_nulls().unique().to_list()
        if days[0] < change <= days[-1]
    }
    bounds = [days[0], *sorted(changes), date.max]
    stretches = [
        _list_posts_on(sheets, first).with_columns(
            pl.lit(number, pl.Int32).alias("stretch"),
            pl.lit(first).alias("first_day"),
            pl.lit(end).alias("end_day"),
        )
        for number, (first, end) in enumerate(pairwise(bounds))
    ]
    return pl.concat(stretches)


def _read_dates(sheet: pl.DataFrame) -> pl.DataFrame:
    return sheet.with_columns(pl.col("valid_from", "valid_to").str.to_date("%Y-%m-%d"))


def _list_posts_on(sheets: dict[str, pl.DataFrame], day: date) -> pl.DataFrame:
    valid = (pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
    officials = sheets["desk_officials"].filter(valid).select("unit", "desk", "official")
    procedures = sheets["desk_procedures"].filter(valid).select("unit", "desk", "procedure")
    titles = sheets["official_titles"].filter(valid).select("official", "title")
    weights = pl.DataFrame([(item.code, item.weight) for item in read_recipe().procedures], orient="row")
    weights.columns = ["procedure", "weight"]
    posts = officials.join(procedures, on=["unit", "desk"]).join(titles, on="official", how="left")
    posts = posts.join(weights, on="procedure", how="left").sort("unit", "desk", "official", "procedure")
    # A procedure's ratings are shared evenly among all who handle it in the unit.
    weight = pl.col("weight") / pl.len().over("unit", "procedure")
    return posts.select(
        "unit",
        "desk",
        "official",
        "title",
        "procedure",
        (weight / weight.sum().over("unit")).alias("share"),
        pl.col("official").n_unique().over("unit", "desk").alias("officials"),
        pl.col("procedure").n_unique().over("unit", "desk").alias("procedures"),
    )
