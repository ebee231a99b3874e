"""The working calendar: holidays as the program counts them, what the government decided otherwise, and a day asked."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

import holidays
import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.administration.account_page import make_readable, name_day, refuse
from dashboards.staff.administration.accounts import read_query
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.settings_pages.fields import read_day, read_whole
from feedback.accounts.powers import SignedIn
from feedback.set_parameters import correct_day, take_back_correction
from feedback.tables.parameter_values import CalendarCorrection, select_corrections_from
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter
from feedback.working_days import WorkingDays, read_working_days
from surveys.case_errors import SettingRefusedError
from surveys.errors import UnknownPageError
from surveys.wording import Wording

ADMINISTER = {"access": "staff", "limit": "by account", "action": "administer_parameters"}
PAGE = "/staff/calendar"
STORED, REFUSED = 201, 422
YEAR = timedelta(days=366)
MOST_COUNTED, NEAR_DAYS = 250, 400
SATURDAY = 5
NAMES = {"vi": "vi", "en": "en_US"}  # what the library calls the languages
FORM = ("day", "working", "basis")


class Holiday(msgspec.Struct, frozen=True):
    """A day on which the program's calendar says that nobody works though it is no weekend."""

    day: date
    name: str
    correction: CalendarCorrection | None


class Question(msgspec.Struct, frozen=True):
    """So many working days after a day, and the answer, where it was asked and can be told."""

    after: str
    count: str
    answer: date | None = None
    problem: str | None = None


@get(PAGE, opt=ADMINISTER)
async def open_calendar(request: Request) -> Response[bytes]:
    """With ?after= and ?count=: the working day that many after that one."""
    return await show_calendar(request, await enter(request))


@post(PAGE, opt=ADMINISTER)
async def add_correction(request: Request) -> Response[bytes]:
    """What cannot be taken comes back as it was filled in."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        form = {name: take_text(fields, name) for name in FORM}
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        show = partial(show_calendar, request, signed_in, language=language)
        try:
            day, is_working = read_day(form["day"]), read_choice(form["working"])
            now, today = request.app.state.read_now(), request.app.state.read_day()
            async with borrow_staff_rows(request, signed_in) as connection:
                await correct_day(connection, signed_in.account, day, form["basis"], today, now, is_working=is_working)
        except SettingRefusedError as error:
            return await show(status=REFUSED, problem=wording.error(error), form=form)
        return await show(status=STORED, notice=wording.say("calendar.stored", day=wording.date(day)))

    return await answer_form(request, answer)


@post(f"{PAGE}/{{day:str}}/back", opt=ADMINISTER)
async def take_back(request: Request, day: FromPath[str]) -> Response[bytes]:
    """The day counts as the program's calendar says again."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        now, today = request.app.state.read_now(), request.app.state.read_day()
        try:
            corrected = date.fromisoformat(day)
            async with borrow_staff_rows(request, signed_in) as connection:
                await take_back_correction(connection, signed_in.account, corrected, today, now)
        except (ValueError, UnknownPageError):
            await refuse(request, signed_in, "calendar", make_readable(day))
        except SettingRefusedError as error:
            problem = wording.error(error)
            return await show_calendar(request, signed_in, status=REFUSED, language=language, problem=problem)
        notice = wording.say("calendar.taken-back", day=wording.date(corrected))
        return await show_calendar(request, signed_in, language=language, notice=notice)

    return await answer_form(request, answer)


async def show_calendar(
    request: Request,
    signed_in: SignedIn,
    *,
    status: int = 200,
    language: str = "",
    notice: str | None = None,
    problem: str | None = None,
    form: Mapping[str, str] | None = None,
) -> Response[bytes]:
    today = request.app.state.read_day()
    async with borrow_staff_rows(request, signed_in) as connection:
        corrections = await select_corrections_from(connection, today)
        working_days = await read_working_days(connection, today)
    wording = find_staff_wording(request, signed_in, language)
    return render_staff(
        request,
        signed_in,
        "calendar_shown.html",
        status=status,
        wording=wording,
        local_day=partial(name_day, wording),
        here=PAGE,
        holidays=list_holidays(today, wording.language, corrections),
        corrections=corrections,
        question=answer_question(request, working_days, today, wording),
        today=today.isoformat(),
        form=form or {"day": "", "working": "", "basis": ""},
        notice=notice,
        problem=problem,
    )


def list_holidays(today: date, language: str, corrections: list[CalendarCorrection]) -> list[Holiday]:
    """Of the year from `today` on, without those that fall on a weekend."""
    last = today + YEAR
    named = holidays.country_holidays("VN", years=[today.year, last.year], language=NAMES[language])
    corrected = {correction.day: correction for correction in corrections}
    return [
        Holiday(day, name, corrected.get(day))
        for day, name in sorted(named.items())
        if today <= day < last and day.weekday() < SATURDAY
    ]


def read_choice(text: str) -> bool:
    """Whether one works. Raises SettingRefusedError."""
    if text not in {"yes", "no"}:
        raise SettingRefusedError(reason="calendar-working")
    return text == "yes"


def answer_question(request: Request, working_days: WorkingDays, today: date, wording: Wording) -> Question:
    after, count = (read_query(request, name)[:20] for name in ("after", "count"))
    if not after and not count:
        return Question(today.isoformat(), "15")
    try:
        day, number = read_near_day(after, today), read_whole(count, "calendar-count", 1, MOST_COUNTED)
    except SettingRefusedError as error:
        details = error.details  # nothing was to be stored, so it is not said that nothing was
        reason = wording.say(f"reason.{details['reason']}", **details)
        return Question(after, count, problem=wording.say("calendar.unanswered", reason=reason))
    return Question(after, count, working_days.add(day, number))


def read_near_day(text: str, today: date) -> date:
    """So near that the corrections about it are known. Raises SettingRefusedError."""
    day = read_day(text)
    if abs((day - today).days) > NEAR_DAYS:
        raise SettingRefusedError(reason="calendar-far", days=str(NEAR_DAYS))
    return day


ROUTES = [open_calendar, add_correction, take_back]
