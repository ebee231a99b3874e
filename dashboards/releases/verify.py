"""Makes a release a second time, from the rows of its ratings, and compares. Changes nothing."""

import asyncio

import msgspec

from dashboards.releases.compute import compute_release
from dashboards.releases.contents import ReleaseContent, count_differences, digest_content, make_content
from dashboards.releases.inputs import ReleaseInput, digest_input
from dashboards.releases.method import PARAMETER_SETS
from dashboards.releases.quarters import read_quarter
from dashboards.releases.read_input import read_past_input
from feedback.database import Connection
from feedback.tables.releases import (
    Release,
    select_release,
    select_release_lookups,
    select_release_pools,
    select_release_scores,
)
from surveys.errors import UnknownReleaseError


class Verification(msgspec.Struct, frozen=True):
    """`differing` counts rows that only one of the two contents has, the stored and the one made again."""

    release: Release
    is_stored_whole: bool
    """The stored rows still have the digest of the day they were made."""
    is_input_same: bool
    is_content_same: bool
    differing: int

    @property
    def is_good(self) -> bool:
        return self.is_stored_whole and self.is_input_same and self.is_content_same and not self.differing


async def verify_release(connection: Connection, code: str) -> Verification:
    """Raises UnknownReleaseError."""
    quarter = read_quarter(code)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        release = await select_release(connection, quarter.code)
        if release is None:
            raise UnknownReleaseError(release=quarter.code)
        stored = await read_content(connection, release.release_id)
        kept = await select_release_lookups(connection, release.release_id)
        entry = await read_past_input(connection, quarter, release.release_id, release.data_cut, kept)
    return await asyncio.to_thread(compare, release, stored, entry)


async def read_content(connection: Connection, release_id: int) -> ReleaseContent:
    """What stands in the store."""
    return make_content(
        await select_release_scores(connection, release_id), await select_release_pools(connection, release_id)
    )


def compare(release: Release, stored: ReleaseContent, entry: ReleaseInput) -> Verification:
    again = compute_release(entry, PARAMETER_SETS[release.method_version])
    return Verification(
        release,
        is_stored_whole=digest_content(stored) == release.content_digest,
        is_input_same=digest_input(entry) == release.input_digest,
        is_content_same=digest_content(again) == release.content_digest,
        differing=count_differences(stored, again),
    )
