"""Hands mail in at the server of LANGNGHE_SMTP_URL. Neither addresses nor the words of either side are logged."""

import asyncio
import contextlib
import re
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
import certifi
import msgspec

from surveys.errors import SettingsError

Tls = Literal["none", "upgraded", "whole"]
FORMS: dict[str, tuple[Tls, int]] = {"smtp": ("none", 25), "smtp+tls": ("upgraded", 587), "smtps": ("whole", 465)}
PATIENCE_SECONDS = 30
LONGEST_SENDING_SECONDS = 90
MOST_ON_ONE_CONNECTION = 50
LONGEST_HEADER_WORD = 76
PERMANENT = range(500, 600)
# RFC 3463: 3 and 4 are about systems and networks, 7 about policy. None of them says that the address is wrong.
NOT_OF_THE_ADDRESS = re.compile(r"5\.[347]\.\d")


class MailServer(msgspec.Struct, frozen=True):
    """`upgraded` asks for STARTTLS and sends nothing without it; `name` is empty where nobody signs in."""

    host: str
    port: int
    tls: Tls
    name: str = ""
    password: str = ""


class Mail(msgspec.Struct, frozen=True):
    recipient: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    """Without angle brackets; the same when the same is sent again."""
    unsubscribe: str
    """Address of the page where the reader ends it."""


class MailOutcome(msgspec.Struct, frozen=True):
    """`refused`: the server does not know the address. `away`: no mail can be handed in at all for now.

    `code` is what the server answered, 0 where it did not.
    """

    result: Literal["sent", "later", "refused", "away"]
    code: int = 0


def read_mail_server(smtp_url: str) -> MailServer:
    """Raises SettingsError, also for a password that would travel in the open."""
    try:
        parts = urlsplit(smtp_url)
        tls, usual_port = FORMS[parts.scheme]
        server = MailServer(
            host=parts.hostname or "",
            port=parts.port or usual_port,
            tls=tls,
            name=unquote(parts.username or "", errors="strict"),
            password=unquote(parts.password or "", errors="strict"),
        )
    except (ValueError, KeyError):
        raise SettingsError(names="LANGNGHE_SMTP_URL") from None
    if not is_usable(server, parts):
        raise SettingsError(names="LANGNGHE_SMTP_URL")
    return server


def is_usable(server: MailServer, parts: SplitResult) -> bool:
    is_plain = parts.path in {"", "/"} and not parts.query and not parts.fragment
    is_whole = bool(server.host) and bool(server.name) == bool(server.password)
    is_private = not server.password or server.tls != "none" or is_this_machine(server.host)
    return is_plain and is_whole and is_private


def is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def make_mail_tls() -> ssl.SSLContext:
    """Trusts what the machine trusts (an authority's own certificate belongs there) and the public authorities."""
    tls = ssl.create_default_context()
    tls.load_verify_locations(certifi.where())
    return tls


def write_mail(mail: Mail, sender: str, sender_name: str, now: datetime) -> EmailMessage:
    """RFC 5322. Raises ValueError for what would begin another header, or is no address."""
    message = EmailMessage(SMTP_POLICY)
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    if len(mail.unsubscribe) <= LONGEST_HEADER_WORD - 2:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = mail.language
    return message


class Mailer:
    """One connection for many messages, made at the first of them; closed by `async with`."""

    def __init__(self, server: MailServer, sender: str, tls: ssl.SSLContext) -> None:
        self.server = server
        self.sender = sender
        self.tls = tls
        self.connection: aiosmtplib.SMTP | None = None
        self.used = 0
        self.is_away = False
        """The server could not be reached, or let nobody in: whatever is still to be sent waits."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def hand_in(self, message: EmailMessage) -> MailOutcome:
        try:
            async with asyncio.timeout(LONGEST_SENDING_SECONDS):
                connection = await self.connect()
                await connection.send_message(message, sender=self.sender)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            outcome = judge_failure(error)
            self.is_away = outcome.result == "away"
            if not isinstance(error, aiosmtplib.SMTPRecipientsRefused):
                await self.close()
            return outcome
        return MailOutcome("sent")

    async def connect(self) -> aiosmtplib.SMTP:
        if self.used == MOST_ON_ONE_CONNECTION:
            await self.close()
        if self.connection is None:
            self.connection, self.used = await open_mail_connection(self.server, self.sender, self.tls), 0
        self.used += 1
        return self.connection

    async def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await connection.quit(timeout=1)
            connection.close()


async def open_mail_connection(server: MailServer, sender: str, tls: ssl.SSLContext) -> aiosmtplib.SMTP:
    """Raises ConnectionError where no mail can be handed in, whatever it was."""
    domain = sender.rpartition("@")[2]
    connection = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls == "whole",
        start_tls=server.tls == "upgraded",
        tls_context=None if server.tls == "none" else tls,
        local_hostname=domain if domain.isascii() else "localhost",
        timeout=PATIENCE_SECONDS,
    )
    try:
        await connection.connect()
        if server.name:
            await connection.login(server.name, server.password)
    except (aiosmtplib.SMTPException, OSError, ValueError):
        connection.close()
        raise ConnectionError from None
    return connection


def judge_failure(error: Exception) -> MailOutcome:
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return judge_recipient(error.recipients[0])
        case aiosmtplib.SMTPSenderRefused():
            return MailOutcome("away", error.code)
        case aiosmtplib.SMTPResponseException():
            return MailOutcome("later", error.code)
        case ConnectionError() if not isinstance(error, aiosmtplib.SMTPException):
            return MailOutcome("away")
        case ValueError() | aiosmtplib.SMTPNotSupported():  # an address with letters that this server does not take
            return MailOutcome("refused")
        case _:
            return MailOutcome("later")


def judge_recipient(refusal: aiosmtplib.SMTPRecipientRefused) -> MailOutcome:
    is_final = refusal.code in PERMANENT and NOT_OF_THE_ADDRESS.match(refusal.message) is None
    return MailOutcome("refused" if is_final else "later", refusal.code)
