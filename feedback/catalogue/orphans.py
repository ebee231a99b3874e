"""Which rows of a workbook would leave ratings behind: given on a day on which what they point to held no more.

Reads only the last day on which ratings were given, never how many or how good.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec
import polars as pl

from feedback.catalogue.compare_sheets import Difference, name_row
from feedback.catalogue.sheets import ROW, Sheet
from feedback.catalogue.stored import Identities, read_identities
from feedback.catalogue.workbook import BadCell, make_bad_cell
from feedback.database import Connection
from feedback.tables.rated_days import RatedStretch, select_last_rated_days

Frames = Mapping[str, pl.DataFrame]
Stretch = tuple[date, date]  # from the first day to before the second
Ids = Mapping[tuple[str, ...], int]

# Titles are not among them: a rating keeps the title of its day. Neither are codes: a rating knows its desk.
RATED_SHEETS = ("units", "desks", "officials", "procedures", "desk_officials", "desk_procedures")
OPEN_END = date.max


class LostDays(msgspec.Struct, frozen=True):
    """Days on which `named` held and would hold no more; `row` and `column` are the cell that takes them away."""

    sheet: str
    row: int
    column: str
    code: str
    named: Mapping[str, str]
    stretch: Stretch


async def find_orphans(connection: Connection, differences: Mapping[str, Difference], stored: Frames) -> list[BadCell]:
    """A cell for each row that stands against ratings, with the last day on which some were given there."""
    lost = [days for name in RATED_SHEETS if name in differences for days in find_lost_days(differences[name], stored)]
    if not lost:
        return []
    known = await read_identities(connection)
    stretches = [stretch for place, days in enumerate(lost) for stretch in _list_stretches(place, days, known, stored)]
    rated = await select_last_rated_days(connection, stretches)
    return [
        make_bad_cell(days.sheet, days.row, days.column, _name_reason(days), f"{days.code}: {rated[place]}")
        for place, days in enumerate(lost)
        if place in rated
    ]


def find_lost_days(difference: Difference, stored: Frames) -> Iterator[LostDays]:
    """Of each thing, the days that its stored rows cover and the rows after the import do not."""
    sheet = difference.sheet
    before = stored[sheet.name]
    names = sheet.group or sheet.key
    touched = pl.concat([difference.changed.select(names), difference.implied.select(names)]).unique()
    if not touched.height:
        return
    written = difference.to_write
    kept = before.join(written, on=sheet.key, how="anti")
    old = _read_stretches(names, before.join(touched, on=names, how="semi"))
    new = _read_stretches(names, pl.concat([kept.select(written.columns), written]).join(touched, on=names, how="semi"))
    for key, stretches in old.items():
        for stretch in subtract(stretches, new[key]):
            yield _describe(sheet, difference, dict(zip(names, key, strict=True)), stretch, new[key])


def subtract(stretches: Sequence[Stretch], taken: Sequence[Stretch]) -> list[Stretch]:
    """What of the first lies in none of the second."""
    left = list(stretches)
    for start, end in taken:
        left = [part for one in left for part in ((one[0], min(one[1], start)), (max(one[0], end), one[1]))]
        left = [(first, last) for first, last in left if first < last]
    return sorted(left)


def _read_stretches(names: Sequence[str], frame: pl.DataFrame) -> Mapping[tuple[str, ...], list[Stretch]]:
    stretches: dict[tuple[str, ...], list[Stretch]] = defaultdict(list)
    for *key, start, end in frame.select(*names, "valid_from", "valid_to").iter_rows():
        stretches[tuple(key)].append((start, end or OPEN_END))
    return stretches


def _describe(
    sheet: Sheet, difference: Difference, named: Mapping[str, str], stretch: Stretch, after: Sequence[Stretch]
) -> LostDays:
    column = "valid_from" if stretch[1] <= min(start for start, _ in after) else "valid_to"
    return LostDays(sheet.name, _find_row(difference, named, stretch), column, name_row(sheet, named), named, stretch)


def _find_row(difference: Difference, named: Mapping[str, str], stretch: Stretch) -> int:
    """Of the rows about the same thing, the last that begins before the days are lost; else the first."""
    about = pl.concat([difference.changed, difference.new])
    for name, value in named.items():
        about = about.filter(pl.col(name) == value)
    rows = about.sort("valid_from").select("valid_from", ROW).rows()
    earlier = [row for start, row in rows if start <= stretch[0]]
    return earlier[-1] if earlier else rows[0][1]


def _name_reason(days: LostDays) -> str:
    return "rated_before_start" if days.column == "valid_from" else "rated_after_end"


def _list_stretches(place: int, days: LostDays, known: Identities, stored: Frames) -> Iterator[RatedStretch]:
    """Ratings lie by unit: those of an official or a procedure are looked for wherever the catalogue ever put them."""
    named = days.named
    procedure = named.get("procedure", named["code"] if days.sheet == "procedures" else "")
    official = named.get("official", named["code"] if days.sheet == "officials" else "")
    for unit in _list_units(days, stored):
        [unit_id] = _read_ids(known.units, unit=unit)
        yield RatedStretch(
            place=place,
            unit_id=unit_id,
            first_day=days.stretch[0],
            end_day=days.stretch[1],
            desk_id=_find_desk(days, known),
            official_id=_read_ids(known.officials, official=official)[0] if official else 0,
            procedure_code=procedure,
        )


def _list_units(days: LostDays, stored: Frames) -> list[str]:
    match days.sheet:
        case "units":
            return [days.named["code"]]
        case "officials":
            return _list_units_of(stored["desk_officials"], official=days.named["code"])
        case "procedures":
            return _list_units_of(stored["desk_procedures"], procedure=days.named["code"])
        case _:
            return [days.named["unit"]]


def _list_units_of(frame: pl.DataFrame, **named: str) -> list[str]:
    return frame.filter(**named)["unit"].unique().sort().to_list()


def _find_desk(days: LostDays, known: Identities) -> int:
    number = days.named.get("number" if days.sheet == "desks" else "desk")
    return _read_ids(known.desks, unit=days.named["unit"], desk=number)[0] if number is not None else 0


def _read_ids(frame: pl.DataFrame, **named: str) -> list[int]:
    [column] = [name for name in frame.columns if name.endswith("_id")]
    return frame.filter(**named)[column].to_list()
