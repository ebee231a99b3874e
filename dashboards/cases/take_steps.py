"""What happens when a form of a case page is sent: the step is taken, or the page comes back with what was typed."""

from datetime import date, datetime

import msgspec
from litestar import Response

from dashboards.cases.case_forms import NOTHING_TYPED, Typed, make_draft, make_move, read_choice
from dashboards.cases.case_pages import Refused, show_case
from dashboards.cases.indicators import freeze_findings, freeze_outcome
from dashboards.cases.move_case import add_note, keep_late_answer, move_case
from dashboards.cases.open_case import save_draft
from dashboards.cases.reach_case import ReachedCase
from dashboards.cases.states import DEEDS
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.supervision_cases import SupervisionCase
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows
from surveys.case_errors import AnswerKeptAsNoteError, CaseChangedError, CaseStepRefusedError
from surveys.errors import UnknownPageError
from surveys.wording import LANGUAGES

SEE_OTHER = 303
NOTE = "note"
CLOSING = {"close", "withdraw"}


async def take_case_step(
    request: Request, signed_in: SignedIn, reached: ReachedCase, typed: Typed, language: str
) -> Response[bytes]:
    """Raises UnknownPageError for a verb that this side does not have."""
    if typed.verb != NOTE and (typed.verb not in DEEDS or reached.side not in DEEDS[typed.verb].by):
        raise UnknownPageError
    now = request.app.state.read_now()
    try:
        async with borrow_staff_rows(request, signed_in) as connection:
            await do(connection, signed_in, reached, typed, now)
    except AnswerKeptAsNoteError as error:
        async with borrow_staff_rows(request, signed_in) as connection:
            await keep_late_answer(connection, signed_in, reached.case, typed.reason, now)
        return await show_case(request, signed_in, reached, Refused(error, forget_answer(typed)), language)
    except (CaseChangedError, CaseStepRefusedError) as error:
        return await show_case(request, signed_in, reached, Refused(error, typed), language)
    return lead_back(reached, language)


def forget_answer(typed: Typed) -> Typed:
    """It stands among the notes; the fields need not hold it."""
    return Typed(changed_at=typed.changed_at) if typed.changed_at else NOTHING_TYPED


async def do(connection: Connection, signed_in: SignedIn, reached: ReachedCase, typed: Typed, now: datetime) -> None:
    case, side = reached.case, reached.side
    if typed.verb == NOTE:
        audience = typed.audience if side == "front" else "both"
        await add_note(connection, signed_in, case, typed.reason, side, now, audience=audience)
    elif typed.verb == "change":
        await save(connection, signed_in, case, typed, now)
    elif typed.verb == "send" and typed.holds_draft:
        # What was just written goes out with it.
        saved = await save(connection, signed_in, case, typed, now)
        move = msgspec.structs.replace(make_move(typed), changed_at=saved.changed_at.isoformat())
        evidence = await freeze_findings(connection, saved, read_local_day(now)[0])
        await move_case(connection, signed_in, saved, move, side, now, evidence=evidence)
    else:
        evidence, outcome = await freeze(connection, case, typed, read_local_day(now)[0])
        await move_case(connection, signed_in, case, make_move(typed), side, now, evidence=evidence, outcome=outcome)


async def save(
    connection: Connection, signed_in: SignedIn, case: SupervisionCase, typed: Typed, now: datetime
) -> SupervisionCase:
    """A case about an official stays about that official, at the desk and of the procedure that the alert named."""
    desk_id, official_id, procedure_id = case.desk_id, case.official_id, case.procedure_id
    if not official_id:
        desk_id, procedure_id = read_choice(typed.desk), read_choice(typed.procedure)
    draft = make_draft(typed, case.unit_id, desk_id=desk_id, official_id=official_id, procedure_id=procedure_id)
    return await save_draft(connection, signed_in, case, draft, typed.changed_at, now)


async def freeze(
    connection: Connection, case: SupervisionCase, typed: Typed, today: date
) -> tuple[str | None, str | None]:
    """Figures of the day, for what is kept at sending and at closing."""
    if typed.verb == "send" and case.state == "draft":
        return await freeze_findings(connection, case, today), None
    if typed.verb in CLOSING and case.sent_at is not None:
        return None, await freeze_outcome(connection, case, today)
    return None, None


def lead_back(reached: ReachedCase, language: str, part: str = "thread") -> Response[bytes]:
    chosen = language if language in LANGUAGES else "vi"
    return Response(b"", status_code=SEE_OTHER, headers={"location": f"{reached.address}?lang={chosen}#{part}"})
