"""Numbered paper forms of one batch as print-ready PDF, an A4 sheet each; the same batch gives the same bytes.

What stands where is in paper_form.typ, what it says in feedback/locale and the survey. Vietnamese only; asks no name.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final
from unicodedata import normalize

import msgspec
import typst

from surveys.survey import Question, Survey
from surveys.wording import Wording, read_wordings

_HERE: Final = Path(__file__).parent
_LOCALE: Final = _HERE.parent / "locale"
_SENTENCES: Final = (
    "title",
    "how",
    "desk",
    "other_desk",
    "procedure",
    "official",
    "further",
    "free",
    "number",
)


class PaperBatch(msgspec.Struct, frozen=True):
    """`desks` are names by number. The batch stands on the sheet: each has its own form of a number."""

    batch_id: int
    unit_name: str
    held_on: date
    place: str
    first_number: int
    last_number: int
    desks: Mapping[str, str]


def draw_paper_forms(batch: PaperBatch, survey: Survey) -> bytes:
    """One form after the other, from the first number to the last. A thousand take seconds."""
    wording = read_wordings([_LOCALE])["vi"]
    content = {
        "words": {name: wording.say(f"paper.{name}") for name in _SENTENCES},
        "unit": normalize("NFC", batch.unit_name),
        "batch": wording.say("paper.batch", batch=batch.batch_id),
        "held": wording.say("paper.held", place=normalize("NFC", batch.place), day=wording.date(batch.held_on)),
        "desks": [wording.say("poster.desk", number=number) + f" · {name}" for number, name in batch.desks.items()],
        "overall": _fill_question(survey.overall, wording),
        "further": [_fill_question(question, wording) for question in survey.further if question.kind != "comment"],
        "comments": [question.text.vi for question in survey.further if question.kind == "comment"],
        "first": batch.first_number,
        "last": batch.last_number,
    }
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")])
    sent = {"content": msgspec.json.encode(content).decode()}
    return typst.compile(str(_HERE / "paper_form.typ"), root=str(_HERE), font_paths=fonts, sys_inputs=sent)


def _fill_question(question: Question, wording: Wording) -> dict[str, object]:
    """A scale is marked by its number: the words of its steps stand once, at the overall question."""
    is_scale = question.kind == "scale"
    labels = [choice.code if is_scale else choice.label.say(wording.language) for choice in question.choices]
    return {
        "text": question.text.say(wording.language),
        "is_scale": is_scale,
        "choices": labels,
        "steps": [choice.label.say(wording.language) for choice in question.choices] if is_scale else [],
    }
