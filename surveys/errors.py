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


class ApiKeyNeededError(LangNgheError):
    """This address needs a key. Please send it in the header “Authorization: Bearer lnk_…”."""

    code = "api-key-needed"


class UnknownApiKeyError(LangNgheError):
    """This key is not known here. Please compare it with the one that was handed out."""

    code = "unknown-api-key"


class ApiKeyEndedError(LangNgheError):
    """This key ended on {day}. Please ask the operator for a new one."""

    code = "api-key-ended"


class ApiKeyTooNarrowError(LangNgheError):
    """This key is not for “{asked}”. It is for: {allowed}."""

    code = "api-key-too-narrow"


class UnlistedAddressError(LangNgheError):
    """This key may not be used from this network address."""

    code = "unlisted-address"


class QuotaUsedUpError(LangNgheError):
    """This key may ask {quota} times a minute. Please wait a minute."""

    code = "quota-used-up"


class TooManyKeysError(LangNgheError):
    """{holder} has {count} keys in use already. Please revoke one of them first."""

    code = "too-many-keys"


class KeyCoversNothingError(LangNgheError):
    """A key covers provinces, communes or units, or everything.

    Please name exactly one of these.
    """

    code = "key-covers-nothing"


class UnknownKeyError(LangNgheError):
    """There is no key {key} in use."""

    code = "unknown-key"


class UnusableRequestError(LangNgheError):
    """This request cannot be used: {reason}."""

    code = "unusable-request"


class BatchTooLargeError(LangNgheError):
    """One request takes at most {rows} rows and {kib} KiB."""

    code = "batch-too-large"


class ApiUnavailableError(LangNgheError):
    """This cannot be done just now. Please send the same again in a few seconds."""

    code = "api-unavailable"


class SlipRefusedError(LangNgheError):
    """No slip was issued, because of the field “{field}”: {reason}."""

    code = "slip-refused"


class DossiersRefusedError(LangNgheError):
    """Nothing was stored: {count} rows need a correction."""

    code = "dossiers-refused"


class UnknownSlipError(LangNgheError):
    """This slip is not known here. Please scan the square on the slip again."""

    code = "unknown-slip"


class ExpiredSlipError(LangNgheError):
    """This slip could be used before {day}. That time has passed."""

    code = "expired-slip"


class SpentSlipError(LangNgheError):
    """This slip has already been used, and the 72 hours for changing the rating have passed."""

    code = "spent-slip"


class WithdrawnSlipError(LangNgheError):
    """The slips of this desk were replaced, so this one no longer holds."""

    code = "withdrawn-slip"


class MalformedSlipCodeError(LangNgheError):
    """A slip has a code of nine letters or digits and a PIN of four digits."""

    code = "malformed-slip-code"


class WrongPinError(LangNgheError):
    """The code and the PIN do not belong together. Tries left: {left}."""

    code = "wrong-pin"


class SlipPinClosedError(LangNgheError):
    """The PIN was wrong too often. Please scan the square on the slip instead."""

    code = "slip-pin-closed"


class ForeignPageError(LangNgheError):
    """This was sent from a page of another site. Please open the page here and repeat."""

    code = "foreign-page"


class UnknownReleaseError(LangNgheError):
    """There is no release “{release}”. Releases are quarters and are named as 2026-Q3."""

    code = "unknown-release"


class PeriodNotClosedError(LangNgheError):
    """{release} cannot be released before {day}: ratings of the quarter may still come in until then."""

    code = "period-not-closed"


class AlreadyReleasedError(LangNgheError):
    """{release} has been released already. A release is never made again: corrections go into the next one."""

    code = "already-released"


class NothingToReleaseError(LangNgheError):
    """No rating was given in {release}, so there is nothing to release."""

    code = "nothing-to-release"


class UnlistedReleaseError(LangNgheError):
    """There is no such release. These are there: {known}."""

    code = "unlisted-release"


class QuarterNotReleasedError(LangNgheError):
    """The quarter {release} is not released yet. It is closed and computed from {day} on."""

    code = "quarter-not-released"


class UnknownOfficialError(LangNgheError):
    """No official with this code lies within the reach of this key."""

    code = "unknown-official"


class UnknownUnitError(LangNgheError):
    """Nothing that {field} names lies within the reach of this key."""

    code = "unknown-unit"


class UnknownMethodError(LangNgheError):
    """There is no such version of the method. These are there: {known}."""

    code = "unknown-method"


class UnknownFilterError(LangNgheError):
    """This address knows no such filter. Allowed are: {allowed}."""

    code = "unknown-filter"


class DoubledFilterError(LangNgheError):
    """{field} stands twice. Please give it once."""

    code = "doubled-filter"


class UnusableFilterError(LangNgheError):
    """{field} cannot have this value. Allowed is: {allowed}."""

    code = "unusable-filter"


class BadCursorError(LangNgheError):
    """This cursor is not of this list. Take the one under next, or leave it out to begin anew."""

    code = "bad-cursor"


class TooManyDownloadsError(LangNgheError):
    """Two downloads are being made right now. Please ask again in a few seconds."""

    code = "too-many-downloads"


class IdentifiersRefusedError(LangNgheError):
    """Nothing was stored: {count} rows need a correction."""

    code = "identifiers-refused"


class ReviewRefusedError(LangNgheError):
    """This review cannot be asked for: {reason}."""

    code = "review-refused"


class VoteRefusedError(LangNgheError):
    """This vote was not counted: {reason}."""

    code = "vote-refused"


class UnknownReviewError(LangNgheError):
    """There is no review with the number {review}."""

    code = "unknown-review"


class NothingToExplainError(LangNgheError):
    """The release {release} holds no figure about {name}."""

    code = "nothing-to-explain"


class NoSuchOfficialError(LangNgheError):
    """There is no official with the code {official}."""

    code = "no-such-official"


class BadWebhookAddressError(LangNgheError):
    """No webhook can be sent to this address: {reason}."""

    code = "bad-webhook-address"


class UnknownWebhookError(LangNgheError):
    """There is no webhook endpoint {endpoint} in use."""

    code = "unknown-webhook"


class UnknownWebhookMessageError(LangNgheError):
    """There is no webhook message {message}."""

    code = "unknown-webhook-message"


class UnknownAlertError(LangNgheError):
    """There is no open alert with the number {alert}."""

    code = "unknown-alert"


class SessionNeededError(LangNgheError):
    """Please sign in. A session ends after half an hour without a page, or after twelve hours."""

    code = "session-needed"


class PowerMissingError(LangNgheError):
    """Your account has no power for this. Powers are given by two administrators together."""

    code = "power-missing"


class StaffPagesUnavailableError(LangNgheError):
    """The pages for staff cannot read the store just now. Please try again in a moment."""

    code = "staff-pages-unavailable"


class AppointmentRefusedError(LangNgheError):
    """This cannot be done: {reason}."""

    code = "appointment-refused"


class PasskeyRefusedError(LangNgheError):
    """This passkey was not accepted. Please try again, or sign in with your password and code."""

    code = "passkey-refused"


class PasskeysOffError(LangNgheError):
    """Passkeys work only where this site has its own https address (or is opened as localhost)."""

    code = "passkeys-off"


class TooManyPasskeysError(LangNgheError):
    """An account has at most {most} passkeys. Please remove one that you no longer use."""

    code = "too-many-passkeys"


class OldProofError(LangNgheError):
    """For this, please sign in once more: it is more than ten minutes since you did."""

    code = "old-proof"


class OutsideOffError(LangNgheError):
    """Signing in with your organisation's own account is not set up here."""

    code = "outside-off"


class OutsideAwayError(LangNgheError):
    """The sign-in page of your organisation does not answer just now. Please sign in with your password and code."""

    code = "outside-away"


class OutsideRefusedError(LangNgheError):
    """This sign-in could not be finished. Please begin again here."""

    code = "outside-refused"


class OutsideUnknownError(LangNgheError):
    """No account here is linked to this one. Sign in with your password and code, then link them."""

    code = "outside-unknown"


class OutsideTakenError(LangNgheError):
    """This account of your organisation is linked to somebody else's account here."""

    code = "outside-taken"


class CodeDeviceMissingError(LangNgheError):
    """Your organisation asked for a password only, and your account here has no code device yet."""

    code = "code-device-missing"


class SignInFailedError(LangNgheError):
    """Name, password or code is not right. Please try again; each code works once."""

    code = "sign-in-failed"


class SignInTooSoonError(LangNgheError):
    """There were several wrong attempts. Please wait {seconds} seconds, then try again."""

    code = "sign-in-too-soon"


class PasswordRefusedError(LangNgheError):
    """This password cannot be used: {reason}."""

    code = "password-refused"


class WrongCodeError(LangNgheError):
    """This code is not right. Please type the six digits that the device shows now; each code works once."""

    code = "wrong-code"


class UnknownInvitationError(LangNgheError):
    """This link opens nothing any more: it was used, replaced, or is older than three days.

    Please ask for a new one.
    """

    code = "unknown-invitation"


class MailAddressRefusedError(LangNgheError):
    """This is not an e-mail address. Please look at it again."""

    code = "mail-address-refused"


class AccountNameRefusedError(LangNgheError):
    """A sign-in name has 2 to 64 small letters without marks, digits, and . _ @ - such as nguyen.lan."""

    code = "account-name-refused"


class NoSuchAccountError(LangNgheError):
    """There is no account with the name {name}."""

    code = "no-such-account"


class NewAccountUnnamedError(LangNgheError):
    """{name} is new here. Please add the person's name, and a role."""

    code = "new-account-unnamed"


class AlertStepRefusedError(LangNgheError):
    """This step was not taken: {reason}."""

    code = "alert-step-refused"


class AlertChangedError(LangNgheError):
    """Somebody else has worked on this alert meanwhile.

    Look at its history below, then decide anew; what you wrote is kept.
    """

    code = "alert-changed"
