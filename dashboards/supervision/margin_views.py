"""The views by procedure, by kind of rater, by channel and by proof: one margin at a time. Pure."""

from collections.abc import Sequence
from statistics import NormalDist

from dashboards.charts.rows import MOST_ROWS, ChartRow, RowsChart
from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.blocks import Block
from dashboards.supervision.figures import AreaFigures, Margin, Row
from dashboards.supervision.sentences import Teller, awaits_quarter, caption, differ, sum_ratings
from dashboards.supervision.tables import Column, Table
from dashboards.supervision.view_names import address_view

CITIZEN, BUSINESS = "citizen", "business"
ERROR = 0.05  # of one interval, which is one of 95 %


def tell_procedures(figures: AreaFigures, teller: Teller, language: str = "") -> tuple[Block, ...]:
    """Where citizens suffer most first: by the low end of the dissatisfied share, so that few ratings lead no list."""
    title = teller.say("supervision.view.procedures")
    rows = sorted(figures.procedures.rows, key=lambda row: (-measure_suffering(row.dissatisfied), row.name, row.key))
    notes = tell_hidden(figures.procedures, teller)
    shown = [row for row in rows if row.dissatisfied is not None]
    if not shown and awaits_quarter(figures):
        return (Block("procedures", title, (teller.say("supervision.desk-procedures-wait"),)),)
    if not shown:
        return (Block("procedures", title, (teller.say("supervision.procedures.nothing"), *notes)),)
    chart = RowsChart(
        axis=teller.say("supervision.axis.dissatisfied"),
        unit=teller.say("results.percent-sign"),
        caption=caption(figures, teller),
        rows=tuple(
            ChartRow(name_procedure(row, teller), row.dissatisfied, teller.ratings(row.group.n))
            for row in shown[:MOST_ROWS]
        ),
        starts_at_zero=True,
    )
    said = tell_worst(shown[0], len(shown), figures.headline.dissatisfied, teller)
    most = (teller.say("supervision.procedures.most", n=teller.number(MOST_ROWS)),) if len(shown) > MOST_ROWS else ()
    table = tabulate_margin(rows, teller, "procedure", [name_procedure(row, teller) for row in rows])
    links = tuple(link_procedure(figures, row, language) for row in rows)
    how = teller.say("supervision.procedures.how")
    return (Block("procedures", title, said, chart, Table(table.columns, table.rows, links), (how, *most, *notes)),)


def measure_suffering(share: ReleasedShare | None) -> float:
    """The low end of the interval; a coded band counts as its nearer end, nothing shown comes last."""
    if share is None:
        return -1.0
    if share.low is not None:
        return share.low + share.percent / 1000
    return float(share.percent) if share.bound == "at_least" else 0.0


def tell_worst(worst: Row, among: int, own: ReleasedShare | None, teller: Teller) -> tuple[str, ...]:
    """`among` is of how many it is the worst."""
    said = {"name": name_procedure(worst, teller), "share": teller.surely(worst.dissatisfied)}
    first = teller.say("supervision.procedures.worst", **said)
    if own is None or worst.dissatisfied is None:
        return (first,)
    is_sure = is_surely_more(worst.dissatisfied, own.percent, among)
    key = "supervision.procedures.surely-worse" if is_sure else "supervision.procedures.not-surely"
    return (first, teller.say(key, own=teller.share(own)))


def is_surely_more(share: ReleasedShare, percent: int, among: int) -> bool:
    """Whether the highest of many shares is more than chance: its interval is as much wider as it was picked from more.

    Bonferroni: of `among` intervals all hold with 95 % when each holds with 1 - 5 % / `among`.
    """
    if share.low is None:
        return False
    normal = NormalDist()
    widening = normal.inv_cdf(1 - ERROR / 2 / among) / normal.inv_cdf(1 - ERROR / 2)
    return share.percent - (share.percent - share.low) * widening > percent


def name_procedure(row: Row, teller: Teller) -> str:
    return row.name or row.key or teller.say("unit.procedure-unnamed")


def link_procedure(figures: AreaFigures, row: Row, language: str) -> str:
    """To the week by week of this procedure alone."""
    return address_view(figures.area, "trend", figures.filters, language, procedure=row.key) if row.key else ""


def tell_raters(figures: AreaFigures, teller: Teller) -> tuple[Block, ...]:
    rows = figures.raters.rows
    names = [teller.say(f"supervision.rater.{row.key}") for row in rows]
    share = {row.key: row.group.share for row in rows}
    one, other = share.get(CITIZEN), share.get(BUSINESS)
    if one is None or other is None:
        said = teller.say("supervision.raters.one-side")
    else:
        way = "same" if not differ(one, other) else "citizens" if one.percent > other.percent else "businesses"
        said = teller.say(f"supervision.raters.{way}", citizens=teller.surely(one), businesses=teller.surely(other))
    return (make_margin_block("raters", "supervision.view.raters", (said,), figures, figures.raters, names, teller),)


def tell_sources(figures: AreaFigures, teller: Teller) -> tuple[Block, ...]:
    """How ratings came in, and how well it is proved that the rater was there."""
    channels, proof = figures.channels, figures.integrity.proof
    channel_names = [teller.say(f"results.channel.{row.key}") for row in channels.rows]
    proof_names = [teller.say(f"supervision.proof.{row.key}") for row in proof.rows]
    return (
        make_margin_block(
            "channels",
            "supervision.sources.channels",
            (tell_mix(channels, channel_names, teller),),
            figures,
            channels,
            channel_names,
            teller,
        ),
        make_margin_block(
            "proof",
            "supervision.sources.proof",
            (tell_mix(proof, proof_names, teller), teller.say("supervision.sources.proof-how")),
            figures,
            proof,
            proof_names,
            teller,
        ),
    )


def tell_mix(margin: Margin, names: Sequence[str], teller: Teller) -> str:
    """The largest part; of rounded counts, so that it tells nothing that they do not."""
    counted = [(row.group.n, name) for row, name in zip(margin.rows, names, strict=True) if row.group.n is not None]
    total = sum_ratings([row.group for row in margin.rows])
    if not counted or not total:
        return teller.say("supervision.margin.nothing")
    n, name = max(counted)
    return teller.say("supervision.sources.most", name=name, share=teller.wording.percent(n / total))


def make_margin_block(
    key: str,
    title: str,
    said: tuple[str, ...],
    figures: AreaFigures,
    margin: Margin,
    names: Sequence[str],
    teller: Teller,
) -> Block:
    """Each part's satisfied share with its interval; how many ratings, and how much of all that is."""
    total = sum_ratings([row.group for row in margin.rows])
    rows = tuple(
        ChartRow(name, row.group.share, label_part(row, total, teller))
        for row, name in zip(margin.rows, names, strict=True)
        if row.group.share is not None
    )
    notes = tell_hidden(margin, teller)
    if not rows:
        return Block(key, teller.say(title), (teller.say("supervision.margin.nothing"), *notes))
    chart = RowsChart(
        axis=teller.say("supervision.axis.satisfied"),
        unit=teller.say("results.percent-sign"),
        caption=caption(figures, teller),
        rows=rows,
    )
    return Block(key, teller.say(title), said, chart, tabulate_margin(margin.rows, teller, key, names), notes)


def label_part(row: Row, total: int, teller: Teller) -> str:
    if row.group.n is None or not total:
        return teller.ratings(row.group.n)
    return f"{teller.ratings(row.group.n)}, {teller.wording.percent(row.group.n / total)}"


def tell_hidden(margin: Margin, teller: Teller) -> tuple[str, ...]:
    return (teller.say("supervision.margin.hidden", n=teller.number(margin.hidden)),) if margin.hidden else ()


def tabulate_margin(rows: Sequence[Row], teller: Teller, first: str, names: Sequence[str]) -> Table:
    columns = (
        Column(teller.say(f"supervision.column.{first}")),
        Column(teller.say("supervision.column.ratings"), "count"),
        Column(teller.say("supervision.column.satisfied"), "share"),
        Column(teller.say("supervision.column.dissatisfied"), "share"),
    )
    cells = tuple((name, row.group.n, row.group.share, row.dissatisfied) for row, name in zip(rows, names, strict=True))
    return Table(columns, cells)
