"""What the Front may see, attacked: every week somebody looks at a unit, and keeps all that was ever shown."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.disclosure.front import (
    FRONT_RATINGS,
    count_missing,
    is_rest_showable,
    release_dissatisfied,
    release_front,
)
from dashboards.disclosure.front_cuts import Play, hide_crossed, keep_safe_steps, list_steps
from dashboards.disclosure.groups import ReleasedShare
from tests.dashboards.looks import History, list_looks, list_small_rests, look

WEEKS = 7
BATCH = 10


def find_nothing(*_arguments: object) -> None:
    """A planted hole: nothing ever fails."""


def draw_history(seed: int) -> History:
    """A unit of three desks: 20 to 300 ratings, procedures bound to a desk or not, and sizes from one to many."""
    random = np.random.default_rng(seed)
    n = int(random.integers(20, 300))
    desk_of = random.integers(0, 3, 6)
    is_bound = random.random(6) < 0.7
    procedure = random.choice(6, n, p=random.dirichlet(np.full(6, 0.5)))
    desk = np.where(is_bound[procedure], desk_of[procedure], random.integers(0, 3, n))
    rater = np.where(procedure == 0, 1, random.random(n) < 0.1).astype(int)
    channel = random.choice(3, n, p=[0.8, 0.15, 0.05])
    score = random.choice([1, 4, 5], n, p=[0.2, 0.3, 0.5])
    week = random.choice(WEEKS, n, p=random.dirichlet(np.full(WEEKS, 2.0)))
    return History(
        WEEKS, tuple(zip(*(map(int, x) for x in (week, desk, procedure, rater, channel, score)), strict=True))
    )


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_no_look_and_no_subtraction_gives_a_group_of_one_to_four(first: int) -> None:
    for seed in range(first, first + 10):
        history = draw_history(seed)
        for _, _, cuts in list_looks(history):
            assert list_small_rests(history, cuts) == []


def test_what_was_shown_once_is_never_taken_back_nor_moved_by_fewer_than_ten() -> None:
    for seed in range(60, 80):
        history = draw_history(seed)
        weeks = list_weeks_of_cells(history)
        before: tuple[tuple[int, ...], ...] = ((),) * len(weeks)
        for _, is_closed, cuts in list_looks(history):
            for own, old, new in zip(weeks, before, cuts.parts, strict=True):
                moves = [sum(a <= week < b for week in own) for a, b in zip((0, *new), new, strict=False)]
                is_first = is_closed and len(moves) == 1
                assert new[: len(old)] == old
                assert all(n == 0 or n >= (FRONT_RATINGS.value if is_first else BATCH) for n in moves)
            before = cuts.parts


def list_weeks_of_cells(history: History) -> list[list[int]]:
    numbers = range(len(history.ratings))
    return [[history.ratings[n][0] for n in numbers if history.is_in(n, cell)] for cell in history.cells]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_no_history_lets_a_small_group_out(seed: int) -> None:
    history = draw_history(seed)
    for _, is_closed, cuts in list_looks(history):
        assert list_small_rests(history, cuts) == []
        sizes = [
            sum(week < own[-1] for week in there)
            for there, own in zip(list_weeks_of_cells(history), cuts.parts, strict=True)
            if own
        ]
        assert all(size >= (FRONT_RATINGS.value if is_closed else BATCH) for size in sizes)


@pytest.mark.parametrize("hole", ["find_stay", "find_nested"])
def test_a_planted_hole_is_found(hole: str) -> None:
    with patch.object(Play, hole, find_nothing):
        found = [
            list_small_rests(history, look(history, WEEKS, is_closed=True)) for history in map(draw_history, range(40))
        ]
    assert any(found)


def make_history(*weekly: dict[int, int]) -> History:
    """Procedures and how many rated them, week by week, in turn with 5, 4 and 1."""
    ratings = [
        (week, 0, procedure, 0, 0, (5, 4, 1)[n % 3])
        for week, counts in enumerate(weekly)
        for procedure, size in counts.items()
        for n in range(size)
    ]
    return History(len(weekly), tuple(ratings))


def cuts_of(history: History, procedure: int, weeks: int, *, is_closed: bool = False) -> tuple[int, ...]:
    return look(history, weeks, is_closed=is_closed).parts[history.cells.index((1, procedure))]


def test_a_batch_is_let_out_by_the_next_one() -> None:
    history = make_history({1: 12}, {1: 11}, {1: 3})
    assert [cuts_of(history, 1, weeks) for weeks in range(4)] == [(), (), (1,), (1,)]
    assert cuts_of(history, 1, 3, is_closed=True) == (1, 3)


def test_the_next_smallest_hides_with_a_small_one_until_what_is_left_may_be_told() -> None:
    # 3 are left besides the others, so the 6 go with them: 9, who gave 5, 4 and 1.
    history = make_history({1: 20, 2: 6, 3: 3})
    assert [cuts_of(history, number, 1, is_closed=True) for number in (1, 2, 3)] == [(1,), (), ()]


def test_five_ratings_are_shown_of_a_closed_quarter_only() -> None:
    history = make_history({1: 20, 2: 5})
    assert cuts_of(history, 2, 1, is_closed=True) == (1,)
    assert cuts_of(history, 2, 1) == ()


def test_a_desk_does_not_give_away_the_procedure_that_is_hidden_there() -> None:
    # Desk 0 does procedure 1 (20) and 2 (3); desk 1 does 3 (30) and 4 (3). 6 in all are hidden, 3 at each desk.
    sizes = ((0, 1, 20), (0, 2, 3), (1, 3, 30), (1, 4, 3))
    ratings = [(0, desk, procedure, 0, 0, (5, 4, 1)[n % 3]) for desk, procedure, size in sizes for n in range(size)]
    history = History(1, tuple(ratings))
    cuts = look(history, 1, is_closed=True)
    assert list_small_rests(history, cuts) == []
    shown = {history.cells[cell] for cell, own in enumerate(cuts.parts) if own}
    assert not {(0, 0), (1, 1)} <= shown


def test_a_table_of_desks_and_procedures_leaves_nothing_small_in_any_line() -> None:
    random = np.random.default_rng(7)
    for _ in range(200):
        crossed = random.integers(0, 4, (3, 5, 5)) * (random.random((3, 5, 1)) < 0.6)
        shown = hide_crossed(crossed, range(3), range(5), FRONT_RATINGS.value)
        n = crossed.sum(axis=-1)
        for axis in (0, 1):
            rests, has_shown = np.where(shown, 0, n).sum(axis=axis), shown.any(axis=axis)
            assert not np.any(has_shown & (rests > 0) & (rests < 5))
        assert n[shown].min(initial=5) >= 5


def test_a_commune_waits_where_its_units_would_leave_few() -> None:
    # The large unit is shown on its own page; the commune less it would be the 3 of the small one.
    large, small = np.array([[5, 0, 5, 20, 20]]), np.array([[1, 0, 0, 1, 1]])
    total = large + small
    steps = list_steps(total, 5, is_closed=True)
    assert keep_safe_steps(total, [(large, (1,)), (small, ())], steps, 5) == []
    assert keep_safe_steps(total, [(large, ()), (small, ())], steps, 5) == steps


@pytest.mark.parametrize(
    ("scores", "n", "share"),
    [
        ((0, 0, 0, 2, 2), None, None),
        ((0, 1, 0, 2, 2), 5, ReleasedShare(80, "exact", 37, 97)),  # Wilson of 4 of 5: 37.6 to 96.4 %
        ((0, 0, 0, 1, 4), 5, ReleasedShare(95, "at_least")),
        ((5, 1, 0, 0, 0), 5, ReleasedShare(5, "at_most")),
    ],
)
def test_a_cell_of_five_is_shown_rounded_and_a_one_sided_one_as_a_band(
    scores: tuple[int, ...], n: int | None, share: ReleasedShare | None
) -> None:
    released = release_front(scores)
    assert (released.n, released.share, released.mean, released.distribution) == (n, share, None, None)


def test_the_dissatisfied_share_never_undoes_a_band() -> None:
    assert release_dissatisfied((0, 0, 0, 1, 9)) == ReleasedShare(5, "at_most")
    assert release_dissatisfied((5, 4, 3, 0, 0)) is None
    assert release_dissatisfied((9, 9, 0, 0, 0)) == ReleasedShare(95, "at_least")


def test_what_is_missing_is_told_in_fives() -> None:
    assert [count_missing(n, is_closed=True) for n in range(5)] == [5] * 5
    assert [count_missing(n, is_closed=False) for n in (0, 1, 5, 6, 12, 19, 25)] == [20, 20, 15, 15, 10, 5, 5]


@pytest.mark.parametrize(
    ("scores", "is_showable"),
    [
        ((0, 0, 0, 0, 0), True),
        ((4, 0, 0, 0, 0), False),
        ((5, 0, 0, 0, 0), False),
        ((4, 1, 0, 0, 0), True),
        ((30, 0, 0, 0, 0), True),
    ],
)
def test_what_is_left_is_nobody_or_enough_who_differ(scores: tuple[int, ...], *, is_showable: bool) -> None:
    assert is_rest_showable(scores, 5) is is_showable
