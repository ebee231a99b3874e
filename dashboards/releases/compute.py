"""From the input of a release to its figures: scores of officials, units, procedures, each through the gate. Pure."""

import msgspec
import polars as pl

from dashboards.disclosure.gate import gate_pools, gate_scores
from dashboards.indicators.cells import CountSums, condense
from dashboards.indicators.eligible_counts import eligible_counts
from dashboards.indicators.fair_scores import score_sums
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import RoleName
from dashboards.releases.children import find_homes, list_children, place_entities
from dashboards.releases.contents import ReleaseContent, make_content
from dashboards.releases.headlines import add_headlines
from dashboards.releases.inputs import ReleaseInput
from feedback.tables.releases import ReleasePool, ReleaseScore


class Scored(msgspec.Struct, frozen=True):
    """One role, unreleased: its counts, the frame of score_entities, where the ratings are from, the children."""

    role: RoleName
    eligible: pl.DataFrame
    scores: pl.DataFrame
    placed: pl.DataFrame
    children: pl.DataFrame


def compute_release(entry: ReleaseInput, parameters: Parameters) -> ReleaseContent:
    """The same input gives the same content, bit for bit."""
    sums = condense(entry.corrected.counts)
    officials, units, procedures = (
        score_role(entry, sums, role, parameters) for role in ("official", "unit", "procedure")
    )
    scores = [
        *list_scores(entry, officials, gate(officials, officials, parameters)),
        *list_scores(entry, units, head(entry, units, gate(units, officials, parameters), parameters)),
        *list_scores(entry, procedures, gate(procedures, officials, parameters)),
    ]
    pools = [pool for scored in (officials, units, procedures) for pool in list_pools(scored, parameters)]
    return make_content(scores, pools)


def score_role(entry: ReleaseInput, sums: CountSums, role: RoleName, parameters: Parameters) -> Scored:
    counts, lookups = entry.corrected.counts, entry.lookups
    eligible, whole = (eligible_counts(counts, name, parameters) for name in (role, "unit"))
    placed = place_entities(eligible, lookups, role, parameters)
    return Scored(
        role,
        eligible,
        score_sums(sums, lookups, role, parameters),
        placed,
        list_children(whole, eligible, placed, lookups, role),
    )


def gate(scored: Scored, officials: Scored, parameters: Parameters) -> pl.DataFrame:
    return gate_scores(scored.scores, scored.role, scored.children, parameters, officials.children)


def head(entry: ReleaseInput, units: Scored, gated: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    return add_headlines(gated, units.eligible, units.scores, units.placed, entry.dossiers, entry.lookups, parameters)


def list_scores(entry: ReleaseInput, scored: Scored, gated: pl.DataFrame) -> list[ReleaseScore]:
    homes = find_homes(scored.placed, entry.lookups, scored.role)
    rows = gated.with_columns(pl.col("entity_id").cast(homes.schema["entity_id"])).join(homes, on=["entity_id", "pool"])
    return [ReleaseScore(release_id=0, role=scored.role, **row) for row in rows.to_dicts()]


def list_pools(scored: Scored, parameters: Parameters) -> list[ReleasePool]:
    rows = gate_pools(scored.scores, scored.role, parameters).to_dicts()
    return [ReleasePool(release_id=0, role=scored.role, **row) for row in rows]
