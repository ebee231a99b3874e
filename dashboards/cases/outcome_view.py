"""What the page of a case says of its outcome: before, after, difference, replies. Released figures only. Pure."""

import msgspec

from dashboards.cases.indicators import CaseFigure, CaseFigures
from dashboards.cases.outcome_chart import (
    Sizes,
    make_case_chart,
    make_case_table,
    measure_sizes,
    name_measured,
    write_side,
)
from dashboards.cases.replies import ReleasedReplies
from dashboards.phrases import Phrases
from dashboards.supervision.tables import Table
from surveys.wording import Wording


class SideRow(msgspec.Struct, frozen=True):
    """One line of the table before/after; `name` is before or after."""

    name: str
    figure: CaseFigure


class KeptOutcome(msgspec.Struct, frozen=True):
    """What was measured when the case closed; `is_last` where nothing newer is to be told beside it."""

    title: str
    title_now: str
    verdict: str
    sentences: tuple[str, ...]
    is_last: bool


class OutcomeView(msgspec.Struct, frozen=True):
    """For case_outcome.html. `sizes` is None where there is no chart; `replies` where nobody may see them yet."""

    about: str
    kept: KeptOutcome | None
    verdict: str
    sentences: tuple[str, ...]
    rows: tuple[SideRow, ...]
    table: Table
    sizes: Sizes | None
    replies: ReleasedReplies | None
    asks_replies: bool
    """Whether the page says anything of replies: the Front's, of a case that is closed."""


def view_outcome(
    figures: CaseFigures,
    wording: Wording,
    replies: ReleasedReplies | None = None,
    *,
    asks_replies: bool = False,
    kept: CaseFigures | None = None,
    findings: CaseFigures | None = None,
) -> OutcomeView:
    """`kept` as it was when the case closed, `findings` when it was sent; `figures` the latest."""
    chart = make_case_chart(figures, wording)
    sides = (("before", figures.before), ("after", figures.after))
    return OutcomeView(
        about=name_measured(figures, wording),
        kept=None if kept is None else recall_outcome(kept, figures, wording),
        verdict=tell_verdict(figures, wording),
        sentences=(*tell_outcome(figures, wording), *tell_late(figures, findings, wording)),
        rows=tuple(SideRow(name, figure) for name, figure in sides if figure is not None),
        table=make_case_table(figures, wording),
        sizes=None if chart is None else measure_sizes(chart),
        replies=replies,
        asks_replies=asks_replies,
    )


def recall_outcome(kept: CaseFigures, figures: CaseFigures, wording: Wording) -> KeptOutcome:
    days = {"day": wording.date(kept.as_of), "now": wording.date(figures.as_of)}
    parts = (write_side(kept, wording, "before"), write_side(kept, wording, "after"))
    short = () if kept.is_final else (wording.say("case-outcome.kept-early"),)
    return KeptOutcome(
        title=wording.say("case-outcome.kept", **days),
        title_now=wording.say("case-outcome.measured-anew", **days),
        verdict=tell_verdict(kept, wording),
        sentences=(*(part for part in parts if part), *short),
        is_last=kept.is_final or kept.as_of == figures.as_of,
    )


def tell_late(figures: CaseFigures, findings: CaseFigures | None, wording: Wording) -> tuple[str, ...]:
    """Why the weeks before have another figure here than in what was found."""
    if findings is None or findings.before.group == figures.before.group:
        return ()
    return (wording.say("case-outcome.late"),)


def tell_verdict(figures: CaseFigures, wording: Wording) -> str:
    """Better, no difference shown, worse, too few, or nothing to compare yet: one plain sentence, also for reports."""
    match figures.verdict:
        case "waiting":
            return tell_waiting(figures, wording)
        case "few":
            return tell_few(figures, wording)
        case "better" | "same" | "worse":
            return tell_difference(figures, wording)


def tell_waiting(figures: CaseFigures, wording: Wording) -> str:
    if figures.answered_on is not None:
        return wording.say("case-outcome.verdict.soon")
    never = "case-outcome.verdict.never-answered"
    return wording.say(never if figures.is_closed else "case-outcome.verdict.unanswered")


def tell_few(figures: CaseFigures, wording: Wording) -> str:
    """More ratings are promised to help only where they still can: the weeks before are over."""
    if figures.before.group.share is None:
        return wording.say("case-outcome.verdict.few-before")
    if figures.missing:
        return wording.say("case-outcome.verdict.few-after", n=wording.number(figures.missing))
    return wording.say("case-outcome.verdict.few-over")


def tell_difference(figures: CaseFigures, wording: Wording) -> str:
    difference = figures.difference
    if difference is None:
        return wording.say(f"case-outcome.band.{figures.verdict}")
    points = (difference.points, difference.low, difference.high)
    if figures.verdict == "worse":
        points = (-difference.points, -difference.high, -difference.low)
    told = dict(zip(("points", "low", "high"), (wording.number(point) for point in points), strict=True))
    return wording.say(f"case-outcome.verdict.{figures.verdict}", **told)


def tell_outcome(figures: CaseFigures, wording: Wording) -> tuple[str, ...]:
    """The verdict is not among these."""
    parts = (
        write_side(figures, wording, "before"),
        write_side(figures, wording, "after"),
        tell_state(figures, wording),
        tell_response(figures, wording),
        wording.say("case-outcome.official") if figures.is_about_official else "",
    )
    return tuple(part for part in parts if part)


def tell_state(figures: CaseFigures, wording: Wording) -> str:
    """Whether the figures after are the last ones, and from when on they count."""
    if figures.after is None:
        return ""
    if figures.accepted_on is None and not figures.is_closed:
        return wording.say("case-outcome.since-answer")
    last = wording.date(figures.after.last)
    if figures.accepted_on is None:
        closed = "case-outcome.closed-final" if figures.is_final else "case-outcome.closed-running"
        return wording.say(closed, last=last)
    return wording.say("case-outcome.final" if figures.is_final else "case-outcome.running", last=last)


def tell_response(figures: CaseFigures, wording: Wording) -> str:
    """Ratings for each hundred dossiers on both sides: a share can also rise because fewer are asked."""
    sides = [None if figure is None else figure.response for figure in (figures.before, figures.after)]
    shares = [None if rate is None else rate.share for rate in sides]
    if any(share is None for share in shares):
        return ""
    before, after = (Phrases(wording).share(share) for share in shares)
    return wording.say("case-outcome.response", before=before, after=after)
