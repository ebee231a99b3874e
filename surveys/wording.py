"""Every sentence a person reads, by language, and the forms of numbers and dates there.

The gettext catalogues of all packages are read together at start-up and must be complete in every language.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from string import Formatter

import msgspec
from babel.dates import format_date
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from surveys.errors import BadWordingError, LangNgheError

LANGUAGES = ("vi", "en")
LOCALE_FOLDER = Path(__file__).parent / "locale"

_PERCENT_FORMS = {"vi": "{number}\u00a0%", "en": "{number}%"}
_DATE_FORMS = {"vi": "dd/MM/yyyy", "en": "d MMM yyyy"}


class Wording(msgspec.Struct, frozen=True):
    """The sentences and forms of one language."""

    language: str
    sentences: dict[str, str]

    def say(self, key: str, /, **values: object) -> str:
        """The sentence under `key`, placeholders filled; KeyError on an unknown key or a missing value."""
        return self.sentences[key].format_map(values)

    def error(self, error: LangNgheError) -> str:
        """An error's sentence; a detail `reason` that is a key is said as `reason.<key>`."""
        details = dict(error.details)
        reason = self.sentences.get(f"reason.{details.get('reason')}")
        if reason is not None:
            details["reason"] = reason.format_map(details)
        return self.say(f"error.{error.code}", **details)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number rounded half up: `1.234,5` in Vietnamese, `1,234.5` in English."""
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(rounded + 0, format=pattern, locale=self.language)

    def percent(self, share: float) -> str:
        """A share of one as whole percent: `88 %` (no-break space) in Vietnamese, `88%` in English."""
        hundredths = float(Decimal(str(share)) * 100)
        return _PERCENT_FORMS[self.language].format(number=self.number(hundredths))

    def date(self, day: dt.date) -> str:
        return format_date(day, format=_DATE_FORMS[self.language], locale=self.language)


def read_wordings(folders: Sequence[Path]) -> dict[str, Wording]:
    """Read `vi.po` and `en.po` of every folder into one wording a language.

    Raises BadWordingError when a sentence is missing in a language, has other placeholders there, stands in
    two folders, or cannot be read.
    """
    sentences: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for folder in folders:
        catalogues = {language: _read_catalogue(folder / f"{language}.po", language) for language in LANGUAGES}
        _compare_catalogues(folder, catalogues)
        for language, catalogue in catalogues.items():
            for key in sorted(sentences[language].keys() & catalogue.keys()):
                raise BadWordingError(file=f"{folder}", key=key, reason="it stands in another folder too")
            sentences[language].update(catalogue)
    return {language: Wording(language, sentences[language]) for language in LANGUAGES}


def _read_catalogue(path: Path, language: str) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
    except (PoFileError, OSError, UnicodeDecodeError) as error:
        raise BadWordingError(file=f"{path}", key="*", reason=f"{error}") from error
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def _compare_catalogues(folder: Path, catalogues: dict[str, dict[str, str]]) -> None:
    first, *others = LANGUAGES
    for key in sorted(set().union(*catalogues.values())):
        expected = _read_placeholders(folder / f"{first}.po", key, catalogues[first])
        for language in others:
            file = folder / f"{language}.po"
            if _read_placeholders(file, key, catalogues[language]) != expected:
                raise BadWordingError(file=f"{file}", key=key, reason=f"its placeholders are not those of {first}")


def _read_placeholders(file: Path, key: str, catalogue: dict[str, str]) -> set[str]:
    sentence = catalogue.get(key, "")
    if not sentence:
        raise BadWordingError(file=f"{file}", key=key, reason="it is missing")
    try:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
    except ValueError as error:
        raise BadWordingError(file=f"{file}", key=key, reason=f"{error}") from error
