"""The words of an alert, made of its frozen evidence alone: what it is about, why it fired, how sure, and its chart."""

import math

from dashboards.charts.alert_trend import AlertChart
from dashboards.charts.trend import TrendWeek
from dashboards.phrases import Phrases
from dashboards.supervision.alerts.causes import FALLS
from dashboards.supervision.alerts.evidence import Evidence, EvidenceFigure
from dashboards.supervision.tables import Column, Table
from feedback.tables.alert_places import AlertPlace
from surveys.wording import Wording

LONGEST_POWER = 9
SAID_DIGITS = 3


def name_place(place: AlertPlace, wording: Wording) -> str:
    """A desk by number and name, else the unit; an official by code and title only."""
    if place.official:
        return wording.say("alert.about-official", code=place.official, title=place.title, unit=place.unit_name)
    if place.desk:
        return wording.say("alert.about-desk", number=place.desk, name=place.desk_name, unit=place.unit_name)
    return place.unit_name


def explain(evidence: Evidence, wording: Wording) -> tuple[str, ...]:
    """Why it fired: what was seen, beside what, and how sure that is."""
    now, before = evidence.now, evidence.before
    about = {
        "first": wording.date(now.first),
        "last": wording.date(now.last),
        "now": say_share(now, wording),
        "before": say_share(before, wording),
        "limit": "" if evidence.limit is None else Phrases(wording).percent(evidence.limit),
    }
    told = "few" if now.share is None else evidence.kind
    sentences = [wording.say(f"alert.why.{told}", **about)]
    if evidence.place.official:
        sentences.append(wording.say("alert.why.official"))
    meaning = [wording.say("alert.sure.drop-means")] if evidence.kind == "drop" else []
    return (*sentences, say_certainty(evidence, wording), *meaning, say_reach(evidence, wording))


def say_certainty(evidence: Evidence, wording: Wording) -> str:
    """The watch by its own number; a chance as once in so many times, which stops at a thousand million."""
    statistic, threshold = evidence.statistic, evidence.threshold
    if evidence.kind in FALLS:
        number = wording.number
        return wording.say("alert.sure.drop", statistic=number(statistic, 1), threshold=number(threshold, 1))
    times, alarm = (wording.number(10 ** min(math.floor(power), LONGEST_POWER)) for power in (statistic, threshold))
    return wording.say("alert.sure.chance", times=times, alarm=alarm)


def say_share(figure: EvidenceFigure, wording: Wording) -> str:
    """The share, its interval and the number behind it, as far as each may be told."""
    phrases = Phrases(wording)
    interval = phrases.interval(figure.share)
    share = f"{phrases.share(figure.share)} ({interval})" if interval else phrases.share(figure.share)
    return wording.say("alert.share-of", share=share, n=phrases.count(figure.n))


def say_reach(evidence: Evidence, wording: Wording) -> str:
    """About how many: the first three digits."""
    citizens = round(evidence.citizens, min(0, SAID_DIGITS - len(str(evidence.citizens))))
    return wording.say("alert.reach", citizens=wording.number(citizens))


def make_chart(evidence: Evidence, wording: Wording) -> AlertChart | None:
    """None where no week may be shown."""
    weeks = tuple(TrendWeek(week.monday, week.share) for week in evidence.weeks)
    if all(week.share is None for week in weeks):
        return None
    return AlertChart(
        axis=wording.say(f"alert.axis.{evidence.kind}"),
        unit=wording.say("results.percent-sign"),
        date_form=wording.say("results.week-form"),
        word=wording.say("alert.mark"),
        weeks=weeks,
        alert=evidence.marked,
        limit=evidence.limit,
    )


def make_table(evidence: Evidence, wording: Wording) -> Table:
    """The numbers of the chart, newest week first."""
    columns = (
        Column(wording.say("results.column.week"), "date"),
        Column(wording.say(f"alert.n.{name_count(evidence)}"), "count"),
        Column(wording.say(f"alert.axis.{evidence.kind}"), "share"),
    )
    return Table(columns, tuple((week.monday, week.n, week.share) for week in reversed(evidence.weeks)))


def name_count(evidence: Evidence) -> str:
    """What the shares are shares of."""
    if evidence.kind in {"low_response", "silent_desk"}:
        return "dossiers"
    return "answers" if evidence.kind in {"harassment", "informal_payment"} else "ratings"
