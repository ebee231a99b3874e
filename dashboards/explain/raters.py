"""Whose ratings a figure is made of: citizens and businesses are never mixed, and each figure says which."""

from collections.abc import Mapping
from functools import cache

from surveys.survey import RaterKind
from surveys.survey_files import load_surveys
from surveys.wording import Wording


@cache
def list_rater_kinds() -> Mapping[str, RaterKind]:
    """By the code of the survey."""
    return {survey.code: survey.rater_kind for survey in load_surveys()}


def name_raters(pool: str, wording: Wording) -> str:
    """From the first part of a pool's name, which is the survey's code and version; "" for a survey of long ago."""
    code = pool.partition("/")[0].rpartition(".")[0]
    kind = list_rater_kinds().get(code)
    return "" if kind is None else wording.say(f"rater-kind.{kind}")
