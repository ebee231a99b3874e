"""Who is scored, against what: the three roles of one method, and the lookup frames that the method joins.

An entity is what is scored; a reference is what its ratings are compared on. Swapping the two makes a new role.
"""

from typing import Literal

import msgspec
import polars as pl

RoleName = Literal["official", "unit", "procedure"]
PoolLevel = Literal["province", "region", "nation"]


class Lookups(msgspec.Struct, frozen=True):
    """Small frames with text columns, integer ids; an id that is missing counts as not stated ("").

    units: unit_id, unit_type, area_type, province. titles: title_id, title_group. procedures: procedure_id, code,
    field. surveys: survey_id, survey_group: ratings of two groups (rater kinds, wordings) are never mixed.
    regions: province, region; empty while no list of regions is confirmed, and that level is then left out.
    open_flags: entity_id of the role that is scored, where a question of integrity is open.
    """

    units: pl.DataFrame
    titles: pl.DataFrame
    procedures: pl.DataFrame
    surveys: pl.DataFrame
    regions: pl.DataFrame
    open_flags: pl.DataFrame


class Role(msgspec.Struct, frozen=True):
    """`stint` names the ids that say where an entity stands; `groups` make equals and are never widened.

    `levels` lead from the nearest peers to the widest.
    """

    name: RoleName
    stint: tuple[str, ...]
    entity: str
    reference: str
    reference_group: str
    groups: tuple[str, ...]
    levels: tuple[PoolLevel, ...]

    @property
    def keys(self) -> list[str]:
        """The ids that name one stint of one entity."""
        return [*self.stint, self.entity]


EVERYWHERE: tuple[PoolLevel, ...] = ("province", "region", "nation")

ROLES: dict[RoleName, Role] = {
    "official": Role(
        name="official",
        stint=("survey_id", "title_id", "unit_id"),
        entity="official_id",
        reference="procedure_id",
        reference_group="field",
        groups=("survey_group", "title_group", "area_type"),
        levels=EVERYWHERE,
    ),
    "unit": Role(
        name="unit",
        stint=("survey_id",),
        entity="unit_id",
        reference="procedure_id",
        reference_group="field",
        groups=("survey_group", "unit_type", "area_type"),
        levels=EVERYWHERE,
    ),
    "procedure": Role(
        name="procedure",
        stint=("survey_id",),
        entity="procedure_id",
        reference="unit_id",
        reference_group="province",
        groups=("survey_group", "field"),
        levels=("nation",),
    ),
}
