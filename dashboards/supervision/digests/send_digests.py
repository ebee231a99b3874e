"""The job that sends digests: at most one a person, way and day.

Each is claimed in the database first, sent while nothing is held there, and noted after. Whoever is killed in between
leaves a claim that ends hours later; then it is sent once more, under the same Message-ID.
"""

import ssl
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from jinja2 import Environment

import dashboards
from dashboards.supervision.digests.compose import compose_digest, write_chat
from dashboards.supervision.digests.read_digest import DigestContent, read_digest
from dashboards.supervision.digests.rules import (
    KEPT_DAYS,
    MOST_TRIES,
    find_hold,
    find_next_try,
    is_due,
    is_worth_sending,
)
from dashboards.supervision.digests.write_digest_mail import note_sights, write_digest_mail
from feedback.database import TEMPORARY_FAILURES, Connection, Pool, open_pool
from feedback.folders import FEEDBACK
from feedback.mail import Mailer, MailOutcome, make_mail_tls, read_mail_server
from feedback.record_response import read_local_day
from feedback.settings import Settings
from feedback.staff_chats import open_chat, queue_message
from feedback.tables.digests import (
    DigestReader,
    claim_digest,
    drop_digest_way,
    finish_digest,
    forget_digests,
    postpone_digest,
    select_due_readers,
)
from feedback.tables.staff_chats import unlink_account
from feedback.web.app import make_templates
from surveys.wording import LOCALE_FOLDER, Wording, read_wordings

DASHBOARDS = Path(dashboards.__file__).parent
AT_ONCE = 200
BEFORE_ALL = (0, "")

log = structlog.get_logger()


class Round(msgspec.Struct, frozen=True):
    """One run of the job; `mailer` is None where no mail server is set."""

    settings: Settings
    pool: Pool
    mailer: Mailer | None
    wordings: dict[str, Wording]
    templates: Environment
    now: datetime
    day: date


async def send_digests(
    settings: Settings, database_url: str, now: datetime, *, tls: ssl.SSLContext | None = None
) -> None:
    """Does nothing outside the hours of digests, so it may be called as often as one likes.

    Raises what the database raises while it is away, and SettingsError for a mail server that cannot be.
    """
    if not is_due(now):
        return
    pool = await open_pool(database_url, largest=2)
    try:
        day = read_local_day(now)[0]
        if await find_readers(pool, day, now, BEFORE_ALL, most=1):
            await send_round(settings, pool, now, tls or make_mail_tls())
    finally:
        await pool.close()


async def find_readers(
    pool: Pool, day: date, now: datetime, after: tuple[int, str], *, most: int = AT_ONCE
) -> list[DigestReader]:
    async with pool.acquire(timeout=5) as connection:
        return await select_due_readers(connection, day, now, MOST_TRIES.value, after, most)


async def send_round(settings: Settings, pool: Pool, now: datetime, tls: ssl.SSLContext) -> None:
    mailer = make_mailer(settings, tls)
    try:
        await send_to_all(make_round(settings, pool, mailer, now))
    finally:
        if mailer is not None:
            await mailer.close()


def make_mailer(settings: Settings, tls: ssl.SSLContext) -> Mailer | None:
    if settings.smtp_url is None:
        return None
    return Mailer(read_mail_server(settings.smtp_url), settings.mail_from, tls)


def make_round(settings: Settings, pool: Pool, mailer: Mailer | None, now: datetime) -> Round:
    wordings = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"])
    templates = make_templates([DASHBOARDS / "pages"])
    return Round(settings, pool, mailer, wordings, templates, now, read_local_day(now)[0])


async def send_to_all(this: Round) -> None:
    after, outcomes = BEFORE_ALL, Counter[str]()
    async with this.pool.acquire(timeout=5) as connection:
        await forget_digests(connection, this.day - timedelta(days=KEPT_DAYS.value))
    while True:
        readers = await find_readers(this.pool, this.day, this.now, after)
        for reader in readers:
            outcomes[await send_whatever_happens(this, reader)] += 1
        if len(readers) < AT_ONCE:
            break
        after = (readers[-1].account.account_id, readers[-1].way)
    if told := {outcome: times for outcome, times in outcomes.items() if outcome}:
        log.info("digests", **told)


async def send_whatever_happens(this: Round, reader: DigestReader) -> str:
    """What became of it, in one word; a fault of ours at one person keeps no other's digest from being sent."""
    if not can_send(this, reader):
        return ""
    try:
        return await send_to(this, reader)
    except TEMPORARY_FAILURES:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it was, the next person is owed the digest)
        log.warning("digest-failed", kind=type(error).__name__)
        return "failed"


def can_send(this: Round, reader: DigestReader) -> bool:
    if reader.way == "email":
        return this.mailer is not None and not this.mailer.is_away
    return this.settings.bot_id != 0


async def send_to(this: Round, reader: DigestReader) -> str:
    """What became of it, in one word; empty where another has it."""
    content = await read_digest(this.pool, reader, this.now)
    async with this.pool.acquire(timeout=5) as connection, connection.transaction():
        hold = find_hold(this.now)
        tries = await claim_digest(connection, reader, this.day, this.now, hold, MOST_TRIES.value)
        if not tries:
            return ""
        if not is_worth_sending(content.counts, new_cases=content.cases.new):
            await finish_digest(connection, reader, this.day, "nothing", this.now)
            return "nothing"
        if reader.way == "bot":
            return await hand_to_bot(this, connection, reader, content)
    return await send_by_mail(this, reader, content, tries)


async def hand_to_bot(this: Round, connection: Connection, reader: DigestReader, content: DigestContent) -> str:
    """Claim and message are one transaction; from there on the bot's sender answers for it."""
    chat_id = open_chat(this.settings.secret, this.settings.bot_id, reader.chat or b"")
    if chat_id is None:
        await finish_digest(connection, reader, this.day, "refused", this.now)
        await unlink_account(connection, reader.account.account_id)
        return "refused"
    wording = this.wordings[reader.account.language]
    text = compose_digest(content, wording, this.settings.base_url, names_officials=False)
    await queue_message(connection, this.settings.bot_id, chat_id, write_chat(text, wording), this.now)
    await finish_digest(connection, reader, this.day, "sent", this.now)
    return "sent"


async def send_by_mail(this: Round, reader: DigestReader, content: DigestContent, tries: int) -> str:
    if this.mailer is None:
        raise LookupError("no mail without a server")
    wording = this.wordings[reader.account.language]
    message = write_digest_mail(this.settings, reader, content, wording, this.templates, this.now)
    outcome = MailOutcome("refused") if message is None else await this.mailer.hand_in(message)
    async with this.pool.acquire(timeout=5) as connection, connection.transaction():
        await note_outcome(this, connection, reader, outcome, tries)
        if outcome.result == "sent":
            await note_sights(connection, reader, content, this.now)
    return outcome.result


async def note_outcome(
    this: Round, connection: Connection, reader: DigestReader, outcome: MailOutcome, tries: int
) -> None:
    if outcome.result == "sent":
        await finish_digest(connection, reader, this.day, "sent", this.now)
    elif outcome.result == "refused":
        await finish_digest(connection, reader, this.day, "refused", this.now, outcome.code)
        await drop_digest_way(connection, reader)
    else:
        await postpone_digest(connection, reader, this.day, find_next_try(tries, this.now), outcome.code)
