"""What became of a matter that the Front looked into, told by receipt; and whether it got better since. Pure."""

import msgspec

from bots.actions import CASE_ANSWERS, Verb
from bots.conversation import Reply, Turn
from bots.keyboards import draw_list, make_again_row, make_button
from bots.moment import Moment, Rows
from feedback.follow_cases import CaseOutcome, make_case_reply, read_case_answer
from surveys.case_errors import CaseReplyRefusedError

LARGEST_CASE = 999_999_999  # what a button has room for


def find_told(moment: Moment) -> CaseOutcome | None:
    """The first: a message has no room for more, the page of the receipt has."""
    return next(iter(moment.rating.followed.outcomes), None)


def tell_followed(moment: Moment, token: str) -> tuple[Reply, ...]:
    """A message of its own, with the words of the page of a receipt; nothing where the rating touches no case."""
    lines = say_followed(moment)
    return moment.tell(*lines, rows=draw_case_rows(moment, token)).replies if lines else ()


def say_followed(moment: Moment) -> tuple[str, ...]:
    running = (moment.say("follow.running"),) if moment.rating.followed.is_running else ()
    outcome = find_told(moment)
    if outcome is None:
        return running
    result = "" if outcome.result is None else moment.say(f"follow.result.{outcome.result}")
    closed = moment.say("follow.closed", month=f"{outcome.closed_on:%m/%Y}")
    summary = outcome.public_summary or moment.say("follow.ended")
    return (*running, closed, summary, result, moment.say("follow.ask"), moment.say("follow.private"))


def draw_case_rows(moment: Moment, token: str) -> Rows:
    outcome = find_told(moment)
    if outcome is None or outcome.case_id > LARGEST_CASE:
        return ()
    labels = {letter: moment.say(f"follow.answer.{answer}") for letter, answer in CASE_ANSWERS.items()}
    return draw_list(
        [make_button(label, Verb.CASE, f"{letter}{outcome.case_id}.{token}") for letter, label in labels.items()]
    )


def take_case_reply(moment: Moment) -> Turn:
    """Whatever question stands open goes on standing."""
    said, _, token = moment.value.partition(".")
    outcome = moment.rating.followed.find(int(said[1:]))
    if outcome is None:
        return moment.tell(moment.say_error(CaseReplyRefusedError()), rows=(make_again_row(moment),))
    reply = make_case_reply(token, outcome, read_case_answer(CASE_ANSWERS[said[0]]), moment.day)
    told = moment.tell(moment.say("follow.noted"), notice=moment.say("chat.notice.noted"))
    return msgspec.structs.replace(told, case_reply=reply)
