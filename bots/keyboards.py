"""Buttons in rows: lists by pages, faces, and the few rows that stand under many questions."""

from collections.abc import Sequence

from bots.actions import Verb, make_action
from bots.conversation import Button
from bots.moment import Moment, Rows
from surveys.survey import Question

LONGEST_LABEL = 60
ROWS_OF_A_PAGE = 8
PAIRS_OF_A_PAGE = 5
# Worst first, as on the page and in every survey.
FACES = ("😞", "🙁", "😐", "🙂", "😀")
OTHER_LANGUAGE = {"vi": ("en", "English"), "en": ("vi", "Tiếng Việt")}


def make_button(label: str, verb: Verb, value: object = "") -> Button:
    return Button(label=cut(label), action=make_action(verb, value))


def cut(label: str) -> str:
    """A label that is too long ends after a whole word."""
    if len(label) <= LONGEST_LABEL:
        return label
    words, _, broken = label[:LONGEST_LABEL].rpartition(" ")
    return f"{(words or broken).rstrip(' ,;-')}…"


def draw_list(buttons: Sequence[Button]) -> Rows:
    return tuple((button,) for button in buttons)


def draw_page(moment: Moment, buttons: Sequence[Button]) -> Rows:
    """One a row, so many as a phone shows, and a way to the rest."""
    return draw_some(moment, draw_list(buttons), ROWS_OF_A_PAGE)


def draw_pairs(moment: Moment, buttons: Sequence[Button]) -> Rows:
    """For short names: two a row."""
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return draw_some(moment, pairs, PAIRS_OF_A_PAGE)


def draw_some(moment: Moment, rows: Rows, size: int) -> Rows:
    last = max(0, (len(rows) - 1) // size)
    page = min(moment.conversation.page, last)
    shown = rows[page * size : (page + 1) * size]
    turning: list[Button] = []
    if page > 0:
        turning.append(make_button(moment.say("chat.page.before", page=page, pages=last + 1), Verb.PAGE, page - 1))
    if page < last:
        turning.append(make_button(moment.say("chat.page.after", page=page + 2, pages=last + 1), Verb.PAGE, page + 1))
    return (*shown, tuple(turning)) if turning else shown


def draw_scores(moment: Moment, overall: Question) -> Rows:
    """Five buttons, one a row: a face and its word."""
    return draw_list(
        [
            make_button(f"{face} {choice.label.say(moment.conversation.language)}", Verb.SCORE, choice.code)
            for face, choice in zip(FACES, overall.choices, strict=True)
        ]
    )


def draw_answers(moment: Moment, number: int, question: Question) -> Rows:
    """The choices of further question `number`, by their place in it."""
    faces = FACES if question.kind == "scale" else ("",) * len(question.choices)
    return draw_list(
        [
            make_button(
                f"{face} {choice.label.say(moment.conversation.language)}".strip(), Verb.ANSWER, f"{number}.{place}"
            )
            for place, (face, choice) in enumerate(zip(faces, question.choices, strict=True))
        ]
    )


def make_language_row(moment: Moment) -> tuple[Button, ...]:
    language, label = OTHER_LANGUAGE[moment.conversation.language]
    return (make_button(label, Verb.LANGUAGE, language),)


def make_find_row(moment: Moment) -> tuple[Button, ...]:
    return (make_button(moment.say("chat.find"), Verb.FIND),)


def make_again_row(moment: Moment) -> tuple[Button, ...]:
    return (make_button(moment.say("chat.again"), Verb.AGAIN),)


def draw_rating_rows(moment: Moment, token: str, *verbs: Verb) -> Rows:
    """What can be done with a rating, by its receipt; without one, with the rating spoken about."""
    labels = {
        Verb.MORE: moment.say("receipt.more"),
        Verb.CHANGE: moment.say("receipt.change"),
        Verb.BUSINESS: moment.say("rate.as-business"),
        Verb.CITIZEN: moment.say("rate.as-citizen"),
    }
    return (*((make_button(labels[verb], verb, token),) for verb in verbs), make_again_row(moment))
