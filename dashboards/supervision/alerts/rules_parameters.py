"""What the rules of alerts ask for, as dated parameters. Values and reasons only; the rules are their readers."""

from collections.abc import Mapping
from datetime import date

from dashboards.indicators.parameters import Parameter
from feedback.tables.supervision_alerts import AlertKind

IN_FORCE = date(2026, 1, 1)


def choose(value: int, basis: str) -> Parameter[int]:
    """Our own choice, to be confirmed on pilot data."""
    return Parameter(value, f"Own choice: {basis}", IN_FORCE, is_placeholder=True)


WINDOW_DAYS = choose(28, "four closed weeks are looked at together")
USUAL_DAYS = choose(364, "what was usual: the year before the window, in whole weeks")
BEFORE_WEEKS = choose(24, "what is shown beside the weeks concerned")
SHOWN_WEEKS = choose(26, "half a year in the chart")
DROP_WEEKS = choose(2, "a drop is told from the week it was found in and the one before")
LOW_SHARE_SIGMAS = Parameter(
    4.0, "Own choice: managers are told from three sigmas, the Front from four", IN_FORCE, is_placeholder=True
)
# -log10 of the chance that it happened by itself: 3 is P < .001, as the alarm limits of a funnel.
SIGNIFICANCE = Parameter(3.0, "P < .001, as 99.8 % control limits (Spiegelhalter 2005)", IN_FORCE)
LOW_RESPONSE = Parameter(0.05, "Below 5 % nothing is compared (methods: low response rate, not compared)", IN_FORCE)
LOW_RESPONSE_DOSSIERS = Parameter(200, "The test of selective asking needs 200 dossiers", IN_FORCE, is_placeholder=True)
SET_ASIDE = Parameter(0.10, "Own choice: one in ten set aside", IN_FORCE, is_placeholder=True)
SET_ASIDE_RATINGS = choose(30, "as many as a headline needs")
SILENT_WEEKDAYS = choose(10, "two working weeks without a rating")
SILENT_LOOKED_BACK = choose(120, "how far back the last rating of a desk is looked for")
CLUSTER = Parameter(5, "Rule P9: five is the smallest group that the Front may know of", IN_FORCE)
CLUSTER_ANSWERS = choose(200, "fewer answers do not show what is usual in a province; then the nation's do")
OVER_AFTER_DAYS = choose(28, "four weeks in which nothing fired end an alert")
LONGEST_SNOOZE_DAYS = choose(92, "a quarter; later nobody remembers why")
# How many points (of 100) make an effect as large as one needs to fear.
FULL_EFFECT: Mapping[AlertKind, Parameter[int]] = {
    "drop": choose(30, "of the satisfied share"),
    "low_share": choose(20, "of the share of scores 1 and 2"),
    "low_response": choose(5, "of the response rate: from the limit to nothing"),
    "set_aside": choose(30, "of the share set aside"),
    "silent_desk": choose(5, "of the response rate: from the limit to nothing"),
    "harassment": choose(20, "of the share of yes"),
    "informal_payment": choose(20, "of the share of yes"),
}
UNKNOWN_EFFECT = Parameter(0.5, "Own choice: where no share may be told", IN_FORCE, is_placeholder=True)
MOST_CITIZENS = choose(10_000, "citizens in four weeks: a large commune; more weigh no more")
