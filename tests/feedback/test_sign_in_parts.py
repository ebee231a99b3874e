"""What signing in is made of: codes, delays, passwords, and where it may lead. No database."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import extract_parameters

from feedback.accounts import delays, passwords, totp
from feedback.accounts.delays import Delays, find_wait
from feedback.accounts.passwords import check_password, hash_password, verify_password
from feedback.posters.square import draw_screen_square
from feedback.web.own_paths import read_own_path
from surveys.errors import PasswordRefusedError, SignInTooSoonError
from tests.wired import SECRET

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
RFC_SECRET = b"12345678901234567890"
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize(("second", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    at = datetime.fromtimestamp(second, UTC)
    assert totp.make_code(RFC_SECRET, at) == code
    assert totp.find_step(RFC_SECRET, code, at) == second // 30
    assert totp.find_step(RFC_SECRET, f" {code[:3]} {code[3:]} ", at) == second // 30


def test_a_code_holds_one_step_either_way() -> None:
    code, step = totp.make_code(RFC_SECRET, NOW), int(NOW.timestamp()) // 30
    drifts = {
        seconds: totp.find_step(RFC_SECRET, code, NOW + timedelta(seconds=seconds)) for seconds in (-60, -30, 30, 60)
    }
    assert drifts == {-60: None, -30: step, 30: step, 60: None}


@pytest.mark.parametrize("code", ["", "12345", "1234567", "٠٠٠٠٠٠", "\ud800", "0" * 500, "abcdef"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert totp.find_step(RFC_SECRET, code, NOW) is None


def test_a_sealed_device_opens_for_its_account_and_this_installation_only() -> None:
    sealed = totp.seal_secret(SECRET, 7, RFC_SECRET)
    assert RFC_SECRET not in sealed
    assert totp.open_secret(SECRET, 7, sealed) == RFC_SECRET
    assert totp.open_secret(SECRET, 8, sealed) is None
    assert totp.open_secret(SECRET + "x", 7, sealed) is None
    assert totp.seal_secret(SECRET, 7, RFC_SECRET) != sealed
    with pytest.raises(ValueError, match="secret"):
        totp.seal_secret("short", 7, RFC_SECRET)


def test_an_invitation_has_one_device_and_another_invitation_another() -> None:
    first = totp.derive_invited_secret(SECRET, "a", "x")
    assert first == totp.derive_invited_secret(SECRET, "a", "x")
    assert first != totp.derive_invited_secret(SECRET, "b", "x")
    assert first != totp.derive_invited_secret(SECRET, "a", "y")
    assert len(first) == 20


def test_the_square_holds_what_devices_read() -> None:
    address = totp.make_enrolment_address(RFC_SECRET, "demo-lan")
    assert address.startswith("otpauth://totp/L%E1%BA%AFng%20Nghe:demo-lan?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert "issuer=L%E1%BA%AFng%20Nghe" in address
    assert 'fill="white"' in draw_screen_square(address)
    assert totp.print_secret(RFC_SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_the_first_attempts_are_free_and_the_wait_grows_to_42_seconds() -> None:
    assert [find_wait(attempts) for attempts in range(1, 12)] == [0, 0, 0, 0, 3, 6, 12, 24, 42, 42, 42]
    assert find_wait(10**6) == 42


def test_attempts_at_once_are_as_many_as_attempts_in_turn() -> None:
    waiting = Delays()
    for _ in range(5):
        waiting.count_attempt("a", NOW)
    with pytest.raises(SignInTooSoonError) as refused:
        waiting.count_attempt("a", NOW + timedelta(seconds=1.5))
    assert refused.value.details == {"seconds": 2}  # 1.5 seconds are left
    waiting.count_attempt("b", NOW)
    waiting.count_attempt("a", NOW + timedelta(seconds=3))


def test_a_refused_attempt_does_not_lengthen_the_wait() -> None:
    waiting = Delays()
    for _ in range(5):
        waiting.count_attempt("a", NOW)
    for _ in range(100):
        with pytest.raises(SignInTooSoonError):
            waiting.count_attempt("a", NOW)
    waiting.count_attempt("a", NOW + timedelta(seconds=3))


def test_a_right_attempt_or_ten_quiet_minutes_begin_anew() -> None:
    waiting = Delays()
    for _ in range(5):
        waiting.count_attempt("a", NOW)
    waiting.forget("a")
    waiting.count_attempt("a", NOW)
    for _ in range(4):
        waiting.count_attempt("a", NOW)
    for _ in range(5):
        waiting.count_attempt("a", NOW + timedelta(minutes=10))


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delays, "MOST_KEYS", 10)
    waiting = Delays()
    for number in range(50):
        waiting.count_attempt(str(number), NOW)
    assert list(waiting.tallies) == [str(number) for number in range(40, 50)]
    waiting.count_attempt("later", NOW + timedelta(minutes=10))
    assert list(waiting.tallies) == ["later"]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("chưa đủ ký tự", "password-short"),
        ("a" * 14, "password-short"),
        ("x" * 257, "password-long"),
        ("tôi là Nguyen.Lan ở đây", "password-name"),
        ("password1234567", "password-common"),
        ("P@ssw0rd!P@ssw0rd!", "password-common"),
        ("p@ssw0rd @ p4ssword 123", "password-common"),
        ("qwertyuiopasdfghjkl", "password-common"),
        ("Mật khẩu của tôi 123", "password-common"),
        ("1234567890123456", "password-common"),
        ("aaaaaaaaaaaaaaaaaaaa", "password-common"),
        ("Langnghe@2026@Hanoi", "password-common"),
        ("Độc lập Tự do Hạnh phúc", "password-common"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(PasswordRefusedError) as refused:
        check_password(password, "nguyen.lan")
    assert refused.value.details["reason"] == reason


@pytest.mark.parametrize(
    "password",
    [
        "ba con trâu uống nước sông Đà",
        "aaaaaaaaaaaaaabcdXe",
        "fkwpzmtyrhgnxvb",
        "mưa rơi trên mái tôn cũ",
        "x7" * 8 + "Qzk",
    ],
)
def test_length_is_enough_whatever_letters_it_has(password: str) -> None:
    check_password(password, "nguyen.lan")


def test_the_same_letters_in_another_form_are_as_many() -> None:
    with pytest.raises(PasswordRefusedError):
        check_password("e\u0302" * 14, "lan")  # 28 code points, 14 letters


def test_a_short_name_stands_in_many_honest_words() -> None:
    check_password("bạn lan uống trà sen", "lan")


async def test_a_password_is_kept_as_argon2id_and_compared_in_nfc() -> None:
    kept = await hash_password("trâu uống nước sông Đà")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await verify_password(kept, "trâu uống nước sông Đà")
    assert not await verify_password(kept, "trâu uống nước sông đà")
    assert not await verify_password("no hash at all", "trâu uống nước sông Đà")


async def test_nobody_costs_what_somebody_costs_and_never_gets_in() -> None:
    own = extract_parameters(await hash_password("trâu uống nước sông Đà"))
    assert extract_parameters(passwords.NOBODYS_HASH) == own
    assert not await verify_password(None, "")


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/staff/",
        "/staffevil",
        "/staff//evil.example",
        "/staff/../R",
        "/staff/%2e%2e/R",
        "/staff/.%2E/R",
        "/staff/a\tb",
        "/staff/a\r\nset-cookie: x=1",
        "/staff/\\evil",
        "/staff/%5cevil",
        "/staff/%00",
        "/staff/%0a",
        "/staff/đ",
        "/staff/" + "a" * 3000,
        "javascript:alert(1)",
        " /staff/x",
        "/R",
        "",
        "\ud800",
    ],
)
def test_what_is_no_page_for_staff_is_not_led_to(to: str) -> None:
    assert read_own_path(to) == "/staff"


@pytest.mark.parametrize("to", ["/staff/me", "/staff/area/p79/trend?quarter=2026-Q3&to=//x", "/staff/area/u-32041~1"])
def test_a_page_for_staff_is_led_to_with_its_question(to: str) -> None:
    assert read_own_path(to) == to
