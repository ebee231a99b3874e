"""Every sentence is asked for somewhere, and whatever is asked for has its sentence."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from dashboards.evaluation.api_routes import ROUTES
from dashboards.evaluation.openapi import list_fields, make_document
from dashboards.indicators.registry import INDICATORS
from feedback.folders import FEEDBACK
from feedback.tables.responses import Channel
from surveys.survey import Factor, IndicatorGroup, RaterKind
from surveys.wording import LANGUAGES, LOCALE_FOLDER, Wording, read_wordings
from tests.house_rules.project import list_files, list_source_files, list_texts, name_file, parse_file
from wiring import BOTS, DASHBOARDS

FOLDERS = [LOCALE_FOLDER, FEEDBACK / "locale", BOTS / "locale", DASHBOARDS / "locale"]
WORDINGS = read_wordings(FOLDERS)
KEYS = set(WORDINGS["vi"].sentences)
KEY = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+")
BEGINNING = re.compile(r"[a-z][a-z-]*\.([a-z-]+\.)?\{\}")
ASKED_IN_PAGE = re.compile(r"""say\(\s*["']([^"']+)["'](?P<more>\s*~)?""")
PAGES = list_files("feedback/**/*.html", "dashboards/**/*.html", "bots/**/*.html")
# How the values of a survey's own fields are called: each has its word, and no word is left over.
VOCABULARY = {"rater-kind": RaterKind, "factor": Factor, "indicator-group": IndicatorGroup}


def list_asked_keys(file: Path) -> list[str]:
    """Keys in say("…"); those that are put together from parts are left out."""
    if file.suffix == ".html":
        found = ASKED_IN_PAGE.finditer(file.read_text("utf-8"))
        return [match[1] for match in found if not match["more"]]
    return [
        str(argument.value)
        for call in ast.walk(parse_file(file))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "say"
        for argument in call.args[:1]
        for argument in list_choices(argument)
    ]


def list_choices(argument: ast.expr) -> list[ast.Constant]:
    """The literal, or both literals of `a if … else b`."""
    if isinstance(argument, ast.IfExp):
        return [*list_choices(argument.body), *list_choices(argument.orelse)]
    return [argument] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []


def list_words() -> tuple[set[str], set[str]]:
    """All literal texts of code and pages, and the beginnings that code puts keys together from."""
    words: set[str] = {str(channel.value) for channel in Channel} | {str(score) for score in range(1, 6)}
    beginnings: set[str] = {"error.", "reason."}
    for file in list_source_files():
        for text in list_texts(parse_file(file)):
            words.add(text)
            beginnings |= {text.partition("{}")[0]} if "{}" in text and "." in text.partition("{}")[0] else set()
    for page in PAGES:
        text = page.read_text("utf-8")
        words |= {*re.findall(r'"([^"]*)"', text), *re.findall(r"'([^']*)'", text)}
        words |= {match[1] for match in ASKED_IN_PAGE.finditer(text)}
        beginnings |= {match[1] for match in ASKED_IN_PAGE.finditer(text) if match["more"]}
    words |= {f"{indicator.question}.how" for indicator in INDICATORS}
    words |= {f"api-route.{route.name}" for route in ROUTES} | {f"api-field.{name}" for name in list_field_names()}
    words |= {f"{family}.{value}" for family, values in VOCABULARY.items() for value in get_args(values)}
    return words, beginnings


def list_field_names() -> set[str]:
    """The fields that the document of the program interface describes."""
    schemas = make_document(WORDINGS["en"])["components"]["schemas"]
    return {name for name, _ in list_fields(schemas)}


def is_asked_for(key: str, words: set[str], beginnings: set[str]) -> bool:
    """The key itself stands in the code, or a known beginning and words for each part of the rest."""
    if key in words:
        return True
    rests = [key.removeprefix(beginning) for beginning in beginnings if key.startswith(beginning)]
    return any(rest in words or all(part in words for part in rest.split(".")) for rest in rests)


def test_both_languages_say_the_same_keys() -> None:
    assert set(WORDINGS) == set(LANGUAGES)
    assert all(set(wording.sentences) == KEYS for wording in WORDINGS.values())


@pytest.mark.parametrize("file", [*list_source_files(), *PAGES], ids=name_file)
def test_every_key_that_is_asked_for_has_its_sentence(file: Path) -> None:
    asked = [key for key in list_asked_keys(file) if KEY.fullmatch(key)]
    assert [key for key in asked if key not in KEYS] == []


def test_the_words_of_a_surveys_own_fields_are_complete() -> None:
    for family, values in VOCABULARY.items():
        words = {key.removeprefix(f"{family}.") for key in KEYS if key.startswith(f"{family}.")}
        assert words == set(get_args(values))


def test_every_sentence_is_asked_for_somewhere() -> None:
    words, beginnings = list_words()
    assert {key for key in KEYS if not is_asked_for(key, words, beginnings)} == set()


def test_a_sentence_that_nobody_asks_for_would_be_noticed() -> None:
    words, beginnings = list_words()
    for key in ("receipt.nobody-asks", "error.no-such-error", "catalogue.column.units.height"):
        assert not is_asked_for(key, words, beginnings)


@pytest.mark.parametrize("wording", WORDINGS.values(), ids=list(WORDINGS))
def test_a_sentence_is_one_clean_line(wording: Wording) -> None:
    unclean = [
        key
        for key, sentence in wording.sentences.items()
        if sentence != sentence.strip(" ") or "\n" in sentence or "  " in sentence
    ]
    assert unclean == []


def test_vietnamese_sentences_are_vietnamese() -> None:
    """Longer sentences carry a letter that English lacks."""
    marked = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
    plain = [key for key, text in WORDINGS["vi"].sentences.items() if len(text) > 25 and not marked.search(text)]
    assert plain == []
    foreign = [key for key, text in WORDINGS["en"].sentences.items() if len(marked.findall(text)) > 12]
    assert foreign == []
