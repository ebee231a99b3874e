import base64
import json
from datetime import timedelta

import msgspec
import pytest

from dashboards.webhooks.endpoints import make_endpoint, write_secret_of
from dashboards.webhooks.signatures import make_headers, make_message_id, sign
from tests.dashboards.webhook_stage import DOCUMENT, NOW, SECRET, read_verify

ENDPOINT = make_endpoint("https://a.test/", "Sở Nội vụ (mẫu)", NOW.date(), bytes(range(37)), allow_private=False)
BODY = '{"type":"release.published","note":"Quý 3"}'.encode()


def test_the_vector_that_the_libraries_of_standard_webhooks_share() -> None:
    """In the tests of its reference libraries: secret, id, time and body with their signature."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_function_of_the_documentation_takes_that_vector_and_what_is_sent_here() -> None:
    verify = read_verify()
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,bm9wZQ== v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232314}', 1614265330.5)
    own = dict(make_headers(SECRET, ENDPOINT, "msg_1", BODY, NOW))
    assert verify(write_secret_of(ENDPOINT, SECRET), own, BODY, NOW.timestamp())


def test_the_function_of_the_documentation_refuses_what_was_altered_or_is_old() -> None:
    verify, secret, now = read_verify(), write_secret_of(ENDPOINT, SECRET), NOW.timestamp()
    headers = dict(make_headers(SECRET, ENDPOINT, "msg_1", BODY, NOW))
    assert not verify(secret, headers, BODY + b" ", now)
    assert not verify(secret, headers | {"webhook-id": "msg_2"}, BODY, now)
    assert not verify(secret, headers | {"webhook-timestamp": f"{int(now) + 1}"}, BODY, now)
    assert not verify(secret, headers | {"webhook-signature": ""}, BODY, now)
    assert not verify(secret, headers | {"webhook-signature": "v1,ă"}, BODY, now)
    other = msgspec.structs.replace(ENDPOINT, salt=b"x" * 32)
    assert not verify(write_secret_of(other, SECRET), headers, BODY, now)
    assert verify(secret, headers, BODY, now + 299)
    assert not verify(secret, headers, BODY, now + 301)
    assert not verify(secret, headers, BODY, now - 301)


def test_the_function_of_the_documentation_is_as_short_as_it_says() -> None:
    snippet = DOCUMENT.read_text("utf-8").split("```python\n")[1].split("```")[0]
    lines = [line for line in snippet.splitlines() if line.strip() and '"""' not in line]
    assert len(lines) <= 10


def test_the_message_of_the_documentation_is_of_the_form_that_is_sent() -> None:
    shown = DOCUMENT.read_text("utf-8").split('    {"type"')[1].split("\n\n")[0]
    assert list(json.loads('{"type"' + shown)["data"]) == ["release", "url", "method_version", "content_digest"]


def test_an_endpoints_secret_is_its_own_and_of_the_length_of_the_standard() -> None:
    """32 bytes are 44 symbols of base64."""
    secret = write_secret_of(ENDPOINT, SECRET)
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert len(secret) == 6 + 44
    others = [
        write_secret_of(msgspec.structs.replace(ENDPOINT, endpoint_id="wh_other"), SECRET),
        write_secret_of(ENDPOINT, SECRET + "!"),
    ]
    assert len({secret, *others}) == 3


@pytest.mark.parametrize("short", ["", "x" * 31, f"{'x' * 31} \n"])
def test_without_a_secret_nothing_is_signed(short: str) -> None:
    with pytest.raises(ValueError, match="need a secret"):
        write_secret_of(ENDPOINT, short)


def test_a_message_keeps_its_name_and_shares_it_with_no_other_installation() -> None:
    named = {
        make_message_id(SECRET, "release.published", b"2026-Q3"),
        make_message_id(SECRET, "release.published", b"2026-Q3"),
        make_message_id(SECRET, "release.published", b"2026-Q2"),
        make_message_id("another secret that is long enough for it", "release.published", b"2026-Q3"),
    }
    assert len(named) == 3
    assert all(len(name) == 4 + 24 and "." not in name for name in named)


def test_during_the_day_after_a_rotation_both_secrets_sign() -> None:
    rotated = msgspec.structs.replace(
        ENDPOINT, salt=b"n" * 32, earlier_salt=ENDPOINT.salt, earlier_until=NOW + timedelta(hours=24)
    )
    for moment, known in ((NOW, True), (NOW + timedelta(hours=24), False)):
        headers = dict(make_headers(SECRET, rotated, "msg_1", BODY, moment))
        for endpoint, right in ((rotated, True), (ENDPOINT, known)):
            assert read_verify()(write_secret_of(endpoint, SECRET), headers, BODY, moment.timestamp()) == right
