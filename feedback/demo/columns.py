"""From drawn batches to the columns the store takes: ids of the catalogue in place of codes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from feedback.database import Connection
from feedback.demo.effects import CHANNELS
from feedback.demo.further_answers import VARIANTS, make_answers, make_comments
from feedback.demo.plants import QUESTIONS, say_yes
from feedback.demo.ratings import Batch, RatingPlan
from feedback.record_response import LOCAL_TIME
from feedback.tables.desks import select_desks
from feedback.tables.officials import select_officials
from feedback.tables.procedures import select_procedures
from feedback.tables.responses import COLUMNS, SET_ASIDE, Channel
from feedback.tables.titles import select_titles
from feedback.tables.units import select_units
from surveys.survey import Survey

NOON = 12 * 60
DAYS_WITH_EXACT_TIMES = 2

Integers = npt.NDArray[np.int64]
Values = npt.NDArray[np.object_]
NOTHING: Values = np.array(None, dtype=object)


class PostIds(msgspec.Struct, frozen=True):
    """The ids of each row of `RatingPlan.posts`."""

    unit: Integers
    desk: Integers
    official: Integers
    title: Integers
    procedure: Integers


async def select_post_ids(connection: Connection, posts: pl.DataFrame) -> PostIds:
    units = {row.unit_id: row.code for row in await select_units(connection)}
    desks = pl.DataFrame(
        [(units[row.unit_id], row.number, row.unit_id, row.desk_id) for row in await select_desks(connection)],
        schema=["unit", "desk", "unit_id", "desk_id"],
        orient="row",
    )
    procedures = pl.DataFrame(
        [
            (row.code, row.procedure_id, row.valid_from, row.valid_to or date.max)
            for row in await select_procedures(connection)
        ],
        schema=["procedure", "procedure_id", "procedure_from", "procedure_to"],
        orient="row",
    )
    officials = {row.code: row.official_id for row in await select_officials(connection)}
    titles = {row.code: row.title_id for row in await select_titles(connection)}
    named = posts.select("unit", "desk", "official", "title", "procedure", "first_day").with_row_index("post")
    found = (
        named.join(desks, on=["unit", "desk"])
        .join(procedures, on="procedure")
        .filter(pl.col("first_day").is_between("procedure_from", "procedure_to", closed="left"))
        .sort("post")
    )
    if found["post"].to_list() != list(range(len(posts))):
        raise LookupError("the catalogue in the store lacks a desk or procedure of the demo, or has it twice")
    return PostIds(
        unit=found["unit_id"].to_numpy(),
        desk=found["desk_id"].to_numpy(),
        official=found["official"].replace_strict(officials, return_dtype=pl.Int64).to_numpy(),
        title=found["title"].replace_strict(titles, default=0, return_dtype=pl.Int64).to_numpy(),
        procedure=found["procedure_id"].to_numpy(),
    )


class ColumnWriter:
    """`surveys` are the two in force on the demo's day, for citizens and for businesses."""

    def __init__(
        self, plan: RatingPlan, ids: PostIds, surveys: tuple[Survey, Survey], survey_ids: tuple[int, int]
    ) -> None:
        self.ids = ids
        self.survey_ids = np.array(survey_ids)
        self.plan = plan
        self.days: Values = np.array(plan.days, dtype=object)
        self.first_exact_day = len(plan.days) - DAYS_WITH_EXACT_TIMES
        self.answers = make_answers(surveys, plan.size.seed)
        self.yes = {kind: say_yes(self.answers, question) for kind, question in QUESTIONS.items()}
        self.comments = make_comments()

    def write(self, batch: Batch) -> list[list[object]]:
        """The batch in the order of `COLUMNS`."""
        columns = {**self.write_ids(batch), **self.write_circumstances(batch), **self.write_texts(batch)}
        return [columns[name] for name in COLUMNS]

    def write_ids(self, batch: Batch) -> Mapping[str, list[object]]:
        post = batch.post
        return {
            "unit_id": self.ids.unit[post].tolist(),
            "token_hash": [*batch.tokens],
            "desk_id": self.ids.desk[post].tolist(),
            "official_id": np.where(batch.names_official, self.ids.official[post], 0).tolist(),
            "title_id": np.where(batch.names_official, self.ids.title[post], 0).tolist(),
            "procedure_id": np.where(batch.names_procedure, self.ids.procedure[post], 0).tolist(),
            "deciding_unit_id": [0] * len(batch),
            "survey_id": self.survey_ids[batch.is_business.astype(int)].tolist(),
            "supersedes": [None] * len(batch),
        }

    def write_circumstances(self, batch: Batch) -> Mapping[str, list[object]]:
        proofs = np.array([b"B" if channel == Channel.TELEGRAM else b"C" for channel in CHANNELS], dtype=object)
        return {
            "local_day": self.days[batch.day].tolist(),
            "received_at": self.write_exact_times(batch),
            "part_of_day": np.where(batch.minute < NOON, 1, 2).tolist(),
            "channel": np.array(CHANNELS)[batch.channel].tolist(),
            "proof_class": np.where(
                batch.is_set_aside, SET_ASIDE, np.where(batch.has_slip, b"A", proofs[batch.channel])
            ).tolist(),
            "score": batch.score.tolist(),
        }

    def write_exact_times(self, batch: Batch) -> list[object]:
        """Only of the last 48 hours, as the store keeps them."""
        times: list[object] = [None] * len(batch)
        for row in np.flatnonzero(batch.day >= self.first_exact_day).tolist():
            midnight = datetime.combine(self.plan.days[batch.day[row]], datetime.min.time(), LOCAL_TIME)
            times[row] = midnight + timedelta(minutes=int(batch.minute[row]))
        return times

    def write_texts(self, batch: Batch) -> Mapping[str, list[object]]:
        variant = batch.variant % VARIANTS
        place = (batch.is_business.astype(int), batch.score - 1, variant)
        answers = np.where(batch.says_trouble, self.yes["harassment"][place], self.answers[place])
        answers = np.where(batch.says_informal_cost, self.yes["informal_payment"][place], answers)
        comments = self.comments[batch.score - 1, variant]
        return {
            "answers": np.where(batch.has_answers, answers, NOTHING).tolist(),
            "comment": np.where(batch.has_comment, comments, NOTHING).tolist(),
        }
