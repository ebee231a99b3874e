"""Reads what one explanation is made of: released rows, their pool, the peers of the pool. Computes nothing."""

from collections.abc import Sequence

import msgspec

from dashboards.disclosure.readers import narrow_score
from dashboards.disclosure.released_scores import ReleasedPool, ReleasedScore
from dashboards.indicators.parameter_sets import PARAMETER_SETS
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import RoleName
from feedback.database import Connection
from feedback.tables.releases import Release, ReleaseScore, select_entity_scores, select_release
from feedback.tables.staff_views import PeerPoint, select_peers, select_pool_figure
from surveys.errors import NothingToExplainError, UnknownReleaseError

LONGEST_CODE = 20


class Explanation(msgspec.Struct, frozen=True):
    """One figure of one release, with what stands around it. `place` counts the figures of the same entity from 0."""

    release: Release
    role: RoleName
    place: int
    row: ReleaseScore
    score: ReleasedScore
    pool: ReleasedPool | None
    peers: tuple[PeerPoint, ...]
    parameters: Parameters


async def read_explanations(
    connection: Connection, code: str, role: RoleName, entity_id: int, name: str
) -> list[Explanation]:
    """Every figure that release `code` holds of an entity, that of most ratings first; at least one.

    `name` is what the entity is called. Raises UnknownReleaseError or NothingToExplainError.
    """
    return await add_peers(connection, await read_figures(connection, code, role, entity_id, name))


async def read_figures(
    connection: Connection, code: str, role: RoleName, entity_id: int, name: str
) -> list[Explanation]:
    """The same without the peers, who are of other units: no row of theirs is within reach of who looks at one."""
    release = await select_release(connection, code) if code.isprintable() and len(code) <= LONGEST_CODE else None
    if release is None:
        raise UnknownReleaseError(release=code[:LONGEST_CODE])
    parameters = PARAMETER_SETS.get(release.method_version)
    rows = await select_entity_scores(connection, role, entity_id)
    own = arrange_figures([row for row in rows if row.release_id == release.release_id])
    if not own or parameters is None:
        raise NothingToExplainError(release=code, name=name)
    return [
        Explanation(
            release,
            role,
            place,
            row,
            score,
            await read_pool(connection, row),
            (),
            parameters,
        )
        for place, (row, score) in enumerate(own)
    ]


async def add_peers(connection: Connection, found: Sequence[Explanation]) -> list[Explanation]:
    """The peers are numbers without a name: rating counts and adjusted scores of a pool."""
    return [msgspec.structs.replace(figure, peers=tuple(await read_peers(connection, figure.row))) for figure in found]


async def read_peers(connection: Connection, row: ReleaseScore) -> list[PeerPoint]:
    return await select_peers(connection, row.release_id, row.role, row.pool, row.entity_id)


def arrange_figures(rows: list[ReleaseScore]) -> list[tuple[ReleaseScore, ReleasedScore]]:
    """Most ratings first."""
    figures = [(row, read_score(row)) for row in rows]
    return sorted(figures, key=lambda figure: (-(figure[1].n or 0), figure[0].pool))


def read_score(row: ReleaseScore) -> ReleasedScore:
    """As the official concerned and the manager may see it."""
    return narrow_score(msgspec.json.decode(row.figure, type=ReleasedScore), "owner")


async def read_pool(connection: Connection, row: ReleaseScore) -> ReleasedPool | None:
    figure = await select_pool_figure(connection, row.release_id, row.role, row.pool)
    return None if figure is None else msgspec.json.decode(figure, type=ReleasedPool)
