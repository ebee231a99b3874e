"""Which forms are entered twice, where two entries differ, and how often they agree. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec

from dashboards.disclosure.front import measure_share
from dashboards.disclosure.groups import ReleasedShare
from dashboards.indicators.parameters import Parameter
from feedback.tables.form_batches import FormBatch
from feedback.tables.form_entries import EntryLine
from feedback.tables.responses import Response

SMALLEST_DOUBLED = Parameter(
    20,
    "Own choice: fewer than 20 forms say little about how often entries agree",
    date(2026, 1, 1),
    is_placeholder=True,
)
Said = int | bool | str


class Typed(msgspec.Struct, frozen=True):
    """What stands on a form, without the comment; 0 in official and procedure: left open."""

    desk: int
    official: int
    procedure: int
    survey: int
    score: int
    answers: dict[str, Said]


class Progress(msgspec.Struct, frozen=True):
    """Of one batch: how many were entered, how many twice of how many to be, and what waits. Holds no score.

    `agreement` is None below SMALLEST_DOUBLED. `waiting` and `open` are numbers of forms.
    """

    size: int
    entered: int
    to_double: int
    doubled: int
    agreement: ReleasedShare | None
    waiting: tuple[int, ...]
    open: tuple[int, ...]


def describe(rating: Response) -> Typed:
    return Typed(
        rating.desk_id,
        rating.official_id,
        rating.procedure_id,
        rating.survey_id,
        rating.score,
        msgspec.json.decode(rating.answers, type=dict[str, Said]) if rating.answers else {},
    )


def write_typed(typed: Typed) -> str:
    return msgspec.json.encode(typed).decode()


def read_typed(text: str) -> Typed:
    return msgspec.json.decode(text, type=Typed)


def list_doubled(batch: FormBatch) -> frozenset[int]:
    """The numbers with the smallest SHA-256 of seed and number (four bytes, big-endian): the share, rounded up."""
    numbers = range(batch.first_number, batch.last_number + 1)
    count = -(-batch.size * batch.double_share // 100)
    ordered = sorted(numbers, key=lambda number: hashlib.sha256(batch.seed + number.to_bytes(4)).digest())
    return frozenset(ordered[:count])


def list_differences(first: Typed, second: Typed) -> tuple[str, ...]:
    """Names of fields; "rater" where the two took different surveys, whose answers cannot be compared."""
    parts = ("desk", "official", "procedure", "score")
    found = [name for name in parts if getattr(first, name) != getattr(second, name)]
    if first.survey != second.survey:
        return (*found, "rater")
    names = {**first.answers, **second.answers}
    return (*found, *(f"answer_{name}" for name in names if first.answers.get(name) != second.answers.get(name)))


def list_waiting(batch: FormBatch, lines: Sequence[EntryLine]) -> dict[int, int]:
    """Forms to be entered a second time, with who entered them first."""
    second = {line.form_number for line in lines if line.turn == 2}  # noqa: PLR2004 (the second turn)
    doubled = list_doubled(batch)
    return {
        line.form_number: line.entered_by for line in lines if line.turn == 1 and line.form_number in doubled - second
    }


def sum_progress(batch: FormBatch, lines: Sequence[EntryLine]) -> Progress:
    second = [line for line in lines if line.turn == 2]  # noqa: PLR2004 (the second turn)
    told = [line.agrees for line in second if line.agrees is not None]
    is_enough = len(told) >= SMALLEST_DOUBLED.value
    return Progress(
        size=batch.size,
        entered=sum(line.turn == 1 for line in lines),
        to_double=len(list_doubled(batch)),
        doubled=len(second),
        agreement=measure_share(sum(told), len(told)) if is_enough else None,
        waiting=tuple(sorted(list_waiting(batch, lines))),
        open=tuple(line.form_number for line in second if line.agrees is None),
    )
