"""A released score explained step by step, in both languages, with the numbers of tests/dashboards/staff_stage.py."""

from pathlib import Path

import msgspec
import pytest

import dashboards
from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.explain.quarter_names import name_quarter, shorten_quarter
from dashboards.explain.steps import ExplainedStep, explain
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.roles import RoleName
from feedback.folders import FEEDBACK
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.dashboards.staff_stage import CODED, NONE, POOL_FIGURE, SCORE, STEPS, UNIT_SCORE

WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", Path(dashboards.__file__).parent / "locale"])
VI, EN = WORDINGS["vi"], WORDINGS["en"]


def steps_of(score: ReleasedScore, language: str = "vi", role: RoleName = "official") -> dict[str, ExplainedStep]:
    steps = explain(score, POOL_FIGURE, WORDINGS[language], PARAMETERS_2026_1, role)
    return {step.name: step for step in steps}


def test_a_score_is_explained_from_raw_mean_to_grade() -> None:
    steps = steps_of(SCORE)
    assert list(steps) == ["raw", "expected", "adjusted", "weight", "score", "interval", "band", "grade"]
    assert "Có 48 lượt" in steps["raw"].sentence
    assert "thường được 74,6 điểm" in steps["expected"].sentence
    # 78.1 - 74.6 = 3.5; 80.2 + 3.5 = 83.7
    assert "cao hơn mức thường gặp 3,5 điểm, cộng vào điểm trung bình của cả nhóm là 80,2, thành 83,7" in (
        steps["adjusted"].sentence
    )
    assert (
        "71\u00a0% vào các lượt đánh giá này và 29\u00a0% vào điểm chung 80,0 của 24 người" in steps["weight"].sentence
    )
    assert steps["score"].sentence == "80,0 + 0,71 × (83,7 − 80,0) = 82,6, làm tròn là 83 điểm."
    assert "từ 76 đến 89" in steps["interval"].sentence
    assert "nhóm chỉ có 24 thành viên" in steps["interval"].sentence
    assert steps["band"].sentence.startswith("Tương đương nhóm")
    assert "ít nhất 66 lượt đánh giá; độ tin cậy từ 0,80 trở lên; đánh giá trong ít nhất 20 ngày" in (
        steps["grade"].sentence
    )


def test_every_step_holds_its_numbers_with_their_names() -> None:
    numbers = {(n.label, n.value) for step in steps_of(SCORE, "en").values() for n in step.numbers}
    assert numbers >= {("Mean", "78.1"), ("Due to channel", "0.4"), ("Reliability", "0.71"), ("Day factor", "1.2")}
    assert numbers >= {("Interval factor", "2.07"), ("Error", "3.1"), ("Zone of no difference", "5"), ("Grade", "B")}


def test_below_what_is_usual_the_difference_is_taken_off() -> None:
    # 72.0 - 74.6 = -2.6; 80.2 - 2.6 = 77.6
    lower = msgspec.structs.replace(SCORE, steps=msgspec.structs.replace(STEPS, raw=72.0, adjusted=77.6))
    assert "2.6 points below what is usual; taken from the mean" in steps_of(lower, "en")["adjusted"].sentence
    even = msgspec.structs.replace(SCORE, steps=msgspec.structs.replace(STEPS, raw=74.6, adjusted=80.2))
    assert "just what is usual" in steps_of(even, "en")["adjusted"].sentence


def test_many_peers_need_no_wider_interval() -> None:
    many = msgspec.structs.replace(SCORE, steps=msgspec.structs.replace(STEPS, peers=400, interval_factor=1.96))
    assert "wider than usual" not in steps_of(many, "en")["interval"].sentence
    assert "wider than usual" in steps_of(SCORE, "en")["interval"].sentence


@pytest.mark.parametrize(
    ("band", "words"), [("higher", "Higher than the group"), ("lower", "Lower than the group"), (None, "Not compared")]
)
def test_each_band_has_its_sentence(band: str | None, words: str) -> None:
    banded = msgspec.structs.replace(SCORE, band=band)
    assert steps_of(banded, "en")["band"].sentence.startswith(words)


def test_nothing_shown_is_explained_as_not_enough() -> None:
    steps = steps_of(NONE)
    assert list(steps) == ["nothing", "grade"]
    assert "Số lượt được tính: dưới 10." in steps["nothing"].sentence
    assert steps["grade"].sentence.startswith("Chưa đủ dữ liệu")
    assert "không ai đoán được người dân nào" in steps["grade"].sentence


def test_a_coded_group_tells_its_band_and_no_number_of_points() -> None:
    steps = steps_of(CODED, "en")
    assert list(steps) == ["coded", "grade"]
    assert "95% or more satisfied" in steps["coded"].sentence
    assert "not for evaluation" in steps["grade"].sentence
    assert "at least 30 ratings; the ratings do not differ yet" in steps["grade"].sentence


def test_grade_a_misses_nothing() -> None:
    steps = steps_of(msgspec.structs.replace(SCORE, grade="A", reasons=()), "en")
    assert steps["grade"].sentence == "Grade A: it may weigh in an evaluation, beside other evidence."


def test_a_reason_nobody_put_into_words_is_still_told_as_a_protection() -> None:
    score = msgspec.structs.replace(SCORE, reasons=("some_new_rule", "another_rule"))
    assert steps_of(score, "en")["grade"].sentence.endswith("misses: a condition that protects those who rated.")


def test_without_steps_only_what_is_shown_is_explained() -> None:
    steps = steps_of(msgspec.structs.replace(SCORE, steps=None), "en")
    assert list(steps) == ["interval", "band", "grade"]
    assert steps["interval"].sentence == "The true score lies between 76 and 89 with 95% certainty."


def test_units_and_procedures_have_whole_points_and_their_own_peers() -> None:
    # What is known of a unit is its n to the nearest 5: a decimal would promise more.
    unit = steps_of(UNIT_SCORE, "en", "unit")
    assert "Units of the same kind" in unit["expected"].sentence
    assert unit["score"].sentence == "80 + 0.92 × (81 − 80) = 81, rounded to 81 points."
    assert "Procedures of the same field" in steps_of(UNIT_SCORE, "en", "procedure")["expected"].sentence


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("score", [SCORE, UNIT_SCORE, CODED, NONE], ids=["B", "A", "coded", "none"])
def test_every_step_is_one_whole_sentence(language: str, score: ReleasedScore) -> None:
    for step in steps_of(score, language).values():
        assert step.sentence.endswith(".")
        assert "{" not in step.sentence
        assert step.title


def test_quarters_are_called_as_people_call_them() -> None:
    assert [name_quarter("2026-Q3", VI), shorten_quarter("2026-Q3", VI)] == ["quý 3/2026", "Q3/2026"]
    assert [name_quarter("2026-Q3", EN), shorten_quarter("2026-Q3", EN)] == ["quarter 3 of 2026", "2026 Q3"]
