"""Survey versions as an administrator looks at them: validity, basis, digest, differences, and a preview."""

import difflib
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from dashboards.staff.administration.account_page import make_readable
from dashboards.staff.catalogue.list_pages import ADMINISTER
from dashboards.staff.frame import render_staff
from feedback.accounts.powers import SignedIn
from feedback.register_surveys import name_survey
from feedback.tables.surveys import SurveyRow, select_surveys
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny, enter
from surveys.errors import UnknownPageError
from surveys.survey import Question, Survey
from surveys.survey_files import load_surveys
from surveys.wording import LANGUAGES

SURVEYS = "/staff/surveys"
LONGEST_NAME = 60


class SurveyLine(msgspec.Struct, frozen=True):
    """`valid_to` is the day on which the next version begins; `is_published` says that the store has its digest."""

    name: str
    survey: Survey
    valid_to: date | None
    is_published: bool


class QuestionChange(msgspec.Struct, frozen=True):
    """`deed` is new, gone or changed; `parts` are (what, before, after)."""

    deed: str
    name: str
    parts: tuple[tuple[str, str, str], ...]


@get(SURVEYS, opt=ADMINISTER)
async def list_surveys(request: Request) -> Response[bytes]:
    """With ?from= and ?to= also the difference between the two."""
    signed_in = await enter(request)
    surveys = load_surveys()
    async with borrow_staff_rows(request, signed_in) as connection:
        rows = await select_surveys(connection)
    asked = [request.query_params.get(name, "") for name in ("from", "to")]
    old, new = [next((one for one in surveys if name_survey(one) == name), None) for name in asked]
    return render_staff(
        request,
        signed_in,
        "catalogue_surveys.html",
        lines=list_lines(surveys, rows),
        old=old,
        new=new,
        asked=asked,
        changes=list(compare_surveys(old, new)) if old and new else [],
    )


@get(f"{SURVEYS}/{{survey:str}}", opt=ADMINISTER)
async def preview_survey(request: Request, survey: FromPath[str]) -> Response[bytes]:
    """The citizen's pages in both languages, without anything that sends."""
    signed_in = await enter(request)
    found = await find_survey(request, signed_in, survey)
    wordings = request.app.state.wordings
    shown = [(language, wordings[language]) for language in LANGUAGES]
    return render_staff(
        request, signed_in, "catalogue_survey_preview.html", survey=found, name=name_survey(found), shown=shown
    )


async def find_survey(request: Request, signed_in: SignedIn, name: str) -> Survey:
    """By `code@version`. Raises UnknownPageError; the attempt is kept."""
    found = next((one for one in load_surveys() if name_survey(one) == name), None)
    if found is None:
        await deny(request, signed_in, "survey", make_readable(name[:LONGEST_NAME]))
        raise UnknownPageError
    return found


def list_lines(surveys: Sequence[Survey], rows: Sequence[SurveyRow]) -> list[SurveyLine]:
    """Latest first of each rater kind."""
    digests = {(row.code, row.version): row.digest.hex() for row in rows}
    lines = [
        SurveyLine(
            name=name_survey(survey),
            survey=survey,
            valid_to=find_end(survey, surveys),
            is_published=digests.get((survey.code, survey.version)) == survey.digest,
        )
        for survey in surveys
    ]
    return sorted(lines, key=lambda line: (line.survey.code, -line.survey.version))


def find_end(survey: Survey, surveys: Sequence[Survey]) -> date | None:
    """The day from which a newer version for the same rater kind holds instead."""
    later = [
        one.valid_from
        for one in surveys
        if one.rater_kind == survey.rater_kind and (one.valid_from, one.version) > (survey.valid_from, survey.version)
    ]
    return min(later, default=None)


def compare_surveys(old: Survey, new: Survey) -> Iterator[QuestionChange]:
    """In the order of the newer one, what is gone at its old place; a question is known by its name."""
    before, after = ([question.name for question in one.questions] for one in (old, new))
    for deed, first, last, start, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for question in old.questions[first:last] if deed != "equal" else ():
            if new.find_question(question.name) is None:
                yield QuestionChange(
                    "gone", question.name, tuple((part, text, "") for part, text in tell_parts(question))
                )
        for question in new.questions[start:end]:
            known = old.find_question(question.name)
            if known is None:
                yield QuestionChange(
                    "new", question.name, tuple((part, "", text) for part, text in tell_parts(question))
                )
            elif parts := tuple(list_changed_parts(known, question)):
                yield QuestionChange("changed", question.name, parts)


def list_changed_parts(old: Question, new: Question) -> Iterator[tuple[str, str, str]]:
    for (part, before), (_, after) in zip(tell_parts(old), tell_parts(new), strict=True):
        if before != after:
            yield part, before, after


def tell_parts(question: Question) -> list[tuple[str, str]]:
    choices = {
        language: " / ".join(choice.label.say(language) for choice in question.choices) for language in LANGUAGES
    }
    return [
        ("vi", question.text.vi),
        ("en", question.text.en),
        ("kind", question.kind),
        ("choices-vi", choices["vi"]),
        ("choices-en", choices["en"]),
        ("basis", question.legal_basis),
        ("placeholder", "*" if question.is_placeholder else ""),
    ]


ROUTES = [list_surveys, preview_survey]
