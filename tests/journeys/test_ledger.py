"""The judge of `make crash` is judged: it finds each loss and each doubling that it is shown."""

from surveys.codes import hash_token
from tools.crash.ledger import Findings, Intention, Row, compare

RATING = Intention("0" * 24, score=4, state="acknowledged")
CHANGE = Intention("1" * 24, score=2, replaces=RATING.token, state="acknowledged")
GIVEN_UP = Intention("2" * 24, score=5, state="abandoned")
WANTED = [RATING, CHANGE, GIVEN_UP]
STORED: list[Row] = [(hash_token("0" * 24), 4, None), (hash_token("1" * 24), 2, hash_token("0" * 24))]


def judge(rows: list[Row], counted: int) -> tuple[int, int]:
    findings = compare(rows, counted, WANTED)
    return findings.lost, findings.doubled


def test_a_store_that_holds_what_was_acknowledged_is_good() -> None:
    assert compare(STORED, 1, WANTED) == Findings(acknowledged=2, lost=0, doubled=0, inconsistencies=())


def test_what_nobody_waited_for_may_be_stored_or_not() -> None:
    assert judge([*STORED, (hash_token("2" * 24), 5, None)], 2) == (0, 0)


def test_a_missing_row_is_a_loss() -> None:
    assert judge(STORED[:1], 1) == (1, 0)


def test_a_row_with_another_score_is_a_loss_and_a_rating_of_nobody() -> None:
    assert judge([(STORED[0][0], 3, None), STORED[1]], 1) == (1, 1)


def test_a_change_that_replaces_nothing_is_a_loss_and_a_rating_of_nobody() -> None:
    # Two rows then stand as ratings, but one is counted.
    assert judge([STORED[0], (STORED[1][0], 2, None)], 1) == (2, 1)


def test_the_same_token_twice_is_doubled() -> None:
    assert judge([*STORED, STORED[0]], 1) == (0, 1)


def test_counts_above_or_below_the_rows_are_found() -> None:
    assert judge(STORED, 2) == (0, 1)
    assert judge(STORED, 0) == (1, 0)
