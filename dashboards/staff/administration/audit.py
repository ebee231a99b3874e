"""The audit log: whole, for administrators and inspectors; and for everybody what is about oneself."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import msgspec
from litestar import Response, get

from dashboards.staff.administration.accounts import read_query
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.record_response import LOCAL_TIME
from feedback.tables.audit_log import (
    OUTCOMES,
    PAGE,
    AuditFilter,
    AuditLine,
    insert_audit_entry,
    select_audit_lines,
    select_audited_actions,
    select_reached_audit_lines,
)
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, enter, make_entry
from surveys.wording import Wording

READ = {"access": "staff", "limit": "by account", "action": "read_audit_log"}
SEE_SELF = {"access": "staff", "limit": "by account", "action": "see_self"}
NAMES = ("person", "action", "outcome", "day")
MOST_DIGITS = 18  # fits a bigint


# What stands in the log besides the actions of powers.py, as far as it has words of its own.
DEEDS = (
    *("account-made", "account-invited", "account-disabled", "account-enabled", "sessions-ended", "take-account"),
    *("appointment-proposed", "appointment-approved", "appointment-refused", "appointment-ended"),
    "appointment-decided",
)


class ShownLine(msgspec.Struct, frozen=True):
    """`day` and `moment` are local time; `details` are pairs that our own program wrote."""

    line: AuditLine
    day: str
    moment: str
    action: str
    kind: str
    details: tuple[tuple[str, str], ...]


@get("/staff/audit", opt=READ)
async def read_audit_log(request: Request) -> Response[bytes]:
    """A hundred lines a page, latest first. Reading the log is a line in it."""
    signed_in = await enter(request)
    asked = {name: read_query(request, name) for name in NAMES}
    asked_filter, before = read_filter(asked), read_before(request)
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_audit_lines(connection, asked_filter, before)
        actions = await select_audited_actions(connection)
        now = request.app.state.read_now()
        described = " ".join(f"{name}={value}" for name, value in asked.items() if value)
        entry = make_entry(signed_in, now, "read_audit_log", "done", "audit_log", described)
        await insert_audit_entry(connection, entry)
    wording = find_staff_wording(request, signed_in)
    return render_staff(
        request,
        signed_in,
        "administration_audit.html",
        wording=wording,
        lines=show_lines(lines[:PAGE], wording),
        more=lines[PAGE - 1].entry_id if len(lines) > PAGE else None,
        before=before,
        asked=asked,
        marks="".join(f"&{urlencode({name: value})}" for name, value in asked.items() if value),
        actions=[(action, name_action(wording, action)) for action in actions],
        outcomes=OUTCOMES,
    )


@get("/staff/account/log", opt=SEE_SELF)
async def read_own_log(request: Request) -> Response[bytes]:
    """What the reader did, and who looked at the reader's figures."""
    signed_in = await enter(request)
    before = read_before(request)
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_reached_audit_lines(connection, before)
    wording = find_staff_wording(request, signed_in)
    return render_staff(
        request,
        signed_in,
        "administration_own_log.html",
        wording=wording,
        lines=show_lines(lines[:PAGE], wording),
        more=lines[PAGE - 1].entry_id if len(lines) > PAGE else None,
        before=before,
        official_id=signed_in.account.official_id or 0,
    )


def read_filter(asked: dict[str, str]) -> AuditFilter:
    """A day is a local one; what is no day, or no outcome, is not asked for and is emptied in `asked`."""
    try:
        day = date.fromisoformat(asked["day"]) if asked["day"] else None
    except ValueError:
        day, asked["day"] = None, ""
    if asked["outcome"] not in OUTCOMES:
        asked["outcome"] = ""
    return AuditFilter(
        person=asked["person"],
        action=asked["action"],
        outcome=asked["outcome"],
        first=None if day is None else begin_day(day),
        end=None if day is None else begin_day(day) + timedelta(days=1),
    )


def begin_day(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_TIME).astimezone(UTC)


def read_before(request: Request) -> int | None:
    text = request.query_params.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def show_lines(lines: list[AuditLine], wording: Wording) -> list[ShownLine]:
    return [
        ShownLine(
            line=line,
            day=wording.date(line.at.astimezone(LOCAL_TIME).date()),
            moment=line.at.astimezone(LOCAL_TIME).strftime("%H:%M:%S"),
            action=name_action(wording, line.action),
            kind=wording.sentences.get(f"audit.kind.{line.object_kind}", line.object_kind),
            details=read_details(line.details),
        )
        for line in lines
    ]


def read_details(text: str | None) -> tuple[tuple[str, str], ...]:
    """Names and short values; anything else is not shown."""
    if text is None:
        return ()
    try:
        details = msgspec.json.decode(text, type=dict[str, str | int | float | bool | None])
    except msgspec.DecodeError:
        return ()
    return tuple((name, str(value)) for name, value in details.items())


def name_action(wording: Wording, action: str) -> str:
    """The words for an action or deed; its code where there are none."""
    return wording.sentences.get(f"audit.action.{action}", action)


ROUTES = [read_audit_log, read_own_log]
