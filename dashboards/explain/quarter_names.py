"""What a released quarter is called: 2026-Q3 in addresses, "quý 3/2026" in a sentence, "Q3/2026" in a table."""

from surveys.wording import Wording


def name_quarter(code: str, wording: Wording) -> str:
    return fill_name("explain.quarter", code, wording)


def shorten_quarter(code: str, wording: Wording) -> str:
    return fill_name("explain.quarter-short", code, wording)


def fill_name(key: str, code: str, wording: Wording) -> str:
    year, _, number = code.partition("-Q")
    return wording.say(key, number=number, year=year)
