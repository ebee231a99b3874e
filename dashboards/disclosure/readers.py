"""Who gets how much of a released score. A stored figure is the owner's; nobody else gets it whole.

Owner: the official concerned and the direct manager. Personnel: the evaluation API. Public: rule P5.
"""

from typing import Literal

import msgspec

from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.indicators.registry import SMALLEST_HEADLINE
from dashboards.indicators.roles import RoleName

Reader = Literal["owner", "personnel", "public"]
GRADES_OF_PERSONNEL = ("A", "B")


def narrow_score(score: ReleasedScore, reader: Reader, role: RoleName = "official") -> ReleasedScore:
    """What this reader may know of it. The public gets nothing of officials, not even that there is a figure."""
    match reader:
        case "owner":
            return score
        case "personnel":
            return narrow_for_personnel(score)
        case "public":
            return narrow_for_public(score, role)


def narrow_for_personnel(score: ReleasedScore) -> ReleasedScore:
    """Score, interval, band and reliability of grade A and B alone; how they came about, of none."""
    kept = msgspec.structs.replace(score, funnel=None, flagged=None, coded=None, steps=None)
    if score.grade in GRADES_OF_PERSONNEL:
        return kept
    return msgspec.structs.replace(kept, score=None, low=None, high=None, reliability=None, band=None)


def narrow_for_public(score: ReleasedScore, role: RoleName) -> ReleasedScore:
    nothing = ReleasedScore("none", score.reasons if role != "official" else ())
    if role == "official" or score.n is None or score.n < SMALLEST_HEADLINE:
        return nothing
    return msgspec.structs.replace(nothing, grade=score.grade, n=score.n, headline=score.headline)
