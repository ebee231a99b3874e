"""Reads what a release needs out of the store, within the caller's transaction of one moment. Computes no figure.

Counts come from daily counts (to publish) or from the rows up to a cut (to verify); both are the same integers.
"""

import asyncio
from collections.abc import Mapping
from datetime import date

import polars as pl

from dashboards.indicators.roles import Lookups
from dashboards.indicators.satisfaction import SCORES
from dashboards.releases.corrections import EVERY_SCORE, KEY, carry_corrections, sum_by_day, sum_by_key
from dashboards.releases.inputs import KEPT, ReleaseInput, unpack_frame
from dashboards.releases.quarters import Quarter
from feedback.database import Connection
from feedback.tables.release_inputs import (
    select_carried,
    select_dossiers_completed,
    select_later_replaced_rows,
    select_later_rows,
    select_procedure_fields,
    select_quarter_counts,
    select_quarter_rows,
    select_replaced_rows,
    select_survey_groups,
    select_title_groups,
    select_unit_places,
)
from feedback.tables.sequencer import select_last_number

ALL_RELEASES = 2**31 - 1
PROOF_CLASSES = {ord(proof): proof for proof in "ABCX"}


async def read_present_input(connection: Connection, quarter: Quarter) -> ReleaseInput:
    """Everything as it stands now, to be released."""
    data_cut = await select_last_number(connection)
    counts = await read_kept_counts(connection, quarter)
    pending = await read_pending(connection, ALL_RELEASES, data_cut)
    return ReleaseInput(
        quarter,
        data_cut,
        carry_corrections(counts, pending, quarter.first_day),
        await read_lookups(connection, quarter.last_day),
        await select_dossiers_completed(connection, quarter.first_day, quarter.last_day),
    )


async def read_past_input(
    connection: Connection, quarter: Quarter, release_id: int, data_cut: int, kept: Mapping[str, bytes]
) -> ReleaseInput:
    """What went into a release once: ratings from their rows up to its cut, all else from what it keeps."""
    counts = await count_quarter_rows(connection, quarter, data_cut)
    pending = await read_pending(connection, release_id, data_cut)
    frames = {name: unpack_frame(name, content) for name, content in kept.items()}
    dossiers = frames.pop("dossiers")
    corrected = carry_corrections(counts, pending, quarter.first_day)
    return ReleaseInput(quarter, data_cut, corrected, Lookups(**frames), dossiers)


async def read_kept_counts(connection: Connection, quarter: Quarter) -> pl.DataFrame:
    """One row for each key and day that counts somebody."""
    kept = await select_quarter_counts(connection, quarter.first_day, quarter.last_day)
    return await asyncio.to_thread(lambda: sum_by_day(name_classes(kept)))


async def count_quarter_rows(connection: Connection, quarter: Quarter, data_cut: int) -> pl.DataFrame:
    """The same as read_kept_counts gave at that cut, counted from the rows."""
    days = (quarter.first_day, quarter.last_day, data_cut)
    parts = [count_scores(frame) async for frame in select_quarter_rows(connection, *days)]
    replaced = count_scores(await select_replaced_rows(connection, *days)).with_columns(-EVERY_SCORE)
    return sum_by_day(pl.concat([*parts, replaced]))


async def read_pending(connection: Connection, before: int, data_cut: int) -> pl.DataFrame:
    """By key, signed: what came too late for the releases made before that one, less what they have carried."""
    later = count_scores(await select_later_rows(connection, before, data_cut))
    replaced = count_scores(await select_later_replaced_rows(connection, before, data_cut))
    carried = name_classes(await select_carried(connection, before))
    return sum_by_key(
        pl.concat(
            [
                later.select(*KEY, *SCORES),
                replaced.select(*KEY, -EVERY_SCORE),
                carried.select(*KEY, -EVERY_SCORE),
            ]
        )
    )


def count_scores(rows: pl.DataFrame) -> pl.DataFrame:
    """n1 to n5 of each key and day, from rows with a score each."""
    scores = [(pl.col("score") == step).sum().cast(pl.Int64).alias(name) for step, name in enumerate(SCORES, start=1)]
    return name_classes(rows.lazy().group_by("day", *KEY).agg(scores).collect(engine="streaming"))


def name_classes(counts: pl.DataFrame) -> pl.DataFrame:
    """Proof classes by their letters, counts as wide as sums need."""
    letters = pl.col("proof_class").replace_strict(PROOF_CLASSES, return_dtype=pl.String)
    return counts.with_columns(letters, EVERY_SCORE.cast(pl.Int64))


async def read_lookups(connection: Connection, day: date) -> Lookups:
    """Regions stay empty while no list of them is confirmed, open flags while nothing raises one."""
    return Lookups(
        units=await select_unit_places(connection, day),
        titles=await select_title_groups(connection),
        procedures=await select_procedure_fields(connection),
        surveys=await select_survey_groups(connection),
        regions=pl.DataFrame(schema=KEPT["regions"]),
        open_flags=pl.DataFrame(schema=KEPT["open_flags"]),
    )
