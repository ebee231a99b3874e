"""What citizens said when asked again, as the Front may see it: from ten replies on, in whole batches of ten. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

import msgspec

from dashboards.disclosure.batches import list_ends
from dashboards.disclosure.front import release_dissatisfied, release_front
from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from feedback.database import Connection
from feedback.tables.case_replies import CaseAnswer, ReplyCount, count_case_replies

# Four answers stand where five scores do, so that the gate of scores lets them out: better and partly are satisfied.
PLACES: Mapping[CaseAnswer, int] = {"worse": 0, "same": 2, "partly": 3, "better": 4}


class ReleasedReplies(msgspec.Struct, frozen=True):
    """`group.share` are those for whom it got better, at least partly; `worse` those for whom it got worse."""

    group: ReleasedGroup
    worse: ReleasedShare | None


async def read_replies(connection: Connection, case_id: int, today: date) -> ReleasedReplies | None:
    """None below ten. For the Front alone: a unit's connection has no rows of it."""
    return release_replies(await count_case_replies(connection, case_id), today)


def release_replies(counts: Sequence[ReplyCount], today: date) -> ReleasedReplies | None:
    """Whole days, gathered until they have ten replies; today is left out, as its number still grows."""
    by_day = [(day, list(rows)) for day, rows in groupby(counts, key=lambda count: count.day) if day < today]
    ends = list_ends([(day, sum(row.n for row in rows)) for day, rows in by_day])
    if not ends:
        return None
    scores = [0] * 5
    for _, rows in by_day[: ends[-1] + 1]:
        for row in rows:
            scores[PLACES[row.answer]] += row.n
    return ReleasedReplies(release_front(scores), release_dissatisfied(scores))
