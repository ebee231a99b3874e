import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
import pytest

from feedback.mail import Mail, Mailer, MailOutcome, MailServer, make_mail_tls, read_mail_server, write_mail
from surveys.errors import SettingsError
from tests.feedback.post_office import NAME, PASSWORD, PostOffice, make_certificate, open_post_office

NOW = datetime(2026, 11, 20, 0, 40, tzinfo=UTC)
SENDER = "lang-nghe@tinh.test"
SUBJECT = "Lắng Nghe: 12 cảnh báo mới, 30 đang mở ở những nơi Ông/Bà giám sát (thư mẫu để thử)"
TEXT = "Kính gửi Ông/Bà,\n\n• Quầy 3 – mức hài lòng giảm\n.\nMột dòng chỉ có dấu chấm ở trên.\n"
MAIL = Mail(
    recipient="giam.sat@mttq.test",
    subject=SUBJECT,
    text=TEXT,
    html="<p>Kính gửi Ông/Bà &amp; Quý vị</p>",
    language="vi",
    message_id="abc123@tinh.test",
    unsubscribe="https://danhgia.tinh.test/staff/digests",
)
SIGNED_IN = f"{quote(NAME)}:{quote(PASSWORD, safe='')}@"


@pytest.fixture(scope="module")
def certificate() -> Iterator[tuple[ssl.SSLContext, ssl.SSLContext]]:
    with make_certificate() as pair:
        yield pair


async def hand_in(office: PostOffice, form: str, tls: ssl.SSLContext | None = None, mail: Mail = MAIL) -> MailOutcome:
    server = read_mail_server(form.format(port=office.port))
    async with Mailer(server, SENDER, tls or make_mail_tls()) as mailer:
        return await mailer.hand_in(write_mail(mail, SENDER, "Lắng Nghe", NOW))


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.test", MailServer("mail.test", 25, "none")),
        ("smtp://[::1]:2525/", MailServer("::1", 2525, "none")),
        ("smtp+tls://a%40b:p%3Aq@mail.test", MailServer("mail.test", 587, "upgraded", "a@b", "p:q")),
        ("smtps://a:b@mail.test:4465", MailServer("mail.test", 4465, "whole", "a", "b")),
        ("smtp://a:b@127.0.0.1", MailServer("127.0.0.1", 25, "none", "a", "b")),
    ],
)
def test_an_address_says_where_and_how_mail_is_handed_in(url: str, server: MailServer) -> None:
    assert read_mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.test",
        "smtp://",
        "smtp://mail.test:port",
        "smtp://mail.test:99999",
        "smtp://a@mail.test",
        "smtps://mail.test/folder",
        "smtps://mail.test?tls=no",
        "smtp://a:b@mail.test",
        "smtps://[mail.test",
        "smtps://a:%ff@mail.test",
    ],
)
def test_another_address_is_refused_also_one_whose_password_would_travel_in_the_open(url: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_mail_server(url)
    assert refusal.value.details == {"names": "LANGNGHE_SMTP_URL"}


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with open_post_office() as office:
        assert await hand_in(office, "smtp://127.0.0.1:{port}") == MailOutcome("sent")
    [letter] = office.letters
    assert letter["subject"] == SUBJECT
    assert letter["from"].addresses[0].display_name == "Lắng Nghe"
    assert letter["from"].addresses[0].addr_spec == SENDER
    assert letter["to"].addresses[0].addr_spec == "giam.sat@mttq.test"
    assert letter["date"].datetime == NOW
    assert letter["message-id"] == "<abc123@tinh.test>"
    assert letter["list-unsubscribe"] == "<https://danhgia.tinh.test/staff/digests>"
    assert letter["auto-submitted"] == "auto-generated"
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == TEXT.splitlines()
    assert html.get_content().strip() == MAIL.html
    assert letter.get_content_type() == "multipart/alternative"
    assert letter.defects == []
    lines = office.raw[0].split(b"\r\n")
    assert max(map(len, lines)) <= 78, "RFC 5322, 2.1.1"
    assert office.raw[0].isascii()


@pytest.mark.parametrize("field", ["recipient", "subject", "message_id", "unsubscribe", "language"])
@pytest.mark.parametrize("ending", ["\r\nBcc: other@mau.test", "\nX-Other: 1", "\r\n\r\n<script>"])
def test_nothing_begins_another_header(field: str, ending: str) -> None:
    mail = msgspec.structs.replace(MAIL, **{field: f"{getattr(MAIL, field)}{ending}"})
    with pytest.raises(ValueError):  # noqa: PT011 (the library names no narrower one)
        write_mail(mail, SENDER, "Lắng Nghe", NOW)


def test_an_address_too_long_for_a_header_is_left_out() -> None:
    mail = msgspec.structs.replace(MAIL, unsubscribe=f"https://{'a' * 80}.test/staff/digests")
    assert write_mail(mail, SENDER, "Lắng Nghe", NOW)["list-unsubscribe"] is None


@pytest.mark.parametrize("recipient", ["không phải địa chỉ", "a b@c.test", "", "a@b.test, c@d.test", "giám.sát@b.test"])
def test_what_is_no_single_address_gets_no_letter(recipient: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        write_mail(msgspec.structs.replace(MAIL, recipient=recipient), SENDER, "Lắng Nghe", NOW)


async def test_an_upgraded_connection_signs_in_behind_the_certificate(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    shown, trusting = certificate
    async with open_post_office(starttls=shown, asks_for_password=True) as office:
        url = f"smtp+tls://{SIGNED_IN}localhost:{{port}}"
        assert await hand_in(office, url, trusting) == MailOutcome("sent")
    assert [letter["subject"] for letter in office.letters] == [SUBJECT]


async def test_a_connection_that_is_private_from_the_first_byte(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    shown, trusting = certificate
    async with open_post_office(tls=shown) as office:
        assert await hand_in(office, "smtps://localhost:{port}", trusting) == MailOutcome("sent")
    assert len(office.letters) == 1


@pytest.mark.parametrize("scheme", ["smtp+tls", "smtps"])
async def test_a_certificate_nobody_vouches_for_gets_neither_password_nor_letter(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str
) -> None:
    shown, _ = certificate
    is_whole = scheme == "smtps"
    async with open_post_office(tls=shown if is_whole else None, starttls=None if is_whole else shown) as office:
        assert (await hand_in(office, f"{scheme}://{SIGNED_IN}localhost:{{port}}")).result == "away"
    assert office.arrived == 0


async def test_a_server_that_cannot_be_private_gets_nothing_where_privacy_is_asked_for() -> None:
    async with open_post_office() as office:
        assert (await hand_in(office, f"smtp+tls://{SIGNED_IN}127.0.0.1:{{port}}")).result == "away"
    assert office.arrived == 0


async def test_a_wrong_password_is_a_server_that_is_away(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    shown, trusting = certificate
    async with open_post_office(starttls=shown, asks_for_password=True) as office:
        assert await hand_in(office, "smtp+tls://lang-nghe:wrong@localhost:{port}", trusting) == MailOutcome("away")
    assert office.arrived == 0


async def test_a_server_that_is_not_there_is_away() -> None:
    async with open_post_office() as office:
        pass
    assert await hand_in(office, "smtp://127.0.0.1:{port}") == MailOutcome("away")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("550 5.1.1 No such person", MailOutcome("refused", 550)),
        ("553 not allowed", MailOutcome("refused", 553)),
        ("550 5.7.1 Relaying denied", MailOutcome("later", 550)),
        ("451 4.7.1 Greylisted, try again later", MailOutcome("later", 451)),
        ("452 4.2.2 Mailbox full", MailOutcome("later", 452)),
    ],
)
async def test_a_recipient_is_refused_for_good_only_where_the_address_is_wrong(
    reply: str, outcome: MailOutcome
) -> None:
    async with open_post_office() as office:
        office.replies[MAIL.recipient] = [reply]
        assert await hand_in(office, "smtp://127.0.0.1:{port}") == outcome
    assert office.letters == []


async def test_a_letter_or_a_sender_that_the_server_dislikes_is_not_the_readers_fault() -> None:
    async with open_post_office() as office:
        office.data_reply = "554 5.6.0 This looks like spam"
        assert await hand_in(office, "smtp://127.0.0.1:{port}") == MailOutcome("later", 554)
        office.sender_reply = "550 5.1.8 Who is that"
        assert await hand_in(office, "smtp://127.0.0.1:{port}") == MailOutcome("away", 550)


async def test_many_letters_share_a_connection_also_after_a_refusal() -> None:
    async with open_post_office() as office:
        office.replies["nobody@mttq.test"] = ["550 5.1.1 No such person"]
        server = MailServer("127.0.0.1", office.port, "none")
        async with Mailer(server, SENDER, make_mail_tls()) as mailer:
            outcomes = [
                await mailer.hand_in(write_mail(msgspec.structs.replace(MAIL, recipient=name), SENDER, "x", NOW))
                for name in ("a@mttq.test", "nobody@mttq.test", "b@mttq.test")
            ]
    assert [outcome.result for outcome in outcomes] == ["sent", "refused", "sent"]
    assert office.connections == 1
    assert office.recipients == ["a@mttq.test", "b@mttq.test"]


async def test_a_domain_with_vietnamese_letters_is_written_to() -> None:
    async with open_post_office() as office:
        mail = msgspec.structs.replace(MAIL, recipient="giam.sat@mặt-trận.test")
        assert await hand_in(office, "smtp://127.0.0.1:{port}", mail=mail) == MailOutcome("sent")
    assert office.recipients == ["giam.sat@mặt-trận.test"]
