"""Who runs a round as the higher level, and who may see what became of all of it. Pure."""

import msgspec

from dashboards.supervision.figures import Area
from feedback.accounts.powers import NATION, SignedIn, Where, may


def runs_checks(signed_in: SignedIn, area: Area | None) -> bool:
    """Whoever draws, records and closes reaches the whole area; for a single unit, the whole place that it lies in."""
    where = find_where(area)
    return may(signed_in.appointments, "run_checks", msgspec.structs.replace(where, unit=""))


def sees_whole(signed_in: SignedIn, area: Area | None) -> bool:
    """From the figure of an area, whoever knows a part of it could work out the rest."""
    return may(signed_in.appointments, "run_checks", find_where(area))


def find_where(area: Area | None) -> Where:
    """Of a place that is no longer in the catalogue nobody knows what it lay in."""
    return area.where if area else NATION
