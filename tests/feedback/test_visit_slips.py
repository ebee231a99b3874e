import os
from datetime import date, datetime, timedelta

import pytest

from feedback.database import Connection
from feedback.record_response import CHANGE_WINDOW, store_submissions
from feedback.slips.end_slips import forget_slips, rekey_desk
from feedback.slips.find_slip import OpenSlip, find_slip, find_typed_slip
from feedback.slips.rules import RULES, find_slip_rules
from feedback.slips.tokens import make_slip_code, read_slip_token
from feedback.submissions import Revision, SlipRating
from feedback.tables.responses import select_chain
from feedback.tables.visit_slips import SlipUse
from surveys.codes import hash_token
from surveys.errors import (
    ChangeWindowClosedError,
    ExpiredSlipError,
    SlipPinClosedError,
    SpentSlipError,
    UnknownSlipError,
    WithdrawnSlipError,
    WrongPinError,
)
from tests.factories import NOW, make_rating
from tests.feedback.slip_stage import SLIP_SECRETS, issue
from tests.world import BUSY_DESK, make_world

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
async def world(connection: Connection) -> None:
    await make_world(connection)


async def find(connection: Connection, token: str, now: datetime = NOW) -> OpenSlip:
    return await find_slip(connection, read_slip_token(token), SLIP_SECRETS, now)


def rate(slip: OpenSlip, score: int, now: datetime = NOW, form: bytes | None = None) -> SlipRating:
    view, form = slip.view, form or os.urandom(32)
    rating = make_rating(
        unit_id=view.unit_id,
        token_hash=hash_token(slip.rating_token),
        desk_id=view.desk_id,
        official_id=view.official_id,
        title_id=view.title_id,
        procedure_id=view.procedure_id,
        proof_class=b"A",
        received_at=now,
        score=score,
    )
    change = Revision(view.unit_id, rating.token_hash, form, now, score=score, survey_id=rating.survey_id)
    return SlipRating(rating, SlipUse(view.slip_id, rating.local_day, form), change)


async def list_scores(connection: Connection, slip: OpenSlip) -> list[int]:
    return [row.score for row in await select_chain(connection, slip.view.unit_id, hash_token(slip.rating_token))]


async def count(connection: Connection) -> dict[str, int]:
    row = await connection.fetchrow("SELECT sum(n1) AS n1, sum(n5) AS n5, sum(n1+n2+n3+n4+n5) AS n FROM daily_counts")
    assert row is not None
    return {name: int(value or 0) for name, value in row.items()}


async def test_a_slip_knows_desk_official_procedure_and_title(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    view = (await find(connection, slip.token)).view
    assert (view.unit_code, view.desk_number, view.desk_code) == ("32041", "1", BUSY_DESK)
    assert (view.official_name, view.procedure_name) == ("Cán bộ mẫu 2", "Đăng ký khai sinh")
    assert view.title_id > 0


async def test_a_rating_spends_its_slip_in_the_same_transaction(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    opened = await find(connection, slip.token)
    assert await store_submissions(connection, [rate(opened, 4)]) == [None]
    assert (await find(connection, slip.token)).is_spent
    assert await connection.fetchval("SELECT proof_class FROM responses") == b"A"


async def test_one_slip_in_one_group_four_times_is_one_rating(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    opened = await find(connection, slip.token)
    group = [rate(opened, score) for score in (5, 5, 1, 1)]
    assert await store_submissions(connection, group) == [None] * 4
    assert await list_scores(connection, opened) == [5, 1]
    assert await count(connection) == {"n1": 1, "n5": 0, "n": 1}


async def test_the_form_that_spent_the_slip_does_not_win_when_it_comes_late_again(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    opened = await find(connection, slip.token)
    at_the_desk, at_home = rate(opened, 5), rate(opened, 1)
    for submission in (at_the_desk, at_home, at_the_desk, at_home):
        assert await store_submissions(connection, [submission]) == [None]
    assert await list_scores(connection, opened) == [5, 1]


async def test_further_answers_stay_when_only_the_score_changes(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    opened = await find(connection, slip.token)
    first = rate(opened, 2)
    added = Revision(opened.view.unit_id, hash_token(opened.rating_token), os.urandom(32), NOW, comment="Ghế ít quá")
    await store_submissions(connection, [first, added, rate(opened, 4)])
    last = (await select_chain(connection, opened.view.unit_id, hash_token(opened.rating_token)))[-1]
    assert (last.score, last.comment) == (4, "Ghế ít quá")


async def test_a_change_is_taken_for_72_hours_and_not_a_second_longer(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    opened = await find(connection, slip.token)
    await store_submissions(connection, [rate(opened, 5)])
    last_moment = NOW + CHANGE_WINDOW
    assert (await find(connection, slip.token, last_moment)).is_spent
    assert await store_submissions(connection, [rate(opened, 1, last_moment)]) == [None]
    too_late = last_moment + timedelta(seconds=1)
    [refused] = await store_submissions(connection, [rate(opened, 3, too_late)])
    assert isinstance(refused, ChangeWindowClosedError)
    with pytest.raises(SpentSlipError):
        await find(connection, slip.token, too_late)


async def test_a_slip_holds_for_14_days_after_the_visit(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    assert slip.valid_to == date(2026, 12, 5)
    # 16:59 UTC is 23:59 of the same day in Vietnam.
    last_minute = datetime.fromisoformat("2026-12-04T16:59:00+00:00")
    assert not (await find(connection, slip.token, last_minute)).is_spent
    with pytest.raises(ExpiredSlipError, match="05/12/2026") as error:
        await find(connection, slip.token, last_minute + timedelta(minutes=1))
    assert error.value.details["desk"] == BUSY_DESK


async def test_a_forged_mac_names_the_desk_and_an_unknown_id_none(connection: Connection) -> None:
    [slip, other] = await issue(connection, 2, day=TODAY)
    for token, desk in ((slip.token[:8] + other.token[8:], BUSY_DESK), ("ZZZZZZZZ" + slip.token[8:], "")):
        with pytest.raises(UnknownSlipError) as error:
            await find(connection, token)
        assert error.value.details["desk"] == desk


async def test_a_new_epoch_ends_all_slips_of_one_desk_at_once(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    [neighbour] = await issue(connection, day=TODAY, desk="2", procedure="9.000001", official="demo-3")
    desk_id = (await find(connection, slip.token)).view.desk_id
    assert await rekey_desk(connection, desk_id, TODAY) == 2
    with pytest.raises(WithdrawnSlipError):
        await find(connection, slip.token)
    with pytest.raises(WithdrawnSlipError):
        await find_typed_slip(connection, slip.code, slip.pin, SLIP_SECRETS, NOW)
    assert not (await find(connection, neighbour.token)).is_spent
    [renewed] = await issue(connection, day=TODAY)
    assert not (await find(connection, renewed.token)).is_spent


async def test_code_and_pin_give_the_token(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    assert await find_typed_slip(connection, slip.code, slip.pin, SLIP_SECRETS, NOW) == slip.token


async def test_after_five_wrong_pins_the_typed_code_is_closed_and_the_square_is_not(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    wrong = f"{(int(slip.pin) + 1) % 10_000:04}"
    for left in (4, 3):
        with pytest.raises(WrongPinError, match=f"left: {left}"):
            await find_typed_slip(connection, slip.code, wrong, SLIP_SECRETS, NOW)
    # A right one costs no try.
    assert await find_typed_slip(connection, slip.code, slip.pin, SLIP_SECRETS, NOW) == slip.token
    for left in (2, 1, 0):
        with pytest.raises(WrongPinError, match=f"left: {left}"):
            await find_typed_slip(connection, slip.code, wrong, SLIP_SECRETS, NOW)
    for pin in (wrong, slip.pin):
        with pytest.raises(SlipPinClosedError):
            await find_typed_slip(connection, slip.code, pin, SLIP_SECRETS, NOW)
    assert not (await find(connection, slip.token)).is_spent


async def test_a_typed_code_of_no_slip_is_unknown(connection: Connection) -> None:
    with pytest.raises(UnknownSlipError):
        await find_typed_slip(connection, make_slip_code(7), "0000", SLIP_SECRETS, NOW)


async def test_once_closed_nothing_ties_a_slip_to_its_rating(connection: Connection) -> None:
    [spent, open_one] = await issue(connection, 2, day=TODAY, reference=None)
    [named] = await issue(connection, day=TODAY, reference="H96.01-261120-0001")
    for slip in (spent, named):
        await store_submissions(connection, [rate(await find(connection, slip.token), 5)])
    assert (await forget_slips(connection, TODAY + timedelta(days=3))).closed == 0
    # Spent on the 20th; the 72 hours are over on the 23rd at the latest moment of the day.
    assert (await forget_slips(connection, TODAY + timedelta(days=4))).closed == 2
    rows = await connection.fetch("SELECT * FROM visit_slips WHERE nonce IS NULL")
    for row in rows:
        assert (row["official_id"], row["title_id"], row["procedure_id"], row["deciding_unit_id"]) == (0, 0, 0, 0)
        assert (row["nonce"], row["spent_on"], row["first_form"]) == (None, None, None)
    assert await connection.fetch("SELECT slip_id FROM slip_references") == [(None,)]
    assert await count(connection) == {"n1": 0, "n5": 2, "n": 2}
    later = NOW + timedelta(days=4)
    with pytest.raises(SpentSlipError):
        await find(connection, spent.token, later)
    assert not (await find(connection, open_one.token, later)).is_spent


async def test_an_unspent_slip_closes_with_its_time_and_goes_30_days_later(connection: Connection) -> None:
    [slip] = await issue(connection, day=TODAY)
    assert (await forget_slips(connection, slip.valid_to)).closed == 1
    with pytest.raises(ExpiredSlipError):
        await find(connection, slip.token, NOW + timedelta(days=16))
    assert (await forget_slips(connection, slip.valid_to + timedelta(days=29))).deleted == 0
    assert (await forget_slips(connection, slip.valid_to + timedelta(days=30))).deleted == 1
    with pytest.raises(UnknownSlipError):
        await find(connection, slip.token, NOW + timedelta(days=50))


async def test_the_parameters_are_dated_and_have_a_basis() -> None:
    assert [rules.valid_from for rules in RULES] == sorted(rules.valid_from for rules in RULES)
    assert all(len(rules.basis) > 40 and timedelta(days=rules.close_days - 1) >= CHANGE_WINDOW for rules in RULES)
    assert find_slip_rules(date(2025, 1, 1)) == find_slip_rules(TODAY) == RULES[0]
