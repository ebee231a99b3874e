"""The views of an area, and the addresses of views, files and filters: the same address shows everybody the same."""

import re
from collections.abc import Mapping
from typing import Literal, get_args
from urllib.parse import quote, urlencode

import msgspec

from dashboards.supervision.figures import Area, Filters
from surveys.errors import UnusableFilterError

View = Literal["places", "trend", "procedures", "raters", "sources", "response", "comments", "integrity", "pilots"]
VIEWS: tuple[View, ...] = get_args(View)
FILES = ("chart.svg", "chart.png", "table.csv", "table.xlsx")
RATERS = ("citizen", "business")
AREA_TYPES = ("urban", "rural", "mountain", "border", "island")
LONGEST_AREA = 200
LONGEST_PROCEDURE = 64
QUARTER = re.compile(r"\d{4}-Q[1-4]")
OVERVIEW = "/staff/overview"


def read_filters(asked: Mapping[str, str]) -> Filters:
    """From the query of an address. Raises UnusableFilterError for what cannot be a quarter, procedure, rater, type."""
    quarter, procedure = asked.get("quarter", ""), asked.get("procedure", "")
    rater, area_type = asked.get("rater", ""), asked.get("area_type", "")
    if quarter and not (quarter.isascii() and QUARTER.fullmatch(quarter)):
        raise UnusableFilterError(field="quarter", allowed="2026-Q3")
    if len(procedure) > LONGEST_PROCEDURE or not procedure.isprintable():
        raise UnusableFilterError(field="procedure", allowed=f"1-{LONGEST_PROCEDURE}")
    if rater not in {"", *RATERS}:
        raise UnusableFilterError(field="rater", allowed=", ".join(RATERS))
    if area_type not in {"", *AREA_TYPES}:
        raise UnusableFilterError(field="area_type", allowed=", ".join(AREA_TYPES))
    return msgspec.convert(
        {"quarter": quarter, "procedure": procedure, "rater": rater, "area_type": area_type}, Filters
    )


def list_filters(filters: Filters) -> dict[str, str]:
    """Only those that are set."""
    return {name: value for name, value in msgspec.structs.asdict(filters).items() if value}


def make_address(area: str, view: str = "", file: str = "", **query: str) -> str:
    """The address of an area, a view of it or a file of that view; empty values of `query` are left out."""
    path = "/".join(quote(part, safe="~") for part in ("area", area, view, file) if part)
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"/staff/{path}?{asked}" if asked else f"/staff/{path}"


def address_view(area: Area, view: str, filters: Filters, language: str, **more: str) -> str:
    """With all filters that are set; `language` is empty where the address names none."""
    return make_address(area.code, view, **{**list_filters(filters), "lang": language, **more})
