"""Vietnamese keyboards make letters with marks of what was typed; the code that was meant is found again."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveys.codes import make_desk_code, print_desk_code, read_desk_code
from surveys.errors import MalformedCodeError

# What a keyboard shows for two keys after one another, or for W alone.
TELEX = {
    "AS": "Á",
    "AF": "À",
    "AR": "Ả",
    "AX": "Ã",
    "AJ": "Ạ",
    "AW": "Ă",
    "AA": "Â",
    "ES": "É",
    "EE": "Ê",
    "DD": "Đ",
    "YS": "Ý",
    "YX": "Ỹ",
    "W": "Ư",
}
VNI = {"A1": "Á", "A2": "À", "A3": "Ả", "A4": "Ã", "A5": "Ạ", "A6": "Â", "A8": "Ă", "E1": "É", "E6": "Ê", "D9": "Đ"}


def type_on(keyboard: dict[str, str], keys: str) -> str:
    shown = ""
    while keys:
        size = 2 if keys[:2] in keyboard else 1
        shown, keys = shown + keyboard.get(keys[:size], keys[:size]), keys[size:]
    return shown


@given(random_bits=st.integers(0, 2**40 - 1), keyboard=st.sampled_from([TELEX, VNI]))
@example(random_bits=0b01010_11001_11100_01101_01101_01110_01110_00001, keyboard=TELEX)  # ASWDDEE1
def test_the_code_that_was_meant_is_found_again(random_bits: int, keyboard: dict[str, str]) -> None:
    code = make_desk_code(random_bits)
    assert read_desk_code(type_on(keyboard, code)) == code
    assert read_desk_code(type_on(keyboard, print_desk_code(code)).lower()) == code


def test_the_example_is_really_rewritten() -> None:
    code = make_desk_code(0b01010_11001_11100_01101_01101_01110_01110_00001)
    assert code[:8] == "ASWDDEE1"
    assert type_on(TELEX, code)[:5] == "ÁƯĐÊ1"


@pytest.mark.parametrize("typed", ["Á", "Hộ tịch", "ÁÁÁÁÁÁÁÁÁ", "đđđđ"])
def test_words_stay_words(typed: str) -> None:
    with pytest.raises(MalformedCodeError):
        read_desk_code(typed)
