"""What the funnel of one released score shows, and the table that says the same without a picture. Pure.

Only peers whose released score has grade A or B are dots, and only where there are enough that none stands alone.
"""

from collections.abc import Sequence

import msgspec

from dashboards.charts.funnel import FunnelChart, FunnelLimits, FunnelPoint
from dashboards.disclosure.released_scores import ReleasedScore, Steps
from dashboards.indicators.parameters import Parameters
from feedback.tables.staff_views import PeerPoint
from surveys.wording import Wording

CURVE_POINTS = 60
ROOM = 1.08  # to the right of the last dot


class FunnelRow(msgspec.Struct, frozen=True):
    """Peers with `first` to `last` ratings, by where their dots lie."""

    first: int
    last: int
    inside: int
    warning: int
    alarm: int


def make_funnel(
    score: ReleasedScore, peers: Sequence[PeerPoint], wording: Wording, parameters: Parameters
) -> FunnelChart | None:
    """None for a score without steps: then there is nothing to place."""
    steps, n = score.steps, score.n
    if steps is None or n is None:
        return None
    shown = [blur(peer) for peer in peers] if len(peers) >= parameters.smallest_pool.value else []
    return FunnelChart(
        axis=wording.say("explain.funnel.axis"),
        ratings_axis=wording.say("explain.funnel.ratings"),
        own_word=wording.say("explain.funnel.own"),
        peer_word=wording.say("explain.funnel.peer"),
        mean=steps.mu,
        own=FunnelPoint(n, steps.adjusted),
        peers=tuple(shown),
        limits=list_limits(steps, max([n, *(peer.n for peer in shown)]), parameters),
    )


def blur(peer: PeerPoint) -> FunnelPoint:
    """To ten ratings and a whole point: who knows how much a colleague works shall not read the exact figure off it."""
    return FunnelPoint(round(peer.n, -1), float(round(peer.adjusted)))


def list_limits(steps: Steps, largest: int, parameters: Parameters) -> tuple[FunnelLimits, ...]:
    """From the fewest ratings that a peer has to a little beyond the most."""
    first, last = parameters.peer_ratings.value, max(round(largest * ROOM), 2 * parameters.peer_ratings.value)
    places = {first + round((last - first) * place / CURVE_POINTS) for place in range(CURVE_POINTS + 1)}
    return tuple(calculate_limits(steps, n, parameters) for n in sorted(places))


def calculate_limits(steps: Steps, n: int, parameters: Parameters) -> FunnelLimits:
    """μ ± z √(φσ²/n + τ²), z for 95 % and 99.8 %."""
    spread = float((steps.phi * steps.sigma2 / n + steps.tau2) ** 0.5)
    warning, alarm = parameters.warning_z.value * spread, parameters.alarm_z.value * spread
    return FunnelLimits(n, steps.mu - warning, steps.mu + warning, steps.mu - alarm, steps.mu + alarm)


def count_places(chart: FunnelChart, steps: Steps, parameters: Parameters) -> tuple[FunnelRow, ...]:
    """The dots counted by number of ratings, in the steps at which grades change; rows without dots are left out."""
    starts = [parameters.owner_ratings.value, parameters.b_ratings.value, parameters.a_ratings.value]
    starts += [2 * starts[-1], 4 * starts[-1]]
    rows: list[FunnelRow] = []
    for first, following in zip(starts, [*starts[1:], None], strict=True):
        dots = [dot for dot in chart.peers if first <= dot.n and (following is None or dot.n < following)]
        places = [name_place(dot, steps, parameters) for dot in dots]
        if places:
            last = max(dot.n for dot in dots) if following is None else following - 1
            rows.append(FunnelRow(first, last, *(places.count(name) for name in ("inside", "warning", "alarm"))))
    return tuple(rows)


def name_place(dot: FunnelPoint, steps: Steps, parameters: Parameters) -> str:
    limits = calculate_limits(steps, dot.n, parameters)
    if not limits.alarm_low <= dot.adjusted <= limits.alarm_high:
        return "alarm"
    return "inside" if limits.warning_low <= dot.adjusted <= limits.warning_high else "warning"
