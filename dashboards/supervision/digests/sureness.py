"""How sure an alert is, in few words: from the figures frozen with it. Pure."""

import msgspec

from dashboards.indicators.parameters import Parameter
from dashboards.supervision.alerts.weights import measure_certainty
from dashboards.supervision.digests.rules import FIRST
from feedback.tables.digest_alerts import DigestAlert
from surveys.wording import Wording

# One half is where a rule just fires: 0.65 is one and a half times its limit, 0.875 three times.
SURE = Parameter(0.64, "Own choice: half as far again as the rule asks", FIRST, is_placeholder=True)
VERY_SURE = Parameter(0.87, "Own choice: three times as far as the rule asks", FIRST, is_placeholder=True)


class FrozenFigures(msgspec.Struct, frozen=True):
    """What of an alert's evidence says how sure it is; None where the rule froze no such figure."""

    statistic: float | None = None
    threshold: float | None = None


def say_sureness(alert: DigestAlert, wording: Wording) -> str:
    """By the certainty that is part of the weight, and the weight itself."""
    weight = wording.number(alert.weight)
    figures = read_figures(alert.evidence)
    if not figures.statistic or not figures.threshold:
        return wording.say("digest.sure.unknown", weight=weight)
    certainty = measure_certainty(figures.statistic, figures.threshold)
    level = "very" if certainty >= VERY_SURE.value else "rather" if certainty >= SURE.value else "just"
    return wording.say(f"digest.sure.{level}", weight=weight)


def read_figures(evidence: str) -> FrozenFigures:
    """Nothing for what is in no form known here."""
    try:
        return msgspec.json.decode(evidence, type=FrozenFigures)
    except msgspec.DecodeError:
        return FrozenFigures()
