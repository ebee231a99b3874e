"""Which refusals pass by themselves: the form is then kept in the page, to be sent again at a press."""

from surveys.errors import StaffPagesUnavailableError, TooManyRequestsError

NOT_NOW = (StaffPagesUnavailableError, TooManyRequestsError)
