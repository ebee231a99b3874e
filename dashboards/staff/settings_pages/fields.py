"""Reads what a form of settings says; what cannot be read is refused with its reason, never guessed."""

from datetime import date

from surveys.case_errors import SettingRefusedError

MOST_DIGITS = 9  # fits an integer


def read_whole(text: str, reason: str, smallest: int, largest: int) -> int:
    """A whole number, not negative, between the two. Raises SettingRefusedError with `reason`."""
    is_whole = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    if not is_whole or not smallest <= int(text) <= largest:
        raise SettingRefusedError(reason=reason, smallest=str(smallest), largest=str(largest))
    return int(text)


def read_day(text: str) -> date:
    """Raises SettingRefusedError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingRefusedError(reason="setting-no-day") from None
