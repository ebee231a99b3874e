"""What became of a message that was given to Telegram, by the kind of its answer. Pure.

The words of errors are never kept, for they may hold the address with the token.
"""

from datetime import datetime, timedelta

import msgspec
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from feedback.record_response import read_local_day
from feedback.tables.bot_outbox import Refusal, WaitingMessage

LONGEST_WAIT = timedelta(seconds=300)
MOST_DOUBLINGS = 9
GIVEN_UP_AFTER_DAYS = 2
"""Since the day it was made: so an answer younger than 24 hours is never given up."""
GONE = ("chat not found", "deactivated", "user not found", "peer_id_invalid", "group chat was deleted")


class Sent(msgspec.Struct, frozen=True):
    pass


class Later(msgspec.Struct, frozen=True):
    send_after: datetime
    tries: int
    for_all: bool = False
    """Telegram asked for a pause."""


class Never(msgspec.Struct, frozen=True):
    refusal: Refusal


Verdict = Sent | Later | Never


def judge_failure(error: Exception, message: WaitingMessage, now: datetime) -> Verdict:
    """Refusals by what Telegram says of the chat or of the message are final; all else is tried again."""
    match error if is_told_by_telegram(error) else None:
        case RetryAfter() as flood:
            return Later(now + read_pause(flood), message.tries, for_all=True)
        case Forbidden() as forbidden:
            return Never(Refusal.GONE if says_gone(forbidden.message) else Refusal.BLOCKED)
        case ChatMigrated():
            return Never(Refusal.GONE)
        case BadRequest() as bad:
            return Never(judge_bad_request(bad.message))
        case _:
            return wait_longer(message, now)


def is_told_by_telegram(error: Exception) -> bool:
    """A proxy, a firewall or a provider's page may refuse with the same numbers, but not with Telegram's words."""
    is_worded = not str(error).startswith(("Forbidden (403)", "Bad Request (400)"))
    return isinstance(error, TelegramError) and error.__cause__ is None and is_worded


def read_pause(error: RetryAfter) -> timedelta:
    pause = error.retry_after
    return pause if isinstance(pause, timedelta) else timedelta(seconds=pause)


def judge_bad_request(text: str) -> Refusal:
    if says_gone(text):
        return Refusal.GONE
    return Refusal.LATE if "query is too old" in text.lower() else Refusal.UNSENDABLE


def says_gone(text: str) -> bool:
    return any(words in text.lower() for words in GONE)


def wait_longer(message: WaitingMessage, now: datetime) -> Verdict:
    if (read_local_day(now)[0] - message.created_on).days >= GIVEN_UP_AFTER_DAYS:
        return Never(Refusal.TOO_OLD)
    wait = min(timedelta(seconds=2 ** min(message.tries, MOST_DOUBLINGS)), LONGEST_WAIT)
    return Later(now + wait, min(message.tries + 1, 1000))
