"""Clusters of answers that tell of harassment or informal payments, beside what is usual in the province. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from dashboards.supervision.alerts.causes import About, Signal
from dashboards.supervision.alerts.rules_chance import measure_excess
from dashboards.supervision.alerts.rules_parameters import CLUSTER, CLUSTER_ANSWERS, SIGNIFICANCE
from dashboards.supervision.alerts.rules_rates import keep_sure
from feedback.tables.alert_inputs import AnswerTally
from feedback.tables.supervision_alerts import AlertKind

QUESTIONS: Mapping[AlertKind, str] = {"harassment": "trouble", "informal_payment": "informal_cost"}


def find_clusters(
    kind: AlertKind, tallies: Iterable[AnswerTally], before: Iterable[AnswerTally], first: date, last: date
) -> list[Signal]:
    """`before` are the answers of the year before the window, of all units."""
    usual, found = UsualShares(before), list[Signal]()
    for tally in tallies:
        share = usual.find(tally.province)
        if tally.yes < CLUSTER.value or share is None:
            continue
        statistic = measure_excess(tally.yes, tally.answered, share)
        found.append(Signal(About(kind, tally.unit_id), first, last, statistic, SIGNIFICANCE.value, share))
    return keep_sure(found)


class UsualShares:
    """The share of yes by province, and of the nation where a province has answered too little."""

    def __init__(self, before: Iterable[AnswerTally]) -> None:
        self.yes, self.answered = Counter[str](), Counter[str]()
        for tally in before:
            for place in (tally.province, ""):
                self.yes[place] += tally.yes
                self.answered[place] += tally.answered

    def find(self, province: str) -> float | None:
        """None while nobody knows what is usual. One yes more than there were, so that none is never certain."""
        place = province if self.answered[province] >= CLUSTER_ANSWERS.value else ""
        if self.answered[place] < CLUSTER_ANSWERS.value:
            return None
        return (self.yes[place] + 1) / (self.answered[place] + 1)
