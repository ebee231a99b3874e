"""The attacker on the live page of a unit: evening minus evening, page minus release, total minus what is shown of it.

Takes only what a page prints and the exact numbers of ratings of each day, which anybody can read off it every evening.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec
import polars as pl

from dashboards.disclosure.groups import ReleasedGroup, release_headline
from dashboards.indicators.satisfaction import SCORES, add_satisfaction, read_rows, sum_counts
from dashboards.results import UnitResults, calculate_unit_results
from feedback.tables.public_units import DOSSIERS, ProcedureName
from tests.attack.judge import SMALL

NO_DOSSIERS = pl.DataFrame(schema=DOSSIERS)
KNOWN_SHARE = 1 / 16  # a quarter of a step of the scale of answers, here of the satisfied
ROUNDED = 2  # a number to the nearest 5 is off by so much


class Range(msgspec.Struct, frozen=True):
    """From the least to the most that a number of ratings, or of satisfied ones, can be."""

    low: int
    high: int

    def __sub__(self, other: "Range") -> "Range":
        return Range(self.low - other.high, self.high - other.low)

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)


class Sight(msgspec.Struct, frozen=True):
    """What one figure may have counted: for each number of ratings that fits, how many of them can be satisfied."""

    fits: dict[int, Range]


class PageFindings(msgspec.Struct):
    """Groups of 1 to 9 ratings that were cut out for certain, by subtraction, and those whose answers were known too.

    evenings: headlines of two evenings, or an evening and the weeks or quarters; margins: what is left of a breakdown.
    """

    units: int = 0
    pages: int = 0
    differences: int = 0
    evenings: int = 0
    answers: int = 0
    margins: int = 0

    def add(self, other: "PageFindings") -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def recovered(self) -> int:
        return self.evenings + self.answers + self.margins


def attack_pages(quarters: Sequence[pl.DataFrame], names: Sequence[ProcedureName], evenings: int) -> PageFindings:
    """`quarters` of daily counts of many units; of each unit `evenings` on end, and those about the quarter's end."""
    found = PageFindings()
    counts = pl.concat(quarters).group_by("unit_id", "day", "procedure_id", "channel").agg(pl.col(SCORES).sum())
    for unit in counts.partition_by("unit_id"):
        found.add(attack_unit(unit.drop("unit_id").sort("day"), names, evenings))
    return found


def attack_unit(counts: pl.DataFrame, names: Sequence[ProcedureName], evenings: int) -> PageFindings:
    found = PageFindings(units=1)
    days = pick_evenings(counts, evenings)
    pages = [calculate_unit_results(until(counts, day), NO_DOSSIERS, names, day) for day in days]
    sights = [list_sights(until(counts, day), page, day) for day, page in zip(days, pages, strict=True)]
    released = list_released(counts)
    known = [*(sight for there in sights for sight in there), *released]
    found.pages = len(pages)
    for place, one in enumerate(known):
        for other in known[place + 1 :]:
            subtract(one, other, found)
    for day, page in zip(days, pages, strict=True):
        found.margins += count_small_rests(counts, page, day)
    return found


def until(counts: pl.DataFrame, day: date) -> pl.DataFrame:
    return counts.filter(pl.col("day") <= day)


def pick_evenings(counts: pl.DataFrame, evenings: int) -> list[date]:
    """Evenings at the end of the quarter before the last one, at the beginning of that, and one long after."""
    rated = counts["day"].unique().sort().to_list()
    turn = date(rated[-1].year, (rated[-1].month - 1) // 3 * 3 + 1, 1)
    before = [day for day in rated if day < turn][-evenings:]
    after = [day for day in rated if day >= turn][:evenings]
    chosen = {*before, *(day + timedelta(days=1) for day in after), turn, rated[-1] + timedelta(days=100)}
    return sorted(chosen)


def list_sights(counts: pl.DataFrame, page: UnitResults, day: date) -> Iterator[Sight]:
    """The headline of a page, and all its weeks together."""
    sums = list_prefixes(counts, page.year.first, day)
    if page.headline.share is not None:
        yield Sight({n: find_satisfied(page.headline, n) for n, shown in sums if shown == page.headline})
    weeks = [week.released for week in page.weeks if week.released.share is not None]
    if weeks and all(week.share is not None and week.share.bound == "exact" for week in weeks):
        total = add_up(list_numbers(week) for week in weeks)
        satisfied = add_up(spread(week) for week in weeks)
        yield Sight({n: satisfied for n, _ in sums if total.low <= n <= total.high})


def list_prefixes(counts: pl.DataFrame, first: date, day: date) -> list[tuple[int, ReleasedGroup]]:
    """All days of the year up to one of them, as the page would show them; also without a quarter of fewer than ten."""
    own = sum_counts(counts.filter(pl.col("day") >= first), ["day"]).with_columns(pl.col("day").dt.quarter().alias("q"))
    n = pl.sum_horizontal(pl.col(SCORES).sum().over("q"))
    large = own.filter((n >= SMALL) | (pl.col("q") == (day.month - 1) // 3 + 1))
    found: dict[int, ReleasedGroup] = {}
    for frame in (own, large):
        for ratings in read_rows(add_satisfaction(frame.select(pl.col(SCORES).cum_sum()))):
            found[ratings.n] = release_headline(ratings)
    return list(found.items())


def list_released(counts: pl.DataFrame) -> list[Sight]:
    """The year's quarters of 10 ratings and more added up, each as exactly as its release tells an owner."""
    sights: list[Sight] = []
    n, satisfied = 0, 0
    for quarter in counts.with_columns(pl.col("day").dt.quarter().alias("q")).partition_by("q", maintain_order=True):
        ratings = read_rows(add_satisfaction(sum_counts(quarter)))[0]
        if ratings.n >= SMALL:
            n, satisfied = n + ratings.n, satisfied + ratings.n4 + ratings.n5
            sights.append(Sight({n: Range(satisfied, satisfied)}))
    return sights


def find_satisfied(released: ReleasedGroup, n: int) -> Range:
    """How many of n are satisfied, from a share in whole percent."""
    if released.share is None or released.share.bound != "exact":
        return Range(0, n)
    return Range(-(-(2 * released.share.percent - 1) * n // 200), (2 * released.share.percent + 1) * n // 200)


def list_numbers(released: ReleasedGroup) -> Range:
    """The numbers near the rounded one of which some part is this whole percent."""
    rounded = released.n or 0
    fitting = [n for n in range(max(rounded - ROUNDED, SMALL), rounded + ROUNDED + 1) if is_possible(released, n)]
    return Range(min(fitting), max(fitting))


def is_possible(released: ReleasedGroup, n: int) -> bool:
    satisfied = find_satisfied(released, n)
    return satisfied.low <= satisfied.high


def spread(released: ReleasedGroup) -> Range:
    n = list_numbers(released)
    return Range(find_satisfied(released, n.low).low, find_satisfied(released, n.high).high)


def add_up(ranges: Iterator[Range]) -> Range:
    total = Range(0, 0)
    for one in ranges:
        total = total + one
    return total


def subtract(one: Sight, other: Sight, found: PageFindings) -> None:
    """Days up to one evening less those up to another: found where every pair that fits is 1 to 9 ratings apart."""
    pairs = [(n, fewer) for n in other.fits for fewer in one.fits]
    if not pairs or any(n == fewer for n, fewer in pairs):
        return
    found.differences += 1
    if any(abs(n - fewer) >= SMALL for n, fewer in pairs):
        return
    found.evenings += 1
    found.answers += all(is_share_known(n, other.fits[n], fewer, one.fits[fewer]) for n, fewer in pairs)


def is_share_known(n: int, satisfied: Range, fewer: int, of_fewer: Range) -> bool:
    size = abs(n - fewer)
    left = satisfied - of_fewer if n > fewer else of_fewer - satisfied
    return min(left.high, size) - max(left.low, 0) <= KNOWN_SHARE * size


def count_small_rests(counts: pl.DataFrame, page: UnitResults, day: date) -> int:
    """Breakdowns of which 1 to 9 ratings are certainly left, when what is shown is taken off the number received.

    A quarter of fewer than ten is left out: how many they were, decision 2 tells.
    """
    period = page.closed_quarters
    closed = until(counts, day).filter(pl.col("day").is_between(period.first, period.last))
    quarters = sum_counts(closed.with_columns(pl.col("day").dt.quarter().alias("q")), ["q"])
    total = sum(n for n in quarters.select(pl.sum_horizontal(SCORES)).to_series().to_list() if n >= SMALL)
    margins = [[row.released for row in rows] for rows in (page.procedures, page.channels)]
    rests = [Range(total, total) - add_up(list_numbers(cell) for cell in cells) for cells in margins]
    return sum(rest.low > 0 and rest.high < SMALL for rest in rests)
