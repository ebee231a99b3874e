"""The working calendar as administrators see and correct it."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from feedback.working_days import read_working_days
from tests.dashboards.settings_stage import FRIDAY, Desk, open_desk, read_text

PAGE = "/staff/calendar"
FORM = {"day": "2026-12-24", "working": "no", "basis": "Quyết định của Chính phủ (mẫu)"}


@pytest.fixture(scope="module")
async def office(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with open_desk(server_url, template, tmp_path_factory.mktemp("home")) as desk:
        yield desk


@pytest.fixture
async def desk(office: Desk) -> Desk:
    await office.begin()
    return office


async def test_the_coming_holidays_are_those_of_vietnam(desk: Desk) -> None:
    """Lunar New Year 2027 is Saturday 6 February; 30 April is a Friday."""
    vietnamese = read_text(await desk.get(desk.first, f"{PAGE}?lang=vi"))
    assert "01/01/2027 thứ Sáu Tết Dương lịch" in vietnamese
    assert "30/04/2027 thứ Sáu Ngày Chiến thắng" in vietnamese
    english = read_text(await desk.get(desk.first, f"{PAGE}?lang=en"))
    assert "1 Jan 2027 Friday New Year's Day" in english
    assert "Sep 2025" not in english


async def test_a_day_asked_for_leaves_out_weekends_holidays_and_corrections(desk: Desk) -> None:
    """From Friday 20 November three weeks and a day: 24 November is a holiday. From 23 December three: 24, 25, 28."""
    answer = read_text(await desk.get(desk.first, f"{PAGE}?lang=en&after=2026-11-20&count=15"))
    assert "15 working days later it is Monday, 14 Dec 2026." in answer
    asked = f"{PAGE}?lang=en&after=2026-12-23&count=3"
    assert "it is Monday, 28 Dec 2026." in read_text(await desk.get(desk.first, asked))
    assert (await desk.post(desk.first, PAGE, **FORM)).status_code == 201
    assert "it is Tuesday, 29 Dec 2026." in read_text(await desk.get(desk.first, asked))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("after=2026-11-20&count=0", "a whole number from 1 to 250"),
        ("after=2026-11-20&count=" + "9" * 30, "a whole number from 1 to 250"),
        ("after=soon&count=15", "no day of the calendar"),
        ("after=2099-01-01&count=15", "at most 400 days from today"),
        ("count=%00%FF", "no day of the calendar"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(desk: Desk, question: str, sentence: str) -> None:
    page = await desk.get(desk.first, f"{PAGE}?lang=en&{question}")
    assert (page.status_code, sentence in page.text) == (200, True)
    assert "This cannot be counted: " in page.text
    assert "This was not stored" not in page.text


async def test_a_correction_is_set_with_its_basis_and_taken_back(desk: Desk) -> None:
    """A Saturday that is worked in exchange, and a Thursday that is not."""
    saturday = {"day": "2026-12-26", "working": "yes", "basis": FORM["basis"]}
    for form in (FORM, saturday):
        assert (await desk.post(desk.first, PAGE, **form)).status_code == 201
    days = await read_working_days(desk.connection, FRIDAY)
    assert [days.is_working(date(2026, 12, day)) for day in (24, 26)] == [False, True]
    shown = read_text(await desk.get(desk.second, f"{PAGE}?lang=en"))
    assert "Saturday, 26 Dec 2026: is worked Basis: Quyết định của Chính phủ (mẫu) Set by Người mẫu mot (mẫu)" in shown
    back = await desk.post(desk.second, f"{PAGE}/2026-12-24/back")
    assert (back.status_code, "24 Dec 2026 counts as in the calendar again" in back.text) == (200, True)
    assert (await read_working_days(desk.connection, FRIDAY)).is_working(date(2026, 12, 24))
    assert (await desk.post(desk.second, f"{PAGE}/2026-12-24/back")).status_code == 404
    assert [await desk.count(f"calendar-{deed}") for deed in ("corrected", "taken-back")] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-11-19"}, "the day is today or later"),
        ({"day": ""}, "no day of the calendar"),
        ({"working": "yes"}, "that is what the calendar says already"),
        ({"working": "perhaps"}, "say whether the day is worked"),
        ({"basis": ""}, "the basis has 5 to 500 characters"),
    ],
)
async def test_a_correction_with_a_slip_in_it_comes_back_as_it_was_filled_in(
    desk: Desk, changes: dict[str, str], sentence: str
) -> None:
    form = {**FORM, **changes}
    answer = await desk.post(desk.first, PAGE, **form)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'value="{form["day"]}"' in answer.text
    assert f">{form['basis']}</textarea>" in answer.text


@pytest.mark.parametrize("part", ["0", "x", "9" * 400, "%00", "%E2%80%AE", "2026-12-24"])
async def test_what_is_no_corrected_day_is_an_unknown_page(desk: Desk, part: str) -> None:
    assert (await desk.post(desk.first, f"{PAGE}/{part}/back")).status_code == 404


async def test_what_is_over_is_not_taken_back(desk: Desk) -> None:
    await desk.connection.execute(
        "INSERT INTO calendar_corrections VALUES ('2026-11-18', false, 'Quyết định (mẫu)', NULL, now())"
    )
    assert (await desk.post(desk.first, f"{PAGE}/2026-11-18/back")).status_code == 422
