"""The views that set the parts of an area beside each other: places in their funnels, and response rates. Pure."""

from dashboards.alphabet import make_sort_key
from dashboards.charts.area_funnel import AreaFunnelChart, AreaPoint
from dashboards.charts.funnel import FunnelLimits
from dashboards.charts.rows import MOST_ROWS, ChartRow, RowsChart
from dashboards.disclosure.groups import LOW_RESPONSE
from dashboards.supervision.blocks import Block
from dashboards.supervision.figures import Area, AreaFigures, Child, Filters, Peers
from dashboards.supervision.sentences import Teller, caption
from dashboards.supervision.tables import Column, Table
from dashboards.supervision.view_names import address_view

MOST_SAID = 3
LOW = {"warning": "low-warning", "alarm": "low-alarm"}
HIGH = {"warning": "high-warning", "alarm": "high-alarm"}
ORDER = {"alarm": 0, "warning": 1, "inside": 2, None: 3}


def tell_places(figures: AreaFigures, teller: Teller, language: str = "") -> tuple[Block, ...]:
    """One block a kind of area, as only like is compared with like."""
    return tuple(tell_peers(figures, peers, teller, language) for peers in figures.peers if peers.children)


def tell_peers(figures: AreaFigures, peers: Peers, teller: Teller, language: str) -> Block:
    children = sorted(peers.children, key=lambda child: (ORDER[child.funnel], make_sort_key(child.area.name)))
    shown = [child for child in children if child.group.share is not None]
    return Block(
        key=peers.area_type or "all",
        title=teller.say(
            "supervision.places.title", kind=teller.area_type(peers.area_type), n=teller.number(len(children))
        ),
        sentences=tell_funnel(peers, shown, teller),
        chart=draw_peers(figures, peers, shown, teller),
        table=tabulate_places(figures, peers, children, teller, language),
        notes=(teller.say("supervision.places.how"),) if peers.limits else (),
    )


def tell_funnel(peers: Peers, shown: list[Child], teller: Teller) -> tuple[str, ...]:
    if not shown:
        return (teller.say("supervision.places.nothing"),)
    if not peers.area_type:
        return (teller.say("supervision.places.mixed"),)
    if not peers.limits or peers.mean is None:
        return (teller.say("supervision.places.few-peers", n=teller.number(len(shown))),)
    places = [name_place(child, peers) for child in shown]
    counts = {place: teller.number(places.count(place)) for place in ("low-alarm", "low-warning")}
    compared = teller.number(sum(child.funnel is not None for child in shown))
    mean = teller.phrases.percent(round(peers.mean))
    first = teller.say("supervision.places.compared", n=compared, mean=mean)
    if "low-alarm" not in places and "low-warning" not in places:
        return (first, teller.say("supervision.places.all-inside"))
    outside = teller.say("supervision.places.outside", alarm=counts["low-alarm"], warning=counts["low-warning"])
    lowest = [child for child, place in zip(shown, places, strict=True) if place == "low-alarm"][:MOST_SAID]
    names = "; ".join(f"{child.area.name}, {teller.surely(child.group.share)}" for child in lowest)
    said = (teller.say("supervision.places.lowest", names=names),) if names else ()
    return (first, outside, *said, teller.say("supervision.places.sure"))


def name_place(child: Child, peers: Peers) -> str:
    """Where a part lies among its like: on which side, and beyond which limit."""
    if child.funnel is None or child.group.share is None or peers.mean is None:
        return "none"
    sides = LOW if child.group.share.percent < peers.mean else HIGH
    return sides.get(child.funnel, child.funnel)


def draw_peers(
    figures: AreaFigures, peers: Peers, shown: list[Child], teller: Teller
) -> AreaFunnelChart | RowsChart | None:
    if not shown:
        return None
    points = list_points(shown)
    if not peers.limits or peers.mean is None or not points:
        return draw_shares(figures, shown, teller)
    return AreaFunnelChart(
        axis=teller.say("supervision.axis.satisfied"),
        ratings_axis=teller.say("supervision.axis.ratings"),
        unit=teller.say("results.percent-sign"),
        caption=caption(figures, teller),
        mean=peers.mean,
        points=points,
        limits=tuple(
            FunnelLimits(step.n, step.warning_low, step.warning_high, step.alarm_low, step.alarm_high)
            for step in peers.limits
        ),
    )


def list_points(shown: list[Child]) -> tuple[AreaPoint, ...]:
    """Those that stand exactly somewhere; a coded band has no point."""
    return tuple(
        AreaPoint(child.area.name, child.group.n, share.percent, share.low, share.high, child.funnel)
        for child in shown
        if (share := child.group.share) is not None and share.low is not None and share.high is not None
        if child.funnel is not None and child.group.n is not None
    )


def draw_shares(figures: AreaFigures, shown: list[Child], teller: Teller) -> RowsChart:
    """Too few of a kind for limits: each with its own interval, those with most ratings."""
    largest = sorted(shown, key=lambda child: -(child.group.n or 0))[:MOST_ROWS]
    rows = [
        ChartRow(child.area.name, child.group.share, teller.ratings(child.group.n))
        for child in shown
        if child in largest
    ]
    return RowsChart(
        axis=teller.say("supervision.axis.satisfied"),
        unit=teller.say("results.percent-sign"),
        caption=caption(figures, teller),
        rows=tuple(rows),
    )


def tabulate_places(figures: AreaFigures, peers: Peers, children: list[Child], teller: Teller, language: str) -> Table:
    columns = (
        Column(teller.say("supervision.column.place")),
        Column(teller.say("supervision.column.ratings"), "count"),
        Column(teller.say("supervision.column.satisfied"), "share"),
        Column(teller.say("supervision.column.among-like")),
        Column(teller.say("supervision.column.open-alerts"), "number"),
    )
    rows = tuple(
        (
            child.area.name,
            child.group.n,
            child.group.share,
            teller.say(f"supervision.among-like.{name_place(child, peers)}"),
            child.open_alerts,
        )
        for child in children
    )
    links = tuple(link_part(figures, child.area, language) for child in children)
    return Table(columns, rows, links)


def tell_response(figures: AreaFigures, teller: Teller, language: str = "") -> tuple[Block, ...]:
    """Ratings for each hundred completed dossiers, by part; where few answer, shares mislead."""
    whole = [peers for peers in figures.peers if not peers.area_type] or figures.peers
    children = [child for peers in whole for child in peers.children]
    known = sorted((c for c in children if c.response is not None), key=lambda c: make_sort_key(c.area.name))
    own = figures.headline.response
    if own is None and not known:
        return (Block("response", teller.say("supervision.view.response"), (teller.say("supervision.rate.nothing"),)),)
    lows = [child for child in known if child.response is not None and child.response.is_low]
    said = [teller.say("supervision.rate.own", rate=teller.rate(own))] if own is not None else []
    if own is not None and own.is_low:
        said.append(teller.say("supervision.rate.low"))
    if known:
        key = "supervision.rate.lows" if lows else "supervision.rate.no-lows"
        said.append(teller.say(key, lows=teller.number(len(lows)), n=teller.number(len(known))))
    return (
        Block(
            key="response",
            title=teller.say("supervision.view.response"),
            sentences=tuple(said),
            chart=draw_response(figures, known, teller),
            table=tabulate_response(figures, known, teller, language),
            notes=(teller.say("supervision.rate.how"),),
        ),
    )


def draw_response(figures: AreaFigures, known: list[Child], teller: Teller) -> RowsChart | None:
    """The parts with the lowest rates, the area itself first."""
    own = figures.headline.response
    parts = [(teller.area_name(figures.area), own)] if own is not None else []
    lowest = sorted(known, key=lambda c: c.response.share.percent if c.response and c.response.share else 0)
    parts += [(child.area.name, child.response) for child in lowest[: MOST_ROWS - 1] if child.response is not None]
    rows = tuple(
        ChartRow(
            name,
            rate.share,
            teller.say(
                "supervision.rate.label", received=teller.number(rate.received), completed=teller.number(rate.completed)
            ),
            is_marked=rate.is_low,
        )
        for name, rate in parts
        if rate.share is not None
    )
    if not rows:
        return None
    return RowsChart(
        axis=teller.say("supervision.axis.response"),
        unit=teller.say("results.percent-sign"),
        caption=caption(figures, teller),
        rows=rows,
        starts_at_zero=True,
        line=round(100 * LOW_RESPONSE),
    )


def tabulate_response(figures: AreaFigures, known: list[Child], teller: Teller, language: str) -> Table:
    columns = (
        Column(teller.say("supervision.column.place")),
        Column(teller.say("supervision.column.completed"), "number"),
        Column(teller.say("supervision.column.received"), "number"),
        Column(teller.say("supervision.column.response"), "share"),
        Column(teller.say("supervision.column.remark")),
    )
    own = figures.headline.response
    parts = [(figures.area, own), *((child.area, child.response) for child in known)]
    told = [(area, rate) for area, rate in parts if rate is not None]
    rows = tuple(
        (
            teller.area_name(area),
            rate.completed,
            rate.received,
            rate.share,
            teller.say("supervision.rate.low-short") if rate.is_low else "",
        )
        for area, rate in told
    )
    return Table(columns, rows, tuple(link_part(figures, area, language) for area, _ in told))


def link_part(figures: AreaFigures, area: Area, language: str) -> str:
    """The same quarter there; other filters may mean nothing to it."""
    return address_view(area, "", Filters(quarter=figures.filters.quarter), language)
