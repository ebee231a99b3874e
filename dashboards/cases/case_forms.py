"""Reads the forms of case pages into what the steps need, and knows the limits that the forms state."""

from collections.abc import Mapping

import msgspec
from litestar import Response

from dashboards.cases.attachments import LONGEST_NAME
from dashboards.cases.open_case import LONGEST_BASIS, LONGEST_TEXT, LONGEST_TITLE, CaseDraft
from dashboards.cases.read_moves import LONGEST_REASON, LONGEST_REOPENING, LONGEST_SUMMARY, Move
from dashboards.supervision.alerts.work_on_alerts import is_number
from feedback.tables.supervision_cases import Audience, Origin
from feedback.web.bodies import LARGEST_BODY, Fields, Request, take_text
from feedback.web.replies import find_wording, render_unsent
from surveys.errors import LangNgheError

# 18,200 letters of a draft may take nine bytes each on their way.
LARGEST_FORM = 3 * LARGEST_BODY
# In the history of a case the name of a file stands before what it is described as, on a line of its own.
LONGEST_DESCRIPTION = LONGEST_REASON - LONGEST_NAME - 1
LIMITS: Mapping[str, int] = {
    "reason": LONGEST_REASON,
    "reopening": LONGEST_REOPENING,
    "description": LONGEST_DESCRIPTION,
    "public_summary": LONGEST_SUMMARY,
    "title": LONGEST_TITLE,
    "text": LONGEST_TEXT,
    "legal_basis": LONGEST_BASIS,
}


class Typed(msgspec.Struct, frozen=True):
    """What one form of the page held when it was sent; all empty where none was. `draft` is yes on the form of one."""

    verb: str = ""
    reason: str = ""
    due_on: str = ""
    result: str = ""
    public_summary: str = ""
    changed_at: str = ""
    front_only: str = ""
    title: str = ""
    findings: str = ""
    recommendation: str = ""
    legal_basis: str = ""
    desk: str = ""
    procedure: str = ""
    draft: str = ""
    grounds: str = ""

    @property
    def holds_draft(self) -> bool:
        """Whether the fields of a draft came along."""
        return self.draft == "yes"

    @property
    def audience(self) -> Audience:
        return "front" if self.front_only == "yes" else "both"

    def list_texts(self) -> list[str]:
        texts = (self.title, self.findings, self.recommendation, self.legal_basis, self.reason, self.public_summary)
        return [text for text in texts if text]


NOTHING_TYPED = Typed()


def read_typed(verb: str, fields: Fields) -> Typed:
    return Typed(verb, *(read_line_ends(take_text(fields, name)) for name in Typed.__struct_fields__[1:]))


def read_line_ends(text: str) -> str:
    """Browsers send two signs for each end of a line and count one."""
    return text.replace("\r\n", "\n")


def make_move(typed: Typed) -> Move:
    return Move(
        verb=typed.verb,
        text=typed.reason,
        due_on=typed.due_on,
        result=typed.result,
        public_summary=typed.public_summary,
        changed_at=typed.changed_at,
        grounds=typed.grounds,
    )


def make_draft(
    typed: Typed,
    unit_id: int,
    *,
    origin: Origin = "observation",
    alert_id: int | None = None,
    round_id: int | None = None,
    desk_id: int = 0,
    official_id: int = 0,
    procedure_id: int = 0,
) -> CaseDraft:
    return CaseDraft(
        unit_id=unit_id,
        title=typed.title,
        findings=typed.findings,
        recommendation=typed.recommendation,
        legal_basis=typed.legal_basis,
        origin=origin,
        desk_id=desk_id,
        official_id=official_id,
        procedure_id=procedure_id,
        alert_id=alert_id,
        round_id=round_id,
    )


def read_choice(text: str) -> int:
    """0 for none; -1, which nothing has, for what is no number: the step then refuses it."""
    if not text:
        return 0
    return int(text) if is_number(text) else -1


def keep_unsent(request: Request, fields: Fields, error: LangNgheError) -> Response[bytes]:
    """What passes by itself: the form in a page that sends it again at a press."""
    return render_unsent(request, fields, error, find_wording(request, take_text(fields, "lang")))
