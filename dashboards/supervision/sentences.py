"""Released figures of an area as a person says them: what was found, and how sure that is. Pure."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from dashboards.explain.quarter_names import name_quarter
from dashboards.phrases import Phrases
from dashboards.supervision.figures import Area, AreaFigures, Headline, Rate
from surveys.wording import Wording

KEPT_NUMBERS = 8192
NOTES = {
    "satisfied": "supervision.figure.satisfied-note",
    "dissatisfied": "supervision.figure.dissatisfied-note",
}


class Figure(msgspec.Struct, frozen=True):
    """One large number with its name; `interval` is empty where nothing is shown, `note` says why or what it means."""

    name: str
    value: str
    interval: str
    note: str
    is_shown: bool = True


@lru_cache(maxsize=KEPT_NUMBERS)
def write_number(language: str, value: float, decimals: int) -> str:
    return Wording(language, {}).number(value, decimals)


class QuickWording(Wording, frozen=True):
    """Writes each number once: a page of the nation holds a thousand, most of them between 0 and 100."""

    def number(self, value: float, decimals: int = 0) -> str:
        return write_number(self.language, value, decimals)


class Teller:
    """Says numbers in one language."""

    def __init__(self, wording: Wording) -> None:
        self.wording = QuickWording(wording.language, wording.sentences)
        self.say = self.wording.say
        self.number = self.wording.number
        self.date = self.wording.date
        self.phrases = Phrases(self.wording)

    def share(self, share: ReleasedShare | None) -> str:
        return self.phrases.share(share)

    def count(self, n: int | None) -> str:
        return self.say("supervision.count-hidden") if n is None else self.number(n)

    def interval(self, share: ReleasedShare | None) -> str:
        """With its confidence; empty without an interval."""
        if share is None or share.low is None or share.high is None:
            return ""
        ends = {"low": self.number(share.low), "high": self.phrases.percent(share.high)}
        return self.say("supervision.interval", **ends)

    def surely(self, share: ReleasedShare | None) -> str:
        """The share with its interval behind it."""
        interval = self.interval(share)
        return f"{self.share(share)} ({interval})" if interval else self.share(share)

    def ratings(self, n: int | None) -> str:
        """How many ratings, for the end of a name in a chart."""
        return self.say("supervision.ratings", n=self.count(n))

    def rate(self, rate: Rate | None) -> str:
        if rate is None:
            return self.say("supervision.rate.unknown")
        return self.surely(rate.share)

    def quarter(self, code: str) -> str:
        return name_quarter(code, self.wording)

    def area_type(self, code: str) -> str:
        return self.say(f"results.area.{code}") if code else self.say("supervision.area-type.none")

    def area_name(self, area: Area) -> str:
        return self.say("supervision.nation") if area.kind == "nation" else area.name


def differ(one: ReleasedShare | None, other: ReleasedShare | None) -> bool:
    """Whether two intervals do not meet, which chance alone hardly brings about."""
    if one is None or other is None:
        return False
    ends = (one.low, one.high, other.low, other.high)
    return None not in ends and ((one.high or 0) < (other.low or 0) or (other.high or 0) < (one.low or 0))


def describe_period(figures: AreaFigures, teller: Teller) -> str:
    """The quarter with its days; a running one as far as it is closed."""
    first, last = teller.date(figures.period.first), teller.date(figures.period.last)
    return teller.say("supervision.period", quarter=teller.quarter(figures.quarter), first=first, last=last)


def describe_filters(figures: AreaFigures, teller: Teller) -> str:
    """Empty without filters; the quarter is not among them."""
    filters = figures.filters
    names = {row.key: row.name for row in figures.procedures.rows}
    said = [
        teller.say("supervision.filter.procedure-is", name=names.get(filters.procedure) or filters.procedure)
        if filters.procedure
        else "",
        teller.say(f"supervision.rater-is.{filters.rater}") if filters.rater else "",
        teller.area_type(filters.area_type) if filters.area_type else "",
    ]
    return "; ".join(part for part in said if part)


def caption(figures: AreaFigures, teller: Teller, period: str = "") -> str:
    """What an image that is taken away is of; `period` where it is not the quarter."""
    period = period or describe_period(figures, teller)
    parts = [teller.area_name(figures.area), period, describe_filters(figures, teller)]
    return " · ".join(part for part in parts if part)


def awaits_quarter(figures: AreaFigures) -> bool:
    """Whether what is done at this desk waits: a desk's procedures are shown of closed quarters only."""
    return figures.area.kind == "desk" and figures.quarter == figures.quarters[0]


def describe_headline(headline: Headline, teller: Teller, *, is_awaited: bool = False) -> tuple[Figure, Figure, Figure]:
    """Satisfied, dissatisfied, response rate. What is awaited does not lack ratings, but the end of the quarter."""
    is_short = headline.missing and not is_awaited
    missing = teller.say("supervision.missing", n=teller.number(headline.missing)) if is_short else ""
    return (
        describe_share("satisfied", headline.group.share, missing, teller),
        describe_share("dissatisfied", headline.dissatisfied, missing, teller),
        describe_rate(headline.response, teller),
    )


def describe_share(name: str, share: ReleasedShare | None, missing: str, teller: Teller) -> Figure:
    note = missing if share is None else teller.say(NOTES[name])
    return Figure(
        teller.say(f"supervision.figure.{name}"),
        teller.share(share),
        teller.interval(share),
        note,
        is_shown=share is not None,
    )


RATE_NOTES = {"low": "supervision.rate.low", "over": "supervision.rate.over"}


def describe_rate(rate: Rate | None, teller: Teller) -> Figure:
    name = teller.say("supervision.figure.response")
    if rate is None:
        return Figure(
            name,
            teller.say("supervision.rate.unknown"),
            "",
            teller.say("supervision.rate.no-dossiers"),
            is_shown=False,
        )
    counts = teller.say(
        "supervision.rate.counts", received=teller.number(rate.received), completed=teller.number(rate.completed)
    )
    more = "low" if rate.is_low else "over" if rate.received > rate.completed else ""
    note = f"{counts} {teller.say(RATE_NOTES[more])}" if more else counts
    return Figure(name, teller.share(rate.share), teller.interval(rate.share), note, is_shown=rate.share is not None)


def compare_quarters(headline: Headline, teller: Teller) -> str:
    """The quarter before, and whether the difference is more than chance; empty where one of both shows nothing."""
    earlier = headline.earlier
    if earlier is None or earlier.share is None or headline.group.share is None:
        return ""
    before, now = earlier.share, headline.group.share
    sure = differ(before, now)
    way = "same" if not sure else "better" if now.percent > before.percent else "worse"
    return teller.say(f"supervision.earlier.{way}", before=teller.surely(before))


def sum_ratings(groups: Sequence[ReleasedGroup]) -> int:
    return sum(group.n or 0 for group in groups)
