from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.webhooks.addresses import is_permitted, print_url, read_url
from dashboards.webhooks.post import look_up
from surveys.errors import BadWebhookAddressError

PUBLIC = ["8.8.8.8", "113.160.92.202", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
NEVER = [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::1",
    "fec0::1",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "0.0.0.0",
    "0.1.2.3",
    "198.18.0.1",
    "192.0.2.1",
    "2001:db8::1",
    "2001::1",
    "::1:2",
    "100::1",
    "::",
    "240.0.0.1",
    "255.255.255.255",
    "::7f00:1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted_over_tls_only(address: str) -> None:
    assert is_permitted(ip_address(address), "https", allow_private=False)
    assert not is_permitted(ip_address(address), "http", allow_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_need_the_operators_word(address: str) -> None:
    assert not is_permitted(ip_address(address), "https", allow_private=False)
    assert is_permitted(ip_address(address), "https", allow_private=True)
    assert not is_permitted(ip_address(address), "http", allow_private=True)


@pytest.mark.parametrize("address", LOOPBACK)
def test_this_machine_is_reached_without_tls_or_by_the_operators_word(address: str) -> None:
    assert is_permitted(ip_address(address), "http", allow_private=False)
    assert not is_permitted(ip_address(address), "https", allow_private=False)
    assert is_permitted(ip_address(address), "https", allow_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_link_groups_and_reserved_addresses_are_never_permitted(address: str) -> None:
    for scheme in ("https", "http"):
        for allow_private in (False, True):
            assert not is_permitted(ip_address(address), scheme, allow_private=allow_private)


@pytest.mark.parametrize(
    "url",
    [
        "https://nhansu.tinh.gov.vn/hook",
        "https://nhansu.tinh.gov.vn:8443/hook?token=1",
        "https://nhân-sự.example/hook",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "http://127.0.0.1:9000/hook",
        "http://localhost/hook",
        "http://[::1]:9000/",
    ],
)
def test_usable_addresses_are_taken(url: str) -> None:
    assert read_url(url, allow_private=False).host


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "webhook-unreadable"),
        ("https://", "webhook-unreadable"),
        ("https:///hook", "webhook-unreadable"),
        ("nhansu.tinh.gov.vn", "webhook-unreadable"),
        ("https://a b/", "webhook-unreadable"),
        ("https://a\x00b/", "webhook-unreadable"),
        ("https://a\nb/", "webhook-unreadable"),
        ("https://a.test:0/", "webhook-unreadable"),
        ("https://a.test:65536/", "webhook-unreadable"),
        ("https://a.test:x/", "webhook-unreadable"),
        ("https://[::1/", "webhook-unreadable"),
        ("https://a.test/#part", "webhook-unreadable"),
        (f"https://a.test/{'x' * 1000}", "webhook-unreadable"),
        ("https://user:word@a.test/", "webhook-credentials"),
        ("https://user@a.test/", "webhook-credentials"),
        ("http://a.test/", "webhook-not-https"),
        ("http://10.0.0.1/", "webhook-not-https"),
        ("ftp://a.test/", "webhook-not-https"),
        ("file://localhost/etc/passwd", "webhook-not-https"),
        ("http://localhost.a.test/", "webhook-not-https"),
        ("https://127.0.0.1/", "webhook-private"),
        ("https://10.0.0.1/", "webhook-private"),
        ("https://[::ffff:10.0.0.1]/", "webhook-private"),
        ("https://169.254.169.254/latest", "webhook-private"),
    ],
)
def test_unusable_addresses_are_refused_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(BadWebhookAddressError) as refusal:
        read_url(url, allow_private=False)
    assert refusal.value.details["reason"] == reason


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "localhost"])
def test_other_spellings_of_this_machine_are_seen_through_when_they_are_looked_up(host: str) -> None:
    addresses = [ip_address(text) for text in look_up(host, 443)]
    assert addresses
    assert not any(is_permitted(address, "https", allow_private=False) for address in addresses)


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"http://{text}/"):
        try:
            read = read_url(url, allow_private=True)
        except BadWebhookAddressError:
            continue
        assert read.scheme == "https" or read.host in {"localhost", "::1"} or read.host.startswith("127.")


def test_what_is_shown_holds_no_query() -> None:
    assert print_url("https://a.test:8443/hook?token=hidden") == "https://a.test:8443/hook"
