"""Makes releases: one closed quarter in one transaction, once. Tells nobody: the webhooks look for what is new."""

import asyncio
import contextlib
from datetime import datetime

from msgspec.structs import replace

from dashboards.releases.compute import compute_release
from dashboards.releases.contents import ReleaseContent, digest_content
from dashboards.releases.corrections import count_carried, count_waiting
from dashboards.releases.inputs import ReleaseInput, digest_input, list_kept, pack_frame
from dashboards.releases.method import IN_USE, describe_parameters
from dashboards.releases.quarters import Quarter, list_closable, require_closable
from dashboards.releases.read_input import read_present_input
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.release_inputs import has_ratings, select_first_rated_day
from feedback.tables.releases import (
    Release,
    insert_release,
    insert_release_corrections,
    insert_release_lookups,
    insert_release_pools,
    insert_release_scores,
    lock_releases,
    select_release,
    select_releases,
)
from surveys.errors import AlreadyReleasedError, NothingToReleaseError


async def publish_release(connection: Connection, quarter: Quarter, now: datetime) -> Release:
    """Compute and store one quarter. `now` is the moment of making; the figures do not depend on it.

    Raises PeriodNotClosedError, AlreadyReleasedError or NothingToReleaseError.
    """
    require_closable(quarter, read_local_day(now)[0])
    async with connection.transaction(isolation="repeatable_read"):
        await lock_releases(connection)
        if await select_release(connection, quarter.code) is not None:
            raise AlreadyReleasedError(release=quarter.code)
        if not await has_ratings(connection, quarter.first_day, quarter.last_day):
            raise NothingToReleaseError(release=quarter.code)
        entry = await read_present_input(connection, quarter)
        content = await asyncio.to_thread(compute_release, entry, IN_USE)
        release = await asyncio.to_thread(describe_release, entry, content, now)
        return await store_release(connection, release, entry, content)


def describe_release(entry: ReleaseInput, content: ReleaseContent, now: datetime) -> Release:
    return Release(
        code=entry.quarter.code,
        first_day=entry.quarter.first_day,
        last_day=entry.quarter.last_day,
        data_cut=entry.data_cut,
        method_version=IN_USE.version,
        parameters=describe_parameters(IN_USE),
        input_digest=digest_input(entry),
        content_digest=digest_content(content),
        corrections=count_carried(entry.corrected.carried),
        waiting=count_waiting(entry.corrected.waiting),
        made_at=now,
    )


async def store_release(
    connection: Connection, release: Release, entry: ReleaseInput, content: ReleaseContent
) -> Release:
    """The release with the id it got."""
    release_id = await insert_release(connection, release)
    kept = {name: pack_frame(frame) for name, frame in list_kept(entry.lookups, entry.dossiers).items()}
    await insert_release_lookups(connection, release_id, kept)
    await insert_release_corrections(connection, release_id, entry.corrected.carried)
    await insert_release_scores(connection, [replace(row, release_id=release_id) for row in content.scores])
    await insert_release_pools(connection, [replace(row, release_id=release_id) for row in content.pools])
    return replace(release, release_id=release_id)


async def close_due_quarters(connection: Connection, now: datetime) -> list[Release]:
    """Release every quarter with ratings that may be closed and was not, oldest first. For a daily job."""
    first = await select_first_rated_day(connection)
    if first is None:
        return []
    released = {release.code for release in await select_releases(connection)}
    closable = list_closable(first, read_local_day(now)[0])
    made: list[Release] = []
    for quarter in closable:
        if quarter.code in released or not await has_ratings(connection, quarter.first_day, quarter.last_day):
            continue
        with contextlib.suppress(AlreadyReleasedError):
            made.append(await publish_release(connection, quarter, now))
    return made
