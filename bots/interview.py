"""Steps of the interview up to the score: who served, which procedure, five buttons.

No score is ever said back: a phone that is shown to a clerk tells nothing.
"""

from datetime import datetime, time, timedelta

import msgspec

from bots.actions import Verb
from bots.conversation import At, Reminder, Reply, Turn
from bots.keyboards import draw_rating_rows, make_button, make_find_row
from bots.moment import Moment
from bots.questions import ask, name_place_of_desk
from feedback.read_rating import choose_official, read_rating
from feedback.record_response import LOCAL_TIME
from feedback.submissions import DailyRating
from feedback.tables.desk_views import DeskView
from surveys.codes import hash_token, print_token, read_token

HOUR_OF_REMINDERS = time(8)
NOT_STATED = ""


def begin_interview(moment: Moment) -> Turn:
    return ask_next_doubt(moment)


def choose_who_served(moment: Moment) -> Turn:
    return ask_next_doubt(moment.remember(official=moment.value))


def choose_procedure(moment: Moment) -> Turn:
    return ask_next_doubt(moment.remember(procedure=moment.value))


def ask_next_doubt(moment: Moment) -> Turn:
    return ask(moment.go(find_doubt(moment) or At.SCORE))


def find_doubt(moment: Moment) -> At | None:
    """What must still be asked before the score: only where the desk has more than one, and of those there today."""
    desk, conversation = moment.desk, moment.conversation
    officials = {NOT_STATED, *(str(official.official_id) for official in desk.officials)}
    procedures = {NOT_STATED, *(str(procedure.procedure_id) for procedure in desk.procedures)}
    if len(desk.officials) > 1 and conversation.official not in officials:
        return At.OFFICIAL
    if len(desk.procedures) > 1 and conversation.procedure not in procedures:
        return At.PROCEDURE
    return None


def take_score(moment: Moment) -> Turn:
    doubt = find_doubt(moment)
    if doubt is not None:
        return ask(moment.go(doubt))
    daily, receipt = make_daily_rating(moment)
    rated = moment.go(
        At.RATED,
        receipt_hash=daily.rating.token_hash.hex(),
        receipt_unit_id=daily.rating.unit_id,
        skipped=(),
    )
    rows = draw_rating_rows(rated, read_token(receipt), Verb.MORE, Verb.CHANGE, Verb.BUSINESS)
    thanks = rated.tell(
        rated.say("receipt.thanks"), rated.say("receipt.keep"), receipt, rows=rows, notice=rated.say("receipt.thanks")
    )
    return msgspec.structs.replace(thanks, submission=daily)


def make_daily_rating(moment: Moment) -> tuple[DailyRating, str]:
    """The row, judged as on the page, and the receipt as it is printed."""
    desk, around = moment.desk, moment.around
    official = name_official(desk, moment.conversation.official)
    procedure = name_procedure(desk, moment.conversation.procedure)
    served_by = choose_official(desk, official)
    rated = f"official {served_by.official_id}" if served_by else f"desk {desk.desk_id}"
    token = around.make_daily_token(desk.unit_id, rated)
    fields: dict[str, object] = {
        "token": token,
        "score": moment.value,
        "official": official,
        "procedure": procedure,
    }
    proof_class = b"B" if around.known_account and moment.conversation.by_code else b"C"
    rating = read_rating(fields, desk, around.directory, around.now, around.channel, proof_class)
    return DailyRating(rating=rating, again_hash=hash_token(around.token)), print_token(token)


def name_official(desk: DeskView, chosen: str | None) -> str:
    """The code of the official with that number; empty where the citizen left it open."""
    return next((o.code for o in desk.officials if str(o.official_id) == chosen), NOT_STATED)


def name_procedure(desk: DeskView, chosen: str | None) -> str:
    return next((p.code for p in desk.procedures if str(p.procedure_id) == chosen), NOT_STATED)


def promise_reminder(moment: Moment) -> Turn:
    conversation = moment.conversation
    verb = Verb.CODE if conversation.by_code else Verb.PLACE
    later = moment.go(At.NOWHERE)
    rows = ((make_button(moment.say("chat.later.open"), verb, conversation.desk_code or ""),),)
    reminder = Reminder(
        at=find_next_morning(moment.around.now),
        reply=Reply(
            text=f"{moment.say('chat.later.remind')}\n\n{name_place_of_desk(moment)}",
            buttons=rows,
            turn=later.conversation.turn,
        ),
    )
    told = later.tell(moment.say("chat.later.promise"), rows=(*rows, make_find_row(moment)))
    return msgspec.structs.replace(told, reminder=reminder)


def find_next_morning(now: datetime) -> datetime:
    tomorrow = now.astimezone(LOCAL_TIME).date() + timedelta(days=1)
    return datetime.combine(tomorrow, HOUR_OF_REMINDERS, LOCAL_TIME)
