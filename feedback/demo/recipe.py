"""What the demo worlds are made of, read from world.toml. Data only; nothing is drawn here."""

from functools import cache
from importlib import resources
from typing import Literal

import msgspec


class TitleRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str


class ProcedureRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str
    field: str
    weight: float


class DeskRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`officials` holds the code of each one's title."""

    name: str
    officials: tuple[str, ...]
    procedures: tuple[str, ...]


class UnitRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`share` is the unit's part of all ratings of the small world."""

    place_code: str
    area_type: str
    share: float
    desks: tuple[DeskRecipe, ...]


class AreaRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Province codes."""

    mountain: tuple[str, ...]
    border_north: tuple[str, ...]
    border_west: tuple[str, ...]


class CommentRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    low: tuple[str, ...]
    middle: tuple[str, ...]
    high: tuple[str, ...]

    def list_for(self, score: int) -> tuple[str, ...]:
        return (self.low, self.low, self.middle, self.high, self.high)[score - 1]


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    titles: tuple[TitleRecipe, ...]
    procedures: tuple[ProcedureRecipe, ...]
    small_units: tuple[UnitRecipe, ...]
    national_desks: tuple[DeskRecipe, ...]
    national_volumes: dict[str, float]
    national_areas: AreaRecipe
    comments: CommentRecipe


class DemoSize(msgspec.Struct, frozen=True):
    """One of the two worlds: `seed` keeps their draws apart, `ratings` is how many it has in all."""

    name: Literal["small", "national"]
    seed: int
    ratings: int
    unit_prefix: str
    """Before the code of the commune, in the code of its unit."""
    batch_rows: int = 20_000
    """How many ratings are drawn, and later stored, at once."""


SMALL = DemoSize("small", 1, 210_000, "demo-")
NATIONAL = DemoSize("national", 2, 8_800_000, "")

# The commune in which the year's events happen, in both worlds.
EVENT_PLACE = "20410"
DROP_DESK = "3"
TRANSFER_DAYS_BEFORE = 150
NEW_TITLE_DAYS_BEFORE = 90
DROP_DAYS_BEFORE = 56


@cache
def read_recipe() -> Recipe:
    text = (resources.files("feedback.demo") / "world.toml").read_bytes()
    return msgspec.toml.decode(text, type=Recipe)
