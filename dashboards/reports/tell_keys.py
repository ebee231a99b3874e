"""The key figures of a report: four numbers in large type, each with its interval and one sentence. Pure."""

from dashboards.reports.compare_periods import measure_change
from dashboards.reports.document import KeyFigure
from dashboards.reports.report_figures import ReportFigures
from dashboards.reports.report_periods import ReportPeriod
from dashboards.supervision.figures import Headline
from dashboards.supervision.quality_views import sign
from dashboards.supervision.sentences import Teller, describe_headline


def tell_keys(report: ReportFigures, teller: Teller) -> tuple[KeyFigure, ...]:
    headline = report.figures.headline
    satisfied, dissatisfied, response = describe_headline(headline, teller)
    return (
        KeyFigure(satisfied.name, satisfied.value, satisfied.interval, say_share("satisfied", headline, teller)),
        KeyFigure(
            dissatisfied.name, dissatisfied.value, dissatisfied.interval, say_share("dissatisfied", headline, teller)
        ),
        KeyFigure(response.name, response.value, response.interval, response.note),
        tell_change(headline, teller),
    )


def say_share(name: str, headline: Headline, teller: Teller) -> str:
    share = headline.group.share if name == "satisfied" else headline.dissatisfied
    if share is None:
        return teller.say("supervision.missing", n=teller.number(headline.missing)) if headline.missing else ""
    return teller.say(f"report.key.{name}", n=teller.count(headline.group.n), share=teller.share(share))


def tell_change(headline: Headline, teller: Teller) -> KeyFigure:
    """Of the satisfied share, in points, against the quarter before."""
    name = teller.say("report.key.change")
    before = None if headline.earlier is None else headline.earlier.share
    change = measure_change(headline.group.share, before)
    if change is None:
        return KeyFigure(name, teller.say("results.too-few"), "", teller.say("report.change.unknown"))
    way = "better" if change.low > 0 else "worse" if change.high < 0 else "same"
    ends = {"low": sign(change.low, teller), "high": sign(change.high, teller)}
    return KeyFigure(
        name,
        teller.say("report.points", points=sign(change.points, teller)),
        teller.say("report.change.interval", **ends),
        teller.say(f"report.change.{way}", before=teller.surely(before)),
    )


def tell_keys_lead(report: ReportFigures, period: ReportPeriod, teller: Teller) -> tuple[str, ...]:
    """What the figures cover; then alerts and cases in a sentence each."""
    days, tally = period.days, report.tally
    own = [alert for alert in report.alerts if alert.row.day >= days.first]
    is_open = sum(alert.state == "open" for alert in own)
    cover = "month" if period.month and not period.is_quarter_closed else "last-month" if period.month else "quarter"
    counts = {name: teller.number(getattr(tally, name)) for name in tally.__struct_fields__}
    return (
        teller.say(
            f"report.covers.{cover}",
            first=teller.date(report.figures.period.first),
            last=teller.date(report.figures.period.last),
            quarter=teller.quarter(period.quarter.code),
        ),
        teller.say("report.alerts.count", n=teller.number(len(own)), open=teller.number(is_open)),
        teller.say("report.cases.count", **counts),
    )
