"""A real mail server on a real port, which refuses as a test tells it and keeps what was handed in."""

import asyncio
import ssl
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

NAME, PASSWORD = "lang-nghe", "mật khẩu: mẫu/1@2"
OK = "250 OK"


class PostOffice:
    def __init__(self) -> None:
        self.port = 0
        self.replies: dict[str, list[str]] = {}
        """By recipient, one for each time it is named; the last one stays."""
        self.sender_reply = OK
        self.data_reply = OK
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.arrived = 0
        self.connections = 0
        self.gate = asyncio.Event()
        """While it is closed, nobody is told that a letter was taken."""
        self.gate.set()

    async def handle_EHLO(  # noqa: N802 (so the server calls it)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802 (as above)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        if self.sender_reply == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(mail_options)
        return self.sender_reply

    async def handle_RCPT(  # noqa: N802 (as above)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        replies = self.replies.get(address, [OK])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply == OK:
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (as above)
        self.arrived += 1
        content = envelope.content
        assert isinstance(content, bytes)
        if self.data_reply == OK:
            self.raw.append(content)
            self.letters.append(BytesParser(policy=default).parsebytes(content))  # pyright: ignore[reportArgumentType] (by its policy)
            self.recipients.extend(envelope.rcpt_tos)
        await self.gate.wait()
        return self.data_reply

    async def wait_for_letters(self, number: int) -> None:
        while self.arrived < number:
            await asyncio.sleep(0.01)

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (NAME.encode(), PASSWORD.encode()), handled=False)


@asynccontextmanager
async def open_post_office(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, asks_for_password: bool = False
) -> AsyncGenerator[PostOffice]:
    """`tls` from the first byte on; `starttls` is offered, and asked for before anything else."""
    office = PostOffice()

    def make_server() -> SMTP:
        return SMTP(
            office,
            hostname="post.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=asks_for_password,
            auth_require_tls=starttls is not None,
            authenticator=office.authenticate,
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(make_server, "127.0.0.1", 0, ssl=tls)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        office.gate.set()
        server.close()
        await server.wait_closed()


@contextmanager
def make_certificate() -> Generator[tuple[ssl.SSLContext, ssl.SSLContext]]:
    """What a server on this machine shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post.test")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "post.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(file)
        yield shown, ssl.create_default_context(cafile=str(file))
