"""The view of an area week by week, with the alerts that fired. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from dashboards.charts.area_trend import AreaTrendChart
from dashboards.charts.trend import TrendWeek
from dashboards.charts.weekly_shares import AreaWeek
from dashboards.supervision.blocks import Block
from dashboards.supervision.figures import AreaFigures, Week
from dashboards.supervision.sentences import Teller, awaits_quarter, caption, differ
from dashboards.supervision.tables import Column, Table


class AlertDay(msgspec.Struct, frozen=True):
    """A day on which an alert of this area fired; `name` says what kind and where."""

    day: date
    name: str


def tell_trend(figures: AreaFigures, alerts: Sequence[AlertDay], teller: Teller) -> tuple[Block, ...]:
    title = teller.say("supervision.view.trend")
    shown = [week for week in figures.weeks if week.group.share is not None]
    start = figures.weeks[0].monday if figures.weeks else figures.period.first
    within = [alert for alert in alerts if start <= alert.day <= figures.period.last]
    table = tabulate_weeks(figures, within, teller)
    if figures.filters.procedure and awaits_quarter(figures):
        return (Block("trend", title, (teller.say("supervision.desk-procedures-wait"),)),)
    if not shown:
        nothing = teller.say("supervision.trend.nothing")
        return (Block("trend", title, (nothing,), table=table if figures.weeks else None),)
    chart = AreaTrendChart(
        axis=teller.say("supervision.axis.satisfied"),
        unit=teller.say("results.percent-sign"),
        date_form=teller.say("results.week-form"),
        caption=caption(
            figures,
            teller,
            teller.say("supervision.weeks", first=teller.date(start), last=teller.date(figures.period.last)),
        ),
        weeks=tuple(
            AreaWeek(
                TrendWeek(week.monday, week.group.share), "" if week.group.n is None else teller.number(week.group.n)
            )
            for week in figures.weeks
        ),
        alerts=tuple(sorted({alert.day for alert in within})),
    )
    said = (tell_change(shown, teller), tell_alerts(within, teller))
    gaps = () if len(shown) == len(figures.weeks) else (teller.say("supervision.trend.gaps"),)
    return (Block("trend", title, said, chart, table, (teller.say("supervision.trend.how"), *gaps)),)


def tell_change(shown: Sequence[Week], teller: Teller) -> str:
    """The first and the last week that say something, and whether they differ by more than chance."""
    first, last = shown[0], shown[-1]
    said = {"monday": teller.date(last.monday), "share": teller.surely(last.group.share)}
    if first is last:
        return teller.say("supervision.trend.one", **said)
    before, now = first.group.share, last.group.share
    is_sure, is_up = differ(before, now), before is not None and now is not None and now.percent > before.percent
    way = "same" if not is_sure else "up" if is_up else "down"
    earlier = {"first": teller.date(first.monday), "before": teller.surely(before)}
    return teller.say(f"supervision.trend.{way}", **said, **earlier)


def tell_alerts(alerts: Sequence[AlertDay], teller: Teller) -> str:
    if not alerts:
        return teller.say("supervision.trend.no-alerts")
    last = max(alert.day for alert in alerts)
    return teller.say("supervision.trend.alerts", n=teller.number(len(alerts)), day=teller.date(last))


def tabulate_weeks(figures: AreaFigures, alerts: Sequence[AlertDay], teller: Teller) -> Table:
    """Newest week first, with the alerts that fired in it."""
    columns = (
        Column(teller.say("supervision.column.week"), "date"),
        Column(teller.say("supervision.column.ratings"), "count"),
        Column(teller.say("supervision.column.satisfied"), "share"),
        Column(teller.say("supervision.column.alerts")),
    )
    weeks = figures.weeks
    ends = [*(week.monday for week in weeks[1:]), figures.period.last + timedelta(days=1)]
    rows = [
        (
            week.monday,
            week.group.n,
            week.group.share,
            "; ".join(alert.name for alert in alerts if week.monday <= alert.day < end),
        )
        for week, end in zip(weeks, ends, strict=False)
    ]
    return Table(columns, tuple(reversed(rows)))
