import ast
import inspect
from pathlib import Path

import pytest

from feedback.folders import FEEDBACK
from feedback.web.statuses import STATUS
from surveys import case_errors, errors
from surveys.errors import (
    AccountNameRefusedError,
    AlreadyReleasedError,
    BadSurveyError,
    BadWebhookAddressError,
    BadWordingError,
    CatalogueRefusedError,
    DatabaseCannotStartError,
    IdentifiersRefusedError,
    KeyCoversNothingError,
    LangNgheError,
    NewAccountUnnamedError,
    NoPostersError,
    NoSuchAccountError,
    NoSuchOfficialError,
    NothingToReleaseError,
    PeriodNotClosedError,
    PortTakenError,
    PublishedSurveyChangedError,
    SecondCopyError,
    SettingsError,
    TooManyKeysError,
    UnknownAlertError,
    UnknownKeyError,
    UnknownWebhookError,
    UnknownWebhookMessageError,
    UnprintableAddressError,
)
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.house_rules.project import list_source_files, name_file, parse_file
from wiring import DASHBOARDS

# The command line alone can bring these about: it ends with their sentence.
COMMAND_LINE_ONLY: set[type[LangNgheError]] = {
    AccountNameRefusedError,
    AlreadyReleasedError,
    BadSurveyError,
    BadWebhookAddressError,
    BadWordingError,
    CatalogueRefusedError,
    DatabaseCannotStartError,
    IdentifiersRefusedError,
    KeyCoversNothingError,
    NewAccountUnnamedError,
    NoPostersError,
    NoSuchAccountError,
    NoSuchOfficialError,
    NothingToReleaseError,
    PeriodNotClosedError,
    PortTakenError,
    PublishedSurveyChangedError,
    SecondCopyError,
    SettingsError,
    TooManyKeysError,
    UnknownAlertError,
    UnknownKeyError,
    UnknownWebhookError,
    UnknownWebhookMessageError,
    UnprintableAddressError,
}
ERRORS = [
    error
    for module in (errors, case_errors)
    for _, error in inspect.getmembers(module, inspect.isclass)
    if issubclass(error, LangNgheError) and error.__module__ == module.__name__ and error is not LangNgheError
]
WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"])


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_has_a_status_or_belongs_to_the_command_line(error: type[LangNgheError]) -> None:
    assert (error in STATUS) != (error in COMMAND_LINE_ONLY)
    assert 400 <= STATUS.get(error, 400) < 600


@pytest.mark.parametrize("error", [LangNgheError, *ERRORS])
def test_every_error_is_its_sentence_in_english_and_has_a_vietnamese_one(error: type[LangNgheError]) -> None:
    assert WORDINGS["en"].sentences[f"error.{error.code}"] == error.sentence()
    assert WORDINGS["vi"].sentences[f"error.{error.code}"] != error.sentence()


def test_every_error_has_its_own_stable_name() -> None:
    codes = [error.code for error in (LangNgheError, *ERRORS)]
    assert len(set(codes)) == len(codes)
    assert all("code" in vars(error) for error in ERRORS)


def test_errors_are_defined_in_two_places() -> None:
    """RefusedWorkbookError carries the list of cells beside the sentence of CatalogueRefusedError; the others stay
    between two processes, or inside one job, and no person reads them."""
    defined = {
        (name_file(file), node.name)
        for file in list_source_files()
        for node in ast.walk(parse_file(file))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Error", "Exception"))
    }
    elsewhere = {(file, name) for file, name in defined if file not in {"surveys/errors.py", "surveys/case_errors.py"}}
    assert elsewhere == {
        ("feedback/catalogue/workbook.py", "RefusedWorkbookError"),
        ("dashboards/cases/examine_file.py", "RefusedError"),
        ("dashboards/reports/make_report.py", "DrawingFailedError"),
        ("dashboards/reports/work_on_reports.py", "ReportLostError"),
    }


def list_reasons(file: Path) -> list[str]:
    """The literal reasons with which InvalidAnswerError and BadSurveyError are raised in a file."""
    return [
        str(keyword.value.value)
        for call in ast.walk(parse_file(file))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in {"InvalidAnswerError", "BadSurveyError"}
        for keyword in call.keywords
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant)
    ]


def test_every_reason_has_its_sentence() -> None:
    reasons = {reason for file in list_source_files() for reason in list_reasons(file)}
    assert {reason for reason in reasons if f"reason.{reason}" not in WORDINGS["vi"].sentences} == set()
