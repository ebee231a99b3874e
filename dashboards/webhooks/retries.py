"""When a delivery that failed is tried again, and when no more. Pure: takes time and chance as arguments."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
)
LATER_PAUSES = timedelta(hours=12)
LONGEST_ASKED_PAUSE = timedelta(days=1)
MOST_DELAYED = 0.2
"""What chance adds to a pause at most, as a share of it: so that receivers that failed together do not return so."""
_MOST_DIGITS = 9


def find_next_try(
    tries: int, now: datetime, give_up_at: datetime, retry_after: str, draw: Callable[[], float]
) -> datetime | None:
    """After `tries` failed ones; None: no more. The last one is made at `give_up_at`.

    `retry_after` is the header as it came, empty without; `draw` gives a number from 0 to 1.
    """
    if now >= give_up_at:
        return None
    usual = PAUSES[tries - 1] if tries <= len(PAUSES) else LATER_PAUSES
    pause = max(usual * (1 + MOST_DELAYED * draw()), read_retry_after(retry_after, now))
    return min(now + pause, give_up_at)


def read_retry_after(text: str, now: datetime) -> timedelta:
    """Seconds or a date (RFC 9110, 10.2.3); nothing for what is neither, a day at most."""
    pause = timedelta()
    if text.isascii() and text.isdigit():
        pause = timedelta(seconds=int(text)) if len(text) <= _MOST_DIGITS else LONGEST_ASKED_PAUSE
    else:
        with contextlib.suppress(ValueError, OverflowError):
            moment = parsedate_to_datetime(text)
            pause = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(pause, timedelta()), LONGEST_ASKED_PAUSE)
