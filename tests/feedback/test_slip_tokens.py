import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.derive_keys import derive_key
from feedback.slips.derive_keys import make_slip_secrets
from feedback.slips.tokens import (
    ID_BITS,
    is_genuine,
    is_right_pin,
    make_pin,
    make_slip_code,
    make_slip_token,
    read_pin,
    read_slip_code,
    read_slip_token,
    write_slip_token,
)
from surveys.codes import ALPHABET, print_desk_code
from surveys.errors import MalformedSlipCodeError, UnknownSlipError, WrongCheckSymbolError
from tests.feedback.slip_stage import SECRET, SLIP_SECRETS

slip_ids = st.integers(0, 2**ID_BITS - 1)
KEY = SLIP_SECRETS.derive_desk_key(11, 1, bytes(32))


# RFC 5869, appendix A.1 to A.3: SHA-256. A shorter key is the beginning of a longer one.
@pytest.mark.parametrize(
    ("secret", "salt", "purpose", "key"),
    [
        (
            "0b" * 22,
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)).hex(),
            bytes(range(0x60, 0xB0)).hex(),
            bytes(range(0xB0, 0x100)).hex(),
            (
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
        ),
        (
            "0b" * 22,
            "",
            "",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_keys_are_derived_as_the_standard_says(secret: str, salt: str, purpose: str, key: str) -> None:
    derived = derive_key(bytes.fromhex(secret), bytes.fromhex(salt), bytes.fromhex(purpose))
    assert derived.hex() == key[:64]


@pytest.mark.parametrize("secret", ["", "short", " " * 40])
def test_no_slip_is_signed_without_a_secret(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        make_slip_secrets(secret)


def test_every_desk_epoch_salt_and_secret_has_its_own_key() -> None:
    other = make_slip_secrets(SECRET.upper())
    keys = {
        secrets.derive_desk_key(desk, epoch, bytes([salt]) * 32)
        for secrets, desk, epoch, salt in itertools.product((SLIP_SECRETS, other), (1, 11, 111), (1, 2), (0, 1))
    }
    assert len(keys) == 2 * 3 * 2 * 2


@given(slip_ids)
def test_a_token_reads_back_as_its_slip_and_is_genuine(slip_id: int) -> None:
    token = read_slip_token(make_slip_token(slip_id, KEY))
    assert token.slip_id == slip_id
    assert write_slip_token(token) == make_slip_token(slip_id, KEY)
    assert is_genuine(token, KEY)


@given(slip_ids)
def test_a_token_is_read_kindly(slip_id: int) -> None:
    token = make_slip_token(slip_id, KEY)
    typed = "-".join([token[i : i + 4] for i in range(0, 16, 4)]).lower().replace("0", "o").replace("1", "l")
    assert read_slip_token(f" {typed} ") == read_slip_token(token)


@pytest.mark.parametrize("typed", ["", "7K3MQ9XW", "7K3MQ9XW7K3MQ9XWC", "7K3MQ9XW7K3MQ9X*", "７" * 16, "\0" * 16])
def test_what_cannot_be_a_token_is_unknown(typed: str) -> None:
    with pytest.raises(UnknownSlipError):
        read_slip_token(typed)


@given(slip_ids)
def test_the_typed_code_names_the_same_slip(slip_id: int) -> None:
    assert read_slip_code(print_desk_code(make_slip_code(slip_id)).lower()) == slip_id
    assert is_right_pin(slip_id, read_pin(make_pin(slip_id, KEY)), KEY)


def test_a_typed_code_with_one_wrong_symbol_is_noticed() -> None:
    code = make_slip_code(0x8B5DA2E91C)
    for place, symbol in itertools.product(range(9), ALPHABET):
        typed = code[:place] + symbol + code[place + 1 :]
        if typed != code:
            with pytest.raises(WrongCheckSymbolError):
                read_slip_code(typed)


@pytest.mark.parametrize(("code", "pin"), [("7K3", "1234"), (make_slip_code(7), "12"), (make_slip_code(7), "12345")])
def test_a_misshapen_code_or_pin_says_what_both_look_like(code: str, pin: str) -> None:
    with pytest.raises(MalformedSlipCodeError):
        _ = read_slip_code(code), read_pin(pin)


def test_pins_spread_over_13_bits_and_tell_nothing_of_the_token() -> None:
    pins = [make_pin(slip_id, KEY) for slip_id in range(4096)]
    assert all(len(pin) == 4 and int(pin) < 8192 for pin in pins)
    # 8,192 values, 4,096 draws: 8192 (1 - e^-0.5) = 3,223 different ones are expected, with a deviation of about 28.
    assert 3100 < len(set(pins)) < 3350
    firsts = {make_slip_token(slip_id, KEY)[8:11] for slip_id in range(4096) if make_pin(slip_id, KEY) < "0100"}
    assert len(firsts) > 30


def test_of_a_hundred_thousand_forged_altered_and_foreign_tokens_none_is_genuine() -> None:
    """Guesses, tokens with one symbol or two swapped symbols altered, of other desks, epochs and installations."""
    draw = random.Random(20261120)  # noqa: S311 (the same every time)
    foreign = [
        SLIP_SECRETS.derive_desk_key(12, 1, bytes(32)),
        SLIP_SECRETS.derive_desk_key(11, 2, bytes(32)),
        SLIP_SECRETS.derive_desk_key(11, 1, bytes(31) + b"\1"),
        make_slip_secrets(SECRET[::-1]).derive_desk_key(11, 1, bytes(32)),
    ]
    accepted = 0
    for number in range(100_000):
        slip_id = draw.getrandbits(ID_BITS)
        token = make_slip_token(slip_id, KEY if number % 2 else foreign[number // 2 % 4])
        if number % 2:
            token = (
                alter(token, draw) if number % 4 == 1 else token[:8] + make_slip_token(draw.getrandbits(40), KEY)[8:]
            )
        accepted += is_genuine(read_slip_token(token), KEY)
    assert accepted == 0


def alter(token: str, draw: random.Random) -> str:
    place = draw.randrange(16)
    if draw.random() < 0.5 and place < 15 and token[place] != token[place + 1]:
        return token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    other = draw.choice([symbol for symbol in ALPHABET if symbol != token[place]])
    return token[:place] + other + token[place + 1 :]
