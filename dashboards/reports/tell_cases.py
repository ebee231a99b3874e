"""The cases of a period: how many, what each found and asked for, what the unit answered, what was measured. Pure."""

import textwrap

from dashboards.cases.indicators import CaseFigures
from dashboards.reports.document import Card, Part, Printed, Section
from dashboards.reports.report_figures import ReportedCase, ReportFigures
from dashboards.supervision.blocks import Block
from dashboards.supervision.quality_views import sign
from dashboards.supervision.sentences import Teller
from dashboards.supervision.tables import Column, Table

MOST_CARDS = 25
SHORT_TEXT = 900  # letters of a text on paper; the workbook and the case itself hold the whole


def tell_cases(report: ReportFigures, teller: Teller) -> Section:
    title, tally, cases = teller.say("report.section.cases"), report.tally, report.cases
    counts = {name: teller.number(getattr(tally, name)) for name in tally.__struct_fields__}
    lead = (teller.say("report.cases.count", **counts),)
    if not cases:
        return Section(title, lead=(*lead, teller.say("report.cases.none")))
    list_title = teller.say("report.cases.list")
    short, whole = tabulate_cases(cases[:MOST_CARDS], teller), tabulate_whole(cases, teller)
    more = teller.say("report.cases.more", n=teller.number(MOST_CARDS), of=teller.number(len(cases)))
    return Section(
        title=title,
        lead=lead,
        parts=(
            Part(
                Block("cases", list_title, (more,) if len(cases) > MOST_CARDS else (), table=whole),
                (Printed(list_title, short),),
                teller.say("report.sheet.cases"),
            ),
        ),
        cards=tuple(tell_case(case, teller) for case in cases[:MOST_CARDS]),
        notes=(teller.say("report.cases.how"),),
    )


def tabulate_cases(cases: tuple[ReportedCase, ...], teller: Teller) -> Table:
    columns = tuple(Column(teller.say(f"report.column.{name}")) for name in ("case", "where", "state", "due", "result"))
    rows = tuple(
        (
            name_case(case, teller),
            name_subject(case, teller),
            say_state(case, teller),
            "" if case.due_on is None else teller.date(case.due_on),
            "" if case.result is None else teller.say(f"case.result.{case.result}"),
        )
        for case in cases
    )
    return Table(columns, rows)


def tabulate_whole(cases: tuple[ReportedCase, ...], teller: Teller) -> Table:
    """For the workbook: whole texts, days as days."""
    texts = ("findings", "recommendation", "answer")
    days = ("sent_on", "due_on", "answered_on", "closed_on")
    columns = (
        *tabulate_cases((), teller).columns[:3],
        *(Column(teller.say(f"report.day.{name}"), "date") for name in days),
        Column(teller.say("report.column.result")),
        Column(teller.say("report.column.outcome")),
        *(Column(teller.say(f"report.text.{name}")) for name in texts),
    )
    rows = tuple(
        (
            name_case(case, teller),
            name_subject(case, teller),
            say_state(case, teller),
            *(getattr(case, name) for name in days),
            "" if case.result is None else teller.say(f"case.result.{case.result}"),
            say_outcome(case.outcome, teller),
            *(getattr(case, name) for name in texts),
        )
        for case in cases
    )
    return Table(columns, rows)


def tell_case(case: ReportedCase, teller: Teller) -> Card:
    days = {
        "sent_on": case.sent_on,
        "due_on": case.due_on,
        "answered_on": case.answered_on,
        "closed_on": case.closed_on,
    }
    facts = (
        (teller.say("report.column.where"), name_subject(case, teller)),
        (teller.say("report.column.origin"), teller.say(f"report.origin.{case.origin}")),
        (teller.say("report.column.level"), teller.say(f"report.level.{case.level}")),
        (teller.say("report.column.state"), say_state(case, teller)),
        *((teller.say(f"report.day.{name}"), teller.date(day)) for name, day in days.items() if day is not None),
        *(((teller.say("report.column.result"), teller.say(f"case.result.{case.result}")),) if case.result else ()),
    )
    texts = {"findings": case.findings, "recommendation": case.recommendation, "answer": case.answer}
    told = [(teller.say(f"report.text.{name}"), shorten(text, teller)) for name, text in texts.items() if text.strip()]
    if case.state == "closed":
        told.append((teller.say("report.column.outcome"), say_outcome(case.outcome, teller)))
    return Card(name_case(case, teller), facts, tuple(told), is_marked=case.is_overdue)


def shorten(text: str, teller: Teller) -> str:
    """Whole words; that something follows is said."""
    if len(text) <= SHORT_TEXT:
        return text
    return f"{textwrap.shorten(text, SHORT_TEXT, placeholder='…')} {teller.say('report.text.more')}"


def name_case(case: ReportedCase, teller: Teller) -> str:
    return teller.say("report.case", number=case.case_id, title=case.title)


def name_subject(case: ReportedCase, teller: Teller) -> str:
    """Of an official, only that it is about one."""
    if case.is_about_official:
        where = teller.say("alert.list.official", unit=case.unit_name)
    elif case.desk:
        where = teller.say("alert.about-desk", number=case.desk, name=case.desk_name, unit=case.unit_name)
    else:
        where = case.unit_name
    return "; ".join(
        part for part in (", ".join(p for p in (where, case.place_name) if p), case.procedure_name) if part
    )


def say_state(case: ReportedCase, teller: Teller) -> str:
    state = teller.say(f"report.state.{case.state}")
    return teller.say("report.overdue", state=state) if case.is_overdue else state


def say_outcome(outcome: CaseFigures | None, teller: Teller) -> str:
    """The satisfied share before and after with intervals, and what lies between."""
    if outcome is None or outcome.after is None:
        return teller.say("report.outcome.none")
    said = teller.say(
        f"report.outcome.{outcome.verdict}",
        before=teller.surely(outcome.before.group.share),
        after=teller.surely(outcome.after.group.share),
        n=teller.count(outcome.after.group.n),
    )
    change = outcome.difference
    if change is None:
        return said
    ends = {"low": sign(change.low, teller), "high": sign(change.high, teller)}
    return f"{said} {teller.say('report.outcome.points', points=sign(change.points, teller), **ends)}"
