"""Which filters are offered for which area: what the store cannot give, or nothing may be said of, is refused."""

from datetime import date

from dashboards.releases.quarters import Quarter
from dashboards.supervision.figures import Area, Filters
from dashboards.supervision.periods import list_quarters
from surveys.errors import UnusableFilterError

AREA_TYPES = ("urban", "rural", "mountain", "border", "island")
RATERS = ("citizen", "business")
WIDE = ("nation", "province")
LONGEST_CODE = 100


def choose_quarter(filters: Filters, day: date) -> Quarter:
    """The running quarter where none is asked for. Raises UnusableFilterError."""
    known = {quarter.code: quarter for quarter in list_quarters(day)}
    if filters.quarter and filters.quarter not in known:
        refuse("quarter", *known)
    return known[filters.quarter or next(iter(known))]


def check_filters(area: Area, filters: Filters) -> None:
    """A procedure and a rater kind are never crossed; area types belong to wide areas; desks have no rater kinds.

    Raises UnusableFilterError.
    """
    if filters.rater and filters.rater not in RATERS:
        refuse("rater", *RATERS)
    if filters.rater and (filters.procedure or area.kind == "desk"):
        refuse("rater", "")
    if filters.area_type and filters.area_type not in (AREA_TYPES if area.kind in WIDE else (area.area_type,)):
        refuse("area_type", *(AREA_TYPES if area.kind in WIDE else (area.area_type,)))
    if len(filters.procedure) > LONGEST_CODE or (filters.procedure and not filters.procedure.isprintable()):
        refuse("procedure", "")


def refuse(field: str, *allowed: str) -> None:
    raise UnusableFilterError(field=field, allowed=", ".join(value for value in allowed if value) or "-")
