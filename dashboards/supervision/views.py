"""Which view shows what, and what a page needs around it: links to the others, filters, files. Pure."""

from collections.abc import Sequence

import msgspec

from dashboards.supervision.blocks import Block
from dashboards.supervision.figures import Area, AreaFigures, Comments, Filters
from dashboards.supervision.margin_views import name_procedure, tell_procedures, tell_raters, tell_sources
from dashboards.supervision.place_views import tell_places, tell_response
from dashboards.supervision.quality_views import tell_comments, tell_integrity, tell_pilots
from dashboards.supervision.sentences import Teller
from dashboards.supervision.trend_view import AlertDay, tell_trend
from dashboards.supervision.view_names import AREA_TYPES, RATERS, VIEWS, View, address_view, list_filters, make_address
from surveys.wording import Wording

WIDE_KINDS = {"nation", "province"}
LEFT_OUT: dict[str, set[str]] = {
    "nation": {"comments"},
    "province": set(),
    "desk": {"places", "raters", "sources", "comments", "integrity", "pilots"},
}
# Which filters change what a view shows; the quarter changes each.
FILTERS: dict[str, tuple[str, ...]] = {
    "": ("area_type",),
    "trend": ("procedure", "rater", "area_type"),
    "places": ("procedure", "area_type"),
    "procedures": ("area_type",),
    "raters": ("area_type",),
    "sources": ("area_type",),
    "response": ("area_type",),
    "integrity": ("area_type",),
    "pilots": ("area_type",),
}


class Choice(msgspec.Struct, frozen=True):
    value: str
    name: str


class Field(msgspec.Struct, frozen=True):
    """One list to choose from; an empty value chooses nothing."""

    name: str
    chosen: str
    choices: tuple[Choice, ...]


class ViewLink(msgspec.Struct, frozen=True):
    view: str
    address: str
    is_current: bool


class Files(msgspec.Struct, frozen=True):
    """The addresses of what can be taken away of a block."""

    svg: str
    narrow_svg: str
    png: str
    csv: str
    xlsx: str


def tell_view(
    view: View,
    figures: AreaFigures,
    wording: Wording,
    *,
    alerts: Sequence[AlertDay] = (),
    comments: Comments | None = None,
    language: str = "",
) -> tuple[Block, ...]:
    """At least one block; `language` stands in the addresses of rows."""
    teller = Teller(wording)
    match view:
        case "places":
            blocks = tell_places(figures, teller, language)
        case "trend":
            blocks = tell_trend(figures, alerts, teller)
        case "procedures":
            blocks = tell_procedures(figures, teller, language)
        case "raters":
            blocks = tell_raters(figures, teller)
        case "sources":
            blocks = tell_sources(figures, teller)
        case "response":
            blocks = tell_response(figures, teller, language)
        case "comments":
            blocks = () if comments is None else tell_comments(figures, comments, teller)
        case "integrity":
            blocks = tell_integrity(figures, teller)
        case "pilots":
            blocks = tell_pilots(figures, teller)
    title = teller.say(f"supervision.view.{view}")
    waits = view == "places" and figures.filters.procedure
    return blocks or (
        Block(view, title, (teller.say("supervision.no-parts-yet" if waits else "supervision.no-parts"),)),
    )


def list_views(area: Area) -> tuple[View, ...]:
    """A desk has no parts, pilot sites are whole units, comments are told of neither the nation nor a desk."""
    return tuple(view for view in VIEWS if view not in LEFT_OUT.get(area.kind, {"pilots"}))


def link_views(area: Area, current: str, filters: Filters, language: str) -> tuple[ViewLink, ...]:
    """Filters go along, as far as the other view knows them."""
    return tuple(
        ViewLink(view, address_view(area, view, keep_filters(view, filters, area.kind), language), view == current)
        for view in list_views(area)
    )


def keep_filters(view: str, filters: Filters, kind: str = "nation") -> Filters:
    """What a view does not know is left out; a procedure and a kind of rater are never crossed: the first stays."""
    known = {"quarter", *FILTERS.get(view, ())}
    known -= {"rater"} if filters.procedure or kind == "desk" else set()
    known -= set() if kind in WIDE_KINDS else {"area_type"}
    return Filters(**{name: value for name, value in list_filters(filters).items() if name in known})  # pyright: ignore[reportArgumentType] (they were checked)


def link_files(area: Area, view: str, block: Block, filters: Filters, language: str) -> Files:
    """A picture is of one block: `part` says which."""

    def link(file: str, width: str = "") -> str:
        asked = {**list_filters(filters), "lang": language, "part": block.key, "width": width}
        return make_address(area.code, view, file, **asked)

    return Files(
        *(link("chart.svg", width) for width in ("", "narrow")), *map(link, ("chart.png", "table.csv", "table.xlsx"))
    )


def list_fields(view: str, figures: AreaFigures, teller: Teller) -> tuple[Field, ...]:
    """What the form above a view lets choose."""
    filters = figures.filters
    quarters = tuple(Choice(code, teller.quarter(code)) for code in figures.quarters[1:])
    running = Choice("", teller.say("supervision.filter.running", quarter=teller.quarter(figures.quarters[0])))
    chosen = "" if filters.quarter == figures.quarters[0] else filters.quarter
    fields = [Field("quarter", chosen, (running, *quarters))]
    known = FILTERS.get(view, ())
    anything = Choice("", teller.say("supervision.filter.all"))
    if "procedure" in known and (figures.procedures.rows or filters.procedure):
        fields.append(Field("procedure", filters.procedure, (anything, *list_procedures(figures, teller))))
    if "rater" in known and figures.area.kind != "desk":
        raters = (Choice(rater, teller.say(f"supervision.rater.{rater}")) for rater in RATERS)
        fields.append(Field("rater", filters.rater, (anything, *raters)))
    if "area_type" in known and figures.area.kind in WIDE_KINDS:
        types = (Choice(code, teller.area_type(code)) for code in AREA_TYPES)
        fields.append(Field("area_type", filters.area_type, (anything, *types)))
    return tuple(fields)


def list_procedures(figures: AreaFigures, teller: Teller) -> list[Choice]:
    """Those that can be shown, and the one that was asked for."""
    choices = [Choice(row.key, name_procedure(row, teller)) for row in figures.procedures.rows if row.key]
    asked = figures.filters.procedure
    if asked and asked not in {choice.value for choice in choices}:
        choices.append(Choice(asked, asked))
    return sorted(choices, key=lambda choice: choice.name)
