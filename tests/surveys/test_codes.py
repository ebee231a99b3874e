import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from surveys.codes import (
    ALPHABET,
    hash_token,
    make_desk_code,
    make_token,
    print_desk_code,
    print_token,
    read_desk_code,
    read_token,
)
from surveys.errors import MalformedCodeError, UnknownReceiptError, WrongCheckSymbolError

desk_codes = st.integers(0, 2**40 - 1).map(make_desk_code)

# One code with every letter that is easily mistaken, for the exhaustive tests.
SAMPLE = make_desk_code(0x8B5DA2E91C)


def read_group(typed: str) -> str | int:
    with pytest.raises(WrongCheckSymbolError) as caught:
        read_desk_code(typed)
    return caught.value.details["group"]


def test_the_check_symbol_is_the_one_worked_out_by_hand() -> None:
    # 00000001: c stays 0 until the last symbol, then 2*0 xor 1 = 1; the check symbol is 2*1 = 2.
    assert make_desk_code(1) == "000000012"
    # 0000000G: c = 16; 2*16 = 32, reduced by x^5 + x^2 + 1 = 37: 32 xor 37 = 5.
    assert make_desk_code(16) == "0000000G5"
    # 0000001G: c = 2*1 xor 16 = 18; 2*18 = 36, 36 xor 37 = 1.
    assert make_desk_code(32 + 16) == "0000001G1"


def test_more_than_forty_bits_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="40 bits"):
        make_desk_code(2**40)


@given(desk_codes)
def test_a_printed_code_reads_back(code: str) -> None:
    assert read_desk_code(print_desk_code(code)) == code


def test_a_code_is_printed_in_three_groups() -> None:
    assert print_desk_code("7K3MQ9XWC") == "7K3-MQ9-XWC"


@given(desk_codes, st.sampled_from([" ", "-", ".", "–", "\u00a0", " - "]))
def test_case_separators_and_look_alike_letters_are_forgiven(code: str, separator: str) -> None:
    typed = separator.join((code[:3], code[3:6], code[6:])).lower()
    for symbol, look_alike in (("0", "o"), ("1", "l"), ("v", "u")):
        assert read_desk_code(typed.replace(symbol, look_alike)) == code
    assert read_desk_code(f"  {typed.upper().replace('0', 'O').replace('1', 'I')}\n") == code


def test_every_single_wrong_symbol_is_caught() -> None:
    for place, symbol in enumerate(SAMPLE):
        for wrong in ALPHABET.replace(symbol, ""):
            read_group(SAMPLE[:place] + wrong + SAMPLE[place + 1 :])


@given(desk_codes, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_a_wrong_symbol_in_any_code_is_caught(code: str, place: int, wrong: str) -> None:
    assume(code[place] != wrong)
    read_group(code[:place] + wrong + code[place + 1 :])


@given(desk_codes, st.integers(0, 7))
def test_two_neighbours_swapped_are_caught(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    read_group(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@given(desk_codes, st.integers(0, 7), st.sampled_from(["8B", "5S", "2Z", "6G", "0D", "0Q", "DQ", "17"]))
def test_a_usual_slip_never_points_to_a_wrong_group_alone(drawn: str, place: int, pair: str) -> None:
    bits = 0
    for symbol in drawn[:place] + pair[0] + drawn[place + 1 : 8]:
        bits = bits * 32 + ALPHABET.index(symbol)
    code = make_desk_code(bits)
    slipped = code[:place] + pair[1] + code[place + 1 :]
    assert read_group(slipped) in (place // 3 + 1, "1, 2, 3")


def test_the_only_group_that_can_be_mended_is_named() -> None:
    # CEFH8JKM + check: 8 is the only symbol with a look-alike, and no two neighbours swapped mend the code.
    bits = 0
    for symbol in "CEFH8JKM":
        bits = bits * 32 + ALPHABET.index(symbol)
    assert make_desk_code(bits) == "CEFH8JKMX"
    assert read_group("CEF-HBJ-KMX") == 2


def test_a_swap_across_a_hyphen_names_all_groups() -> None:
    # Symbols 3 and 4 lie in two groups, so neither alone can be named.
    code = make_desk_code((3 << 25) + (4 << 20))
    assert code[:6] == "003400"
    assert read_group("004300" + code[6:]) == "1, 2, 3"


@pytest.mark.parametrize(
    "typed",
    ["", "7K3", "7K3-MQ9-XWCC", "7K3-MQ9-XW!", "7K3MQ9XW\x00", "ＡＢＣ123456", "7K3 MQ9 XƯC", "ß" * 9],
)
def test_what_cannot_be_nine_symbols_is_malformed(typed: str) -> None:
    with pytest.raises(MalformedCodeError):
        read_desk_code(typed)


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_an_error_for_people(typed: str) -> None:
    try:
        code = read_desk_code(typed)
    except (MalformedCodeError, WrongCheckSymbolError):
        return
    assert read_desk_code(code) == code


@given(st.binary(min_size=15, max_size=15))
def test_a_printed_receipt_reads_back(random_bytes: bytes) -> None:
    token = make_token(random_bytes)
    assert len(token) == 24
    assert read_token(print_token(token).lower()) == token


def test_a_receipt_is_printed_in_six_groups_of_four() -> None:
    # 15 bytes of 0xFF are 24 times the highest symbol.
    assert print_token(make_token(b"\xff" * 15)) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"


def test_a_token_of_another_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="15 bytes"):
        make_token(b"short")


@pytest.mark.parametrize("typed", ["", "Z" * 23, "Z" * 25, "Z" * 23 + "!", "\x00" * 24])
def test_what_cannot_be_a_receipt_is_unknown(typed: str) -> None:
    with pytest.raises(UnknownReceiptError):
        read_token(typed)


def test_the_store_keeps_sha_256_of_the_symbols() -> None:
    assert hash_token("0" * 24) == hashlib.sha256(b"0" * 24).digest()
