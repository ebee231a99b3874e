"""Which ratings count for whom: an official is judged only by people who proved that they were there.

Class X (set aside) counts for nobody. Class B counts for an official once it answers like class A (gap test D5).
"""

from typing import TypeVar

import polars as pl

from dashboards.indicators.cells import CountSums, Sums, condense
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.proof_gap import PROVED, find_officials_without_gap
from dashboards.indicators.roles import ROLES, RoleName

Counts = TypeVar("Counts", pl.DataFrame, pl.LazyFrame)


def eligible_counts(counts: Counts, role: RoleName, parameters: Parameters) -> Counts:
    """The rows of daily counts that may enter the scores of this role."""
    sums = condense(counts, ["official"]) if role == "official" else None
    return keep_eligible(counts, role, find_likely_officials(sums, parameters), parameters)


def eligible_sums(sums: CountSums, role: RoleName, likely_officials: pl.Series, parameters: Parameters) -> Sums:
    """What of condensed counts may enter the scores of this role."""
    class_a = pl.when(pl.col("proof_class") == PROVED).then("n").otherwise(0).alias("class_a")
    cases = keep_eligible(sums.cases, role, likely_officials, parameters).filter(pl.col(ROLES[role].entity) != 0)
    return Sums(cases.with_columns(class_a), keep_eligible(sums.days[role], role, likely_officials, parameters))


def find_likely_officials(sums: CountSums | None, parameters: Parameters) -> pl.Series:
    """Ids of officials for whom class B counts too; none where no official is scored (None)."""
    return pl.Series("official_id", [], pl.Int32) if sums is None else find_officials_without_gap(sums, parameters)


def keep_eligible(counts: Counts, role: RoleName, likely_officials: pl.Series, parameters: Parameters) -> Counts:
    """As eligible_counts, where the gap test was made before, on other counts."""
    proof = pl.col("proof_class")
    match role:
        case "official":
            proved = proof.is_in(parameters.official_classes.value)
            likely = proof.is_in(parameters.official_classes_without_gap.value)
            return counts.filter(proved | (likely & pl.col("official_id").is_in(likely_officials.implode())))
        case "unit":
            return counts.filter(proof.is_in(parameters.unit_classes.value))
        case "procedure":
            return counts.filter(proof.is_in(parameters.procedure_classes.value))
