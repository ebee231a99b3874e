"""A digest as a message of RFC 5322, and what the audit log keeps of the officials it names by code."""

import hashlib
import hmac
from base64 import b32encode
from datetime import date, datetime
from email.message import EmailMessage

from jinja2 import Environment

from dashboards.supervision.digests.compose import CHOICE, compose_digest, write_html, write_plain
from dashboards.supervision.digests.read_digest import DigestContent
from feedback.accounts.totp import make_root
from feedback.database import Connection
from feedback.derive_keys import derive_key
from feedback.mail import Mail, write_mail
from feedback.record_response import read_local_day
from feedback.settings import Settings
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from feedback.tables.digests import DigestReader
from surveys.wording import Wording

PROGRAM = "program"
ID_BYTES = 15


def write_digest_mail(
    settings: Settings,
    reader: DigestReader,
    content: DigestContent,
    wording: Wording,
    templates: Environment,
    now: datetime,
) -> EmailMessage | None:
    """None where the account's address can be none."""
    text = compose_digest(content, wording, settings.base_url, names_officials=True)
    mail = Mail(
        recipient=reader.account.email or "",
        subject=text.subject,
        text=write_plain(text, wording),
        html=write_html(text, wording, templates),
        language=wording.language,
        message_id=make_message_id(settings, reader.account.account_id, read_local_day(now)[0]),
        unsubscribe=f"{settings.base_url}{CHOICE}",
    )
    try:
        return write_mail(mail, settings.mail_from, wording.say("frame.name"), now)
    except (ValueError, IndexError):
        return None


def make_message_id(settings: Settings, account_id: int, day: date) -> str:
    """The same for each try of one day, so that a mailbox shows a repeated message once; tells nobody whose it is."""
    key = derive_key(make_root(settings.secret), b"", b"langnghe digest message v1")
    digest = hmac.digest(key, f"{account_id} {day}".encode(), hashlib.sha256)
    return f"{b32encode(digest[:ID_BYTES]).decode().lower()}@{settings.mail_from.rpartition('@')[2]}"


async def note_sights(connection: Connection, reader: DigestReader, content: DigestContent, now: datetime) -> None:
    """Every sight of an alert about one official is kept, this one too."""
    for alert in content.alerts:
        if alert.official_id:
            entry = AuditEntry(
                at=now,
                account_id=reader.account.account_id,
                actor=PROGRAM,
                action="see_alerts",
                outcome="done",
                object_kind="digest",
                object_code=f"{alert.alert_id}",
                unit_id=alert.unit_id,
                official_id=alert.official_id,
            )
            await insert_audit_entry(connection, entry)
