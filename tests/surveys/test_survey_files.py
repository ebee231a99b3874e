import datetime as dt
import hashlib
from pathlib import Path

import pytest

import surveys.survey_files
from surveys.errors import BadSurveyError
from surveys.survey_files import (
    choose_survey,
    load_surveys,
    read_local_additions,
    read_survey,
    with_local_questions,
)
from surveys.wording import LOCALE_FOLDER, read_wordings

CATALOGUE = Path(surveys.survey_files.__file__).parent / "catalogue"
CITIZEN_TEXT = (CATALOGUE / "citizen.toml").read_text("utf-8")
BUSINESS, CITIZEN = load_surveys()

LOCAL_HEAD = """code = "demo_province"
version = 1
rater_kind = "citizen"
valid_from = 2026-01-01
legal_basis = "(mẫu)"
"""
LOCAL_QUESTION = """
[[questions]]
name = "local_boat"
kind = "yes_no"
factor = "local"
indicator_group = "ii"
text.vi = "Ông/Bà có phải chờ đò không? (mẫu)"
text.en = "Did you have to wait for the boat? (demo)"
legal_basis = "(mẫu)"
"""


def find_refusal(text: str) -> tuple[object, object, object]:
    with pytest.raises(BadSurveyError) as caught:
        read_survey(text, "x.toml")
    details = caught.value.details
    return details["file"], details["line"], details["reason"]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_citizens_survey_asks_the_five_sipas_factors_and_conduct() -> None:
    assert [question.name for question in CITIZEN.questions] == [
        "score",
        "access",
        "procedure",
        "official",
        "result",
        "feedback_handling",
        "attitude",
        "trouble",
        "informal_cost",
        "comment",
    ]


def test_businesses_are_asked_about_time_cost_informal_cost_and_transparency() -> None:
    factors = {question.factor for question in BUSINESS.questions}
    assert factors >= {"overall", "time_cost", "informal_cost", "transparency", "conduct", "result"}


def test_the_overall_question_comes_first_with_the_five_official_labels() -> None:
    for survey in (CITIZEN, BUSINESS):
        assert (survey.overall.name, survey.overall.kind) == ("score", "scale")
        assert [choice.label.vi for choice in survey.overall.choices] == [
            "Rất không hài lòng",
            "Không hài lòng",
            "Bình thường",
            "Hài lòng",
            "Rất hài lòng",
        ]


def test_harassment_and_informal_cost_are_evidence_for_integrity() -> None:
    groups = {question.name: question.indicator_group for question in CITIZEN.questions}
    assert (groups["trouble"], groups["informal_cost"], groups["attitude"]) == ("iv", "iv", "ii")


def test_the_digest_is_the_sha_256_of_the_file() -> None:
    assert CITIZEN.digest == hashlib.sha256(CITIZEN_TEXT.encode()).hexdigest()


def test_every_factor_and_rater_kind_has_a_name_in_the_wording() -> None:
    sentences = read_wordings([LOCALE_FOLDER])["vi"].sentences
    for survey in (CITIZEN, BUSINESS):
        assert f"rater-kind.{survey.rater_kind}" in sentences
        for question in survey.questions:
            assert f"factor.{question.factor}" in sentences
            assert f"indicator-group.{question.indicator_group}" in sentences


def test_texts_are_said_in_the_language_asked_for() -> None:
    assert CITIZEN.scale[0].label.say("vi") == "Rất không hài lòng"
    assert CITIZEN.scale[0].label.say("en") == "Very dissatisfied"


def test_a_slip_in_the_toml_is_refused_with_its_line() -> None:
    text = CITIZEN_TEXT.replace("version = 1", "version =", 1)
    assert find_refusal(text) == ("x.toml", line_of(text, "version ="), "survey-syntax")


def test_an_unfinished_file_is_refused_at_its_last_line() -> None:
    assert find_refusal('code = "a"\nversion = """') == ("x.toml", 2, "survey-syntax")


def test_a_missing_english_text_is_refused_at_its_question() -> None:
    text = CITIZEN_TEXT.replace('text.en = "How satisfied', '# text.en = "How satisfied', 1)
    assert find_refusal(text) == ("x.toml", line_of(text, 'text.vi = "Ông/Bà hài lòng'), "survey-shape")


def test_an_unknown_key_is_refused_at_its_own_line() -> None:
    text = CITIZEN_TEXT.replace('kind = "yes_no"', 'kind = "yes_no"\nweight = 3', 1)
    assert find_refusal(text) == ("x.toml", line_of(text, "weight = 3"), "survey-shape")


def test_a_missing_key_at_the_top_is_refused_at_the_top() -> None:
    assert find_refusal(CITIZEN_TEXT.replace("version = 1\n", "", 1)) == ("x.toml", 1, "survey-shape")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('name = "result"', 'name = "access"', "survey-name-twice"),
        ('name = "result"', 'name = "local_result"', "survey-core-not-local"),
        ('factor = "access"', 'factor = "overall"', "survey-one-overall"),
        ('name = "score"', 'name = "overall"', "survey-score-first"),
        ('code = "5"', 'code = "6"', "survey-scale-codes"),
        ('code = "no"', 'code = "never"', "survey-yes-no-codes"),
        ('kind = "yes_no"', 'kind = "comment"', "survey-comment-last"),
        ('kind = "yes_no"', 'kind = "choice"', "survey-choices"),
        ('kind = "yes_no"', 'kind = "maybe"', "survey-shape"),
        ("valid_from = 2026-01-01", 'valid_from = "soon"', "survey-shape"),
        ('text.vi = "Nơi tiếp nhận', 'text.vi = "" # "Nơi tiếp nhận', "survey-shape"),
    ],
)
def test_a_broken_rule_is_refused_at_its_line(old: str, new: str, reason: str) -> None:
    text = CITIZEN_TEXT.replace(old, new, 1)
    file, line, found = find_refusal(text)
    assert (file, found) == ("x.toml", reason)
    # The labels are judged as one list, so the line is that of the first label.
    if reason not in {"survey-scale-codes", "survey-yes-no-codes"}:
        changed = [number for number, pair in enumerate(zip_lines(text), start=1) if pair[0] != pair[1]]
        assert line in changed or reason == "survey-choices"


def zip_lines(text: str) -> list[tuple[str, str]]:
    return list(zip(text.splitlines(), CITIZEN_TEXT.splitlines(), strict=True))


def test_lines_inside_a_long_text_are_not_taken_for_tables() -> None:
    head = LOCAL_HEAD.replace('"(mẫu)"', '"""\n[[questions]]\nname = 1\n"""')
    with pytest.raises(BadSurveyError) as caught:
        read_local_additions(head + LOCAL_QUESTION.replace("local_boat", "boat"), "local.toml")
    # Four lines, four of the long text, an empty one, the table, and then the name.
    assert caught.value.details["line"] == 11


def test_every_reason_has_its_sentence() -> None:
    sentences = read_wordings([LOCALE_FOLDER])["vi"].sentences
    source = Path(surveys.survey_files.__file__).read_text("utf-8")
    reasons = {part.split('"')[0] for part in source.split('"survey-')[1:]}
    assert {f"reason.survey-{reason}" for reason in reasons} <= sentences.keys()


def test_the_survey_of_a_day_is_the_newest_valid_one() -> None:
    older = read_survey(CITIZEN_TEXT.replace("2026-01-01", "2025-07-01"), "older.toml")
    surveys_ = (BUSINESS, CITIZEN, older)
    assert choose_survey(surveys_, "citizen", dt.date(2025, 12, 31)) is older
    assert choose_survey(surveys_, "citizen", dt.date(2026, 1, 1)) is CITIZEN
    with pytest.raises(LookupError):
        choose_survey(surveys_, "business", dt.date(2025, 1, 1))


def test_local_questions_stand_before_the_comment_and_leave_the_core_alone() -> None:
    extended = with_local_questions(CITIZEN, read_local_additions(LOCAL_HEAD + LOCAL_QUESTION, "local.toml"))
    assert [question.name for question in extended.questions[-2:]] == ["local_boat", "comment"]
    assert [question for question in extended.questions if question.factor != "local"] == list(CITIZEN.questions)
    assert [choice.code for choice in extended.questions[-2].choices] == ["yes", "no"]
    assert (extended.code, extended.version) == (CITIZEN.code, CITIZEN.version)
    assert extended.additions == "demo_province@1"
    assert extended.digest != CITIZEN.digest


@pytest.mark.parametrize(
    ("questions", "line", "reason"),
    [
        (
            "".join(LOCAL_QUESTION.replace("local_boat", f"local_{number}") for number in range(4)),
            6 + 3 * 9 + 1,
            "survey-local-number",
        ),
        (LOCAL_QUESTION.replace("local_boat", "boat"), 8, "survey-local-name"),
        (LOCAL_QUESTION.replace("yes_no", "comment"), 9, "survey-local-kind"),
        (LOCAL_QUESTION.replace('"local"', '"result"'), 10, "survey-local-factor"),
        (LOCAL_QUESTION * 2, 17, "survey-name-twice"),
    ],
)
def test_local_additions_stay_within_bounds(questions: str, line: int, reason: str) -> None:
    with pytest.raises(BadSurveyError) as caught:
        read_local_additions(LOCAL_HEAD + questions, "local.toml")
    assert caught.value.details == {"file": "local.toml", "line": line, "reason": reason}


def test_additions_are_for_one_rater_kind_and_come_once() -> None:
    additions = read_local_additions(LOCAL_HEAD + LOCAL_QUESTION, "local.toml")
    with pytest.raises(BadSurveyError, match="other-rater-kind"):
        with_local_questions(BUSINESS, additions)
    with pytest.raises(BadSurveyError, match="added-twice"):
        with_local_questions(with_local_questions(CITIZEN, additions), additions)
