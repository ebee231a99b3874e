"""The headline of each unit and survey group: standardised to the unit's dossiers, then through the gate. Pure."""

from collections import defaultdict
from typing import Any

import msgspec
import polars as pl

from dashboards.disclosure.headlines import add_headline, gate_headline
from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import Lookups
from dashboards.indicators.satisfaction import SCORES, Satisfaction, add_satisfaction, read_rows
from dashboards.indicators.unit_headline import standardise_units
from dashboards.releases.children import name_survey_groups

GROUPED = ["survey_group", "unit_id"]
Cells = dict[tuple[str, int], dict[str, Satisfaction]]


def add_headlines(
    gated: pl.DataFrame,
    eligible: pl.DataFrame,
    scores: pl.DataFrame,
    placed: pl.DataFrame,
    dossiers: pl.DataFrame,
    lookups: Lookups,
    parameters: Parameters,
) -> pl.DataFrame:
    """The figures of units with their headlines in them; all frames are those of units.

    Citizens and businesses have a headline each. The dossiers of a unit are not told apart by who brought them, so both
    weigh by the same mix, and both response rates are parts of all its dossiers.
    """
    counts = name_survey_groups(eligible, lookups)
    places = placed.select("entity_id", "pool", "survey_group").unique()
    rows = gated.join(places, on=["entity_id", "pool"], maintain_order="left")
    shares = standardise_groups(counts, scores.join(places, on=["entity_id", "pool"]), dossiers, lookups, parameters)
    cells = list_cells(counts, lookups)
    class_a = count_class_a(counts)
    completed = dict(dossiers.group_by("unit_id").agg(pl.col("completed").sum()).iter_rows())
    figures: list[str] = []
    for group, unit_id, figure in rows.select("survey_group", "entity_id", "figure").iter_rows():
        key = (group, unit_id)
        score = msgspec.json.decode(figure, type=ReleasedScore)
        headline = gate_headline(shares[key], class_a.get(key, 0), completed.get(unit_id, 0), cells[key], score)
        figures.append(add_headline(figure, headline))
    return rows.select(gated.columns).with_columns(pl.Series("figure", figures, pl.String))


def standardise_groups(
    counts: pl.DataFrame, scores: pl.DataFrame, dossiers: pl.DataFrame, lookups: Lookups, parameters: Parameters
) -> dict[tuple[str, int], dict[str, Any]]:
    """The rows of standardise_units by survey group and unit."""
    clustering = scores.select("survey_group", pl.col("entity_id").alias("unit_id"), "phi")
    return {
        (group, row["unit_id"]): row
        for (group,), part in counts.partition_by("survey_group", as_dict=True).items()
        for row in standardise_units(
            part, dossiers, lookups.procedures, clustering.filter(survey_group=group), parameters
        ).iter_rows(named=True)
    }


def list_cells(counts: pl.DataFrame, lookups: Lookups) -> Cells:
    """The ratings of each procedure code by survey group and unit; "" gathers those that name none."""
    coded = counts.join(lookups.procedures.select("procedure_id", "code"), on="procedure_id", how="left")
    by_code = [*GROUPED, pl.col("code").fill_null("")]
    sums = coded.group_by(by_code).agg(pl.col(SCORES).sum()).sort(*GROUPED, "code")
    cells: Cells = defaultdict(dict)
    named = sums.select(*GROUPED, "code").iter_rows()
    for (group, unit_id, code), satisfaction in zip(named, read_rows(add_satisfaction(sums)), strict=True):
        cells[group, unit_id][code] = satisfaction
    return cells


def count_class_a(counts: pl.DataFrame) -> dict[tuple[str, int], int]:
    """Ratings with a visit token by survey group and unit."""
    proved = counts.filter(pl.col("proof_class") == "A")
    n = pl.sum_horizontal(SCORES).sum()
    return {(group, unit): total for group, unit, total in proved.group_by(GROUPED).agg(n).iter_rows()}
