"""What stands in a workbook: its sheets, in the order in which they are imported, their columns and keys.

Data only. The words that explain a column stand in feedback/locale under catalogue.column.<sheet>.<column>.
"""

from enum import Enum, auto

import msgspec
import polars as pl

ROW = "row"  # the column that keeps a row's number in the file; the header is row 1
GUIDE_SHEET = "huong_dan"  # explains the template to people; the import does not look at it


class Kind(Enum):
    CODE = auto()
    OFFICIAL_CODE = auto()
    PLACE_CODE = auto()
    PROCEDURE_CODE = auto()
    DESK_CODE = auto()
    LABEL = auto()
    TEXT = auto()
    AREA_TYPE = auto()
    DATE = auto()
    COUNT = auto()

    @property
    def stored_as(self) -> type[pl.DataType]:
        return {Kind.DATE: pl.Date, Kind.COUNT: pl.Int32}.get(self, pl.String)


class Column(msgspec.Struct, frozen=True):
    name: str
    kind: Kind
    required: bool = True


class Reference(msgspec.Struct, frozen=True):
    """`columns` of a row must be found in `target` of another sheet, in the file or in the store."""

    columns: tuple[str, ...]
    sheet: str
    target: tuple[str, ...]


class Sheet(msgspec.Struct, frozen=True):
    """`key` names a row. When it ends with valid_from, rows that share the rest may not overlap in time.

    `replaces`: a row that begins later ends the stored one that is still open.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    replaces: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def group(self) -> tuple[str, ...]:
        """What may hold only once at a time; empty when the key alone says it."""
        return self.key[:-1] if self.key[-1] == "valid_from" else ()


CODE = Column("code", Kind.CODE)
NAME = Column("name", Kind.TEXT)
UNIT = Column("unit", Kind.CODE)
DESK = Column("desk", Kind.LABEL)
OFFICIAL = Column("official", Kind.OFFICIAL_CODE)
PROCEDURE = Column("procedure", Kind.PROCEDURE_CODE)
VALIDITY = (Column("valid_from", Kind.DATE), Column("valid_to", Kind.DATE, required=False))

TO_UNIT = Reference(("unit",), "units", ("code",))
TO_DESK = Reference(("unit", "desk"), "desks", ("unit", "number"))
TO_OFFICIAL = Reference(("official",), "officials", ("code",))
TO_PROCEDURE = Reference(("procedure",), "procedures", ("code",))

SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            "units",
            (
                CODE,
                NAME,
                Column("place_code", Kind.PLACE_CODE),
                Column("area_type", Kind.AREA_TYPE),
                *VALIDITY,
            ),
            key=("code",),
        ),
        Sheet(
            "desks",
            (
                UNIT,
                Column("number", Kind.LABEL),
                NAME,
                Column("code", Kind.DESK_CODE, required=False),
                *VALIDITY,
            ),
            key=("unit", "number"),
            references=(TO_UNIT,),
        ),
        Sheet(
            "desk_codes",
            (UNIT, DESK, Column("code", Kind.DESK_CODE), *VALIDITY),
            key=("code",),
            references=(TO_UNIT, TO_DESK),
        ),
        Sheet("titles", (CODE, NAME), key=("code",)),
        Sheet(
            "officials",
            (Column("code", Kind.OFFICIAL_CODE), Column("display_name", Kind.TEXT), *VALIDITY),
            key=("code",),
        ),
        Sheet(
            "official_titles",
            (OFFICIAL, Column("title", Kind.CODE), *VALIDITY),
            key=("official", "valid_from"),
            references=(TO_OFFICIAL, Reference(("title",), "titles", ("code",))),
            replaces=True,
        ),
        Sheet(
            "procedures",
            (Column("code", Kind.PROCEDURE_CODE), NAME, Column("field", Kind.TEXT), *VALIDITY),
            key=("code", "valid_from"),
            replaces=True,
        ),
        Sheet(
            "desk_officials",
            (UNIT, DESK, OFFICIAL, *VALIDITY),
            key=("unit", "desk", "official", "valid_from"),
            references=(TO_UNIT, TO_DESK, TO_OFFICIAL),
        ),
        Sheet(
            "desk_procedures",
            (UNIT, DESK, PROCEDURE, Column("deciding_unit", Kind.CODE, required=False), *VALIDITY),
            key=("unit", "desk", "procedure", "valid_from"),
            references=(TO_UNIT, TO_DESK, TO_PROCEDURE, Reference(("deciding_unit",), "units", ("code",))),
            replaces=True,
        ),
        Sheet(
            "dossier_counts",
            (
                UNIT,
                Column("day", Kind.DATE),
                PROCEDURE,
                Column("completed", Kind.COUNT),
                Column("late", Kind.COUNT),
                Column("complained", Kind.COUNT),
            ),
            key=("unit", "day", "procedure"),
            references=(TO_UNIT, TO_PROCEDURE),
        ),
    )
}
