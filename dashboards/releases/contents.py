"""What comes out of a release, and its digest. Pure."""

import hashlib
from collections.abc import Sequence

import msgspec

from feedback.tables.releases import ReleasePool, ReleaseScore


class ReleaseContent(msgspec.Struct, frozen=True):
    """Rows for the store; their `release_id` is 0 until they get there."""

    scores: tuple[ReleaseScore, ...]
    pools: tuple[ReleasePool, ...]


def make_content(scores: Sequence[ReleaseScore], pools: Sequence[ReleasePool]) -> ReleaseContent:
    """In one order whatever the order given, and without the id of a release."""
    return ReleaseContent(
        tuple(
            sorted(
                (msgspec.structs.replace(score, release_id=0) for score in scores),
                key=lambda score: (score.role, score.entity_id, score.pool),
            )
        ),
        tuple(
            sorted(
                (msgspec.structs.replace(pool, release_id=0) for pool in pools), key=lambda pool: (pool.role, pool.pool)
            )
        ),
    )


def digest_content(content: ReleaseContent) -> bytes:
    """SHA-256 over every row that came out, one line of JSON each."""
    digest = hashlib.sha256()
    for row in (*content.scores, *content.pools):
        digest.update(msgspec.json.encode(msgspec.structs.astuple(row)) + b"\n")
    return digest.digest()


def count_differences(first: ReleaseContent, second: ReleaseContent) -> int:
    """Rows that stand in one of the two only."""
    return len(set(first.scores) ^ set(second.scores)) + len(set(first.pools) ^ set(second.pools))
