"""Entering paper forms: one rating a form, some of them twice, never by the unit; nothing lost, nothing peeped at."""

import msgspec
import pytest

from feedback.api_keys import Reach
from feedback.tables.appointments import decide_appointment, insert_appointment
from tests.dashboards.checks_and_forms_stage import ELSEWHERE, HERE, NOW
from tests.dashboards.form_stage import Hall


async def test_a_form_becomes_one_rating_of_the_day_held(hall: Hall) -> None:
    number = hall.single[0]
    answers = {"official": "demo-2", "procedure": "1.000894", "answer_access": "4", "answer_trouble": "no"}
    comment = "Chờ lâu, xin gọi 0912 345 678"
    status, place = await hall.enter(hall.first, number, **answers, answer_comment=comment)
    assert (status, "done=saved" in place, f"form={number}" in place) == (303, True, True)
    [row] = await hall.read_chain(number)
    assert (row.score, row.channel, row.proof_class, f"{row.local_day}") == (5, 4, b"C", "2026-11-19")
    assert msgspec.json.decode(row.answers or "") == {"access": 4, "trouble": False}
    assert row.comment is not None
    assert "0912" not in row.comment
    ids = await hall.stage.connection.fetchrow(
        "SELECT o.official_id, p.procedure_id FROM officials AS o, procedures AS p"
        " WHERE o.code = 'demo-2' AND p.code = '1.000894'"
    )
    assert (row.official_id, row.procedure_id) == tuple(ids or ())
    # Nothing is to be compared, so nothing of it stays.
    assert await hall.read_typed(number) == [False]
    code = f"{hall.batch.batch_id}/{number}"
    noted = "SELECT action FROM audit_log WHERE object_kind = 'form' AND object_code = $1"
    assert [row["action"] for row in await hall.stage.connection.fetch(noted, code)] == ["form-entered"]
    page = await hall.stage.read(hall.first, hall.address, done="saved", form=str(number))
    assert f"Phiếu số {number} đã được ghi." in page
    assert "đã nhập 1 trên 40 phiếu" in await hall.stage.read(hall.first, "/staff/forms")


async def test_the_page_offers_what_the_citizens_page_does(hall: Hall) -> None:
    start = await hall.stage.read(hall.first, hall.address)
    assert 'name="score"' not in start
    page = await hall.stage.read(hall.first, hall.address, desk="1", rater="citizen")
    for text in ("Cán bộ mẫu 1", "Cán bộ mẫu 2", "Đăng ký khai sinh", 'name="answer_official"', 'name="score"'):
        assert text in page
    assert "Cán bộ mẫu 3" not in page
    business = await hall.stage.read(hall.first, hall.address, desk="2", rater="business")
    assert 'name="answer_contacts"' in business


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"number": "41"}, "từ 1 đến 40"),
        ({"number": "mười"}, "từ 1 đến 40"),
        ({"number": "9" * 30}, "từ 1 đến 40"),
        ({"score": "6"}, "Mức hài lòng chung"),
        ({"score": ""}, "Mức hài lòng chung"),
        ({"desk": "7"}, "chọn quầy"),
        ({"official": "demo-3"}, "Người tiếp dân"),
        ({"procedure": "9.000001"}, "Thủ tục"),
        ({"rater": "robot"}, "Người trả lời"),
        ({"answer_official": "9"}, "Cán bộ: hướng dẫn rõ"),
        ({"answer_nothing": "1"}, "nothing"),
        ({"answer_comment": "x" * 501}, "500"),
    ],
)
async def test_what_cannot_be_taken_comes_back_as_it_was_typed(hall: Hall, fields: dict[str, str], says: str) -> None:
    form = {"number": str(hall.single[0]), "answer_comment": "Xin <i>cảm ơn</i>", **fields}
    status, page = await hall.send(hall.first, **form)
    assert status in {400, 422}
    assert says in page
    if fields.get("desk") != "7":
        assert form["answer_comment"].replace("<", "&lt;").replace(">", "&gt;") in page
    assert await hall.count_ratings() == 0


async def test_a_form_is_entered_once(hall: Hall) -> None:
    number = hall.single[0]
    await hall.enter(hall.first, number)
    for account_id, score in ((hall.first, "5"), (hall.second, "1")):
        status, page = await hall.enter(account_id, number, score=score)
        assert (status, "đã được nhập" in page) == (409, True)
    assert await hall.count_ratings() == 1


async def test_two_volunteers_at_once_are_one_rating(hall: Hall) -> None:
    number = hall.single[1]
    form = {"number": str(number), "desk": "1", "score": "5"}
    replies = await hall.stage.post_together(hall.address, [(who, form) for who in (hall.first, hall.second)])
    assert sorted(reply.status_code for reply in replies) == [303, 409]
    assert await hall.count_ratings() == 1


async def test_a_denunciation_is_not_kept_and_the_volunteer_is_told(hall: Hall) -> None:
    comment = "Tôi tố cáo cán bộ đã nhận hối lộ của tôi."
    status, place = await hall.enter(hall.first, hall.single[0], answer_comment=comment)
    assert (status, "comment=refused" in place) == (303, True)
    assert (await hall.read_chain(hall.single[0]))[0].comment is None
    page = await hall.stage.read(hall.first, place.partition("?")[0], done="saved", form="1", comment="refused")
    assert "có vẻ là tố cáo" in page


async def test_whoever_is_of_the_unit_does_not_enter_its_forms(hall: Hall) -> None:
    """An official with an account as a volunteer, and a volunteer who was made manager past the rule."""
    connection = hall.stage.connection
    official_id = await connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-1'")
    serving = await hall.stage.add("can-bo", "front_volunteer", HERE, official_id=official_id)
    manager = await hall.stage.add("quan-ly", "front_volunteer", HERE)
    held = await insert_appointment(connection, manager, "unit_manager", Reach(units=("32041",)), None, NOW)
    await decide_appointment(connection, held, "approved", None, NOW)
    for account_id in (serving, manager):
        assert (await hall.stage.get(account_id, hall.address)).status_code == 403
        status, page = await hall.enter(account_id, hall.single[0])
        assert (status, "không nhập phiếu của đơn vị" in page) == (403, True)
    assert await hall.count_ratings() == 0


async def test_out_of_reach_and_without_the_power_nothing_is_entered(hall: Hall) -> None:
    stranger = await hall.stage.add("la", "front_volunteer", ELSEWHERE)
    assert (await hall.enter(stranger, hall.single[0]))[0] == 404
    assert (await hall.stage.get(stranger, hall.address)).status_code == 404
    assert (await hall.enter(hall.supervisor, hall.single[0]))[0] == 403
    for text in ("0", "9" * 40, "abc", "-1", "١", "%00", "x" * 500):
        for path in (f"/staff/forms/{text}", f"{hall.address}/{text}"):
            assert (await hall.stage.get(hall.first, path)).status_code in {400, 404}
            assert (await hall.stage.post(hall.first, path, number="1")).status_code in {400, 404}
    assert await hall.count_ratings() == 0


async def test_when_the_session_is_over_what_was_typed_is_kept(hall: Hall) -> None:
    form = {"number": "3", "desk": "1", "score": "4", "answer_comment": "Rất tốt", "lang": "vi"}
    reply = await hall.stage.client.post(hall.address, data=form)
    assert reply.status_code == 401
    assert "Rất tốt" in reply.text
    assert await hall.count_ratings() == 0


async def test_the_second_wall_hides_what_others_typed(hall: Hall) -> None:
    """Behind row-level security a volunteer finds the own entries only, and nobody finds what was typed."""
    await hall.enter(hall.first, hall.doubled[0])
    connection = hall.stage.connection
    for action, account_id, seen in (("enter_forms", hall.second, 0), ("enter_forms", hall.first, 1)):
        async with connection.transaction():
            settings = {"account": account_id, "units": f"{{{hall.batch.unit_id}}}", "action": action}
            for name, value in settings.items():
                await connection.execute("SELECT set_config('langnghe.' || $1, $2, true)", name, str(value))
            await connection.execute("SET LOCAL ROLE langnghe_staff")
            counted = "SELECT count(*) FROM form_entries WHERE batch_id = $1"
            assert await connection.fetchval(counted, hall.batch.batch_id) == seen
            granted = "SELECT has_column_privilege($1, $2, 'SELECT')"
            for table, column in {"form_entries": "typed", "form_batches": "seed"}.items():
                assert await connection.fetchval(granted, table, column) is False
