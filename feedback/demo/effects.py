"""The true effects behind the demo's scores: drawn once for each world, to compare estimates with.

A score is cut from a latent scale of variance one: procedure + official + unit + channel + noise + drop.
"""

from datetime import date
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback.catalogue.workbook import Workbook
from feedback.demo.posts import list_posts
from feedback.demo.recipe import DROP_DESK, DemoSize
from feedback.demo.season import list_days
from feedback.demo.volumes import count_unit_ratings
from feedback.demo.world import name_event_unit
from feedback.tables.responses import Channel

Numbers = npt.NDArray[np.float64]

BASE_SHARES = (0.03, 0.02, 0.07, 0.28, 0.60)  # of the scores 1 to 5 (methods.md 0 and 1.5)
PROCEDURE_VARIANCE = 0.030
OFFICIAL_VARIANCE = 0.082  # comes to an intraclass correlation of 0.057 on the 0-100 scale (methods.md 0)
UNIT_VARIANCE = 0.020
DROP = -0.8
CHANNELS = (Channel.WEB, Channel.TELEGRAM, Channel.KIOSK, Channel.PAPER)
CHANNEL_SHARES = np.array([0.72, 0.08, 0.15, 0.05])
# Kiosk and paper are filled in under the eyes of the office and come out kinder; centred on the shares above.
CHANNEL_EFFECTS = np.array([-0.02, -0.14, 0.12, 0.152])
CHANNEL_VARIANCE = float(CHANNEL_SHARES @ CHANNEL_EFFECTS**2)
NOISE_VARIANCE = 1.0 - PROCEDURE_VARIANCE - OFFICIAL_VARIANCE - UNIT_VARIANCE - CHANNEL_VARIANCE

# The latent scale is cut where these scores end: -1.88, -1.64, -1.17, -0.25.
CUTS = np.array([NormalDist().inv_cdf(share) for share in np.cumsum(BASE_SHARES[:-1])])
STEP = 25.0  # points on the 0-100 scale between two scores


def list_true_effects(size: DemoSize, world: Workbook, day: date) -> pl.DataFrame:
    """`kind`, `code`, `latent` and `points`: how far a mean on 0-100 moves, all else being as in the whole.

    Kinds: unit, official, procedure, channel (code: its number), drop (code: unit/desk; last weeks only).
    """
    posts = _weigh_posts(size, world, day)
    drawn = [
        _draw_effects(posts, "unit", UNIT_VARIANCE, [size.seed, 11]),
        _draw_effects(posts, "official", OFFICIAL_VARIANCE, [size.seed, 12]),
        _draw_effects(posts, "procedure", PROCEDURE_VARIANCE, [size.seed, 13]),
        _make_effects("channel", [f"{channel:d}" for channel in CHANNELS], CHANNEL_EFFECTS, CHANNEL_VARIANCE),
        _make_effects("drop", [f"{name_event_unit(size)}/{DROP_DESK}"], np.array([DROP]), 0.0),
    ]
    return pl.concat(drawn)


def compute_points(latent: Numbers, variance: float) -> Numbers:
    """Mean score on 0-100, less that of everybody, where one part of the scale with `variance` is fixed."""
    rest = NormalDist(0.0, (1.0 - variance) ** 0.5)
    means = [sum(STEP * rest.cdf(value - cut) for cut in CUTS) for value in latent.tolist()]
    return np.array(means) - compute_base_mean()


def compute_base_mean() -> float:
    return sum(STEP * score * share for score, share in enumerate(BASE_SHARES))


def _weigh_posts(size: DemoSize, world: Workbook, day: date) -> pl.DataFrame:
    """Posts with the ratings each may expect in the year."""
    days = list_days(day)
    posts = list_posts(world, days).join(count_unit_ratings(size, world), on="unit")
    end = pl.min_horizontal("end_day", pl.lit(day))
    length = (end - pl.col("first_day")).dt.total_days()
    return posts.with_columns((pl.col("share") * pl.col("ratings") * length).alias("weight"))


def _draw_effects(posts: pl.DataFrame, kind: str, variance: float, seed: list[int]) -> pl.DataFrame:
    """Normal draws, set to mean zero and exactly this variance over all ratings."""
    weights = posts.group_by(kind).agg(pl.col("weight").sum()).sort(kind)
    drawn = np.random.default_rng(seed).normal(size=len(weights))
    parts = weights["weight"].to_numpy() / weights["weight"].sum()
    drawn -= parts @ drawn
    drawn *= (variance / (parts @ drawn**2)) ** 0.5
    return _make_effects(kind, weights[kind].to_list(), drawn, variance)


def _make_effects(kind: str, codes: list[str], latent: Numbers, variance: float) -> pl.DataFrame:
    points = compute_points(latent, variance)
    return pl.DataFrame({"kind": [kind] * len(codes), "code": codes, "latent": latent, "points": points})
