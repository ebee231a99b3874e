"""When a digest is due and what is worth one, as dated parameters. Pure."""

from datetime import date, datetime, timedelta

from dashboards.indicators.parameters import Parameter
from feedback.record_response import LOCAL_TIME
from feedback.tables.digest_alerts import DigestCounts

FIRST = date(2026, 1, 1)


def choose(value: int, why: str) -> Parameter[int]:
    """Our own choice, to be confirmed with those who read digests."""
    return Parameter(value, f"Own choice: {why}", FIRST, is_placeholder=True)


BEGINS_AT_MINUTE = choose(7 * 60 + 30, "07:30, to be read before the day's first round")
ENDS_AT_MINUTE = choose(18 * 60, "nothing reaches anybody after working hours")
WORKING_DAYS = Parameter(
    ("1", "2", "3", "4", "5"),
    "Decision 188/1999/QĐ-TTg, article 1: administrative bodies work 40 hours, Saturday and Sunday are free;"
    " public holidays and days moved are not known here",
    FIRST,
    is_placeholder=True,
)
HEAVY_WEIGHT = choose(80, "an alert of this weight is told again every working day until somebody takes it up")
MOST_LINES = choose(5, "what is read standing; the page shows the rest")
MOST_TRIES = choose(6, "with the waits below, the whole working day")
FIRST_WAIT_MINUTES = choose(10, "doubled each time; a greylisting server (RFC 6647) takes the second or third")
HELD_HOURS = choose(4, "who was killed while sending may have sent; a day has room for two repeats at most")
KEPT_DAYS = choose(92, "a quarter, to see what was sent")


def is_due(now: datetime) -> bool:
    local = now.astimezone(LOCAL_TIME)
    minute = local.hour * 60 + local.minute
    is_working_day = str(local.isoweekday()) in WORKING_DAYS.value
    return is_working_day and BEGINS_AT_MINUTE.value <= minute < ENDS_AT_MINUTE.value


def is_worth_sending(counts: DigestCounts, *, new_cases: int = 0) -> bool:
    """What is told of cases again comes as an event of its own, at most once a week: so only what is new counts."""
    return new_cases > 0 or counts.new > 0 or (counts.open > 0 and counts.heaviest >= HEAVY_WEIGHT.value)


def find_next_try(tries: int, now: datetime) -> datetime:
    """After `tries` that came to nothing for certain: 10, 20, 40 … minutes."""
    return now + timedelta(minutes=FIRST_WAIT_MINUTES.value * 2 ** (tries - 1))


def find_hold(now: datetime) -> datetime:
    return now + timedelta(hours=HELD_HOURS.value)
