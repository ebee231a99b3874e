"""Which refusals pass by themselves: the form is then kept in the page, to be sent again at a press."""

from surveys.errors import (
    ApiUnavailableError,
    QuotaUsedUpError,
    ResultsUnavailableError,
    TooManyRequestsError,
)

NOT_NOW = (ApiUnavailableError, QuotaUsedUpError, ResultsUnavailableError, TooManyRequestsError)
