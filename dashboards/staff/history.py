"""One official from quarter to quarter: the released figures, what is good in them, and the picture of it. Pure.

Compares a person with nobody but that person's own earlier quarters; the comparison with peers is the released band.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from dashboards.charts.scores import QuarterScore, ScoresChart
from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.explain.quarter_names import name_quarter, shorten_quarter
from dashboards.explain.read_explanation import arrange_figures
from dashboards.indicators.parameters import Parameter
from dashboards.phrases import Phrases
from feedback.tables.releases import Release, ReleaseScore
from surveys.wording import Wording

STEADY_QUARTERS = Parameter(
    3, "Own choice: two quarters that agree may do so by chance", date(2026, 1, 1), is_placeholder=True
)

GAP = (None, None, None)


class Quarter(msgspec.Struct, frozen=True):
    """The figure of most ratings in one release; whoever changed place within a quarter has `others` too."""

    code: str
    row: ReleaseScore
    score: ReleasedScore
    others: int


def list_quarters(releases: Sequence[Release], rows: Sequence[ReleaseScore]) -> tuple[Quarter, ...]:
    """Oldest first; quarters without any figure are left out."""
    quarters: list[Quarter] = []
    for release in releases:
        figures = arrange_figures([row for row in rows if row.release_id == release.release_id])
        if figures:
            row, score = figures[0]
            quarters.append(Quarter(release.code, row, score, len(figures) - 1))
    return tuple(quarters)


def list_strengths(quarters: Sequence[Quarter], wording: Wording) -> list[str]:
    """What the released figures say in favour of the person, as sentences; empty where they say nothing yet."""
    scored = [quarter for quarter in quarters if quarter.score.score is not None]
    latest = quarters[-1] if quarters else None
    found: list[str] = []
    if latest is not None and latest.score.coded is not None and latest.score.coded.bound == "at_least":
        share = Phrases(wording).share(latest.score.coded)
        found.append(wording.say("staff.strength.share", quarter=name_quarter(latest.code, wording), share=share))
    if scored and scored[-1].score.band in {"higher", "similar"}:
        quarter = name_quarter(scored[-1].code, wording)
        found.append(wording.say(f"staff.strength.{scored[-1].score.band}", quarter=quarter))
    if len(scored) > 1 and has_improved(scored[-2].score, scored[-1].score):
        before, after = (wording.number(quarter.score.score or 0) for quarter in scored[-2:])
        quarter = name_quarter(scored[-1].code, wording)
        found.append(wording.say("staff.strength.improved", quarter=quarter, before=before, after=after))
    if is_steady(scored):
        found.append(wording.say("staff.strength.steady", quarters=wording.number(STEADY_QUARTERS.value)))
    return found


def has_improved(before: ReleasedScore, after: ReleasedScore) -> bool:
    """Beyond both intervals, so beyond what chance would do."""
    return before.high is not None and after.low is not None and after.low > before.high


def is_steady(scored: Sequence[Quarter]) -> bool:
    """The last quarters agree within their intervals, and none of them is below the peers."""
    last = [quarter.score for quarter in scored[-STEADY_QUARTERS.value :]]
    if len(last) < STEADY_QUARTERS.value or any(score.band == "lower" for score in last):
        return False
    lows, highs = [score.low for score in last], [score.high for score in last]
    known_lows, known_highs = [low for low in lows if low is not None], [high for high in highs if high is not None]
    return len(known_lows) == len(known_highs) == len(last) and max(known_lows) <= min(known_highs)


def make_trend(releases: Sequence[Release], quarters: Sequence[Quarter], wording: Wording) -> ScoresChart | None:
    """From the first quarter with a score to the last release, gaps included; None where no quarter shows a score."""
    known = {quarter.code: quarter.score for quarter in quarters if quarter.score.score is not None}
    codes = [release.code for release in releases]
    while codes and codes[0] not in known:
        codes.pop(0)
    if not codes:
        return None
    shown = [(code, known.get(code)) for code in codes]
    return ScoresChart(
        axis=wording.say("staff.trend.axis"),
        quarters=tuple(
            QuarterScore(shorten_quarter(code, wording), *((score.score, score.low, score.high) if score else GAP))
            for code, score in shown
        ),
    )
