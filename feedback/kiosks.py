"""Tablets at exits: their secrets, and which of their ratings are taken and for when. Stores nothing by itself."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from feedback.record_response import read_local_day
from feedback.tables.kiosks import Kiosk
from surveys.case_errors import KioskEndedError, UnknownKioskError
from surveys.codes import hash_token, make_token, read_token
from surveys.errors import InvalidAnswerError, UnknownReceiptError

SECRET_BYTES = 15
# Own choices: a week covers the longest outage an office sits through; two days let a tablet that was taken away be
# switched on once more. A clock that is right within five minutes is believed.
LONGEST_WAIT = timedelta(days=7)
TAKEN_AFTER_END = timedelta(hours=48)
CLOCK_TRUSTED = timedelta(minutes=5)
EXACT_TIME_KEPT = timedelta(hours=48)
EPOCH = datetime.fromtimestamp(0, UTC)
LATEST_MOMENT = 10**13  # milliseconds since 1970: the year 2286; no difference of two leaves what a date holds


class Tap(msgspec.Struct, frozen=True):
    """When a face was touched. `is_exact` is false where the time of day is no longer kept of a rating that old.

    `is_known` is false where nobody can tell: then `at` is the arrival, and who served there that day says nothing.
    """

    at: datetime
    is_exact: bool
    is_known: bool = True


def make_kiosk_secret(random_bytes: bytes) -> str:
    """Twenty-four symbols, 120 random bits, written as a receipt is."""
    return make_token(random_bytes)


def read_kiosk_secret(typed: str) -> str:
    """The secret in an address, in whatever case; raises UnknownKioskError when it can be none."""
    try:
        return read_token(typed)
    except UnknownReceiptError:
        raise UnknownKioskError from None


def hash_kiosk_secret(secret: str) -> bytes:
    return hash_token(secret)


def make_kiosk_address(base_url: str, secret: str) -> str:
    return f"{base_url.rstrip('/')}/K/{secret}"


def read_tap(fields: dict[str, object], made_on: date, now: datetime) -> Tap:
    """When the citizen touched the face, never later than `now`. Raises InvalidAnswerError.

    `tapped` and `sent` are what the tablet's clock said, in milliseconds since 1970; `waited` are the milliseconds
    between them by a clock that nobody sets. A clock that is right is taken at its word; of a wrong one only how long
    the rating waited; of one that was set in between nothing, but what was `waited`. Without `tapped` and `sent`, as
    from a page without script, it is now. What lies before the tablet was made, or too far back, is not known.
    """
    tapped, sent, waited = (read_milliseconds(fields, name) for name in ("tapped", "sent", "waited"))
    if tapped is None or sent is None:
        return Tap(now, is_exact=True)
    is_set = waited is not None and abs(sent - tapped - waited) > CLOCK_TRUSTED
    is_right = not is_set and abs(now - EPOCH - sent) <= CLOCK_TRUSTED
    at = min(now, EPOCH + tapped if is_right else now - (waited if is_set and waited is not None else sent - tapped))
    if now - at > LONGEST_WAIT or read_local_day(at)[0] < made_on:
        return Tap(now, is_exact=True, is_known=False)
    return Tap(at, is_exact=now - at < EXACT_TIME_KEPT)


def read_milliseconds(fields: dict[str, object], name: str) -> timedelta | None:
    """Raises InvalidAnswerError for what is no number of milliseconds."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LATEST_MOMENT:
        raise InvalidAnswerError(field=name, reason="kiosk-moment")
    return timedelta(milliseconds=value)


def check_in_use(kiosk: Kiosk, tap: Tap, now: datetime) -> None:
    """What was touched before the end is taken for two days more. Raises KioskEndedError."""
    if kiosk.ended_at is not None and (tap.at >= kiosk.ended_at or now > kiosk.ended_at + TAKEN_AFTER_END):
        raise KioskEndedError
