"""Slower and slower: how long the next attempt has to wait after wrong ones. In memory; takes the time, never a clock.

A key is a hash of account name and caller, so that nobody can shut another person out by name alone.
"""

from datetime import datetime, timedelta

import msgspec

from surveys.errors import SignInTooSoonError

FREE_ATTEMPTS = 5
FIRST_WAIT_SECONDS = 3
LONGEST_WAIT_SECONDS = 42
FORGOTTEN_AFTER = timedelta(minutes=10)
MOST_KEYS = 100_000


class Tally(msgspec.Struct):
    attempts: int
    last_at: datetime
    free_at: datetime


class Delays:
    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}

    def count_attempt(self, key: str, now: datetime) -> None:
        """Counted as wrong before it is looked at, so that many at once are many; a right one calls `forget`.

        Raises SignInTooSoonError with the seconds to wait, and does not count then.
        """
        tally = self.tallies.get(key)
        if tally is None or now - tally.last_at >= FORGOTTEN_AFTER:
            tally = Tally(0, now, now)
        if now < tally.free_at:
            raise SignInTooSoonError(seconds=-((now - tally.free_at) // timedelta(seconds=1)))
        tally.attempts += 1
        tally.last_at = now
        tally.free_at = now + timedelta(seconds=find_wait(tally.attempts))
        self.tallies.pop(key, None)  # the oldest stay first
        self.tallies[key] = tally
        self.drop_old(now)

    def forget(self, key: str) -> None:
        self.tallies.pop(key, None)

    def drop_old(self, now: datetime) -> None:
        while self.tallies:
            oldest = next(iter(self.tallies))
            if len(self.tallies) <= MOST_KEYS and now - self.tallies[oldest].last_at < FORGOTTEN_AFTER:
                return
            del self.tallies[oldest]


def find_wait(attempts: int) -> int:
    """Seconds after so many wrong attempts: 0 up to the fourth, then 3, 6, 12, 24 and 42 at most."""
    if attempts < FREE_ATTEMPTS:
        return 0
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempts - FREE_ATTEMPTS, 10))
