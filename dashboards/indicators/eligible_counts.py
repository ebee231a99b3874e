"""Which ratings count for whom: an official is judged only by people who proved that they were there.

Class X (set aside) counts for nobody. Class B counts for an official once it answers like class A (gap test D5).
"""

import polars as pl

from dashboards.indicators.parameters import Parameters
from dashboards.indicators.proof_gap import find_officials_without_gap
from dashboards.indicators.roles import RoleName


def eligible_counts(counts: pl.DataFrame, role: RoleName, parameters: Parameters) -> pl.DataFrame:
    """The rows of daily counts that may enter the scores of this role."""
    proof = pl.col("proof_class")
    match role:
        case "official":
            proved = proof.is_in(parameters.official_classes.value)
            likely = proof.is_in(parameters.official_classes_without_gap.value)
            without_gap = find_officials_without_gap(counts, parameters)
            return counts.filter(proved | (likely & pl.col("official_id").is_in(without_gap.implode())))
        case "unit":
            return counts.filter(proof.is_in(parameters.unit_classes.value))
        case "procedure":
            return counts.filter(proof.is_in(parameters.procedure_classes.value))
