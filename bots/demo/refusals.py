"""How the Bot API refuses, worded as Telegram words it, for those refusals that a bot of ours could bring about."""

from bots.demo.shapes import Refused

UNAUTHORIZED = Refused(401, "Unauthorized")
NO_SUCH_METHOD = Refused(404, "Not Found")
CHAT_NOT_FOUND = Refused(400, "Bad Request: chat not found")
BLOCKED = Refused(403, "Forbidden: bot was blocked by the user")
NO_TEXT = Refused(400, "Bad Request: message text is empty")
TEXT_TOO_LONG = Refused(400, "Bad Request: message is too long")
BAD_BUTTON_DATA = Refused(400, "Bad Request: BUTTON_DATA_INVALID")
BAD_BUTTON_LINK = Refused(400, "Bad Request: BUTTON_URL_INVALID")
NO_LABEL = Refused(400, "Bad Request: inline keyboard button text must be non-empty")
BUTTON_WITHOUT_USE = Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
TOO_MANY_BUTTONS = Refused(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
OLD_QUERY = Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
NOTICE_TOO_LONG = Refused(400, "Bad Request: MESSAGE_TOO_LONG")
BAD_WEBHOOK = Refused(400, "Bad Request: bad webhook: invalid webhook URL specified")
WEBHOOK_IS_SET = Refused(
    409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_FETCHER = Refused(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
