import datetime as dt
import inspect
from pathlib import Path

import pytest

from surveys import errors
from surveys.errors import (
    BadSurveyError,
    BadWordingError,
    InvalidAnswerError,
    LangNgheError,
    WrongCheckSymbolError,
)
from surveys.wording import LOCALE_FOLDER, read_wordings

WORDINGS = read_wordings([LOCALE_FOLDER])
VI = WORDINGS["vi"]
EN = WORDINGS["en"]
ERRORS = [member for _, member in inspect.getmembers(errors, inspect.isclass) if issubclass(member, LangNgheError)]


def write_catalogues(folder: Path, vi: str, en: str) -> Path:
    folder.mkdir(exist_ok=True)
    for language, entries in (("vi", vi), ("en", en)):
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        (folder / f"{language}.po").write_text(head + entries, "utf-8")
    return folder


def entry(key: str, sentence: str) -> str:
    return f'msgid "{key}"\nmsgstr "{sentence}"\n\n'


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_has_its_sentence_in_both_languages(error: type[LangNgheError]) -> None:
    assert EN.sentences[f"error.{error.code}"] == error.sentence()
    assert VI.sentences[f"error.{error.code}"] != error.sentence() or error is BadSurveyError


def test_no_key_stands_twice_in_a_catalogue() -> None:
    for language, wording in WORDINGS.items():
        text = (LOCALE_FOLDER / f"{language}.po").read_text("utf-8")
        assert text.count('\nmsgid "') == len(wording.sentences)  # the header stands on the first line


def test_a_reason_is_said_in_the_readers_language() -> None:
    error = InvalidAnswerError(field="score", reason="score-range")
    assert VI.error(error) == "Câu trả lời cho mục “score” không dùng được: xin chọn một mức từ 1 đến 5."
    assert EN.error(error) == 'The answer to "score" cannot be used: please choose one step from 1 to 5.'


def test_details_fill_the_reason_too() -> None:
    error = InvalidAnswerError(field="comment", reason="comment-too-long", longest=500)
    assert "500" in VI.error(error)


def test_a_reason_that_is_no_key_is_said_as_it_is() -> None:
    assert VI.error(BadSurveyError(file="a.toml", line=3, reason="…")).startswith("a.toml, dòng 3: …")


def test_the_group_to_look_at_again_is_named() -> None:
    assert VI.error(WrongCheckSymbolError(group=2)) == "Mã này có chỗ nhầm. Xin Ông/Bà xem lại nhóm 2."


def test_an_unknown_key_or_a_missing_value_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        VI.say("no.such.key")
    with pytest.raises(KeyError):
        VI.say("reason.comment-too-long")


def test_numbers_take_the_form_of_the_language() -> None:
    assert VI.number(1234.5, 1) == "1.234,5"
    assert EN.number(1234.5, 1) == "1,234.5"
    assert VI.number(1234567) == "1.234.567"
    assert VI.number(2, 2) == "2,00"


def test_numbers_are_rounded_half_up_and_never_minus_zero() -> None:
    assert EN.number(2.5) == "3"
    assert EN.number(0.125, 2) == "0.13"
    assert EN.number(-2.5) == "-3"
    assert EN.number(-0.2) == "0"


def test_shares_are_whole_percent() -> None:
    assert VI.percent(0.88) == "88\u00a0%"
    assert EN.percent(0.885) == "89%"
    assert EN.percent(1) == "100%"


def test_dates_take_the_form_of_the_language() -> None:
    assert VI.date(dt.date(2026, 7, 1)) == "01/07/2026"
    assert EN.date(dt.date(2026, 11, 21)) == "21 Nov 2026"


@pytest.mark.parametrize(
    ("vi", "en"),
    [
        (entry("a", "một") + entry("b", "hai"), entry("a", "one")),
        (entry("a", "một"), entry("a", "one") + entry("b", "two")),
        (entry("a", "{count} ô"), entry("a", "{number} cells")),
        (entry("a", "một"), entry("a", "")),
        (entry("a", "{một"), entry("a", "{one")),
        (entry("a", "một"), 'msgid "a\nmsgstr "one"\n'),
    ],
    ids=["missing in English", "missing in Vietnamese", "placeholders", "empty", "brace", "not a catalogue"],
)
def test_catalogues_that_do_not_match_are_refused(tmp_path: Path, vi: str, en: str) -> None:
    with pytest.raises(BadWordingError):
        read_wordings([write_catalogues(tmp_path / "locale", vi, en)])


def test_a_folder_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWordingError):
        read_wordings([tmp_path])


def test_a_key_has_one_address(tmp_path: Path) -> None:
    first = write_catalogues(tmp_path / "first", entry("a", "một"), entry("a", "one"))
    second = write_catalogues(tmp_path / "second", entry("a", "một"), entry("a", "one"))
    with pytest.raises(BadWordingError, match="another folder"):
        read_wordings([first, second])


def test_several_folders_make_one_wording(tmp_path: Path) -> None:
    folder = write_catalogues(tmp_path / "more", entry("a", "một"), entry("a", "one"))
    wordings = read_wordings([LOCALE_FOLDER, folder])
    assert (wordings["vi"].say("a"), wordings["en"].say("a")) == ("một", "one")
