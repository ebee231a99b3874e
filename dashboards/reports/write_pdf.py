"""A report as PDF by typst: fonts of the posters, no clock, so that the same document gives the same bytes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import typst

from dashboards.disclosure.groups import ReleasedShare
from dashboards.reports.document import Card, Document, Part, Printed, Section
from dashboards.reports.fit_charts import fit_chart, fit_svg
from dashboards.supervision.blocks import draw_chart
from dashboards.supervision.sentences import Teller
from dashboards.supervision.tables import Cell, Column
from feedback import posters

HERE = Path(__file__).parent
FONTS = Path(posters.__file__).parent / "fonts"
NUMBERS = {"count", "number", "share"}
NARROW_LETTERS, WIDE_LETTERS = 20, 60  # of the longest cell of a column: it takes what it needs, or a part of the rest
Node = dict[str, Any]


def write_pdf(document: Document, teller: Teller, say_progress: Callable[[int], None]) -> bytes:
    """`say_progress` hears how much of the work is done, in percent: drawing charts takes nearly all of it."""
    charts = sum(part.block.chart is not None for section in document.sections for part in section.parts)
    done = 0

    def draw(part: Part) -> str | None:
        nonlocal done
        if part.block.chart is None:
            return None
        svg = draw_chart(fit_chart(part.block.chart), is_narrow=False)
        done += 1
        say_progress(90 * done // charts)
        return fit_svg(svg, document.language)

    plain = ("language", "title", "area", "period", "purpose", "facts", "running", "page", "contents")
    content: Node = {name: getattr(document, name) for name in (*plain, "keys_title", "keys_lead", "keys")}
    content["sections"] = [print_section(section, draw, teller) for section in document.sections]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.compile(
        str(HERE / "report.typ"),
        root=str(HERE),
        font_paths=fonts,
        sys_inputs={"content": msgspec.json.encode(content).decode()},
    )


def print_section(section: Section, draw: Callable[[Part], str | None], teller: Teller) -> Node:
    return {
        "title": section.title,
        "lead": section.lead,
        "parts": [print_part(part, draw, teller, is_only=part.block.title == section.title) for part in section.parts],
        "cards": [print_card(card) for card in section.cards],
        "notes": section.notes,
    }


def print_part(part: Part, draw: Callable[[Part], str | None], teller: Teller, *, is_only: bool) -> Node:
    block = part.block
    svg = draw(part)
    return {
        "title": "" if is_only else block.title,
        "sentences": block.sentences,
        "svg": svg,
        "alt": "" if block.chart is None else " ".join((block.title, *block.sentences)),
        "notes": block.notes,
        "tables": [print_table(printed, teller) for printed in part.printed],
        "command": part.command,
    }


def print_card(card: Card) -> Node:
    return msgspec.structs.asdict(card)


def print_table(printed: Printed, teller: Teller) -> Node:
    table = printed.table
    rows = [
        [write_cell(cell, column, teller) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return {
        "caption": teller.say("report.table", title=printed.caption),
        "columns": [name_column(column, teller) for column in table.columns],
        "numbers": [column.kind in NUMBERS for column in table.columns],
        "widths": measure_columns(table.columns, rows),
        "rows": rows,
    }


def measure_columns(columns: Sequence[Column], rows: list[list[str]]) -> list[str | int]:
    """At least one takes what is left of the line."""
    widths = [measure_column(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    return widths if any(isinstance(width, int) for width in widths) else [1, *widths[1:]]


def measure_column(column: Column, cells: list[str]) -> str | int:
    """What typst makes of it: share and auto by name, a number as parts of the width that is left."""
    if column.kind == "share":
        return "share"
    longest = max((len(cell) for cell in cells), default=0)
    return "auto" if column.kind in NUMBERS or longest < NARROW_LETTERS else min(longest, WIDE_LETTERS)


def name_column(column: Column, teller: Teller) -> str:
    return teller.say("report.column.with-interval", name=column.name) if column.kind == "share" else column.name


def write_cell(cell: Cell, column: Column, teller: Teller) -> str:
    """In the form of the language; a share with its interval behind it."""
    match column.kind:
        case "share":
            share = cell if isinstance(cell, ReleasedShare) else None
            interval = teller.phrases.interval(share)
            return f"{teller.share(share)} ({interval})" if interval else teller.share(share)
        case "count":
            return teller.count(cell if isinstance(cell, int) else None)
        case "number":
            return teller.number(cell) if isinstance(cell, int) else ""
        case "date" | "text":
            return teller.date(cell) if not isinstance(cell, str | int | ReleasedShare | None) else str(cell or "")
