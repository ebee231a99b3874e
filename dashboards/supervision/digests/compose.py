"""The words of a digest: counts, one line an alert or case. No citizen's word, no official's name. Pure."""

from collections.abc import Mapping, Sequence

import msgspec
from jinja2 import Environment

from dashboards.supervision.digests.read_cases import CaseNote, CaseNotes, Side
from dashboards.supervision.digests.read_digest import DigestContent
from dashboards.supervision.digests.rules import MOST_LINES
from dashboards.supervision.digests.sureness import say_sureness
from feedback.tables.digest_alerts import DigestAlert
from surveys.wording import Wording

OVERVIEW, CHOICE = "/staff/overview", "/staff/digests"
CASES: Mapping[Side, str] = {"front": "/staff/cases", "unit": "/staff/unit-cases"}
LONGEST_NAME = 160
TEMPLATE = "digest_mail.html"


class CaseText(msgspec.Struct, frozen=True):
    title: str
    lines: tuple[str, ...]
    more: str
    address: str


class DigestText(msgspec.Struct, frozen=True):
    """`paragraphs` and `lines` are about alerts, empty where none is open; `cases` is None where none is told."""

    subject: str
    paragraphs: tuple[str, ...]
    lines: tuple[str, ...]
    more: str
    overview: str
    choice: str
    """Addresses of the pages."""
    cases: CaseText | None = None


def compose_digest(content: DigestContent, wording: Wording, base_url: str, *, names_officials: bool) -> DigestText:
    """`names_officials`: by code, never by name; without it they are only officials."""
    counts = content.counts
    numbers = {"new": wording.number(counts.new), "open": wording.number(counts.open)}
    rest = counts.open - len(content.alerts)
    query = f"?lang={wording.language}"
    has_cases, has_alerts = bool(content.cases.notes), counts.open > 0 or not content.cases.notes
    beginning = wording.say("digest.first" if content.is_first else "digest.since", **numbers)
    return DigestText(
        subject=write_subject(content, wording, numbers, has_alerts=has_alerts),
        paragraphs=(beginning, wording.say("digest.heaviest")) if has_alerts else (),
        lines=list_lines(content.alerts, wording, names_officials=names_officials),
        more=wording.say("digest.more", count=wording.number(rest)) if rest > 0 else "",
        overview=f"{base_url}{OVERVIEW}{query}",
        choice=f"{base_url}{CHOICE}{query}",
        cases=compose_cases(content.cases, wording, f"{base_url}{CASES[content.cases.side]}{query}")
        if has_cases
        else None,
    )


def write_subject(content: DigestContent, wording: Wording, numbers: Mapping[str, str], *, has_alerts: bool) -> str:
    """New and all: of alerts, of cases, or of both."""
    cases = {
        "cases": wording.number(len(content.cases.notes)),
        "new_cases": wording.number(content.cases.new),
    }
    if not has_alerts:
        return wording.say("digest.subject-cases", **cases)
    key = "digest.subject-both" if content.cases.notes else "digest.subject"
    return wording.say(key, **numbers, **cases)


def compose_cases(cases: CaseNotes, wording: Wording, address: str) -> CaseText:
    shown = cases.notes[: MOST_LINES.value]
    rest = len(cases.notes) - len(shown)
    return CaseText(
        title=wording.say(f"digest.cases.{cases.side}"),
        lines=tuple(write_case_line(note, cases.side, wording) for note in shown),
        more=wording.say("digest.cases.more", count=wording.number(rest)) if rest > 0 else "",
        address=address,
    )


def write_case_line(note: CaseNote, side: Side, wording: Wording) -> str:
    """What to do, by when. Neither title nor whom it is about: a letter may be read by others."""
    numbers = {"case": note.case_id, "unit": cut(note.unit_name), "day": wording.date(note.due_on)}
    return wording.say(f"digest.case.{side}.{note.kind}", **numbers)


def list_lines(alerts: Sequence[DigestAlert], wording: Wording, *, names_officials: bool) -> tuple[str, ...]:
    return tuple(write_line(alert, wording, names_officials=names_officials) for alert in alerts)


def write_line(alert: DigestAlert, wording: Wording, *, names_officials: bool) -> str:
    """What kind, where, since when, how sure."""
    return wording.say(
        "digest.line",
        kind=wording.say(f"alert.kind.{alert.kind}"),
        place=name_place(alert, wording, names_officials=names_officials),
        day=wording.date(alert.day),
        sure=say_sureness(alert, wording),
    )


def name_place(alert: DigestAlert, wording: Wording, *, names_officials: bool) -> str:
    unit = cut(alert.unit_name)
    if alert.official_id and names_officials:
        return wording.say("digest.place.official", unit=unit, code=cut(alert.official_code))
    if alert.official_id:
        return wording.say("digest.place.some-official", unit=unit)
    if alert.desk_number:
        return wording.say("digest.place.desk", unit=unit, number=cut(alert.desk_number))
    return unit


def cut(name: str) -> str:
    """One line, and no longer than a message can hold."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}…"


def write_plain(text: DigestText, wording: Wording) -> str:
    private = wording.say("digest.private" if text.paragraphs else "digest.private-cases")
    stop = f"{private}\n{wording.say('digest.stop', address=text.choice)}"
    parts = (*list_alert_parts(text, wording, text.paragraphs[:1]), *list_case_parts(text, wording), stop)
    return "\n\n".join(part for part in parts if part) + "\n"


def list_alert_parts(text: DigestText, wording: Wording, beginning: Sequence[str]) -> tuple[str, ...]:
    if not text.paragraphs:
        return ()
    heaviest = f"{text.paragraphs[1]}\n{write_bullets(text.lines)}"
    return (*beginning, heaviest, text.more, wording.say("digest.open", address=text.overview))


def list_case_parts(text: DigestText, wording: Wording) -> tuple[str, ...]:
    if text.cases is None:
        return ()
    lines = f"{text.cases.title}\n{write_bullets(text.cases.lines)}"
    return (lines, text.cases.more, wording.say("digest.cases.open", address=text.cases.address))


def write_bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def write_html(text: DigestText, wording: Wording, templates: Environment) -> str:
    return templates.get_template(TEMPLATE).render(text=text, say=wording.say, language=wording.language)


def write_chat(text: DigestText, wording: Wording) -> str:
    """One message; the subject is its first line."""
    stop = wording.say("digest.stop-chat" if text.paragraphs else "digest.stop-chat-cases")
    parts = (text.subject, *list_alert_parts(text, wording, ()), *list_case_parts(text, wording), stop)
    return "\n\n".join(part for part in parts if part)
