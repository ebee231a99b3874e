"""THE TABLE: where the chat stands, what was understood, which step is taken, where that may lead.

Law: nothing happens in the chat that is not a row here. chat.py goes by this table and refuses a step that leads
where its row does not say; docs/conversation.md is drawn from it; a test walks every row to each of its ends.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from bots.answering import ask_more, end_questions, skip_question, take_answer, take_comment
from bots.case_outcomes import take_case_reply
from bots.commands import (
    ask_for_press,
    change_language,
    forget,
    forget_silently,
    refuse_denunciation,
    refuse_edited,
    refuse_forged_button,
    refuse_group,
    refuse_long_text,
    refuse_old_button,
    refuse_other_kind,
    refuse_strange_text,
    show_help,
    show_privacy,
)
from bots.conversation import At, Conversation, Turn
from bots.finding import (
    choose_desk,
    choose_province,
    choose_unit,
    find_place,
    greet,
    look_for_first_name,
    look_for_name,
    open_desk_by_code,
    open_reminded_desk,
    refuse_desk,
    start_again,
    turn_page,
)
from bots.interview import begin_interview, choose_procedure, choose_who_served, promise_reminder, take_score
from bots.meaning import Meaning
from bots.moment import Moment
from bots.receipts import (
    ask_for_receipt,
    ask_to_change,
    ask_to_change_last,
    follow_receipt,
    take_new_score,
    take_rater_kind,
)


class Stay(StrEnum):
    SAME = "same"
    """The same question stays open, and its buttons stay good."""
    FORGOTTEN = "forgotten"
    """Nothing is remembered of this chat."""


Lead = At | Stay


class Row(msgspec.Struct, frozen=True):
    at: tuple[At, ...]
    """Empty: wherever the chat stands, unless a row of that place says otherwise."""
    meaning: Meaning
    step: Callable[[Moment], Turn]
    leads_to: tuple[Lead, ...]
    what_happens: str


NOWHERE, PROVINCE, UNIT, DESK, CONFIRM = At.NOWHERE, At.PROVINCE, At.UNIT, At.DESK, At.CONFIRM
OFFICIAL, PROCEDURE, SCORE, RATED = At.OFFICIAL, At.PROCEDURE, At.SCORE, At.RATED
QUESTION, COMMENT, RECEIPT, CHANGE = At.QUESTION, At.COMMENT, At.RECEIPT, At.CHANGE
SAME, FORGOTTEN = Stay.SAME, Stay.FORGOTTEN
ANYWHERE: tuple[At, ...] = ()
# A question that is asked again, unless what it is about is gone: then from the beginning.
AGAIN = (SAME, NOWHERE)

TABLE = (
    Row(ANYWHERE, Meaning.START, greet, (NOWHERE,), "Greets, says what this is, asks for a code or a place."),
    Row(ANYWHERE, Meaning.DESK_CODE, open_desk_by_code, (CONFIRM, SAME), "Names the desk, or the slip in its code."),
    Row(ANYWHERE, Meaning.FIND, find_place, (PROVINCE, UNIT, SAME), "Lists provinces; units if there is but one."),
    Row(ANYWHERE, Meaning.AGAIN, start_again, (NOWHERE,), "Asks for a code or a place."),
    Row(ANYWHERE, Meaning.REMINDED_PLACE, open_reminded_desk, (CONFIRM, NOWHERE), "Names the desk of the reminder."),
    Row((NOWHERE,), Meaning.NAME, look_for_first_name, (PROVINCE, UNIT, DESK, CONFIRM, NOWHERE, SAME),
        "Shows the places with that name; a first word that is none gets the greeting."),
    Row((PROVINCE, UNIT, DESK, CONFIRM), Meaning.NAME, look_for_name, (PROVINCE, UNIT, DESK, CONFIRM, SAME),
        "Shows the places with that name; the only one at once."),
    Row((PROVINCE,), Meaning.PROVINCE, choose_province, (UNIT, NOWHERE), "Lists the units of the province."),
    Row((PROVINCE, UNIT), Meaning.UNIT, choose_unit, (DESK, CONFIRM, NOWHERE), "Lists its desks; names the only one."),
    Row((DESK,), Meaning.DESK, choose_desk, (CONFIRM, NOWHERE), "Names the desk: is it this one?"),
    Row((PROVINCE, UNIT, DESK), Meaning.PAGE, turn_page, (SAME,), "Shows more of the list."),
    Row((OFFICIAL, PROCEDURE), Meaning.PAGE, turn_page, AGAIN, "Shows more of the list."),
    Row((CONFIRM,), Meaning.YES, begin_interview, (OFFICIAL, PROCEDURE, SCORE, NOWHERE),
        "Asks who served and which procedure where the desk has several, else how it was."),
    Row((CONFIRM,), Meaning.NO, refuse_desk, (DESK, NOWHERE), "Lists the other desks of the unit, or begins anew."),
    Row((OFFICIAL,), Meaning.OFFICIAL, choose_who_served, (OFFICIAL, PROCEDURE, SCORE, NOWHERE),
        "Keeps who served, or that it is not known; asks again where that official is no longer there."),
    Row((PROCEDURE,), Meaning.PROCEDURE, choose_procedure, (OFFICIAL, PROCEDURE, SCORE, NOWHERE),
        "Keeps the procedure, or that it is another; asks again where it is no longer there."),
    Row((SCORE,), Meaning.SCORE, take_score, (RATED, OFFICIAL, PROCEDURE, NOWHERE),
        "Stores the rating, thanks, gives the receipt; never says the score."),
    Row((SCORE,), Meaning.LATER, promise_reminder, (NOWHERE,), "Promises a reminder for eight the next morning."),
    Row(ANYWHERE, Meaning.MORE, ask_more, (QUESTION, COMMENT, RATED, SAME, NOWHERE),
        "Asks the first open question; says so where none is left or the 72 hours are over."),
    Row((QUESTION,), Meaning.ANSWER, take_answer, (QUESTION, COMMENT, RATED, NOWHERE),
        "Stores the answer, asks the next question."),
    Row((QUESTION,), Meaning.SKIP, skip_question, (QUESTION, COMMENT, RATED, NOWHERE), "Passes over the question."),
    Row((COMMENT,), Meaning.SKIP, skip_question, (RATED, NOWHERE), "Ends the questions with thanks."),
    Row((QUESTION, COMMENT), Meaning.ENOUGH, end_questions, (RATED, NOWHERE), "Ends the questions with thanks."),
    Row((COMMENT,), Meaning.COMMENT, take_comment, (RATED, NOWHERE),
        "Hides personal data in the comment, stores it, thanks."),
    Row(ANYWHERE, Meaning.CHANGE, ask_to_change, (CHANGE, SAME, NOWHERE),
        "Offers the five buttons again, within 72 hours."),
    Row((CHANGE,), Meaning.SCORE, take_new_score, (RATED, NOWHERE), "Stores the new score; never says it."),
    Row(ANYWHERE, Meaning.RATER_KIND, take_rater_kind, (RATED, SAME, NOWHERE),
        "Counts the rating among those of businesses, or of citizens again; within 72 hours."),
    Row(ANYWHERE, Meaning.CASE_REPLY, take_case_reply, (SAME, NOWHERE),
        "Keeps what is said of a closed case apart from the rating; a later answer takes its place."),
    Row(ANYWHERE, Meaning.RECEIPT, follow_receipt, (RATED, SAME),
        "Says on which day and where the rating counts, and what became of a case it touches; ten tries a minute."),
    Row(ANYWHERE, Meaning.ASKS_FOR_RECEIPT, ask_for_receipt, (RECEIPT,), "Asks for the receipt."),
    Row(ANYWHERE, Meaning.ASKS_TO_CHANGE, ask_to_change_last, (CHANGE, RECEIPT, SAME),
        "Offers the five buttons again for the rating spoken about; asks for the receipt where there is none."),
    Row(ANYWHERE, Meaning.LANGUAGE, change_language, AGAIN, "Asks the same question in the other language."),
    Row(ANYWHERE, Meaning.HELP, show_help, (SAME,), "Says what can be done here."),
    Row(ANYWHERE, Meaning.PRIVACY, show_privacy, (SAME,), "Five sentences on what is kept."),
    Row(ANYWHERE, Meaning.STOP, forget, (FORGOTTEN,), "Forgets the chat and its reminders, says goodbye."),
    Row(ANYWHERE, Meaning.LEFT, forget_silently, (FORGOTTEN,), "Forgets the chat, says nothing."),
    Row(ANYWHERE, Meaning.DENUNCIATION, refuse_denunciation, AGAIN, "Stores nothing, says where to bring it safely."),
    Row(ANYWHERE, Meaning.TOO_LONG, refuse_long_text, AGAIN, "Stores nothing, says how long a text may be."),
    Row(ANYWHERE, Meaning.STRANGE, refuse_strange_text, AGAIN, "Stores nothing, asks for ordinary letters."),
    Row(ANYWHERE, Meaning.CHATTER, ask_for_press, AGAIN, "Asks the question again, please by a button."),
    Row(ANYWHERE, Meaning.NOT_TEXT, refuse_other_kind, AGAIN, "Says what can be read here, asks again."),
    Row(ANYWHERE, Meaning.EDITED, refuse_edited, (SAME,), "Says that an edited message is not read again."),
    Row(ANYWHERE, Meaning.GROUP, refuse_group, (SAME,), "Asks to write alone, not in a group."),
    Row(ANYWHERE, Meaning.OLD, refuse_old_button, (SAME,), "A short notice; a second press changes nothing."),
    Row(ANYWHERE, Meaning.FORGED, refuse_forged_button, (SAME,), "A short notice; nothing changes."),
)  # fmt: skip

BY_MEANING = {(at, row.meaning): row for row in TABLE for at in row.at}
EVERYWHERE = {row.meaning: row for row in TABLE if not row.at}


def find_row(at: At, meaning: Meaning) -> Row:
    """What the table says; a button that no row awaits at this place is an old one."""
    return BY_MEANING.get((at, meaning)) or EVERYWHERE.get(meaning) or EVERYWHERE[Meaning.OLD]


def name_lead(before: Conversation, after: Conversation | None) -> Lead:
    if after is None:
        return FORGOTTEN
    return SAME if (after.at, after.turn) == (before.at, before.turn) else after.at
