"""What is planted in the small demo beside the drop, so that each kind of alert has something to find. Draws nothing.

Only what was drawn already is moved or marked, so all else in the demo stays as it is without the plants.
"""

import json
from datetime import date, timedelta

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from feedback.demo.recipe import DROP_DAYS_BEFORE, DROP_DESK, EVENT_PLACE, DemoSize

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SILENT_MOVED = 35  # whole weeks back, so that weekdays stay and no day is in both stretches
SHARES = 100  # a rating's variant counts its hundredth


class Plant(msgspec.Struct, frozen=True):
    """`kind` as alerts call it; in the commune, at the desk ("" for the whole unit), in the last days of the year."""

    kind: str
    place: str
    desk: str
    days: int
    share: float
    """Of the ratings or answers that are moved, marked or changed; of dossiers: how many times as many."""


DIVIDED = Plant("low_share", "02839", "1", 21, 0.06)
UNASKED = Plant("low_response", "02839", "", 42, 2.0)
FLOODED = Plant("set_aside", "23272", "1", 28, 0.8)
SILENT = Plant("silent_desk", "23272", "4", 28, 1.0)
HARASSED = Plant("harassment", "20410", "5", 28, 0.4)
CHARGED = Plant("informal_payment", "02839", "2", 28, 0.6)
PLANTS = (DIVIDED, UNASKED, FLOODED, SILENT, HARASSED, CHARGED)
QUESTIONS = {"harassment": "trouble", "informal_payment": "informal_cost"}


def list_plants(size: DemoSize, day: date) -> pl.DataFrame:
    """`kind`, `unit`, `desk` ("" for the whole unit) and `first_day` of everything planted; `day` is the demo's."""
    rows = [("drop", size.unit_prefix + EVENT_PLACE, DROP_DESK, day - timedelta(days=DROP_DAYS_BEFORE))]
    if size.name == "small":
        rows += [(p.kind, size.unit_prefix + p.place, p.desk, day - timedelta(days=p.days)) for p in PLANTS]
    return pl.DataFrame(rows, schema=["kind", "unit", "desk", "first_day"], orient="row")


def find_planted(size: DemoSize, posts: pl.DataFrame, plant: Plant) -> Flags:
    """Which rows of posts the plant is about; none in the national world."""
    unit = size.unit_prefix + plant.place if size.name == "small" else ""
    here = (pl.col("unit") == unit) & (pl.lit(plant.desk == "") | (pl.col("desk") == plant.desk))
    return posts.select(here).to_series().to_numpy()


class Plants:
    """The plants of one world, by row of `posts`; `days` is how many days its year has."""

    def __init__(self, size: DemoSize, posts: pl.DataFrame, days: int) -> None:
        self.days = days
        self.posts = {plant.kind: find_planted(size, posts, plant) for plant in PLANTS}

    def is_about(self, plant: Plant, post: Integers, day: Integers) -> Flags:
        return self.posts[plant.kind][post] & (day >= self.days - plant.days)

    def move_days(self, post: Integers, day: Integers) -> Integers:
        """Nobody rates at the silent desk in its last weeks: what was drawn there came five weeks earlier."""
        return np.where(self.is_about(SILENT, post, day) & (day >= SILENT_MOVED), day - SILENT_MOVED, day)

    def divide_scores(self, score: Integers, post: Integers, day: Integers, variant: Integers) -> Integers:
        """More of the best and more of the worst, about the same mean: a good becomes very good, some of these bad."""
        here = self.is_about(DIVIDED, post, day)
        raised = np.where(here & (score == 4), 5, score)  # noqa: PLR2004 (a score)
        return np.where(here & (raised == 5) & is_chosen(DIVIDED, variant), 1, raised)  # noqa: PLR2004 (a score)

    def find_set_aside(self, post: Integers, day: Integers, variant: Integers) -> Flags:
        return self.is_about(FLOODED, post, day) & is_chosen(FLOODED, variant)

    def find_complaints(self, plant: Plant, post: Integers, day: Integers, variant: Integers) -> Flags:
        return self.is_about(plant, post, day) & is_chosen(plant, variant)


def is_chosen(plant: Plant, variant: Integers) -> Flags:
    return variant // SHARES % SHARES < plant.share * SHARES


def say_yes(answers: npt.NDArray[np.object_], question: str) -> npt.NDArray[np.object_]:
    """The same ready-made pages with yes to one question, where it is asked."""
    pages = [json.loads(page) for page in answers.ravel()]
    changed = [
        json.dumps({**p, question: True} if question in p else p, ensure_ascii=False, sort_keys=True) for p in pages
    ]
    return np.array(changed, dtype=object).reshape(answers.shape)


def add_unasked_dossiers(counts: pl.DataFrame, size: DemoSize, day: date) -> pl.DataFrame:
    """More dossiers than usual behind the same ratings, in the unit that asks too few."""
    unit = size.unit_prefix + UNASKED.place if size.name == "small" else ""
    here = (pl.col("unit") == unit) & (pl.col("day") >= day - timedelta(days=UNASKED.days))
    completed = pl.when(here).then(pl.col("completed") * int(UNASKED.share)).otherwise("completed")
    return counts.with_columns(completed.alias("completed"))
