"""What a report is made of before it is a file: words, charts and tables. Holds released numbers only."""

from datetime import datetime

import msgspec

from dashboards.supervision.blocks import Block
from dashboards.supervision.tables import Table


class Printed(msgspec.Struct, frozen=True):
    """A table as it stands on paper; `caption` says of what it is."""

    caption: str
    table: Table


class Part(msgspec.Struct, frozen=True):
    """A block and what of its table is printed; the workbook holds the whole table, on a sheet called `sheet`.

    `command` is what to type, to be copied as it stands.
    """

    block: Block
    printed: tuple[Printed, ...] = ()
    sheet: str = ""
    command: str = ""


class Card(msgspec.Struct, frozen=True):
    """One case: facts in a row, then texts under their names."""

    title: str
    facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    is_marked: bool = False


class Section(msgspec.Struct, frozen=True):
    """`lead` are sentences before the first part, `notes` small ones after the last."""

    title: str
    parts: tuple[Part, ...] = ()
    cards: tuple[Card, ...] = ()
    lead: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class KeyFigure(msgspec.Struct, frozen=True):
    """A number in large type, its interval, and one sentence."""

    name: str
    value: str
    interval: str
    sentence: str


class Document(msgspec.Struct, frozen=True):
    """`facts` stand on the cover. `running` is the line at the head of every page."""

    language: str
    title: str
    area: str
    period: str
    purpose: str
    facts: tuple[tuple[str, str], ...]
    running: str
    page: str
    contents: str
    keys_title: str
    keys_lead: tuple[str, ...]
    keys: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    made: datetime
