"""Every indicator in one list: its question, its formula, its limits. docs/indicators.md names the same ones.

`question` is a wording key; n1 to n5 are the ratings of each score, n their sum.
"""

from typing import Literal

import msgspec

SMALLEST_GROUP = 10
SMALLEST_HEADLINE = 30

Measure = Literal["ratings", "percent", "points of 100"]


class Indicator(msgspec.Struct, frozen=True):
    name: str
    question: str
    measured_in: Measure
    formula: str
    smallest_group: int
    source: str


INDICATORS = (
    Indicator(
        name="ratings",
        question="indicator.ratings",
        measured_in="ratings",
        formula="n = n1 + n2 + n3 + n4 + n5",
        smallest_group=0,
        source="OMB Circular A-11 section 280: publish volumes beside scores",
    ),
    Indicator(
        name="satisfied_share",
        question="indicator.satisfied_share",
        measured_in="percent",
        formula="(n4 + n5) / n, with the 95 % interval of Wilson (1927)",
        smallest_group=SMALLEST_HEADLINE,
        source="top-2-box, as in QĐ 1001/QĐ-BNV and OMB Circular A-11 section 280",
    ),
    Indicator(
        name="mean_score",
        question="indicator.mean_score",
        measured_in="points of 100",
        formula="(0 n1 + 25 n2 + 50 n3 + 75 n4 + 100 n5) / n",
        smallest_group=SMALLEST_HEADLINE,
        source="linear mean, as in HCAHPS star ratings",
    ),
    Indicator(
        name="answer_distribution",
        question="indicator.answer_distribution",
        measured_in="ratings",
        formula="n1, n2, n3, n4, n5",
        smallest_group=SMALLEST_HEADLINE,
        source="GOV.UK service manual: publish the count at each level",
    ),
    Indicator(
        name="weekly_satisfied_share",
        question="indicator.weekly_satisfied_share",
        measured_in="percent",
        formula="satisfied_share of the batches that closed in each closed ISO week",
        smallest_group=SMALLEST_GROUP,
        source="as satisfied_share",
    ),
    Indicator(
        name="satisfied_share_by_procedure",
        question="indicator.satisfied_share_by_procedure",
        measured_in="percent",
        formula="satisfied_share of each procedure code over the last four closed quarters",
        smallest_group=SMALLEST_GROUP,
        source="as satisfied_share",
    ),
    Indicator(
        name="satisfied_share_by_channel",
        question="indicator.satisfied_share_by_channel",
        measured_in="percent",
        formula="satisfied_share of each channel over the last four closed quarters",
        smallest_group=SMALLEST_GROUP,
        source="HCAHPS mode experiment: channels give different answers",
    ),
    Indicator(
        name="response_rate",
        question="indicator.response_rate",
        measured_in="percent",
        formula="n / completed dossiers of the same days",
        smallest_group=SMALLEST_GROUP,
        source="OMB Circular A-11 section 280; not compared below 5 %",
    ),
    Indicator(
        name="sipas_like_share",
        question="indicator.sipas_like_share",
        measured_in="percent",
        formula="(n4 + n5) / n over the batches within the days with dossier counts",
        smallest_group=SMALLEST_HEADLINE,
        source="share among those who answer, as QĐ 1001/QĐ-BNV counts it in a random sample",
    ),
    Indicator(
        name="settlement_ratio",
        question="indicator.settlement_ratio",
        measured_in="percent",
        formula="(completed - (n1 + n2) - complained - late) / completed, at least 0",
        smallest_group=SMALLEST_HEADLINE,
        source="QĐ 766/QĐ-TTg 23/06/2022, ratio c of the satisfaction group",
    ),
)
