"""How unlikely a count is where nothing is the matter: exact binomial tails, as -log10 of the chance. Pure."""

import math
from collections.abc import Iterable

NEGLIGIBLE = 1e-17  # of the sum so far: further terms change no digit


def measure_excess(part: int, n: int, usual: float) -> float:
    """-log10 P(X >= part), X binomial of n with the chance `usual`."""
    if part <= 0 or usual >= 1:
        return 0.0
    return math.inf if usual <= 0 else sum_terms(range(part, n + 1), n, usual)


def measure_lack(part: int, n: int, usual: float) -> float:
    """-log10 P(X <= part)."""
    if part >= n or usual <= 0:
        return 0.0
    return math.inf if usual >= 1 else sum_terms(range(part, -1, -1), n, usual)


def measure_silence(expected: float) -> float:
    """-log10 of the chance that nothing comes where `expected` should (Poisson)."""
    return expected / math.log(10)


def sum_terms(counts: Iterable[int], n: int, usual: float) -> float:
    """`counts` lead away from the one that was seen; all relative to its term, so that nothing underflows."""
    first = total = 0.0
    for place, count in enumerate(counts):
        term = log_chance(count, n, usual)
        if place == 0:
            first, total = term, 1.0
            continue
        added = math.exp(term - first)
        total += added
        if added < NEGLIGIBLE * total:
            break
    return max(0.0, -(first + math.log(total)) / math.log(10))


def log_chance(count: int, n: int, usual: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    return ways + count * math.log(usual) + (n - count) * math.log1p(-usual)
