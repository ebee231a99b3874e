"""Steps about a rating that exists: whether it counts, a change of mind, for a business or not. Never its score."""

import msgspec

from bots.actions import Verb
from bots.case_outcomes import tell_followed
from bots.conversation import At, Turn
from bots.keyboards import draw_rating_rows, make_again_row
from bots.meaning import find_receipt
from bots.moment import Moment, Rows
from bots.questions import ask
from feedback.record_response import end_of_change_window
from feedback.submissions import Revision
from surveys.codes import hash_token
from surveys.errors import ChangeWindowClosedError, LangNgheError, TooManyRequestsError, UnknownReceiptError

MOST_LOOK_UPS_A_MINUTE = 10
SECONDS_OF_A_MINUTE = 60


def ask_for_receipt(moment: Moment) -> Turn:
    return ask(moment.go(At.RECEIPT))


def follow_receipt(moment: Moment) -> Turn:
    """Counted, when, where, and what became of it. Every look-up counts towards the limit, a vain one too."""
    looked = count_look_up(moment)
    token = find_receipt(moment.value)
    try:
        if looked.conversation.looked_up[1] > MOST_LOOK_UPS_A_MINUTE:
            raise TooManyRequestsError
        if token is None:
            raise UnknownReceiptError
        spoken_about = speak_about_rating(looked).go(At.RATED)
    except LangNgheError as error:
        return looked.tell(looked.say_error(error), rows=(make_again_row(looked),))
    if is_window_closed(spoken_about):
        counted = spoken_about.tell(
            say_counted(spoken_about), spoken_about.say("counted.closed"), rows=(make_again_row(spoken_about),)
        )
    else:
        rows = draw_rating_rows(spoken_about, token, Verb.MORE, Verb.CHANGE)
        counted = spoken_about.tell(say_counted(spoken_about), rows=rows)
    return msgspec.structs.replace(counted, replies=(*counted.replies, *tell_followed(spoken_about, token)))


def count_look_up(moment: Moment) -> Moment:
    minute = int(moment.around.now.timestamp()) // SECONDS_OF_A_MINUTE
    last_minute, count = moment.conversation.looked_up
    return moment.remember(looked_up=(minute, count + 1 if minute == last_minute else 1))


def say_counted(moment: Moment) -> str:
    first = moment.rating.first
    day = moment.around.wordings[moment.conversation.language].date(first.local_day)
    unit = moment.around.units.units.get(first.unit_id)
    if unit is None:
        return moment.say("counted.sentence", day=day)
    return moment.say("chat.receipt.counted", day=day, unit=unit.name)


def speak_about_rating(moment: Moment) -> Moment:
    """From now on the conversation is about this rating. Raises UnknownReceiptError."""
    rating = moment.rating
    return moment.remember(receipt_hash=rating.receipt_hash.hex(), receipt_unit_id=rating.first.unit_id)


def is_window_closed(moment: Moment) -> bool:
    return moment.around.now > end_of_change_window(moment.rating.first)


def refuse_late_change(moment: Moment) -> Turn:
    """The store would refuse it too: better said before somebody chooses and writes."""
    return moment.tell(moment.say_error(ChangeWindowClosedError()), rows=(make_again_row(moment),))


def is_asked_already(moment: Moment, *places: At) -> bool:
    """A second press of a button whose question stands open about the same rating."""
    conversation = moment.conversation
    return conversation.at in places and conversation.receipt_hash == moment.rating.receipt_hash.hex()


def ask_to_change(moment: Moment) -> Turn:
    if is_asked_already(moment, At.CHANGE):
        return moment.only_notice(moment.say("chat.notice.asked"))
    if is_window_closed(moment):
        return refuse_late_change(moment)
    return ask(speak_about_rating(moment).go(At.CHANGE))


def ask_to_change_last(moment: Moment) -> Turn:
    """The rating spoken about; where none is, its receipt is asked for first."""
    if isinstance(moment.around.rating, LangNgheError) or moment.around.rating is None:
        return ask_for_receipt(moment)
    return refuse_late_change(moment) if is_window_closed(moment) else ask(moment.go(At.CHANGE))


def take_new_score(moment: Moment) -> Turn:
    changed = speak_about_rating(moment).go(At.RATED)
    rows = draw_rating_rows(changed, "", Verb.MORE)
    told = changed.tell(changed.say("done.changed"), rows=rows, notice=changed.say("chat.notice.noted"))
    return msgspec.structs.replace(told, submission=make_revision(moment, score=int(moment.value)))


def take_rater_kind(moment: Moment) -> Turn:
    """For a business or for oneself: answers to the other survey's questions go with it."""
    if is_window_closed(moment):
        return refuse_late_change(moment)
    name, _, token = moment.value.partition(".")
    kind = "business" if name == Verb.BUSINESS else "citizen"
    noted = speak_about_rating(moment).go(At.RATED)
    sentence = noted.say("chat.rater.business" if kind == "business" else "chat.rater.citizen")
    told = noted.tell(sentence, rows=draw_rater_rows(noted, token, kind), notice=noted.say("chat.notice.noted"))
    if moment.rating.survey.rater_kind == kind:
        return told
    directory = moment.around.directory
    survey_id = directory.read_survey_id(directory.find_survey(kind, moment.rating.first.local_day))
    return msgspec.structs.replace(told, submission=make_revision(moment, survey_id=survey_id))


def draw_rater_rows(moment: Moment, token: str, kind: str) -> Rows:
    other = Verb.CITIZEN if kind == "business" else Verb.BUSINESS
    return draw_rating_rows(moment, token, Verb.MORE, Verb.CHANGE, other)


def make_revision(
    moment: Moment,
    *,
    score: int | None = None,
    answers: str | None = None,
    comment: str | None = None,
    survey_id: int | None = None,
) -> Revision:
    return Revision(
        unit_id=moment.rating.first.unit_id,
        receipt_hash=moment.rating.receipt_hash,
        token_hash=hash_token(moment.around.token),
        received_at=moment.around.now,
        score=score,
        answers=answers,
        comment=comment,
        survey_id=survey_id,
    )
