"""One round of the attack on live pages, and the holes that can be planted in them to see whether they are found."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

import numpy as np
import polars as pl

from dashboards import results
from dashboards.indicators.satisfaction import SCORES
from feedback.tables.public_units import ProcedureName
from tests.attack.judge import SMALL
from tests.attack.pages import PageFindings, attack_pages
from tests.attack.worlds import PROCEDURES, draw_worlds

CHANNELS = 3
NUMBER = pl.sum_horizontal(pl.col(SCORES).sum())


def attack_live_pages(worlds: int, seed: int, evenings: int = 4) -> PageFindings:
    """Both quarters of each unit, the ratings spread over three channels, most of them on the first."""
    random = np.random.default_rng(seed)
    quarters = [
        quarter.with_columns(
            pl.Series("channel", random.choice(CHANNELS, len(quarter), p=[0.7, 0.2, 0.1]) + 1, pl.Int16)
        )
        for quarter in draw_worlds(worlds, seed).quarters
    ]
    ids = range(1, worlds * PROCEDURES + 1)
    names = [ProcedureName(number, f"p{number % PROCEDURES}", f"Procedure {number % PROCEDURES}") for number in ids]
    return attack_pages(quarters, names, evenings)


def show_every_day(counts: pl.DataFrame, _day: date) -> pl.DataFrame:
    """A planted hole: what was shown before there were batches."""
    return counts.with_columns(opening="day", closing="day", shown="day")


def batch_without_quarters(counts: pl.DataFrame, day: date) -> pl.DataFrame:
    """A planted hole: batches that pay no heed to where a release ends."""
    daily = counts.filter(pl.col("day") < day).group_by("day").agg(NUMBER.alias("n")).sort("day")
    last, waiting = date.min, 0
    for there, n in daily.iter_rows():
        waiting += n
        if waiting >= SMALL:
            last, waiting = there, 0
    return show_every_day(counts.filter(pl.col("day") <= last), day)


def keep_large(counts: pl.DataFrame, by: str) -> pl.DataFrame:
    """A planted hole: hides only the cells that are small themselves."""
    return counts.filter(NUMBER.over(by) >= SMALL)


HOLES: dict[str, tuple[str, Callable[..., pl.DataFrame]]] = {
    "every evening": ("mark_batches", show_every_day),
    "batches across quarters": ("mark_batches", batch_without_quarters),
    "no complement": ("keep_showable", keep_large),
}


@contextmanager
def plant(hole: str) -> Generator[None]:
    """Within it, the pages have one rule less."""
    name, replacement = HOLES[hole]
    with patch.object(results, name, replacement):
        yield
