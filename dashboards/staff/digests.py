"""Where a person chooses how digests of alerts come, and links or unlinks the chat that the bot sends them to."""

import secrets
from datetime import date, datetime

import msgspec
from litestar import Response, get, post

from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.plain_rows import borrow_plain_rows
from dashboards.supervision.digests.compose import CHOICE
from dashboards.supervision.digests.rules import BEGINS_AT_MINUTE, MOST_TRIES
from feedback.accounts.powers import SignedIn, may
from feedback.accounts.recent_proof import insist_recent_proof
from feedback.database import Connection
from feedback.record_response import LOCAL_TIME, read_local_day
from feedback.settings import Settings
from feedback.staff_chats import CODE_KEPT, hash_link_code, make_link_code
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.digests import (
    DigestChoice,
    KeptDigest,
    Way,
    select_digest_choice,
    select_recent_digests,
    update_digest_ways,
)
from feedback.tables.staff_chats import replace_link_code, unlink_account
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.staff_access import enter, make_entry
from surveys.codes import TOKEN_BYTES
from surveys.wording import Wording

PAGE = {"access": "staff", "limit": "by account", "action": "see_self"}
STORED = 201
MOST_SHOWN = 10
WAYS: tuple[Way, ...] = ("email", "bot")


class DigestPage(msgspec.Struct, frozen=True):
    choice: DigestChoice
    recent: list[KeptDigest]


class RecentLine(msgspec.Struct, frozen=True):
    day: date
    way: Way
    outcome: str


@get(CHOICE, opt=PAGE)
async def show_digests(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    async with borrow_plain_rows(request) as connection:
        page = await read_page(connection, signed_in)
    return render_page(request, signed_in, find_staff_wording(request, signed_in), page)


@post(CHOICE, opt=PAGE)
async def choose_digests(request: Request) -> Response[bytes]:
    """Only what can be: no e-mail without an address, no bot without a linked chat."""
    fields = await read_fields(request)
    signed_in = await enter(request)
    async with borrow_plain_rows(request) as connection, connection.transaction():
        possible = list_possible_ways(signed_in, await select_digest_choice(connection, read_id(signed_in)))
        chosen: list[Way] = [way for way in possible if take_text(fields, way)]
        await update_digest_ways(connection, read_id(signed_in), chosen)
        await keep(connection, request, signed_in, "choose-digests", ", ".join(chosen))
        page = await read_page(connection, signed_in)
    wording = find_form_wording(request, signed_in, fields)
    return render_page(request, signed_in, wording, page, notice=wording.say("staff-digests.saved"))


@post(f"{CHOICE}/link", opt=PAGE)
async def make_link(request: Request) -> Response[bytes]:
    """A code that is shown once; the link itself is made by whoever sends it to the bot.

    Raises OldProofError: what a borrowed screen links would go on being told.
    """
    fields = await read_fields(request)
    signed_in = await enter(request)
    insist_recent_proof(signed_in, read_time(request))
    code = make_link_code(secrets.token_bytes(TOKEN_BYTES))
    expires_at = read_time(request) + CODE_KEPT
    async with borrow_plain_rows(request) as connection, connection.transaction():
        await replace_link_code(connection, read_id(signed_in), hash_link_code(code), expires_at)
        await keep(connection, request, signed_in, "make-chat-code")
        page = await read_page(connection, signed_in)
    return render_page(request, signed_in, find_form_wording(request, signed_in, fields), page, code=code)


@post(f"{CHOICE}/unlink", opt=PAGE)
async def end_link(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    signed_in = await enter(request)
    async with borrow_plain_rows(request) as connection, connection.transaction():
        if await unlink_account(connection, read_id(signed_in)):
            await keep(connection, request, signed_in, "unlink-chat")
        page = await read_page(connection, signed_in)
    wording = find_form_wording(request, signed_in, fields)
    return render_page(request, signed_in, wording, page, notice=wording.say("staff-digests.unlinked"))


def find_form_wording(request: Request, signed_in: SignedIn, fields: Fields) -> Wording:
    return find_staff_wording(request, signed_in, take_text(fields, "lang"))


def read_id(signed_in: SignedIn) -> int:
    return signed_in.account.account_id


def read_time(request: Request) -> datetime:
    return request.app.state.read_now()


async def keep(connection: Connection, request: Request, signed_in: SignedIn, deed: str, code: str = "") -> None:
    about = code or signed_in.account.sign_in_name
    await insert_audit_entry(
        connection, make_entry(signed_in, read_time(request), deed, "done", "digest-choice", about)
    )


async def read_page(connection: Connection, signed_in: SignedIn) -> DigestPage:
    """The person's own row alone."""
    choice = await select_digest_choice(connection, read_id(signed_in))
    return DigestPage(choice, await select_recent_digests(connection, read_id(signed_in), MOST_SHOWN))


def list_possible_ways(signed_in: SignedIn, choice: DigestChoice) -> list[Way]:
    is_possible: dict[Way, bool] = {"email": signed_in.account.email is not None, "bot": choice.chat is not None}
    return [way for way in WAYS if is_possible[way]]


def render_page(
    request: Request,
    signed_in: SignedIn,
    wording: Wording,
    page: DigestPage,
    *,
    notice: str = "",
    code: str = "",
) -> Response[bytes]:
    settings: Settings = request.app.state.settings
    link = f"{settings.telegram_link}?start={code}" if settings.telegram_link else ""
    return render_staff(
        request,
        signed_in,
        "staff_digests.html",
        status=STORED if request.method == "POST" else 200,
        wording=wording,
        sees_alerts=may(signed_in.appointments, "see_alerts"),
        gets_digests=gets_digests(signed_in),
        account=signed_in.account,
        choice=page.choice,
        recent=[write_recent(digest, wording, read_time(request)) for digest in page.recent],
        has_mail=settings.smtp_url is not None,
        has_bot=settings.bot_id != 0,
        begins="{}:{:02}".format(*divmod(BEGINS_AT_MINUTE.value, 60)),
        minutes=CODE_KEPT.seconds // 60,
        notice=notice,
        code=code,
        link=link,
    )


def gets_digests(signed_in: SignedIn) -> bool:
    """Who sees alerts, and the heads of units: they are told of the cases that they owe an answer."""
    return may(signed_in.appointments, "see_alerts") or may(signed_in.appointments, "answer_cases")


def write_recent(digest: KeptDigest, wording: Wording, now: datetime) -> RecentLine:
    return RecentLine(digest.day, digest.way, say_outcome(digest, wording, read_local_day(now)[0]))


def say_outcome(digest: KeptDigest, wording: Wording, today: date) -> str:
    if digest.sent_at is not None:
        return wording.say("staff-digests.outcome.sent", time=f"{digest.sent_at.astimezone(LOCAL_TIME):%H:%M}")
    if digest.outcome == "refused" and digest.way == "bot":
        return wording.say("staff-digests.outcome.refused-bot")
    if digest.outcome == "refused" and digest.reply_code:
        return wording.say("staff-digests.outcome.refused-email", code=digest.reply_code)
    if digest.outcome == "refused":
        return wording.say("staff-digests.outcome.refused-address")
    can_wait = digest.day == today and digest.tries < MOST_TRIES.value
    key = "staff-digests.outcome.waiting" if can_wait else "staff-digests.outcome.given-up"
    return wording.say(key, tries=wording.number(digest.tries))


ROUTES = [show_digests, choose_digests, make_link, end_link]
