"""The frozen evidence of an alert: figures that passed disclosure control, as they are stored and shown. Pure.

Shares move in whole batches of ten ratings (rule P3) and closed weeks only; nothing here is about one official.
"""

from datetime import date, timedelta

import msgspec
import polars as pl

from dashboards.disclosure.batches import mark_batches
from dashboards.disclosure.groups import ReleasedShare, release_count, release_share
from dashboards.disclosure.margins import list_showable
from dashboards.indicators.satisfaction import SCORES, Satisfaction, add_satisfaction, read_rows
from feedback.tables.alert_places import AlertPlace
from feedback.tables.supervision_alerts import AlertKind

MOST_PROCEDURES = 5
ONE_WEEK = timedelta(weeks=1)


class EvidenceWeek(msgspec.Struct, frozen=True):
    """`n` is rounded, None below ten; no share then."""

    monday: date
    n: int | None
    share: ReleasedShare | None


class EvidenceProcedure(msgspec.Struct, frozen=True):
    code: str
    name: str
    n: int | None
    share: ReleasedShare | None


class EvidenceFigure(msgspec.Struct, frozen=True):
    """A share of `n` in the days from `first` to `last`."""

    first: date
    last: date
    n: int | None
    share: ReleasedShare | None


class Evidence(msgspec.Struct, frozen=True):
    """`now` are the weeks concerned, `before` those that came before them; `limit` is what a rule allows, in percent.

    `citizens` are dossiers completed in the four weeks, or ratings where nobody counts dossiers.
    """

    kind: AlertKind
    place: AlertPlace
    day: date
    now: EvidenceFigure
    before: EvidenceFigure
    limit: int | None
    statistic: float
    threshold: float
    citizens: int
    weeks: tuple[EvidenceWeek, ...]
    procedures: tuple[EvidenceProcedure, ...]

    @property
    def marked(self) -> date:
        """The Monday of the week of the alert."""
        return self.day - timedelta(days=self.day.weekday())


class Span(msgspec.Struct, frozen=True):
    """Mondays of the first week shown, of the first before, of the first concerned; the Sundays that end both.

    `last` is the last day concerned; up to `closed` all weeks have closed.
    """

    shown: date
    before: date
    first: date
    last: date
    closed: date


class Figures(msgspec.Struct, frozen=True):
    now: EvidenceFigure
    before: EvidenceFigure
    weeks: tuple[EvidenceWeek, ...]
    procedures: tuple[EvidenceProcedure, ...]


def release_shares(tally: pl.DataFrame, span: Span, codes: dict[int, str], names: dict[str, str]) -> Figures:
    """`tally`: day, procedure_id, part, n, from the first day of a quarter on. Each week holds whole batches."""
    counts = tally.select("day", "procedure_id", *write_scores())
    batches = mark_batches(counts, span.closed + timedelta(days=1)).filter(pl.col("closing") <= span.closed)
    dated = batches.with_columns(pl.col("closing").dt.truncate("1w").alias("week"))
    now = dated.filter(pl.col("week").is_between(span.first, span.last))
    before = dated.filter(pl.col("week").is_between(span.before, span.first - ONE_WEEK))
    return Figures(
        release_figure(now, span.first, span.last),
        release_figure(before, span.before, span.first - timedelta(days=1)),
        tuple(release_week(dated.filter(pl.col("week") == monday), monday) for monday in list_weeks(span)),
        release_procedures(now, codes, names),
    )


def release_rates(ratings: pl.DataFrame, dossiers: pl.DataFrame, span: Span) -> Figures:
    """Ratings for each hundred dossiers, both exact: they say nothing about any answer. Both frames: day, n."""
    daily = dossiers.join(ratings.rename({"n": "part"}), on="day", how="full", coalesce=True).fill_null(0)
    weekly = daily.with_columns(pl.col("day").dt.truncate("1w").alias("week"))

    def rate(rows: pl.DataFrame) -> tuple[int, ReleasedShare | None]:
        n, part = int(rows["n"].sum()), int(rows["part"].sum())
        return n, release_part(min(part, n), n)

    now = weekly.filter(pl.col("day").is_between(span.first, span.last))
    before = weekly.filter(pl.col("day").is_between(span.before, span.first - timedelta(days=1)))
    weeks = ((monday, *rate(weekly.filter(pl.col("week") == monday))) for monday in list_weeks(span))
    return Figures(
        EvidenceFigure(span.first, span.last, *rate(now)),
        EvidenceFigure(span.before, span.first - timedelta(days=1), *rate(before)),
        tuple(EvidenceWeek(*week) for week in weeks),
        (),
    )


def list_weeks(span: Span) -> list[date]:
    return [span.shown + week * ONE_WEEK for week in range((span.closed - span.shown).days // 7 + 1)]


def write_scores() -> list[pl.Expr]:
    """`part` of `n` as if they were ratings of the best and the worst score, which the gate knows how to let out."""
    part, rest = pl.col("part").cast(pl.Int64), (pl.col("n") - pl.col("part")).cast(pl.Int64)
    return [rest.alias(SCORES[0]), *(pl.lit(0, pl.Int64).alias(s) for s in SCORES[1:-1]), part.alias(SCORES[-1])]


def summarise(counts: pl.DataFrame) -> Satisfaction:
    return read_rows(add_satisfaction(counts.select(pl.col(SCORES).cast(pl.Int64).sum())))[0]


def release_part(part: int, n: int) -> ReleasedShare | None:
    """Whole percent with its interval rounded outwards; a band near the ends below 50; None below 10."""
    one = pl.DataFrame({"part": [part], "n": [n]}).select(write_scores())
    return release_share(summarise(one))


def release_figure(counts: pl.DataFrame, first: date, last: date) -> EvidenceFigure:
    sums = summarise(counts)
    return EvidenceFigure(first, last, release_count(sums.n), release_share(sums))


def release_week(counts: pl.DataFrame, monday: date) -> EvidenceWeek:
    sums = summarise(counts)
    return EvidenceWeek(monday, release_count(sums.n), release_share(sums))


def release_procedures(
    counts: pl.DataFrame, codes: dict[int, str], names: dict[str, str]
) -> tuple[EvidenceProcedure, ...]:
    """The procedures with most ratings of those that may be shown beside the whole (rule P4), most frequent first."""
    coded = counts.with_columns(pl.col("procedure_id").replace_strict(codes, default="", return_dtype=pl.String))
    sums = add_satisfaction(coded.group_by("procedure_id").agg(pl.col(SCORES).sum()).sort("procedure_id"))
    cells = dict(zip(sums["procedure_id"].to_list(), read_rows(sums), strict=True))
    shown = [code for code in list_showable(cells) if code]
    largest = sorted(shown, key=lambda code: (-cells[code].n, code))[:MOST_PROCEDURES]
    return tuple(
        EvidenceProcedure(code, names[code], release_count(cells[code].n), release_share(cells[code]))
        for code in largest
    )


def read_evidence(text: str) -> Evidence:
    return msgspec.json.decode(text, type=Evidence)
