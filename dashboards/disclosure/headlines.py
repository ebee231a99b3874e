"""The gate for the public headline of a unit and for its procedures: rules P1, P5 and P6. Pure."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from dashboards.disclosure.groups import (
    BOTTOM_BAND,
    EXACT_DECIMALS,
    SMALLEST_UNCODED,
    TOP_BAND,
    ReleasedShare,
    divide_half_up,
    release_cell,
)
from dashboards.disclosure.margins import list_showable
from dashboards.disclosure.released_scores import Headline, Procedure, ReleasedScore
from dashboards.indicators.registry import SMALLEST_GROUP, SMALLEST_HEADLINE
from dashboards.indicators.satisfaction import Satisfaction


def gate_headline(
    row: Mapping[str, Any], class_a: int, completed: int, procedures: Mapping[str, Satisfaction], figure: ReleasedScore
) -> Headline | None:
    """`row` is one of standardise_units; `procedures` by code, "" for ratings that name none, in any order.

    `figure` is the gated score of the same unit: where it is hidden there is no headline, where no share of class A is
    told there is no response rate, which is the number of visit tokens over a number of dossiers everybody can read.
    """
    if figure.n is None:
        return None
    is_told = figure.share_class_a is not None and class_a >= SMALLEST_GROUP
    rate = min(divide_half_up(100 * class_a, completed), 100) if is_told and completed else None
    shown = (Procedure(code, release_cell(procedures[code])) for code in list_showable(procedures))
    return Headline(release_standardised(row), bool(row["is_weighted"]), rate, tuple(shown))


def add_headline(figure: str, headline: Headline | None) -> str:
    """The JSON of a released score with the headline in it."""
    score = msgspec.json.decode(figure, type=ReleasedScore)
    return msgspec.json.encode(msgspec.structs.replace(score, headline=headline)).decode()


def release_standardised(row: Mapping[str, Any]) -> ReleasedShare | None:
    """Whole percent with its interval rounded outwards; None below 30 ratings, a band near the ends below 50."""
    if row["n"] < SMALLEST_HEADLINE:
        return None
    percent = round(100 * row["satisfied_share"], EXACT_DECIMALS)
    if row["n"] < SMALLEST_UNCODED and percent >= TOP_BAND:
        return ReleasedShare(TOP_BAND, "at_least")
    if row["n"] < SMALLEST_UNCODED and percent <= BOTTOM_BAND:
        return ReleasedShare(BOTTOM_BAND, "at_most")
    low, high = (round(100 * row[end], EXACT_DECIMALS) for end in ("low", "high"))
    return ReleasedShare(math.floor(percent + 0.5), "exact", math.floor(low), math.ceil(high))
