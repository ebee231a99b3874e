"""When a face was touched, by a tablet's clock, which may be wrong, or be put right, before the rating is sent."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.kiosks import Tap, read_tap
from tests.feedback.kiosk_stage import MADE_ON, NOON, write

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def read(tapped: datetime, sent: datetime = NOON, waited: timedelta | None = None) -> Tap:
    fields: dict[str, object] = {"tapped": write(tapped), "sent": write(sent)}
    if waited is not None:
        fields["waited"] = round(waited.total_seconds() * 1000)
    return read_tap(fields, MADE_ON, NOON)


@pytest.mark.parametrize("behind", [4000 * DAY, 2 * DAY, -3 * DAY])
def test_of_a_clock_put_right_meanwhile_only_the_wait_by_the_other_is_believed(behind: timedelta) -> None:
    """Touched an hour ago by a clock of 2015, of Sunday or of Friday; it is right when the rating is sent."""
    assert read(NOON - HOUR - behind, waited=HOUR) == Tap(NOON - HOUR, is_exact=True)


def test_so_it_is_where_the_clock_was_set_and_is_still_wrong() -> None:
    wrong = datetime(2031, 1, 1, tzinfo=UTC)
    assert read(wrong - 5 * HOUR, wrong, HOUR) == Tap(NOON - HOUR, is_exact=True)


@pytest.mark.parametrize("waited", [None, HOUR, HOUR - timedelta(minutes=4)])
def test_a_right_clock_is_believed_where_nothing_speaks_against_it(waited: timedelta | None) -> None:
    assert read(NOON - HOUR, waited=waited) == Tap(NOON - HOUR, is_exact=True)


@pytest.mark.parametrize(
    ("tapped", "waited"),
    [
        (NOON - 4000 * DAY, None),
        (NOON - 7 * DAY - timedelta(seconds=1), None),
        (NOON - 8 * DAY, 8 * DAY),
        # In the store since Tuesday, 2026-11-17; this is Monday evening.
        (datetime(2026, 11, 16, 16, 59, tzinfo=UTC), None),
    ],
)
def test_what_cannot_be_or_lies_too_far_back_counts_when_it_arrives(tapped: datetime, waited: timedelta | None) -> None:
    assert read(tapped, waited=waited) == Tap(NOON, is_exact=True, is_known=False)


def test_a_wait_of_seven_days_is_within_the_limit() -> None:
    assert read(NOON - 7 * DAY, waited=7 * DAY) == Tap(NOON - 7 * DAY, is_exact=False)
