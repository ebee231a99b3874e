"""Steps of the further questions: each answer is stored at once, so that whoever stops here loses nothing."""

import msgspec

from bots.actions import Verb
from bots.conversation import At, Turn
from bots.further_questions import add_answer, find_next_question, find_question, has_further_answers, is_comment
from bots.keyboards import draw_rating_rows
from bots.moment import Moment
from bots.questions import ask
from bots.receipts import (
    is_asked_already,
    is_window_closed,
    make_revision,
    refuse_late_change,
    speak_about_rating,
)
from surveys.errors import InvalidAnswerError
from surveys.survey import Question


def ask_more(moment: Moment) -> Turn:
    """The questions that are still open; what was passed over earlier is asked again."""
    if is_asked_already(moment, At.QUESTION, At.COMMENT):
        return moment.only_notice(moment.say("chat.notice.asked"))
    if is_window_closed(moment):
        return refuse_late_change(moment)
    return ask_next_question(speak_about_rating(moment).remember(skipped=()), moment.say("more.free"))


def ask_next_question(moment: Moment, *before: str, notice: str = "") -> Turn:
    question = find_next_question(moment.rating, moment.conversation.skipped)
    if question is None:
        return close_questions(moment, notice)
    return ask(moment.go(At.COMMENT if is_comment(question) else At.QUESTION), *before, notice=notice)


def close_questions(moment: Moment, notice: str = "") -> Turn:
    closed = moment.go(At.RATED, skipped=())
    sentence = "done.added" if has_further_answers(moment.rating.latest) else "done.nothing-added"
    rows = draw_rating_rows(closed, "", Verb.CHANGE)
    return closed.tell(closed.say("done.title"), closed.say(sentence), rows=rows, notice=notice)


def end_questions(moment: Moment) -> Turn:
    return close_questions(moment)


def take_answer(moment: Moment) -> Turn:
    number, _, place = moment.value.partition(".")
    question = find_asked_question(moment, number)
    if int(place) >= len(question.choices):
        raise InvalidAnswerError(field=question.name, reason="unknown-choice")
    answered = add_answer(moment.rating, question, question.choices[int(place)].code)
    turn = ask_next_question(moment.revise(answered), notice=moment.say("chat.notice.noted"))
    return msgspec.structs.replace(turn, submission=make_revision(moment, answers=answered.answers))


def take_comment(moment: Moment) -> Turn:
    question = next(question for question in moment.rating.survey.further if is_comment(question))
    answered = add_answer(moment.rating, question, moment.value)
    turn = close_questions(moment.revise(answered))
    return msgspec.structs.replace(turn, submission=make_revision(moment, comment=answered.comment))


def skip_question(moment: Moment) -> Turn:
    question = find_asked_question(moment, moment.value)
    skipped = (*moment.conversation.skipped, question.name)
    return ask_next_question(moment.remember(skipped=skipped), notice=moment.say("chat.notice.skipped"))


def find_asked_question(moment: Moment, number: str) -> Question:
    question = find_question(moment.rating.survey, int(number))
    if question is None:
        raise InvalidAnswerError(field="question", reason="unknown-question")
    return question
