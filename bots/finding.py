"""Steps that lead to a desk: by its code, by province, unit and desk, or by a name that was typed."""

from bots.conversation import At, Turn
from bots.keyboards import make_find_row
from bots.meaning import LONGEST_CODE, has_digit
from bots.moment import Moment
from bots.questions import ask
from bots.unit_tree import ProvinceEntry, UnitEntry, search
from surveys.codes import read_desk_code
from surveys.errors import LangNgheError, UnknownDeskCodeError, UnknownPlaceError

# A new visit: nothing chosen for an earlier one may slip into it.
NEW_VISIT: dict[str, object] = {
    "desk_code": None,
    "by_code": False,
    "official": None,
    "procedure": None,
    "province": None,
    "unit_id": None,
    "typed": "",
    "skipped": (),
}


def greet(moment: Moment) -> Turn:
    return ask(moment.go(At.NOWHERE, **NEW_VISIT), moment.say("chat.greeting"))


def start_again(moment: Moment) -> Turn:
    return ask(moment.go(At.NOWHERE, **NEW_VISIT))


def open_desk_by_code(moment: Moment) -> Turn:
    try:
        code = read_desk_code(moment.value[:LONGEST_CODE])
        view = moment.desk
    except UnknownDeskCodeError as error:
        # Nine letters are rather a name that is not known here than a code that was mistyped.
        sentence = moment.say_error(error) if has_digit(moment.value) else moment.say("chat.not-found")
        return moment.tell(sentence, rows=(make_find_row(moment),))
    except LangNgheError as error:
        return moment.tell(moment.say_error(error), rows=(make_find_row(moment),))
    visit = {**NEW_VISIT, "desk_code": code, "by_code": True, "unit_id": view.unit_id}
    return ask(moment.go(At.CONFIRM, **visit))


def open_reminded_desk(moment: Moment) -> Turn:
    """A desk that was found by its place stays one: a reminder does not turn it into a code that was seen."""
    visit = {**NEW_VISIT, "desk_code": moment.desk.code, "unit_id": moment.desk.unit_id}
    return ask(moment.go(At.CONFIRM, **visit))


def find_place(moment: Moment) -> Turn:
    provinces = moment.around.units.provinces
    if not provinces:
        return moment.tell(moment.say("chat.no-places"))
    if len(provinces) == 1:
        return show_units(moment, provinces[0].code)
    return ask(moment.go(At.PROVINCE, **NEW_VISIT))


def look_for_name(moment: Moment) -> Turn:
    found = search(moment.around.units, moment.value)
    if not found:
        return moment.tell(moment.say("chat.not-found"), rows=(make_find_row(moment),))
    if len(found) == 1:
        return show_entry(moment, found[0])
    visit = {**NEW_VISIT, "typed": moment.value}
    return ask(moment.go(At.PROVINCE, **visit))


def look_for_first_name(moment: Moment) -> Turn:
    """Whoever begins with a greeting instead of a name is greeted."""
    is_new = moment.conversation.turn == 0
    return greet(moment) if is_new and not search(moment.around.units, moment.value) else look_for_name(moment)


def show_entry(moment: Moment, entry: ProvinceEntry | UnitEntry) -> Turn:
    if isinstance(entry, ProvinceEntry):
        return show_units(moment, entry.code)
    return show_desks(moment, entry)


def show_units(moment: Moment, province_code: str) -> Turn:
    visit = {**NEW_VISIT, "province": province_code}
    return ask(moment.go(At.UNIT, **visit))


def show_desks(moment: Moment, unit: UnitEntry) -> Turn:
    """The only desk of a unit needs no choice."""
    visit = {**NEW_VISIT, "province": unit.province_code, "unit_id": unit.unit_id}
    if len(unit.desks) == 1:
        return ask(moment.go(At.CONFIRM, **{**visit, "desk_code": unit.desks[0].code}))
    return ask(moment.go(At.DESK, **visit))


def choose_province(moment: Moment) -> Turn:
    province = moment.around.units.find_province(moment.value)
    if province is None:
        raise UnknownPlaceError
    return show_units(moment, province.code)


def choose_unit(moment: Moment) -> Turn:
    unit = moment.around.units.units.get(int(moment.value))
    if unit is None:
        raise UnknownPlaceError
    return show_desks(moment, unit)


def choose_desk(moment: Moment) -> Turn:
    return ask(moment.go(At.CONFIRM, desk_code=moment.value, by_code=False))


def turn_page(moment: Moment) -> Turn:
    return ask(moment.remember(page=int(moment.value)))


def refuse_desk(moment: Moment) -> Turn:
    """Not this desk: the others of its unit where the unit was chosen, else from the beginning."""
    conversation = moment.conversation
    unit = None if conversation.by_code else moment.around.units.units.get(conversation.unit_id or 0)
    if unit is None or len(unit.desks) == 1:
        return start_again(moment)
    return show_desks(moment, unit)
