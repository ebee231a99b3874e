"""Survey versions as an administrator sees them: what holds when, what differs, and a preview that sends nothing."""

import re
from collections.abc import AsyncIterator
from datetime import date

import msgspec
import pytest

from dashboards.staff.catalogue.survey_pages import compare_surveys, find_end
from surveys.survey import Survey, Text
from surveys.survey_files import load_surveys
from tests.dashboards.catalogue_stage import CatalogueOffice, open_catalogue, read_text
from tests.stores import copy_database

SURVEYS = "/staff/surveys"


@pytest.fixture(scope="module")
async def office(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CatalogueOffice]:
    async with (
        copy_database(server_url, template) as url,
        open_catalogue(url, tmp_path_factory.mktemp("home")) as office,
    ):
        yield office


@pytest.fixture
def citizen() -> Survey:
    return next(survey for survey in load_surveys() if survey.code == "citizen")


def make_next(survey: Survey) -> Survey:
    """Version 2: another wording of the second question, without the third, with one more before the comment."""
    score, second, _, *rest = survey.questions
    changed = msgspec.structs.replace(second, text=Text(vi="Câu mới?", en="A new sentence?"))
    more = msgspec.structs.replace(second, name="more", text=Text(vi="Thêm?", en="More?"))
    questions = (score, changed, *rest[:-1], more, rest[-1])
    return msgspec.structs.replace(survey, version=2, valid_from=date(2027, 1, 1), questions=questions)


async def test_versions_stand_with_validity_basis_and_digest(office: CatalogueOffice, citizen: Survey) -> None:
    text = read_text(await office.get("administrator", f"{SURVEYS}?lang=en"))
    assert f"Citizens, version 1 from 1 Jan 2026 · {len(citizen.questions)} questions · published on this" in text
    assert f"Basis: {citizen.legal_basis}" in text
    assert citizen.digest in text


async def test_a_survey_that_the_store_does_not_know_says_so(office: CatalogueOffice) -> None:
    await office.connection.execute("UPDATE surveys SET digest = sha256('x') WHERE code = 'business'")
    text = read_text(await office.get("administrator", f"{SURVEYS}?lang=en"))
    assert text.count("not published on this installation") == 1


async def test_two_versions_are_compared_question_by_question(office: CatalogueOffice) -> None:
    same = read_text(await office.get("administrator", f"{SURVEYS}?lang=en&from=citizen@1&to=citizen@1"))
    assert "Both have the same questions." in same
    other = read_text(await office.get("administrator", f"{SURVEYS}?lang=en&from=citizen@1&to=business@1"))
    assert "From citizen@1 to business@1" in other
    unknown = await office.get("administrator", f"{SURVEYS}?from=%00&to={'x' * 3000}")
    assert unknown.status_code == 200


def test_a_change_names_what_is_new_gone_and_said_otherwise(citizen: Survey) -> None:
    second, third = citizen.questions[1:3]
    changes = {(one.deed, one.name): one.parts for one in compare_surveys(citizen, make_next(citizen))}
    assert list(changes) == [("changed", second.name), ("gone", third.name), ("new", "more")]
    assert changes["changed", second.name] == (
        ("vi", second.text.vi, "Câu mới?"),
        ("en", second.text.en, "A new sentence?"),
    )
    assert ("vi", third.text.vi, "") in changes["gone", third.name]
    assert ("en", "", "More?") in changes["new", "more"]


def test_a_version_holds_until_the_next_one_begins(citizen: Survey) -> None:
    later = make_next(citizen)
    assert find_end(citizen, [citizen, later]) == date(2027, 1, 1)
    assert find_end(later, [citizen, later]) is None


@pytest.mark.parametrize("name", ["citizen@1", "business@1"])
async def test_the_preview_shows_every_question_in_both_languages_and_sends_nothing(
    office: CatalogueOffice, name: str
) -> None:
    survey = next(one for one in load_surveys() if f"{one.code}@{one.version}" == name)
    page = await office.get("administrator", f"{SURVEYS}/{name}?lang=en")
    text = read_text(page)
    assert {"BẢN XEM THỬ", "PREVIEW"} <= {mark for mark in ("BẢN XEM THỬ", "PREVIEW") if mark in text}
    for question in survey.questions:
        assert question.text.vi in text
        assert question.text.en in text
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"<form|<button|<input|<textarea|/Q/|formaction", main)


@pytest.mark.parametrize("name", ["nothing@1", "citizen@99", "%00", "x" * 5000])
async def test_a_survey_that_is_not_there_is_no_page(office: CatalogueOffice, name: str) -> None:
    assert (await office.get("administrator", f"{SURVEYS}/{name}")).status_code == 404


@pytest.mark.parametrize("who", ["head", "front"])
async def test_only_administrators_look_at_versions(office: CatalogueOffice, who: str) -> None:
    assert (await office.get(who, SURVEYS)).status_code == 403
    assert (await office.get(who, f"{SURVEYS}/citizen@1")).status_code == 403
