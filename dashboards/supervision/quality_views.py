"""The views of what was set aside and why, of pilot sites against the rest, and of what people write. Pure."""

from dashboards.charts.differences import Difference, DifferencesChart
from dashboards.charts.rows import ChartRow, RowsChart
from dashboards.supervision.blocks import Block
from dashboards.supervision.figures import AreaFigures, Comments, PilotPair, Theme
from dashboards.supervision.sentences import Teller, caption
from dashboards.supervision.tables import Column, Table

# The codes of comment_themes.toml that have words of their own here.
THEMES = ("waiting", "attitude", "paperwork", "fees", "facilities", "online", "staffing", "praise")


def name_theme(theme: Theme, teller: Teller) -> str:
    """A theme that was added to the list stands under its code until it has words."""
    return teller.say(f"supervision.theme.{theme.code}") if theme.code in THEMES else theme.code


def tell_integrity(figures: AreaFigures, teller: Teller) -> tuple[Block, ...]:
    """Shares of all ratings received that do not count, and why."""
    integrity = figures.integrity
    title = teller.say("supervision.view.integrity")
    said = [teller.say("supervision.integrity.received", n=teller.number(integrity.received))]
    if integrity.set_aside is None:
        said.append(teller.say("supervision.integrity.nothing"))
    else:
        said.append(teller.say("supervision.integrity.share", share=teller.surely(integrity.set_aside)))
    parts = [(teller.say("supervision.integrity.all"), integrity.set_aside)]
    parts += [(teller.say(f"supervision.set-aside.{reason.reason}"), reason.share) for reason in integrity.reasons]
    shown = tuple(ChartRow(name, share, "") for name, share in parts if share is not None)
    columns = (
        Column(teller.say("supervision.column.reason")),
        Column(teller.say("supervision.column.set-aside"), "share"),
    )
    chart = RowsChart(
        axis=teller.say("supervision.axis.set-aside", n=teller.number(integrity.received)),
        unit=teller.say("results.percent-sign"),
        caption=caption(figures, teller),
        rows=shown,
        starts_at_zero=True,
    )
    notes = (teller.say("supervision.integrity.how"),)
    return (Block("integrity", title, tuple(said), chart if shown else None, Table(columns, tuple(parts)), notes),)


def tell_pilots(figures: AreaFigures, teller: Teller) -> tuple[Block, ...]:
    title = teller.say("supervision.view.pilots")
    if not figures.pilots:
        return (Block("pilots", title, (teller.say("supervision.pilots.none"),)),)
    rows = tuple(
        Difference(teller.area_type(pair.area_type), label_pair(pair, teller), pair.difference, pair.low, pair.high)
        for pair in figures.pilots
        if pair.difference is not None and pair.low is not None and pair.high is not None
    )
    axis = teller.say("supervision.axis.difference")
    chart = DifferencesChart(axis, caption(figures, teller), rows) if rows else None
    said = tuple(tell_pair(pair, teller) for pair in figures.pilots)
    return (
        Block("pilots", title, said, chart, tabulate_pilots(figures, teller), (teller.say("supervision.pilots.how"),)),
    )


def label_pair(pair: PilotPair, teller: Teller) -> str:
    return teller.say("supervision.pilots.label", pilot=teller.count(pair.pilot.n), rest=teller.count(pair.rest.n))


def tell_pair(pair: PilotPair, teller: Teller) -> str:
    name = teller.area_type(pair.area_type)
    if pair.difference is None or pair.low is None or pair.high is None:
        return teller.say("supervision.pilots.nothing", name=name)
    way = "better" if pair.low > 0 else "worse" if pair.high < 0 else "same"
    ends = {"low": sign(pair.low, teller), "high": sign(pair.high, teller)}
    return teller.say(f"supervision.pilots.{way}", name=name, points=sign(pair.difference, teller), **ends)


def sign(points: int, teller: Teller) -> str:
    return f"+{teller.number(points)}" if points > 0 else teller.number(points).replace("-", "−")


def tabulate_pilots(figures: AreaFigures, teller: Teller) -> Table:
    columns = (
        Column(teller.say("supervision.column.area-type")),
        Column(teller.say("supervision.column.pilot-ratings"), "count"),
        Column(teller.say("supervision.column.pilot-satisfied"), "share"),
        Column(teller.say("supervision.column.rest-ratings"), "count"),
        Column(teller.say("supervision.column.rest-satisfied"), "share"),
        Column(teller.say("supervision.column.difference")),
    )
    rows = tuple(
        (
            teller.area_type(pair.area_type),
            pair.pilot.n,
            pair.pilot.share,
            pair.rest.n,
            pair.rest.share,
            tell_difference(pair, teller),
        )
        for pair in figures.pilots
    )
    return Table(columns, rows)


def tell_difference(pair: PilotPair, teller: Teller) -> str:
    """Such as +4 (+1 to +7); a text, as a table of files has no form for it."""
    if pair.difference is None or pair.low is None or pair.high is None:
        return teller.say("results.too-few")
    ends = {"low": sign(pair.low, teller), "high": sign(pair.high, teller)}
    return teller.say("supervision.pilots.difference", points=sign(pair.difference, teller), **ends)


def tell_comments(figures: AreaFigures, comments: Comments, teller: Teller) -> tuple[Block, ...]:
    """Themes by simple counts. The comments themselves stand on the page alone, never in a file."""
    title = teller.say("supervision.comments.themes")
    if not comments.is_offered:
        return (Block("themes", title, (teller.say("supervision.comments.not-here"),)),)
    if not comments.themes:
        return (Block("themes", title, (teller.say("supervision.comments.no-themes"),)),)
    themes = sorted(comments.themes, key=lambda theme: -theme.comments)
    names = [name_theme(theme, teller) for theme in themes]
    said = {"name": names[0], "n": teller.number(themes[0].comments), "written": teller.number(comments.written)}
    rows = tuple(
        ChartRow(name, None, teller.number(theme.comments), count=theme.comments)
        for name, theme in zip(names, themes, strict=True)
    )
    columns = (
        Column(teller.say("supervision.column.theme")),
        Column(teller.say("supervision.column.comments"), "count"),
    )
    cells = tuple((name, theme.comments) for name, theme in zip(names, themes, strict=True))
    chart = RowsChart(
        axis=teller.say("supervision.axis.comments"), unit="", caption=caption(figures, teller), rows=rows, counts=True
    )
    said_first = teller.say("supervision.comments.most", **said)
    notes = (teller.say("supervision.comments.how"),)
    return (Block("themes", title, (said_first,), chart, Table(columns, cells), notes),)
