"""Forms entered twice: who is second sees nothing of the first, what differs is settled by the paper, nothing stays."""

from datetime import timedelta

from feedback.tables.form_entries import select_entries
from tests.dashboards.checks_and_forms_stage import NOW
from tests.dashboards.form_stage import Hall


async def test_a_second_entry_that_agrees_leaves_nothing_behind(hall: Hall) -> None:
    number = hall.doubled[0]
    await hall.enter(hall.first, number, answer_access="3")
    assert await hall.read_typed(number) == [True]
    own = await hall.stage.read(hall.first, hall.address)
    assert "nhập lần thứ hai" not in own
    page = await hall.stage.read(hall.second, hall.address, desk="1", number=str(number))
    assert "Phiếu này đã được một người khác nhập" in page
    assert 'name="answer_comment"' not in page
    assert page.count(" checked") == page.count('value="" checked')
    status, place = await hall.enter(hall.second, number, answer_access="3")
    assert (status, "done=agrees" in place) == (303, True)
    assert await hall.read_typed(number) == [False, False]
    assert len(await hall.read_chain(number)) == 1


async def test_nobody_enters_a_form_twice_alone(hall: Hall) -> None:
    number = hall.doubled[0]
    await hall.enter(hall.first, number)
    status, page = await hall.enter(hall.first, number)
    assert (status, "phải do người khác" in page) == (409, True)


async def open_difference(hall: Hall, number: int, **second: str) -> str:
    await hall.enter(hall.first, number, score="2", answer_access="1", answer_comment="Lời góp ý đầu")
    status, _ = await hall.enter(hall.second, number, **{"score": "4", "answer_access": "1", **second})
    assert status == 303
    return f"{hall.address}/{number}"


async def test_who_is_second_sees_which_fields_differ_and_nothing_of_the_first(hall: Hall) -> None:
    number = hall.doubled[0]
    address = await open_difference(hall, number)
    page = await hall.stage.read(hall.second, address)
    assert "<li><strong>Mức hài lòng chung</strong></li>" in page
    assert page.count("<li><strong>") == 1
    assert 'name="score" value="4" checked' in page
    assert 'name="score" value="2" checked' not in page
    assert "Lời góp ý đầu" not in page
    assert (await hall.stage.get(hall.first, address)).status_code == 404
    progress = await hall.stage.read(hall.supervisor, f"/staff/forms/batches/{hall.batch.batch_id}")
    assert f"Chờ xem lại phiếu giấy: phiếu số {number}." in progress


async def test_what_the_paper_says_becomes_a_revision(hall: Hall) -> None:
    number = hall.doubled[0]
    address = await open_difference(hall, number)
    fields = {"desk": "1", "score": "3", "answer_access": "1", "stands": "second"}
    settled = await hall.stage.post(hall.second, address, **fields)
    assert (settled.status_code, "done=settled" in settled.headers["location"]) == (303, True)
    first, last = await hall.read_chain(number)
    assert (first.score, last.score, last.comment) == (2, 3, "Lời góp ý đầu")
    assert await hall.read_typed(number) == [False, False]
    assert [entry.agrees for entry in await select_entries(hall.stage.connection, hall.batch.batch_id, number)] == [
        None,
        False,
    ]
    # A second press: it is told, what was sent is shown, and nobody tried anything forbidden.
    denied = await hall.stage.count("enter_forms", "denied")
    again = await hall.stage.post(hall.second, address, **fields)
    assert (again.status_code, "đã được xử lý" in again.text) == (409, True)
    assert 'name="score" value="3" checked' in again.text
    assert ("<fieldset disabled" in again.text, 'name="stands"' in again.text) == (True, False)
    assert (await hall.stage.get(hall.second, address)).status_code == 409
    assert await hall.stage.count("enter_forms", "denied") == denied
    assert (await hall.stage.post(hall.first, address, **fields)).status_code == 404
    assert await hall.stage.count("enter_forms", "denied") == denied + 1
    assert await hall.count_ratings() == 1


async def test_a_desk_that_is_not_there_is_refused_and_what_was_typed_stays(hall: Hall) -> None:
    number = hall.doubled[0]
    address = await open_difference(hall, number)
    answer = await hall.stage.post(hall.second, address, desk="7", score="3", stands="second")
    assert (answer.status_code, "chọn quầy" in answer.text) == (422, True)
    assert 'name="score" value="3" checked' in answer.text
    # And where the desk of the second entry is no longer among those of the day.
    move = "UPDATE desks SET valid_to = $1 WHERE number = '1'"
    await hall.stage.connection.execute(move, hall.batch.held_on)
    page = await hall.stage.read(hall.second, address)
    assert 'name="score" value="4" checked' in page
    await hall.stage.connection.execute(move, None)


async def test_the_first_entry_may_stand(hall: Hall) -> None:
    number = hall.doubled[0]
    address = await open_difference(hall, number)
    assert (await hall.stage.post(hall.second, address, desk="1", score="4")).status_code == 422
    settled = await hall.stage.post(hall.second, address, desk="1", score="4", stands="first")
    assert settled.status_code == 303
    assert [row.score for row in await hall.read_chain(number)] == [2]
    assert await hall.read_typed(number) == [False, False]


async def test_another_desk_and_official_are_put_right_as_well(hall: Hall) -> None:
    number = hall.doubled[0]
    address = await open_difference(hall, number, desk="2")
    fields = {"desk": "2", "score": "4", "answer_access": "1", "stands": "second"}
    assert (await hall.stage.post(hall.second, address, **fields)).status_code == 303
    first, last = await hall.read_chain(number)
    assert first.desk_id != last.desk_id
    assert (last.score, last.official_id != 0, last.comment) == (4, True, "Lời góp ý đầu")
    assert await hall.count_ratings() == 1


async def test_after_72_hours_the_first_entry_stands(hall: Hall) -> None:
    number = hall.doubled[0]
    address = await open_difference(hall, number)
    hall.stage.clock.now = NOW + timedelta(hours=73)
    settled = await hall.stage.post(hall.second, address, desk="1", score="4", stands="second")
    assert "done=late" in settled.headers["location"]
    assert [row.score for row in await hall.read_chain(number)] == [2]
    assert await hall.read_typed(number) == [False, False]


async def test_closing_erases_what_was_typed_and_nothing_more_is_entered(hall: Hall) -> None:
    number, other = hall.doubled[:2]
    address = await open_difference(hall, number)
    await hall.enter(hall.first, other)
    progress = f"/staff/forms/batches/{hall.batch.batch_id}"
    assert (await hall.stage.post(hall.supervisor, f"{progress}/close")).status_code == 303
    assert [await hall.read_typed(form) for form in (number, other)] == [[False, False], [False]]
    status, page = await hall.enter(hall.second, hall.single[0], answer_comment="Cảm ơn")
    assert (status, "đã đóng" in page, "Cảm ơn" in page) == (409, True, True)
    assert 'name="score"' not in await hall.stage.read(hall.first, hall.address, desk="1")
    assert "Đợt phiếu này đã đóng" in await hall.stage.read(hall.first, hall.address)
    denied = await hall.stage.count("enter_forms", "denied")
    late = await hall.stage.post(hall.second, address, desk="1", score="3", stands="second")
    assert (late.status_code, "đã đóng" in late.text, "Nội dung Ông/Bà đã gửi" in late.text) == (409, True, True)
    assert 'name="score" value="3" checked' in late.text
    assert (await hall.stage.get(hall.second, address)).status_code == 409
    assert await hall.stage.count("enter_forms", "denied") == denied
    assert await hall.count_ratings() == 2
    assert f'"{hall.address}?' not in await hall.stage.read(hall.first, "/staff/forms")
