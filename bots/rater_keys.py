"""Turns a chat into what may be stored of it: keyed hashes whose key is destroyed 30 days after the quarter.

The key has two halves, one in the database and LANGNGHE_SECRET: neither alone tells whose hash one is.
"""

import hashlib
import hmac
import secrets
from datetime import date, timedelta

import msgspec

from feedback.database import Connection
from feedback.tables.rater_keys import insert_rater_key, select_rater_keys
from surveys.codes import TOKEN_BYTES, make_token

KEPT_AFTER_QUARTER = timedelta(days=30)


class RaterKeys(msgspec.Struct, frozen=True):
    """The keys alive on one day, by quarter, newest first."""

    by_quarter: dict[str, bytes]
    day: date

    def hash_chat(self, channel: int, chat_id: int) -> list[bytes]:
        """The hashes under which this chat may be remembered, the one to use from now on first."""
        return [sign(key, "chat", channel, chat_id) for key in self.by_quarter.values()]

    def make_token(self, channel: int, chat_id: int, utterance: str) -> str:
        """A token for what was said on this day; the same when the same is delivered again."""
        return self._make_token("said", channel, chat_id, utterance)

    def make_daily_token(self, channel: int, chat_id: int, unit_id: int, rated: str) -> str:
        """The one token with which this person rates `rated` (an official or a desk of the unit) on this day."""
        return self._make_token("day", channel, chat_id, self.day.isoformat(), unit_id, rated)

    def _make_token(self, *parts: object) -> str:
        # The key of the day's own quarter, not the newest: what was said before midnight of the quarter's last day
        # and is worked off after it still meets what the same person said before.
        key = self.by_quarter[read_quarter(self.day)[0]]
        return make_token(sign(key, *parts)[:TOKEN_BYTES])


async def learn_rater_keys(connection: Connection, secret: str, day: date) -> RaterKeys:
    """The keys of `day`; the quarter's first caller makes its key.

    The caller commits before it stores anything made with them: a key that is taken back leaves hashes of nobody.
    """
    quarter, end = read_quarter(day)
    keys = await select_rater_keys(connection, day)
    if quarter not in keys:
        await insert_rater_key(connection, quarter, secrets.token_bytes(32), end + KEPT_AFTER_QUARTER)
        keys = await select_rater_keys(connection, day)
    return RaterKeys({name: sign(secret.encode(), "rater", key.hex()) for name, key in keys.items()}, day)


def read_quarter(day: date) -> tuple[str, date]:
    """The quarter's name, such as 2026Q4, and the first day after it."""
    number = (day.month - 1) // 3 + 1
    end = date(day.year + number // 4, number % 4 * 3 + 1, 1)
    return f"{day.year}Q{number}", end


def sign(key: bytes, *parts: object) -> bytes:
    return hmac.new(key, "\0".join(map(str, parts)).encode(), hashlib.sha256).digest()
