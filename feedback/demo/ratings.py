"""Draws the demo's ratings in batches. The same world, day and number give the same batch, bit for bit.

Tokens depend on the world and the number alone: a demo that was cut off goes on another day without doubling.
"""

from datetime import date

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from feedback.catalogue.workbook import Workbook
from feedback.demo.effects import (
    CHANNEL_EFFECTS,
    CHANNEL_SHARES,
    CHANNELS,
    CUTS,
    DROP,
    NOISE_VARIANCE,
    list_true_effects,
)
from feedback.demo.plants import CHARGED, HARASSED, Plants
from feedback.demo.posts import list_posts
from feedback.demo.recipe import DROP_DAYS_BEFORE, DROP_DESK, DemoSize
from feedback.demo.season import HOUR_SHARES, HOURS, list_days, weigh_days
from feedback.demo.volumes import count_unit_ratings
from feedback.demo.world import name_event_unit
from feedback.tables.responses import Channel

TOKEN_BYTES = 32
WEB = CHANNELS.index(Channel.WEB)
BUSINESS_SHARE = 0.12
# Where a desk leaves a doubt, so many citizens do not say who served, or for what.
UNSTATED_SHARE = 0.08
ANSWERED_SHARE = 0.06
COMMENTED_SHARE = 0.02
# Of the ratings on the web; the others come from the code at the desk.
SLIP_SHARE = 0.45

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


class Batch(msgspec.Struct, frozen=True):
    """Ratings as columns: units in the order of the workbook, tokens in order within a unit."""

    post: Integers
    """Row of `RatingPlan.posts`."""
    day: Integers
    """Place in `RatingPlan.days`."""
    minute: Integers
    """Of the local day."""
    channel: Integers
    """Place in `effects.CHANNELS`."""
    score: Integers
    is_business: Flags
    names_official: Flags
    names_procedure: Flags
    has_answers: Flags
    has_comment: Flags
    has_slip: Flags
    """Rated with a visit slip, which names official and procedure."""
    is_set_aside: Flags
    says_trouble: Flags
    """Yes to the question about harassment, whatever the ready-made answers say; the next one: about payments."""
    says_informal_cost: Flags
    variant: Integers
    tokens: list[bytes]

    def __len__(self) -> int:
        return len(self.tokens)


class RatingPlan:
    """Everything that stays the same from batch to batch."""

    def __init__(self, size: DemoSize, world: Workbook, day: date) -> None:
        self.size = size
        self.day = day
        self.days = list_days(day)
        self.posts = _order_posts(size, world, day)
        units = count_unit_ratings(size, world)
        self.unit_codes: list[str] = units["unit"].to_list()
        self.unit_ends: Integers = units["ratings"].cum_sum().to_numpy()
        self.day_ends = np.cumsum(weigh_days(self.days))
        self.stretch_of_day = _number_stretches(self.posts, self.days)
        self.stretches = int(self.stretch_of_day[-1]) + 1
        self.post_ends, self.last_posts = _stack_shares(self.posts)
        self.post_effects = self.posts["effect"].to_numpy()
        self.is_drop_post = self.posts["is_drop"].to_numpy()
        self.plants = Plants(size, self.posts, len(self.days))

    @property
    def batches(self) -> int:
        return -(-self.size.ratings // self.size.batch_rows)

    def count_rows(self, batches: int) -> int:
        """How many ratings the first `batches` hold."""
        return min(batches * self.size.batch_rows, self.size.ratings)

    def make_batch(self, number: int) -> Batch:
        """The `number`th batch, from 0; empty after the last."""
        generator = np.random.default_rng([self.size.seed, 31, number])
        unit = self.find_units(number)
        count = len(unit)
        day = _pick(self.day_ends, generator.random(count))
        post = self.pick_posts(unit, day, generator.random(count))
        day = self.plants.move_days(post, day)
        channel = _pick(np.cumsum(CHANNEL_SHARES), generator.random(count))
        named = generator.random((2, count)) >= UNSTATED_SHARE
        extra = generator.random((2, count))
        score = self.draw_scores(generator, post, day, channel)
        is_business = generator.random(count) < BUSINESS_SHARE
        variant = generator.integers(0, 2**31, count)
        has_slip = (channel == WEB) & (generator.random(count) < SLIP_SHARE)
        return Batch(
            post=post,
            day=day,
            minute=_draw_minutes(generator, count),
            channel=channel,
            score=self.plants.divide_scores(score, post, day, variant),
            is_business=is_business,
            names_official=named[0] | has_slip | (self.posts["officials"].to_numpy()[post] == 1),
            names_procedure=named[1] | has_slip | (self.posts["procedures"].to_numpy()[post] == 1),
            has_answers=extra[0] < ANSWERED_SHARE,
            has_comment=extra[1] < COMMENTED_SHARE,
            has_slip=has_slip,
            is_set_aside=(channel == WEB) & ~has_slip & self.plants.find_set_aside(post, day, variant),
            says_trouble=self.plants.find_complaints(HARASSED, post, day, variant),
            says_informal_cost=self.plants.find_complaints(CHARGED, post, day, variant),
            variant=variant,
            tokens=self.make_tokens(number),
        )

    def find_units(self, number: int) -> Integers:
        """The place in the workbook of each row's unit."""
        rows = np.arange(number * self.size.batch_rows, self.count_rows(number + 1))
        return np.searchsorted(self.unit_ends, rows, side="right")

    def make_tokens(self, number: int) -> list[bytes]:
        unit = self.find_units(number)
        drawn = np.random.default_rng([self.size.seed, 32, number]).bytes(TOKEN_BYTES * len(unit))
        beginnings = np.frombuffer(drawn, dtype=">u8")[:: TOKEN_BYTES // 8]
        starts = np.lexsort((beginnings, unit)) * TOKEN_BYTES
        return [drawn[start : start + TOKEN_BYTES] for start in starts.tolist()]

    def pick_posts(self, unit: Integers, day: Integers, drawn: Numbers) -> Integers:
        """A post of the unit that holds on that day."""
        group = unit * self.stretches + self.stretch_of_day[day]
        first = np.where(group == 0, 0, self.last_posts[group - 1] + 1)
        post = np.searchsorted(self.post_ends, group + drawn, side="right")
        return np.clip(post, first, self.last_posts[group])

    def draw_scores(self, generator: np.random.Generator, post: Integers, day: Integers, channel: Integers) -> Integers:
        """1 to 5, cut from the latent scale."""
        latent = self.post_effects[post] + CHANNEL_EFFECTS[channel]
        dropped = self.is_drop_post[post] & (day >= len(self.days) - DROP_DAYS_BEFORE)
        latent += np.where(dropped, DROP, 0.0)
        latent += generator.normal(0.0, NOISE_VARIANCE**0.5, len(post))
        return np.searchsorted(CUTS, latent) + 1


def _order_posts(size: DemoSize, world: Workbook, day: date) -> pl.DataFrame:
    """Posts by unit (as in the workbook) and stretch, with the sum of their true effects."""
    posts = list_posts(world, list_days(day))
    order = world.sheets["units"].select(pl.col("code").alias("unit")).with_row_index("unit_order")
    posts = posts.join(order, on="unit", maintain_order="left")
    effects = list_true_effects(size, world, day)
    for kind in ("unit", "official", "procedure"):
        latent = effects.filter(pl.col("kind") == kind).select(
            pl.col("code").alias(kind), pl.col("latent").alias(f"{kind}_effect")
        )
        posts = posts.join(latent, on=kind, maintain_order="left")
    is_drop = (pl.col("unit") == name_event_unit(size)) & (pl.col("desk") == DROP_DESK)
    posts = posts.with_columns(
        pl.sum_horizontal("unit_effect", "official_effect", "procedure_effect").alias("effect"),
        is_drop.alias("is_drop"),
    )
    return posts.sort("unit_order", "stretch", maintain_order=True)


def _number_stretches(posts: pl.DataFrame, days: list[date]) -> Integers:
    starts = posts["first_day"].unique().sort().to_numpy()
    return np.searchsorted(starts, np.array(days, dtype="datetime64[D]"), side="right") - 1


def _stack_shares(posts: pl.DataFrame) -> tuple[Numbers, Integers]:
    """Where each post's share ends when the groups (unit, stretch) lie one after the other, each one long.

    Also the last post of each group.
    """
    group = posts.select(pl.struct("unit_order", "stretch").rank("dense") - 1).to_series().to_numpy()
    ends = posts.select(pl.col("share").cum_sum().over("unit_order", "stretch")).to_series().to_numpy()
    return group + ends, np.flatnonzero(np.diff(group, append=group[-1] + 1))


def _pick(ends: Numbers, drawn: Numbers) -> Integers:
    """The place of each draw among shares that end at `ends`."""
    return np.minimum(np.searchsorted(ends, drawn, side="right"), len(ends) - 1)


def _draw_minutes(generator: np.random.Generator, count: int) -> Integers:
    hours = HOURS[_pick(np.cumsum(HOUR_SHARES), generator.random(count))]
    return hours * 60 + generator.integers(0, 60, count)
