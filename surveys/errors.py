"""Every thing that can go wrong for a person, once: the docstring is the sentence, `code` its stable name.

Raised anywhere, caught only at an edge (page, bot, API, command line). Sentences in other languages stand in
locale/*.po under `error.<code>`; the English there equals the docstring.
"""

from typing import ClassVar


class LangNgheError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, **details: str | int) -> None:
        """`details` fill the {names} in the sentence."""
        super().__init__(type(self).sentence().format_map(details))
        self.details = details

    @classmethod
    def sentence(cls) -> str:
        return " ".join((cls.__doc__ or "").split())


class UnknownDeskCodeError(LangNgheError):
    """This code is not in use. Please look at the code printed under the square on the desk."""

    code = "unknown-desk-code"


class WrongCheckSymbolError(LangNgheError):
    """This code has a slip in it. Please look again at group {group}."""

    code = "wrong-check-symbol"


class MalformedCodeError(LangNgheError):
    """A desk code has nine letters or digits, such as 7K3-MQ9-XWC."""

    code = "malformed-code"


class InvalidAnswerError(LangNgheError):
    """The answer to "{field}" cannot be used: {reason}."""

    code = "invalid-answer"


class UnreadableBodyError(LangNgheError):
    """What was sent cannot be read. Please open the page again and repeat."""

    code = "unreadable-body"


class WrongContentTypeError(LangNgheError):
    """This address takes a form or JSON."""

    code = "wrong-content-type"


class BodyTooLargeError(LangNgheError):
    """What was sent is too long. A comment may have 500 characters."""

    code = "body-too-large"


class TooManyRequestsError(LangNgheError):
    """Too many attempts from here just now. Please wait a minute."""

    code = "too-many-requests"


class StoreUnavailableError(LangNgheError):
    """The rating could not be stored just now. Nothing is lost: please press "Send again"."""

    code = "store-unavailable"


class UnknownReceiptError(LangNgheError):
    """No rating belongs to this receipt. Please compare it with the one you wrote down."""

    code = "unknown-receipt"


class ChangeWindowClosedError(LangNgheError):
    """A rating can be changed for 72 hours; that time has passed."""

    code = "change-window-closed"


class AlreadyRatedError(LangNgheError):
    """This rating was already counted with another choice. To change it, use "Change my rating"."""

    code = "already-rated"


class UnknownPlaceError(LangNgheError):
    """There is no such unit or province here."""

    code = "unknown-place"


class BadSurveyError(LangNgheError):
    """{file}, line {line}: {reason}."""

    code = "bad-survey"


class CatalogueRefusedError(LangNgheError):
    """Nothing was imported: {count} cells need a correction."""

    code = "catalogue-refused"


class SecondCopyError(LangNgheError):
    """Another copy of Lắng Nghe is already running in {folder} (process {process})."""

    code = "second-copy"


class SettingsError(LangNgheError):
    """These settings are missing or wrong: {names}."""

    code = "bad-settings"


class BadWordingError(LangNgheError):
    """{file}: the sentence "{key}" cannot be used: {reason}."""

    code = "bad-wording"


class UnprintableAddressError(LangNgheError):
    """{address} cannot be printed as a code: it must be http or https with a plain, short host name and no path."""

    code = "unprintable-address"


class NoPostersError(LangNgheError):
    """There is no desk to print a poster for."""

    code = "no-posters"


class UnknownPageError(LangNgheError):
    """There is no page at this address. Please look at the code printed on the desk."""

    code = "unknown-page"


class WrongMethodError(LangNgheError):
    """This address cannot be used in this way. Please open the page again."""

    code = "wrong-method"


class PublishedSurveyChangedError(LangNgheError):
    """The survey {survey} was changed after it was published.

    A change is a new file with the next version.
    """

    code = "published-survey-changed"


class ResultsUnavailableError(LangNgheError):
    """The results cannot be read just now. Please open the page again in a minute."""

    code = "results-unavailable"


class PortTakenError(LangNgheError):
    """Port {port} on {host} is in use by another program. Choose another with LANGNGHE_PORT."""

    code = "port-taken"


class DatabaseCannotStartError(LangNgheError):
    """The database cannot start. Its log says why: {file}. Often the disk is full."""

    code = "database-cannot-start"


class WrongSecretError(LangNgheError):
    """This address answers only Telegram."""

    code = "wrong-secret"
