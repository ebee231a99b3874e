"""What can go wrong about cases, reports, forms and administration: as surveys/errors.py, where the rules stand."""

from surveys.errors import LangNgheError


class CaseChangedError(LangNgheError):
    """Somebody else has worked on this case meanwhile.

    Look at what has changed below, then decide anew; what you wrote is kept.
    """

    code = "case-changed"


class CaseStepRefusedError(LangNgheError):
    """This was not done: {reason}."""

    code = "case-step-refused"


class AnswerKeptAsNoteError(LangNgheError):
    """The case had moved on before your answer came. It is kept with the case as a note that the Front reads."""

    code = "answer-kept-as-note"


class FileTooLargeError(LangNgheError):
    """This file is larger than {most} MB. Please choose a smaller one, or save it smaller; what you wrote is kept."""

    code = "file-too-large"


class FileRefusedError(LangNgheError):
    """This file was not taken: {reason}. What you wrote is kept."""

    code = "file-refused"


class ReportRefusedError(LangNgheError):
    """This report was not asked for: {reason}."""

    code = "report-refused"


class CatalogueChangedError(LangNgheError):
    """Somebody else has changed the catalogue meanwhile. Look at what would change now, then decide anew."""

    code = "catalogue-changed"


class UploadGoneError(LangNgheError):
    """The file that was checked is no longer kept: half an hour is over, or it was imported. Please choose it again."""

    code = "upload-gone"


class DeskChangeRefusedError(LangNgheError):
    """Nothing was changed: {reason}."""

    code = "desk-change-refused"


class UnknownKioskError(LangNgheError):
    """No device is registered at this address. Please ask the administrator to register it anew."""

    code = "unknown-kiosk"


class KioskEndedError(LangNgheError):
    """This device is no longer in use for ratings. Please ask at the desk for another way to rate."""

    code = "kiosk-ended"


class SettingRefusedError(LangNgheError):
    """This was not stored: {reason}."""

    code = "setting-refused"


class CheckClosedError(LangNgheError):
    """This round of checks has been closed. Nothing more is recorded in it; what you wrote is kept below."""

    code = "check-closed"


class CheckRecordedError(LangNgheError):
    """Something was recorded here before. What stands is shown below; what you wrote is kept beneath it."""

    code = "check-recorded"


class CheckRefusedError(LangNgheError):
    """This was not done: {reason}."""

    code = "check-refused"


class FormBatchClosedError(LangNgheError):
    """This batch of forms has been closed. Please keep the form and give it to whoever oversees the batch."""

    code = "form-batch-closed"


class FormEnteredError(LangNgheError):
    """Form {form} was not entered: {reason}."""

    code = "form-entered"


class FormNotYoursError(LangNgheError):
    """Whoever serves in this unit, or leads it, does not enter its forms. Please hand them to another volunteer."""

    code = "form-not-yours"


class FormRefusedError(LangNgheError):
    """This was not done: {reason}."""

    code = "form-refused"


class CaseReplyRefusedError(LangNgheError):
    """This matter asks your receipt nothing now: it may have been opened again. Please look your receipt up anew."""

    code = "case-reply-refused"


class ApiKeyWaitingError(LangNgheError):
    """This key opens nothing yet: a second administrator must approve it. Please ask whoever handed it over."""

    code = "api-key-waiting"
