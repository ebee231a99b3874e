"""What an alert is about, what its cause is called, and which cause is part of another. Pure; holds no figure."""

from datetime import date

import msgspec

from feedback.tables.supervision_alerts import AlertKind, SupervisionAlert

FALLS: frozenset[AlertKind] = frozenset({"drop", "low_share"})


class About(msgspec.Struct, frozen=True):
    """An official's `desk_id` is where the official served most; of 0, it is about no desk, or no official."""

    kind: AlertKind
    unit_id: int
    desk_id: int = 0
    official_id: int = 0

    @property
    def cause(self) -> str:
        if self.official_id:
            return f"{self.kind}/official/{self.official_id}"
        return f"{self.kind}/desk/{self.desk_id}" if self.desk_id else f"{self.kind}/unit/{self.unit_id}"


class Signal(msgspec.Struct, frozen=True):
    """A rule that fired, unreleased. `first` to `day` are the days concerned; more than `threshold` is an alert.

    `usual` is the share that was to be expected, None for drops.
    """

    about: About
    first: date
    day: date
    statistic: float
    threshold: float
    usual: float | None = None


def find_about(alert: SupervisionAlert) -> About:
    return About(alert.kind, alert.unit_id, alert.desk_id, alert.official_id)


def is_part_of(part: About, whole: About) -> bool:
    """Whether `whole` explains `part`, so that both are one cause.

    A drop at a desk explains that of its officials and its weeks with many low scores; what falls in a unit is
    explained by a desk of it that falls, and many low scores by a drop.
    """
    if part == whole or {part.kind, whole.kind} - FALLS or part.unit_id != whole.unit_id or whole.official_id:
        return False
    if part.official_id or part.desk_id:
        return whole.kind == "drop" and whole.desk_id == part.desk_id
    return bool(whole.desk_id) or whole.kind == "drop"
