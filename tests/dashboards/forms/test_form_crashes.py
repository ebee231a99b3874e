"""Killed while entering, two at once: what a second entry is held against is what is stored, and who typed that."""

import pytest

from dashboards.forms.double_entry import describe, read_typed
from feedback.tables.form_entries import select_entries
from tests.dashboards.form_stage import Hall


async def refuse_entries(hall: Hall, number: int, *, is_killed: bool) -> None:
    """While it holds, the program dies where it keeps who entered this form."""
    if is_killed:
        what = f"ADD CONSTRAINT killed CHECK (batch_id <> {hall.batch.batch_id} OR form_number <> {number}) NOT VALID"
    else:
        what = "DROP CONSTRAINT killed"
    await hall.stage.connection.execute(f"ALTER TABLE form_entries {what}")


async def forget_entry(hall: Hall, number: int) -> None:
    """As if a program that did both apart had been killed between the rating and the entry."""
    await hall.stage.connection.execute(
        "DELETE FROM form_entries WHERE batch_id = $1 AND form_number = $2", hall.batch.batch_id, number
    )


async def test_killed_between_rating_and_entry_the_same_form_is_safe_to_send_again(hall: Hall) -> None:
    number = hall.doubled[0]
    await hall.enter(hall.first, number)
    await forget_entry(hall, number)
    assert (await hall.enter(hall.first, number))[0] == 303
    assert await hall.count_ratings() == 1
    assert await hall.read_typed(number) == [True]


async def test_killed_while_entering_neither_rating_nor_entry_stands(hall: Hall) -> None:
    number = hall.doubled[0]
    await refuse_entries(hall, number, is_killed=True)
    assert (await hall.enter(hall.first, number, answer_comment="Lời đầu"))[0] == 500
    await refuse_entries(hall, number, is_killed=False)
    assert (await hall.count_ratings(), await hall.read_typed(number)) == (0, [])
    # So what is typed otherwise now is what is stored, and what a second entry is held against.
    again = {"desk": "2", "answer_access": "2", "answer_comment": "Lời sau"}
    assert (await hall.enter(hall.first, number, **again))[0] == 303
    [row] = await hall.read_chain(number)
    assert (row.answers, row.comment) == ('{"access": 2}', "Lời sau")
    status, place = await hall.enter(hall.second, number, desk="2", answer_access="2")
    assert (status, "done=agrees" in place) == (303, True)


@pytest.mark.parametrize(
    "typed", [{"score": "2"}, {"desk": "2"}, {"answer_access": "4"}, {"answer_comment": "Lời khác"}]
)
async def test_killed_between_and_typed_otherwise_what_was_stored_stands(hall: Hall, typed: dict[str, str]) -> None:
    number = hall.doubled[0]
    await hall.enter(hall.first, number, answer_comment="Lời đầu")
    before = await hall.read_chain(number)
    await forget_entry(hall, number)
    status, page = await hall.enter(hall.first, number, **{"answer_comment": "Lời đầu", **typed})
    assert (status, "bản nhập khác" in page) == (409, True)
    assert await hall.read_chain(number) == before
    # It counts as entered, and its second entry is held against what is stored: the comment is not typed again.
    status, place = await hall.enter(hall.second, number, **typed)
    is_alike = "answer_comment" in typed
    assert (status, place.partition("?")[0]) == (303, hall.address if is_alike else f"{hall.address}/{number}")


async def test_of_two_at_once_the_first_entry_is_whose_rating_is_stored(hall: Hall) -> None:
    """The same score, but another desk, answers and comment; the other one is the second entry, by somebody else."""
    number = hall.doubled[0]
    forms = {
        hall.first: {"desk": "1", "answer_access": "1", "answer_comment": "Lời một"},
        hall.second: {"desk": "2", "answer_access": "4", "answer_comment": "Lời hai"},
    }
    rest = {"number": str(number), "rater": "citizen", "score": "5"}
    replies = await hall.stage.post_together(hall.address, [(who, {**rest, **form}) for who, form in forms.items()])
    places = sorted(reply.headers["location"].partition("?")[0] for reply in replies)
    assert places == [hall.address, f"{hall.address}/{number}"]
    [row] = await hall.read_chain(number)
    first, second = await select_entries(hall.stage.connection, hall.batch.batch_id, number)
    assert {first.entered_by, second.entered_by} == {hall.first, hall.second}
    assert row.comment == forms[first.entered_by]["answer_comment"]
    assert first.typed is not None
    assert read_typed(first.typed) == describe(row)
    assert (await hall.enter(first.entered_by, number, **forms[first.entered_by]))[0] == 409


async def test_killed_while_settling_the_correction_does_not_stand_alone(hall: Hall) -> None:
    number = hall.doubled[0]
    for who, score in ((hall.first, "2"), (hall.second, "4")):
        await hall.enter(who, number, score=score)
    address = f"{hall.address}/{number}"
    fields = {"desk": "1", "stands": "second"}
    await refuse_entries(hall, number, is_killed=True)
    assert (await hall.stage.post(hall.second, address, **fields, score="3")).status_code == 500
    await refuse_entries(hall, number, is_killed=False)
    assert [row.score for row in await hall.read_chain(number)] == [2]
    assert (await hall.stage.post(hall.second, address, **fields, score="4")).status_code == 303
    assert [row.score for row in await hall.read_chain(number)] == [2, 4]
