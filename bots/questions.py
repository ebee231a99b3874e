"""The question of each place where a conversation may stand, with its buttons: drawn anew whenever it is asked."""

from collections import Counter
from collections.abc import Callable, Mapping

from bots.actions import Verb
from bots.conversation import At, Button, Turn
from bots.further_questions import find_next_question, is_comment
from bots.keyboards import (
    draw_answers,
    draw_list,
    draw_page,
    draw_pairs,
    draw_rating_rows,
    draw_scores,
    make_again_row,
    make_button,
    make_find_row,
    make_language_row,
)
from bots.moment import Moment, Rows
from bots.unit_tree import DeskEntry, Entry, ProvinceEntry, UnitEntry, search
from surveys.errors import LangNgheError
from surveys.survey import LONGEST_COMMENT, Question

MOST_FOUND = 8
SHORT_KINDS = {"Tỉnh ": "", "Thành phố ": "TP "}

Drawn = tuple[str, Rows]


def ask(moment: Moment, *before: str, notice: str = "") -> Turn:
    """The question where the conversation stands, after `before`; from the beginning where it cannot be asked."""
    try:
        text, rows = QUESTIONS[moment.conversation.at](moment)
    except LangNgheError as error:
        return begin_anew(moment, error, *before)
    return moment.tell(*before, text, rows=rows, notice=notice)


def begin_anew(moment: Moment, error: LangNgheError, *before: str) -> Turn:
    """What the conversation was about can no longer be found, such as a desk whose code was withdrawn."""
    lost = moment.go(At.NOWHERE)
    text, rows = ask_for_code(lost)
    return lost.tell(*before, lost.say_error(error), text, rows=rows)


def ask_for_code(moment: Moment) -> Drawn:
    text = f"{moment.say('chat.where.code')}\n\n{moment.say('chat.where.name')}"
    return text, (make_find_row(moment), make_language_row(moment))


def ask_for_province(moment: Moment) -> Drawn:
    if moment.conversation.typed:
        return ask_which_was_meant(moment)
    buttons = [make_button(shorten(p.name), Verb.PROVINCE, p.code) for p in moment.around.units.provinces]
    return moment.say("chat.province.ask"), draw_pairs(moment, buttons)


def ask_which_was_meant(moment: Moment) -> Drawn:
    found = search(moment.around.units, moment.conversation.typed)
    text = moment.say("chat.found.ask")
    if len(found) > MOST_FOUND:
        text = f"{text} {moment.say('chat.found.many')}"
    buttons = [make_entry_button(moment, entry) for entry in found[:MOST_FOUND]]
    return text, (*draw_list(buttons), make_find_row(moment))


def make_entry_button(moment: Moment, entry: Entry) -> Button:
    if isinstance(entry, ProvinceEntry):
        return make_button(entry.name, Verb.PROVINCE, entry.code)
    province = moment.around.units.find_province(entry.province_code)
    label = name_unit(entry, count_places(moment, entry.province_code))
    if province is not None and province.name not in label:
        label = f"{label}, {shorten(province.name)}"
    return make_button(label, Verb.UNIT, entry.unit_id)


def name_unit(unit: UnitEntry, places: Counter[str]) -> str:
    """By its place; by its own name where the place has several."""
    return unit.place_name if places[unit.place_name] == 1 else unit.name


def count_places(moment: Moment, province_code: str | None) -> Counter[str]:
    return Counter(unit.place_name for unit in moment.around.units.by_province.get(province_code or "", ()))


def shorten(name: str) -> str:
    for kind, short in SHORT_KINDS.items():
        if name.startswith(kind):
            return short + name.removeprefix(kind)
    return name


def ask_for_unit(moment: Moment) -> Drawn:
    units = moment.around.units
    province = units.find_province(moment.conversation.province)
    listed = units.by_province.get(moment.conversation.province or "", ())
    places = count_places(moment, moment.conversation.province)
    buttons = [make_button(name_unit(unit, places), Verb.UNIT, unit.unit_id) for unit in listed]
    text = moment.say("chat.unit.ask", province=province.name if province else "")
    others = ((make_button(moment.say("chat.unit.other-province"), Verb.FIND),),)
    return text, (*draw_page(moment, buttons), *(others if len(units.provinces) > 1 else ()))


def ask_for_desk(moment: Moment) -> Drawn:
    unit = moment.around.units.units.get(moment.conversation.unit_id or 0)
    buttons = [make_button(name_desk(moment, desk), Verb.DESK, desk.code) for desk in (unit.desks if unit else ())]
    text = moment.say("chat.desk.ask", unit=unit.name if unit else "")
    return text, (*draw_page(moment, buttons), make_again_row(moment))


def name_desk(moment: Moment, desk: DeskEntry) -> str:
    return moment.say("rate.desk", number=desk.number, name=desk.name)


def ask_to_confirm(moment: Moment) -> Drawn:
    yes = make_button(moment.say("chat.confirm.yes"), Verb.YES)
    no = make_button(moment.say("chat.confirm.no"), Verb.NO)
    return f"{moment.say('chat.confirm.ask')}\n\n{name_place_of_desk(moment)}", (
        (yes,),
        (no,),
        make_language_row(moment),
    )


def name_place_of_desk(moment: Moment) -> str:
    """The unit and the desk by name, in two lines; from the tree where it was found there a moment ago."""
    conversation = moment.conversation
    unit = None if conversation.by_code else moment.around.units.units.get(conversation.unit_id or 0)
    desk = next((desk for desk in (unit.desks if unit else ()) if desk.code == conversation.desk_code), None)
    if unit is not None and desk is not None:
        return f"{unit.name}\n{name_desk(moment, desk)}"
    view = moment.desk
    return f"{view.unit_name}\n{moment.say('rate.desk', number=view.number, name=view.name)}"


def ask_for_official(moment: Moment) -> Drawn:
    buttons = [make_button(o.display_name, Verb.OFFICIAL, o.official_id) for o in moment.desk.officials]
    unknown = make_button(moment.say("chat.official.unknown"), Verb.OFFICIAL)
    return moment.say("rate.official"), (*draw_page(moment, buttons), (unknown,))


def ask_for_procedure(moment: Moment) -> Drawn:
    buttons = [make_button(p.name, Verb.PROCEDURE, p.procedure_id) for p in moment.desk.procedures]
    other = make_button(moment.say("chat.procedure.other"), Verb.PROCEDURE)
    return moment.say("rate.procedure"), (*draw_page(moment, buttons), (other,))


def ask_for_score(moment: Moment) -> Drawn:
    """Raises where the desk is no longer in use: better now than after the press."""
    view = moment.desk
    place = f"{view.unit_name}\n{moment.say('rate.desk', number=view.number, name=view.name)}"
    overall = moment.around.directory.find_survey("citizen", moment.day).overall
    text = f"{place}\n\n{say_question(moment, overall)}\n\n{moment.say('chat.score.promise')}"
    later = (make_button(moment.say("chat.score.later"), Verb.LATER),)
    return text, (*draw_scores(moment, overall), later, make_language_row(moment))


def say_question(moment: Moment, question: Question) -> str:
    return question.text.say(moment.conversation.language)


def ask_what_is_next(moment: Moment) -> Drawn:
    return moment.say("chat.rated.ask"), draw_rating_rows(moment, "", Verb.MORE, Verb.CHANGE)


def ask_further_question(moment: Moment) -> Drawn:
    question = find_awaited_question(moment)
    if question is None:
        return ask_what_is_next(moment)
    number = moment.rating.survey.further.index(question)
    skip = make_button(moment.say("chat.question.skip"), Verb.SKIP, number)
    return say_question(moment, question), (
        *draw_answers(moment, number, question),
        (skip, make_enough_button(moment)),
    )


def ask_for_comment(moment: Moment) -> Drawn:
    question = find_awaited_question(moment)
    if question is None:
        return ask_what_is_next(moment)
    how = moment.say("chat.comment.how", longest=LONGEST_COMMENT)
    skip = make_button(moment.say("chat.question.skip"), Verb.SKIP, moment.rating.survey.further.index(question))
    text = f"{say_question(moment, question)}\n\n{how} {moment.say('more.comment-note')}"
    return text, ((skip, make_enough_button(moment)),)


def find_awaited_question(moment: Moment) -> Question | None:
    """None when the rating got its answer meanwhile from elsewhere, such as the page."""
    conversation = moment.conversation
    question = find_next_question(moment.rating, conversation.skipped)
    is_awaited = question is not None and is_comment(question) == (conversation.at == At.COMMENT)
    return question if is_awaited else None


def make_enough_button(moment: Moment) -> Button:
    return make_button(moment.say("chat.question.enough"), Verb.ENOUGH)


def ask_for_receipt(moment: Moment) -> Drawn:
    text = f"{moment.say('chat.receipt.ask')}\n\n{moment.say('chat.receipt.why')}"
    return text, (make_again_row(moment),)


def ask_for_new_score(moment: Moment) -> Drawn:
    overall = moment.rating.survey.overall
    return f"{moment.say('change.title')}\n\n{say_question(moment, overall)}", draw_scores(moment, overall)


QUESTIONS: Mapping[At, Callable[[Moment], Drawn]] = {
    At.NOWHERE: ask_for_code,
    At.PROVINCE: ask_for_province,
    At.UNIT: ask_for_unit,
    At.DESK: ask_for_desk,
    At.CONFIRM: ask_to_confirm,
    At.OFFICIAL: ask_for_official,
    At.PROCEDURE: ask_for_procedure,
    At.SCORE: ask_for_score,
    At.RATED: ask_what_is_next,
    At.QUESTION: ask_further_question,
    At.COMMENT: ask_for_comment,
    At.RECEIPT: ask_for_receipt,
    At.CHANGE: ask_for_new_score,
}
