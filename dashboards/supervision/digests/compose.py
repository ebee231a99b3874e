"""The words of a digest: counts and one line an alert. No citizen's word, no official's name. Pure."""

from collections.abc import Sequence

import msgspec
from jinja2 import Environment

from dashboards.supervision.digests.read_digest import DigestContent
from dashboards.supervision.digests.sureness import say_sureness
from feedback.tables.digest_alerts import DigestAlert
from surveys.wording import Wording

OVERVIEW, CHOICE = "/staff/overview", "/staff/digests"
LONGEST_NAME = 160
TEMPLATE = "digest_mail.html"


class DigestText(msgspec.Struct, frozen=True):
    subject: str
    paragraphs: tuple[str, ...]
    lines: tuple[str, ...]
    more: str
    overview: str
    choice: str
    """Addresses of the pages."""


def compose_digest(content: DigestContent, wording: Wording, base_url: str, *, names_officials: bool) -> DigestText:
    """`names_officials`: by code, never by name; without it they are only officials."""
    counts = content.counts
    numbers = {"new": wording.number(counts.new), "open": wording.number(counts.open)}
    rest = counts.open - len(content.alerts)
    query = f"?lang={wording.language}"
    return DigestText(
        subject=wording.say("digest.subject", **numbers),
        paragraphs=(
            wording.say("digest.first" if content.is_first else "digest.since", **numbers),
            wording.say("digest.heaviest"),
        ),
        lines=list_lines(content.alerts, wording, names_officials=names_officials),
        more=wording.say("digest.more", count=wording.number(rest)) if rest > 0 else "",
        overview=f"{base_url}{OVERVIEW}{query}",
        choice=f"{base_url}{CHOICE}{query}",
    )


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
    bullets = "\n".join(f"• {line}" for line in text.lines)
    parts = (
        *text.paragraphs[:1],
        f"{text.paragraphs[1]}\n{bullets}",
        text.more,
        wording.say("digest.open", address=text.overview),
        f"{wording.say('digest.private')}\n{wording.say('digest.stop', address=text.choice)}",
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def write_html(text: DigestText, wording: Wording, templates: Environment) -> str:
    return templates.get_template(TEMPLATE).render(text=text, say=wording.say, language=wording.language)


def write_chat(text: DigestText, wording: Wording) -> str:
    """One message; the subject is its first line."""
    bullets = "\n".join(f"• {line}" for line in text.lines)
    parts = (
        text.subject,
        f"{text.paragraphs[1]}\n{bullets}",
        text.more,
        wording.say("digest.open", address=text.overview),
        wording.say("digest.stop-chat"),
    )
    return "\n\n".join(part for part in parts if part)
