"""Released numbers as a person reads them. Every page and every chart takes its forms from here."""

from dashboards.disclosure.groups import ReleasedShare
from surveys.wording import Wording


class Phrases:
    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def count(self, n: int | None) -> str:
        return self.wording.say("results.count-hidden") if n is None else self.wording.number(n)

    def percent(self, percent: int) -> str:
        return self.wording.percent(percent / 100)

    def share(self, share: ReleasedShare | None) -> str:
        if share is None:
            return self.wording.say("results.too-few")
        percent = self.percent(share.percent)
        keys = {"at_least": "results.at-least", "at_most": "results.at-most"}
        return percent if share.bound == "exact" else self.wording.say(keys[share.bound], percent=percent)

    def interval(self, share: ReleasedShare | None) -> str:
        """Empty for what has no interval."""
        if share is None or share.low is None or share.high is None:
            return ""
        low = self.wording.number(share.low)
        return self.wording.say("results.interval", low=low, high=self.percent(share.high))

    def decimal_percent(self, share: float) -> str:
        return self.wording.say("results.decimal-percent", number=self.wording.number(100 * share, 1))
