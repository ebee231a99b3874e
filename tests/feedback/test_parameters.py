"""Parameters with a date and a basis: which value is in force on a day, and what ships with the program."""

from datetime import UTC, date, datetime

import pytest

from feedback.database import Connection
from feedback.parameters import NO_DEADLINE_FOUND, SETTINGS, SHIPPED_FROM, SetParameter, read_parameter

NAME = "case_answer_days"
DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, tzinfo=UTC)
INSERT = """
INSERT INTO parameter_values (name, valid_from, value, basis, is_placeholder, proposed_at, verdict, decided_at)
VALUES ($1, $2, $3, 'Quyết định mẫu', false, $4, $5, CASE WHEN $5::text IS NULL THEN NULL ELSE $4::timestamptz END)
"""


async def add_value(connection: Connection, value: int, valid_from: date, verdict: str | None = "approved") -> None:
    await connection.execute(INSERT, NAME, valid_from, value, AT, verdict)


async def test_without_a_decision_the_shipped_value_holds_and_says_that_nobody_confirmed_it(
    connection: Connection,
) -> None:
    assert await read_parameter(connection, NAME, DAY) == SetParameter(
        15, NO_DEADLINE_FOUND, SHIPPED_FROM, is_placeholder=True
    )


async def test_a_value_holds_from_its_day_on(connection: Connection) -> None:
    await add_value(connection, 10, date(2026, 11, 20))
    await add_value(connection, 20, date(2027, 1, 1))
    days = (date(2026, 11, 19), date(2026, 11, 20), date(2026, 12, 31), date(2027, 1, 1), date(2030, 1, 1))
    values = [(await read_parameter(connection, NAME, day)).value for day in days]
    assert values == [15, 10, 10, 20, 20]
    found = await read_parameter(connection, NAME, DAY)
    assert (found.basis, found.valid_from, found.is_placeholder) == ("Quyết định mẫu", DAY, False)


@pytest.mark.parametrize("verdict", [None, "refused"])
async def test_a_value_that_nobody_approved_does_not_hold(connection: Connection, verdict: str | None) -> None:
    await add_value(connection, 10, DAY, verdict)
    assert (await read_parameter(connection, NAME, DAY)).value == 15


async def test_a_parameter_that_does_not_exist_is_a_mistake_in_the_program(connection: Connection) -> None:
    with pytest.raises(KeyError):
        await read_parameter(connection, "case_answer_months", DAY)


def test_what_ships_lies_within_its_bounds_and_is_marked_as_unconfirmed() -> None:
    for name, setting in SETTINGS.items():
        assert setting.smallest <= setting.shipped.value <= setting.largest, name
        assert setting.shipped.is_placeholder
        assert len(setting.shipped.basis) >= 5
