"""Rule P4 for what is split by procedure or channel: what is left besides the shown cells must itself be showable.

The cells of one unit over one quarter, in a release as on a page, so that subtracting one from the other gives nothing.
"""

from collections.abc import Mapping
from typing import TypeVar

import polars as pl

from dashboards.indicators.registry import SMALLEST_GROUP, SMALLEST_HEADLINE
from dashboards.indicators.satisfaction import SCORES, Satisfaction, add_satisfaction, read_rows, sum_counts

Key = TypeVar("Key", str, int)


def list_showable(cells: Mapping[Key, Satisfaction]) -> list[Key]:
    """The keys of the cells to show, sorted; smallest hidden first, ties by key. The total of them all is known.

    Rounding to 5 does not help: a whole percent of few ratings often tells their exact number.
    """
    shown = sorted(key for key, ratings in cells.items() if ratings.n >= SMALLEST_GROUP)
    while shown and not is_showable_rest([ratings for key, ratings in cells.items() if key not in shown]):
        shown.remove(min(shown, key=lambda key: (cells[key].n, key)))
    return shown


def is_showable_rest(hidden: list[Satisfaction]) -> bool:
    """Nobody, or ten ratings and more that are not all of one score while under thirty."""
    scores = [sum(ratings.scores[step] for ratings in hidden) for step in range(len(SCORES))]
    n = sum(scores)
    return n == 0 or n >= SMALLEST_HEADLINE or (n >= SMALLEST_GROUP and max(scores) < n)


def keep_showable(counts: pl.DataFrame, by: str) -> pl.DataFrame:
    """The rows of the cells that may be shown, quarter by quarter; `counts` are those of one unit in whole quarters."""
    quarter = pl.format("{}-Q{}", pl.col("day").dt.year(), pl.col("day").dt.quarter()).alias("quarter")
    dated = counts.with_columns(quarter)
    sums = add_satisfaction(sum_counts(dated, ["quarter", by]))
    kept = [
        (code, key)
        for (code,), part in sums.partition_by("quarter", as_dict=True).items()
        for key in list_showable(dict(zip(part[by].to_list(), read_rows(part), strict=True)))
    ]
    shown = pl.DataFrame(kept, schema={"quarter": pl.String, by: counts.schema[by]}, orient="row")
    return dated.join(shown, on=["quarter", by], how="semi").drop("quarter")
