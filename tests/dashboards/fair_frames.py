"""Small frames of daily counts and lookups for tests of the fair score: a test names only what it is about."""

from datetime import date
from typing import Any

import msgspec
import polars as pl

from dashboards.indicators.cells import Sums, condense
from dashboards.indicators.eligible_counts import eligible_sums, find_likely_officials
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import Lookups

DAY = date(2026, 7, 1)
Scores = tuple[int, int, int, int, int]

COUNTS = {
    "unit_id": pl.Int32,
    "day": pl.Date,
    "desk_id": pl.Int32,
    "official_id": pl.Int32,
    "title_id": pl.Int32,
    "procedure_id": pl.Int32,
    "survey_id": pl.Int32,
    "channel": pl.Int16,
    "proof_class": pl.String,
    "n1": pl.Int64,
    "n2": pl.Int64,
    "n3": pl.Int64,
    "n4": pl.Int64,
    "n5": pl.Int64,
}
ROW: dict[str, Any] = {
    "unit_id": 1,
    "day": DAY,
    "desk_id": 1,
    "official_id": 1,
    "title_id": 1,
    "procedure_id": 1,
    "survey_id": 1,
    "channel": 1,
    "proof_class": "A",
}


def make_counts(*rows: tuple[dict[str, Any], Scores]) -> pl.DataFrame:
    """One row for each (what differs from ROW, (n1 to n5))."""
    named = [{**ROW, **row, **dict(zip(("n1", "n2", "n3", "n4", "n5"), scores, strict=True))} for row, scores in rows]
    return pl.DataFrame(named, schema=COUNTS)


def make_lookups(
    units: int = 1, procedures: int = 10, provinces: tuple[str, ...] = ("01",), open_flags: tuple[int, ...] = ()
) -> Lookups:
    """Rural wards, provinces in turn; each procedure with a code and, five by five, a field of its own."""
    unit_ids = pl.int_range(1, units + 1, dtype=pl.Int32, eager=True)
    procedure_ids = pl.int_range(1, procedures + 1, dtype=pl.Int32, eager=True)
    return Lookups(
        units=pl.DataFrame({"unit_id": unit_ids}).with_columns(
            pl.lit("commune").alias("unit_type"),
            pl.lit("rural").alias("area_type"),
            pl.Series("province", [provinces[i % len(provinces)] for i in range(units)]),
        ),
        titles=pl.DataFrame({"title_id": [1], "title_group": ["reception"]}, schema_overrides={"title_id": pl.Int32}),
        procedures=pl.DataFrame({"procedure_id": procedure_ids}).with_columns(
            ("1." + pl.col("procedure_id").cast(pl.String)).alias("code"),
            ("field " + ((pl.col("procedure_id") - 1) // 5).cast(pl.String)).alias("field"),
        ),
        surveys=pl.DataFrame({"survey_id": [1], "survey_group": ["citizen"]}, schema_overrides={"survey_id": pl.Int32}),
        regions=pl.DataFrame(schema={"province": pl.String, "region": pl.String}),
        open_flags=pl.DataFrame({"entity_id": list(open_flags)}, schema={"entity_id": pl.Int32}),
    )


def change_parameters(**values: float) -> Parameters:
    """The set in force with some values replaced."""
    changed = {
        name: msgspec.structs.replace(getattr(PARAMETERS_2026_1, name), value=value) for name, value in values.items()
    }
    return msgspec.structs.replace(PARAMETERS_2026_1, **changed)


def sum_officials(counts: pl.DataFrame) -> Sums:
    """What of the counts may enter the scores of officials, as the method condenses it."""
    sums, parameters = condense(counts, ["official"]), change_parameters()
    return eligible_sums(sums, "official", find_likely_officials(sums, parameters), parameters)
