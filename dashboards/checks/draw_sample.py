"""Which desks or dossiers a seed draws: the same seed and the same population give the same sample. Pure.

docs/cross-checks.md says the same in words, so that anybody can draw again.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

import msgspec

SEED_BYTES = 16
_DIGEST_RANGE = 2**256


class Drawn(msgspec.Struct, frozen=True):
    """`index` says which cell of the population, `ordinal` which one of those in it, from 1."""

    index: int
    ordinal: int


def draw_numbers(seed: bytes, population: int, size: int) -> tuple[int, ...]:
    """`size` different numbers from 1 to `population`, in the order drawn; every set of them is equally likely.

    Try k = 0, 1, 2 … is SHA-256 of the seed and k as eight bytes (big-endian), read as a number: what lies past the
    last whole multiple of `population` below 2^256 is passed over, else the remainder plus one is drawn, once.
    Raises ValueError where there are fewer than `size`.
    """
    if not 0 < size <= population:
        raise ValueError(f"{size} cannot be drawn from {population}")
    end = _DIGEST_RANGE - _DIGEST_RANGE % population
    drawn: dict[int, None] = {}
    count = 0
    while len(drawn) < size:
        number = int.from_bytes(hashlib.sha256(seed + count.to_bytes(8)).digest())
        count += 1
        if number < end:
            drawn.setdefault(number % population + 1)
    return tuple(drawn)


def find_drawn(numbers: Sequence[int], weights: Sequence[int]) -> tuple[Drawn, ...]:
    """Where each number stands when the cells, `weights` large, are counted through in their order."""
    ends = list(accumulate(weights))
    found = [(number, bisect_left(ends, number)) for number in numbers]
    return tuple(Drawn(index, number - (ends[index] - weights[index])) for number, index in found)
