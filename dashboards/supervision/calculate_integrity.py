"""How many ratings were set aside, and why; how the others prove a visit. Counts in, released structs out."""

from dashboards.disclosure.front import FRONT_RATINGS, measure_share
from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.calculate_margins import calculate_margin
from dashboards.supervision.calculate_nodes import Nodes
from dashboards.supervision.counts import QuarterCounts
from dashboards.supervision.figures import Integrity, SetAside

REVIEWED = "review"
AS_THEY_CAME = "automatic"


def calculate_integrity(counts: QuarterCounts, nodes: Nodes, reviewed: int) -> Integrity:
    """`reviewed` of those set aside were so by people who looked into them; the rest as they came."""
    aside = int(counts.set_aside.sum())
    received = int(counts.total.scores.sum()) + aside
    reviewed = min(reviewed, aside)
    parts = {REVIEWED: reviewed, AS_THEY_CAME: aside - reviewed}
    return Integrity(
        received=received,
        set_aside=share_of(aside, received),
        reasons=tuple(SetAside(reason, share_of(n, received)) for reason, n in parts.items() if n),
        proof=calculate_margin(nodes.splits["proof"]),
    )


def share_of(part: int, received: int) -> ReleasedShare | None:
    """None below five ratings, and while the part is one to four of them."""
    smallest = FRONT_RATINGS.value
    if received < smallest or 0 < part < smallest:
        return None
    return measure_share(part, received)
