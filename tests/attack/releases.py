"""Releases the worlds as the program does, and can leave a rule of the gate out to see whether that is found."""

from collections.abc import Callable

import msgspec
import polars as pl

from dashboards.disclosure.figures import make_figure, round_scores
from dashboards.disclosure.gate import gate_scores
from dashboards.disclosure.readers import Reader, narrow_score
from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.disclosure.suppression import KEYS, describe_entities
from dashboards.indicators.eligible_counts import eligible_counts
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.registry import SMALLEST_GROUP
from dashboards.indicators.roles import Lookups, RoleName
from dashboards.releases.children import list_children, place_entities

Gate = Callable[[pl.DataFrame, RoleName, pl.DataFrame, Parameters, pl.DataFrame | None], pl.DataFrame]
FIGURE = msgspec.json.Decoder(ReleasedScore)


class Release(msgspec.Struct, frozen=True):
    """figures: role, entity_id, pool and released fields; children: the truth, of the officials; means: of pools."""

    figures: pl.DataFrame
    children: pl.DataFrame
    means: pl.DataFrame


def release_quarter(counts: pl.DataFrame, lookups: Lookups, reader: Reader, gate: Gate = gate_scores) -> Release:
    whole = eligible_counts(counts, "unit", PARAMETERS_2026_1)
    figures: list[pl.DataFrame] = []
    officials, means = pl.DataFrame(), pl.DataFrame()
    roles: tuple[RoleName, ...] = ("official", "unit")
    for role in roles:
        eligible = eligible_counts(counts, role, PARAMETERS_2026_1)
        scores = score_entities(counts, lookups, role, PARAMETERS_2026_1)
        placed = place_entities(eligible, lookups, role, PARAMETERS_2026_1)
        children = list_children(whole, eligible, placed, lookups, role)
        if role == "official":
            officials, means = children, scores.select("pool", "pool_mean").unique()
        gated = gate(scores, role, children, PARAMETERS_2026_1, officials)
        figures.append(read_figures(gated, role, reader))
    return Release(pl.concat(figures), officials, means)


def read_figures(gated: pl.DataFrame, role: RoleName, reader: Reader) -> pl.DataFrame:
    """entity_id, pool, role, n, share_class_a, bound (of a coded band), raw (points): what this reader is given."""
    scores = [narrow_score(FIGURE.decode(figure), reader, role) for figure in gated["figure"]]
    known = pl.DataFrame(
        {
            "n": [score.n for score in scores],
            "share_class_a": [score.share_class_a for score in scores],
            "bound": [None if score.coded is None else score.coded.bound for score in scores],
            "raw": [None if score.steps is None else score.steps.raw for score in scores],
        },
        schema={"n": pl.Int64, "share_class_a": pl.Int64, "bound": pl.String, "raw": pl.Float64},
    )
    return gated.select("entity_id", "pool", pl.lit(role).alias("role")).hstack(known)


def gate_without_p4(
    scores: pl.DataFrame,
    role: RoleName,
    children: pl.DataFrame,
    _parameters: Parameters,
    _officials: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """A planted hole: hides only what is small itself."""
    marked = describe_entities(children, role).with_columns((pl.col("n") < SMALLEST_GROUP).alias("is_hidden"))
    return gate_marked(scores, role, marked)


def gate_without_p6(
    scores: pl.DataFrame,
    role: RoleName,
    children: pl.DataFrame,
    parameters: Parameters,
    officials: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """A planted hole: the mean of a small unanimous group is let out; else as the gate."""
    guarded = gate_scores(scores, role, children, parameters, officials)
    hidden = guarded.filter(pl.col("grade") == "none").select(*KEYS, pl.lit(value=True).alias("is_hidden"))
    marked = describe_entities(children, role).with_columns(pl.lit(value=False).alias("is_coded"))
    joined = marked.join(hidden, on=KEYS, how="left").with_columns(pl.col("is_hidden").fill_null(value=False))
    return gate_marked(scores, role, joined)


def gate_marked(scores: pl.DataFrame, role: RoleName, marked: pl.DataFrame) -> pl.DataFrame:
    rows = round_scores(scores, role).drop("n").join(marked, on=KEYS).sort("pool", "entity_id")
    figures = [make_figure(row, role) for row in rows.iter_rows(named=True)]
    return rows.select(*KEYS).with_columns(
        pl.Series("grade", [figure.grade for figure in figures]),
        pl.Series("figure", [msgspec.json.encode(figure).decode() for figure in figures]),
    )
