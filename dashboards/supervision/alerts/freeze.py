"""Reads what an alert is about and freezes it as evidence; runs in the job, as the program, once for each alert."""

from datetime import date, timedelta

import polars as pl

from dashboards.indicators.satisfaction import SCORES
from dashboards.releases.quarters import find_quarter
from dashboards.supervision.alerts.causes import FALLS, Signal
from dashboards.supervision.alerts.evidence import Evidence, Figures, Span, release_rates, release_shares
from dashboards.supervision.alerts.rules_answers import QUESTIONS
from dashboards.supervision.alerts.rules_drops import find_monday
from dashboards.supervision.alerts.rules_parameters import BEFORE_WEEKS, DROP_WEEKS, SHOWN_WEEKS, WINDOW_DAYS
from dashboards.supervision.alerts.weights import measure_certainty, measure_effect, measure_reach, weigh
from feedback.database import Connection
from feedback.tables.alert_inputs import select_area_answers, select_area_counts, select_area_dossiers
from feedback.tables.alert_places import select_alert_place, select_procedure_codes, select_procedure_names
from feedback.tables.supervision_alerts import AlertKind
from surveys.errors import UnknownPlaceError

SET_ASIDE = ord("X")
SIX_DAYS = timedelta(days=6)
RATES: frozenset[AlertKind] = frozenset({"low_response", "silent_desk"})
PARTS = {"drop": SCORES[3:], "low_share": SCORES[:2]}


def find_span(signal: Signal, closed: date) -> Span:
    """Whole weeks: those of the rule; of a drop the week it was found in and the one before, of many low scores one.

    Of a drop that is told late, such as after the program stood still, all weeks since it was found.
    """
    weeks = {"drop": DROP_WEEKS.value, "low_share": 1}.get(signal.about.kind)
    last = find_monday(signal.day) + SIX_DAYS
    if signal.about.kind == "drop" and closed > last:
        weeks, last = (closed - last).days // 7 + 1, closed
    first = find_monday(signal.first) if weeks is None else find_monday(last) - timedelta(weeks=weeks - 1)
    shown = min(find_monday(closed) - timedelta(weeks=SHOWN_WEEKS.value - 1), first)
    return Span(shown, first - timedelta(weeks=BEFORE_WEEKS.value), first, last, closed)


async def freeze_evidence(connection: Connection, signal: Signal, closed: date) -> tuple[Evidence, int]:
    """The evidence and the weight. `closed` is the Sunday up to which weeks have closed."""
    about, span = signal.about, find_span(signal, closed)
    place = await select_alert_place(connection, about.unit_id, about.desk_id, about.official_id, signal.day)
    if place is None:
        raise UnknownPlaceError
    figures = await read_figures(connection, signal, span)
    limit = None if signal.usual is None or about.kind in {"silent_desk", *QUESTIONS} else round(100 * signal.usual)
    evidence = Evidence(
        kind=about.kind,
        place=place,
        day=signal.day,
        now=figures.now,
        before=figures.before,
        limit=limit,
        statistic=round(min(signal.statistic, 999.0), 1),
        threshold=signal.threshold,
        citizens=await count_citizens(connection, signal, span, figures),
        weeks=figures.weeks,
        procedures=figures.procedures,
    )
    return evidence, weigh_evidence(evidence)


def weigh_evidence(evidence: Evidence) -> int:
    usual = evidence.before.share if evidence.limit is None else evidence.limit
    return weigh(
        measure_effect(evidence.kind, evidence.now.share, usual),
        measure_certainty(evidence.statistic, evidence.threshold),
        measure_reach(evidence.citizens),
    )


async def read_figures(connection: Connection, signal: Signal, span: Span) -> Figures:
    """Of an official those of the desk, all ratings of it: weeks of one person are never told."""
    about = signal.about
    first = find_quarter(min(span.shown, span.before)).first_day
    if about.kind in RATES:
        counts = await select_area_counts(connection, about.unit_id, about.desk_id, first, span.closed)
        dossiers = await select_area_dossiers(connection, about.unit_id, about.desk_id, first, span.closed)
        return release_rates(sum_received(counts), dossiers, span)
    if about.kind in QUESTIONS:
        question = QUESTIONS[about.kind]
        tally = await select_area_answers(connection, about.unit_id, about.desk_id, question, first, span.closed)
    else:
        tally = sum_parts(
            await select_area_counts(connection, about.unit_id, about.desk_id, first, span.closed), about.kind
        )
    codes, names = await select_procedure_codes(connection), await select_procedure_names(connection)
    return release_shares(tally, span, codes, names)


def sum_received(counts: pl.DataFrame) -> pl.DataFrame:
    """day, n of the ratings that count."""
    counted = counts.filter(pl.col("proof_class") != SET_ASIDE)
    return counted.group_by("day").agg(pl.sum_horizontal(pl.col(SCORES).sum()).cast(pl.Int32).alias("n"))


def sum_parts(counts: pl.DataFrame, kind: AlertKind) -> pl.DataFrame:
    """day, procedure_id, part, n: satisfied, dissatisfied, or set aside of all that came in."""
    n = pl.sum_horizontal(SCORES)
    if kind in FALLS:
        part = pl.sum_horizontal(PARTS[kind])
        counts = counts.filter(pl.col("proof_class") != SET_ASIDE)
    else:
        part = pl.when(pl.col("proof_class") == SET_ASIDE).then(n).otherwise(0)
    return counts.group_by("day", "procedure_id").agg(part.sum().alias("part"), n.sum().alias("n"))


async def count_citizens(connection: Connection, signal: Signal, span: Span, figures: Figures) -> int:
    first = span.last - timedelta(days=WINDOW_DAYS.value - 1)
    about = signal.about
    dossiers = await select_area_dossiers(connection, about.unit_id, about.desk_id, first, span.last)
    return int(dossiers["n"].sum()) or figures.now.n or 0
