"""What the Front may read of what people wrote: whole batches, shuffled, hidden once more. Pure.

Rule P7: the quarter only, never beside a score, a desk or a day; a comment that may denounce is not shown at all.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from dashboards.disclosure.front import FRONT_COMMENTS, round_count
from dashboards.periods import Period
from dashboards.supervision.figures import Comments
from dashboards.supervision.themes import count_themes
from feedback.tables.written_comments import WrittenComment
from surveys.denunciation import suggests_denunciation
from surveys.personal_data import hide_personal_data

LONGEST = 100
NOT_OFFERED = Comments((), (), 0, is_offered=False)


def release_comments(
    written: Sequence[WrittenComment], weeks: Sequence[Period], seed: str, *, is_closed: bool
) -> Comments:
    """`written` of one quarter; `weeks` those that have closed. The same seed gives the same order."""
    by_unit = groupby(sorted(written, key=lambda comment: comment.unit_id), key=lambda comment: comment.unit_id)
    let_out = [
        comment.comment
        for _, comments in by_unit
        for comment in keep_batches(list(comments), weeks, is_closed=is_closed)
    ]
    told = [text for text in let_out if not suggests_denunciation(text)]
    texts = tuple(hide_personal_data(text).text for text in shuffle(told, seed)[:LONGEST])
    return Comments(count_themes(told), texts, round_count(len(let_out)), round_count(len(let_out) - len(told)))


def keep_batches(
    comments: Sequence[WrittenComment], weeks: Sequence[Period], *, is_closed: bool
) -> list[WrittenComment]:
    """Those of one unit up to the last whole batch; as with ratings, the next batch lets a batch out.

    So the last one is let out by the quarter's end, with the few that may follow it; fewer than five in all never are.
    """
    of_week = Counter(place for comment in comments if (place := find_week(comment.local_day, weeks)) is not None)
    ends = list_ends([of_week[place] for place in range(len(weeks))])
    if not ends or (len(ends) == 1 and not is_closed):
        return []
    last = weeks[-1].last if is_closed else weeks[ends[-2]].last
    return [comment for comment in comments if weeks[0].first <= comment.local_day <= last]


def find_week(day: date, weeks: Sequence[Period]) -> int | None:
    return next((place for place, week in enumerate(weeks) if week.first <= day <= week.last), None)


def list_ends(of_week: Sequence[int]) -> list[int]:
    """The weeks with which enough comments had come together."""
    ends: list[int] = []
    waiting = 0
    for place, n in enumerate(of_week):
        waiting += n
        if waiting >= FRONT_COMMENTS.value:
            ends.append(place)
            waiting = 0
    return ends


def shuffle(texts: Sequence[str], seed: str) -> list[str]:
    """An order that nothing but the seed and the texts decide; those that say the same do not stand together."""
    alike = Counter[str]()
    drawn: list[tuple[bytes, str]] = []
    for text in texts:
        alike[text] += 1
        mark = f"{seed}\n{alike[text]}\n{text}".encode("utf-8", "surrogatepass")
        drawn.append((hashlib.sha256(mark).digest(), text))
    return [text for _, text in sorted(drawn)]
