"""What was released, by which method, among which equals, and what is new since a reader last asked."""

from collections.abc import Mapping

import msgspec
from litestar import Response
from litestar.params import FromPath

from dashboards.disclosure.groups import release_count
from dashboards.evaluation.access import admit, read_only
from dashboards.evaluation.cursors import ChangesCursor, read_cursor, write_cursor
from dashboards.evaluation.items import (
    ChangeList,
    GradeCount,
    MethodList,
    PeerGroupList,
    ReleaseChange,
    ReleaseDetail,
    ReleaseItem,
    ReleaseList,
    ReviewChange,
)
from dashboards.evaluation.make_items import make_method_item, make_peer_group_item, read_stored_parameters
from dashboards.evaluation.questions import read_question
from dashboards.evaluation.reach import borrow_connection, find_release, read_reach, read_releases
from dashboards.evaluation.replies import reply_item
from dashboards.indicators.parameter_sets import PARAMETER_SETS
from feedback.record_response import read_local_day
from feedback.tables.evaluation_changes import (
    EndedReview,
    NewRelease,
    select_ended_reviews,
    select_new_releases,
)
from feedback.tables.evaluation_views import count_grades
from feedback.tables.releases import select_release, select_release_pools
from feedback.web.bodies import Request
from surveys.errors import UnknownMethodError, UnlistedReleaseError

CHANGES = "changes"


@read_only("/api/v1/releases")
async def list_releases(request: Request) -> Response[bytes]:
    await admit(request)
    read_question(request)
    releases = await read_releases(request)
    items = [ReleaseItem(one.code, one.first_day, one.last_day, one.method_version) for one in releases]
    return reply_item(request, ReleaseList(items))


@read_only("/api/v1/releases/{release:str}")
async def show_release(request: Request, release: FromPath[str]) -> Response[bytes]:
    """The counts of grades are those within reach of the key.

    Corrections are told as any number of ratings: of one granted review, whose days `changes` tells, they are its own.
    """
    key = await admit(request)
    read_question(request)
    head = await find_release(request, release)
    async with borrow_connection(request) as connection:
        found = await select_release(connection, head.code)
        counts = await count_grades(connection, head.release_id, await read_reach(connection, key))
    if found is None:
        raise UnlistedReleaseError(known="-")
    return reply_item(
        request,
        ReleaseDetail(
            release=found.code,
            first_day=found.first_day,
            last_day=found.last_day,
            method_version=found.method_version,
            data_cut=found.data_cut,
            input_digest=found.input_digest.hex(),
            content_digest=found.content_digest.hex(),
            corrections=release_count(found.corrections),
            waiting=release_count(found.waiting),
            made_on=read_local_day(found.made_at)[0],
            grades=make_grade_counts(counts),
            parameters=read_stored_parameters(found.parameters),
        ),
    )


@read_only("/api/v1/releases/{release:str}/peer-groups")
async def list_peer_groups(request: Request, release: FromPath[str]) -> Response[bytes]:
    """For every key: how equals differ is about nobody, and says what a score is read against."""
    await admit(request)
    read_question(request)
    head = await find_release(request, release)
    async with borrow_connection(request) as connection:
        pools = await select_release_pools(connection, head.release_id)
    return reply_item(request, PeerGroupList(head.code, [make_peer_group_item(pool) for pool in pools]))


@read_only("/api/v1/changes")
async def list_changes(request: Request) -> Response[bytes]:
    """Releases first, then reviews that ended before today, each in the order in which it came."""
    key = await admit(request)
    question = read_question(request, "cursor", "limit")
    secret, text = request.app.state.settings.secret, question.get("cursor")
    after = ChangesCursor() if text is None else read_cursor(text, ChangesCursor, secret, CHANGES)
    limit = question.limit
    async with borrow_connection(request) as connection:
        releases = await select_new_releases(connection, after.release_id, limit + 1)
        reviews = await select_ended_reviews(
            connection,
            request.app.state.read_day(),
            (after.ended_on, after.review_id),
            await read_reach(connection, key),
            limit + 1,
        )
    shown_releases = releases[:limit]
    shown_reviews = reviews[: limit - len(shown_releases)]
    cursor = write_cursor(move_on(after, shown_releases, shown_reviews), secret, CHANGES)
    has_more = len(releases) + len(reviews) > len(shown_releases) + len(shown_reviews)
    items = [*map(make_release_change, shown_releases), *map(make_review_change, shown_reviews)]
    links = {"next": question.write_next(cursor)} if has_more else None
    return reply_item(request, ChangeList(items, cursor, has_more), links)


@read_only("/api/v1/methods")
async def list_methods(request: Request) -> Response[bytes]:
    await admit(request)
    read_question(request)
    return reply_item(request, MethodList([make_method_item(one) for one in PARAMETER_SETS.values()]))


@read_only("/api/v1/methods/{version:str}")
async def show_method(request: Request, version: FromPath[str]) -> Response[bytes]:
    await admit(request)
    read_question(request)
    found = PARAMETER_SETS.get(version)
    if found is None:
        raise UnknownMethodError(known=", ".join(PARAMETER_SETS))
    return reply_item(request, make_method_item(found))


def make_grade_counts(counts: Mapping[tuple[str, str], int]) -> list[GradeCount]:
    return [
        msgspec.convert({"role": role, "grade": grade, "count": count}, GradeCount)
        for (role, grade), count in sorted(counts.items())
    ]


def move_on(after: ChangesCursor, releases: list[NewRelease], reviews: list[EndedReview]) -> ChangesCursor:
    return ChangesCursor(
        releases[-1].release_id if releases else after.release_id,
        reviews[-1].ended_on if reviews else after.ended_on,
        reviews[-1].review_id if reviews else after.review_id,
    )


def make_release_change(release: NewRelease) -> ReleaseChange:
    return ReleaseChange(release.code, release.first_day, release.last_day)


def make_review_change(review: EndedReview) -> ReviewChange:
    state = "granted" if review.state == "granted" else "refused"
    return ReviewChange(review.official, review.first_day, review.last_day, state, review.ended_on)


ROUTES = [list_releases, show_release, list_peer_groups, list_changes, list_methods, show_method]
