"""Parameters that one administrator proposes and another decides; beside them, those that stand in the program."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from dashboards.staff.settings_pages.code_parameters import BASES, list_code_parameters
from feedback.parameters import SETTINGS, read_parameter
from tests.dashboards.settings_stage import FRIDAY, Desk, open_desk, read_text

LIST = "/staff/parameters"
ANSWER = f"{LIST}/case_answer_days"
FORM = {"value": "10", "valid_from": "2026-12-01", "basis": "Quyết định 1/QĐ-MTTQ (mẫu)", "confirmed": "yes"}


@pytest.fixture(scope="module")
async def office(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with open_desk(server_url, template, tmp_path_factory.mktemp("home")) as desk:
        yield desk


@pytest.fixture
async def desk(office: Desk) -> Desk:
    await office.begin()
    return office


async def find_proposal(desk: Desk) -> str:
    return str(await desk.connection.fetchval("SELECT max(parameter_value_id) FROM parameter_values"))


async def test_every_parameter_stands_there_with_unit_day_basis_and_mark(desk: Desk) -> None:
    text = read_text(await desk.get(desk.first, f"{LIST}?lang=en"))
    assert (
        "Deadline of a unit for answering a case 15 working days since 1 Jan 2026 No binding number of days for"
        " answering a recommendation" in text
    )
    assert "A tablet goes back to its start after 20 seconds since 1 Jan 2026 Own choice" in text
    assert text.count("Placeholder: nobody has confirmed it") > len(SETTINGS)
    vietnamese = read_text(await desk.get(desk.first, f"{LIST}?lang=vi"))
    assert "Giá trị tạm: chưa có ai xác nhận" in vietnamese
    assert "15 ngày làm việc từ ngày 01/01/2026 Dự án chưa tìm thấy quy định bắt buộc" in vietnamese


async def test_what_stands_in_the_program_is_shown_and_said_to_change_with_a_version_only(desk: Desk) -> None:
    text = read_text(await desk.get(desk.first, f"{LIST}?lang=en"))
    assert "They change only with a new version of the method" in text
    # Values as they stand in parameter_sets.py, front.py, rules_parameters.py and slips/rules.py.
    assert "gap_points 8 since 1 Jan 2026 Own choice: a third of one step of the scale Placeholder" in text
    assert "points_per_step 25 since 1 Jan 2026 Scores 1 to 5 as 0 to 100 in equal steps" in text
    assert "front_ratings 5 since 1 Jan 2026 Rule P9" in text
    assert "full_effect.drop 30 since 1 Jan 2026" in text
    assert "low_response 0.05" in text
    assert "valid_days 14" in text


def test_every_dated_parameter_is_gathered() -> None:
    """Counted by hand: three and one of disclosure, two of pages, five of slips."""
    groups = {name: len(lines) for name, lines in list_code_parameters(FRIDAY).items()}
    assert groups["disclosure"] == 4
    assert groups["slips"] == 5
    assert groups["pages"] == 2
    assert min(groups.values()) >= 2
    names = [line.name for lines in list_code_parameters(FRIDAY).values() for line in lines]
    assert {"waiting_days", "silent_weekdays", "sure", "steady_quarters", "winsorised", "drop_alert"} <= {*names}


def test_every_basis_in_the_code_has_its_vietnamese_one_and_no_other_is_left_over() -> None:
    bases = {line.basis for lines in list_code_parameters(FRIDAY).values() for line in lines}
    assert set(BASES) == bases
    assert all(basis.strip() and basis not in bases for basis in BASES.values())


async def test_what_stands_in_the_program_is_told_in_vietnamese(desk: Desk) -> None:
    page = await desk.get(desk.first, f"{LIST}?lang=vi")
    assert "gap_points 8 từ ngày 01/01/2026 Dự án tự chọn: một phần ba của một bước" in read_text(page)
    assert "Own choice" not in page.text


async def test_one_proposes_another_approves_and_it_holds_from_its_day(desk: Desk) -> None:
    stored = await desk.post(desk.first, ANSWER, **FORM)
    assert (stored.status_code, "waits for another administrator" in stored.text) == (201, True)
    number = await find_proposal(desk)
    own_page = await desk.get(desk.first, f"{LIST}?lang=en")
    assert 'value="approved"' not in own_page.text
    own = await desk.post(desk.first, f"{LIST}/proposals/{number}", verdict="approved")
    assert (own.status_code, "another administrator has to decide it" in own.text) == (422, True)
    assert await desk.count("parameter-decided", "denied") == 1
    other = await desk.get(desk.second, f"{LIST}?lang=en")
    assert "From 15 working days to 10 working days, from 1 Dec 2026 on." in read_text(other)
    decided = await desk.post(desk.second, f"{LIST}/proposals/{number}", verdict="approved")
    assert decided.status_code == 200
    assert "10 working days from 1 Dec 2026 on" in read_text(decided)
    held = [await read_parameter(desk.connection, "case_answer_days", day) for day in (FRIDAY, date(2026, 12, 1))]
    assert [(value.value, value.is_placeholder) for value in held] == [(15, True), (10, False)]
    history = read_text(await desk.get(desk.first, f"{ANSWER}?lang=en"))
    assert "1 Dec 2026 10 working days Quyết định 1/QĐ-MTTQ (mẫu) Proposed by Người mẫu mot (mẫu)" in history
    assert "1 Jan 2026 15 working days No binding number" in history
    again = await desk.post(desk.second, f"{LIST}/proposals/{number}", verdict="refused")
    assert (again.status_code, "decided before" in again.text) == (422, True)
    assert [await desk.count(f"parameter-{deed}") for deed in ("proposed", "approved", "refused")] == [1, 1, 0]


async def test_a_refused_proposal_changes_nothing(desk: Desk) -> None:
    await desk.post(desk.first, ANSWER, **FORM)
    refused = await desk.post(desk.second, f"{LIST}/proposals/{await find_proposal(desk)}", verdict="refused")
    assert (refused.status_code, "The proposal is refused." in refused.text) == (200, True)
    assert (await read_parameter(desk.connection, "case_answer_days", date(2027, 1, 1))).value == 15


async def test_two_values_of_one_day_are_not_both_approved(desk: Desk) -> None:
    statuses: list[int] = []
    for value in ("10", "12"):
        await desk.post(desk.first, ANSWER, **{**FORM, "value": value})
        path = f"{LIST}/proposals/{await find_proposal(desk)}"
        statuses.append((await desk.post(desk.second, path, verdict="approved")).status_code)
    assert statuses == [200, 422]


async def test_what_was_to_begin_on_a_day_that_is_over_is_proposed_again(desk: Desk) -> None:
    await desk.post(desk.first, ANSWER, **FORM)
    await desk.connection.execute("UPDATE parameter_values SET valid_from = '2026-11-19'")
    answer = await desk.post(desk.second, f"{LIST}/proposals/{await find_proposal(desk)}", verdict="approved")
    assert (answer.status_code, "its first day is over" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": "0"}, "a whole number from 1 to 120"),
        ({"value": "121"}, "a whole number from 1 to 120"),
        ({"value": "9" * 400}, "a whole number from 1 to 120"),
        ({"value": "-3"}, "a whole number from 1 to 120"),
        ({"valid_from": "2026-11-19"}, "the day is today or later"),
        ({"valid_from": "2999-01-01"}, "the day is today or later"),
        ({"valid_from": "soon"}, "this is no day of the calendar"),
        ({"basis": "none"}, "the basis has 5 to 500 characters"),
        ({"basis": "x" * 501}, "the basis has 5 to 500 characters"),
    ],
)
async def test_a_proposal_with_a_slip_in_it_comes_back_as_it_was_filled_in(
    desk: Desk, changes: dict[str, str], sentence: str
) -> None:
    form = {**FORM, **changes}
    answer = await desk.post(desk.first, ANSWER, **form)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'value="{form["value"]}"' in answer.text
    assert f'value="{form["valid_from"]}"' in answer.text
    assert f">{form['basis']}</textarea>" in answer.text
    assert await desk.count("parameter-proposed") == 0


@pytest.mark.parametrize("part", ["nothing", "9" * 400, "%00", "%E2%80%AE", "PROPOSALS"])
async def test_what_is_no_parameter_is_an_unknown_page(desk: Desk, part: str) -> None:
    assert (await desk.get(desk.first, f"{LIST}/{part}")).status_code == 404
    assert (await desk.post(desk.first, f"{LIST}/{part}", **FORM)).status_code == 404
    assert (await desk.post(desk.first, f"{LIST}/proposals/{part}", verdict="approved")).status_code == 404


async def test_others_set_nothing(desk: Desk) -> None:
    assert (await desk.post(desk.inspector, ANSWER, **FORM)).status_code == 403
    assert await desk.count("administer_parameters", "denied") == 1
