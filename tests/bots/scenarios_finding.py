"""Ways to a desk: by its code, by its place, by a name."""

from bots.conversation import At
from bots.meaning import Meaning
from bots.steps import Stay
from tests.bots.chat_stage import Stage, begin
from tests.bots.chat_world import BUSY, NO_PLACES, NOBODYS, ONE_PROVINCE, PAIR
from tests.bots.scenarios import ANYWHERE, Scenario, collect, invent, lose_everything, press, reach, type_text

FINDING: list[Scenario] = []
scenario = collect(FINDING)


def go_on_to_the_reminder(stage: Stage) -> None:
    begin("", "find", "province.96", "unit.2", "yes", "procedure.211", "later")(stage)


def close_all(stage: Stage) -> None:
    stage.lose_everything()
    stage.units = NO_PLACES


def found_by_place(stage: Stage) -> None:
    go_on_to_the_reminder(stage)
    stage.press("place")


def found_by_place_and_withdrawn(stage: Stage) -> None:
    go_on_to_the_reminder(stage)
    stage.lose_everything()
    stage.press("place")


def list_provinces_of_one(stage: Stage) -> None:
    stage.units = ONE_PROVINCE
    stage.start()
    stage.press("find")


def list_provinces_of_none(stage: Stage) -> None:
    stage.units = NO_PLACES
    stage.start()
    stage.press("find")


scenario(ANYWHERE, Meaning.START, At.NOWHERE, "start alone greets", Stage.start)
scenario(ANYWHERE, Meaning.DESK_CODE, At.CONFIRM, "a link from the desk", lambda stage: stage.start(BUSY))
scenario(ANYWHERE, Meaning.DESK_CODE, Stay.SAME, "a code that no desk has", lambda stage: stage.start(NOBODYS))
scenario(ANYWHERE, Meaning.FIND, At.PROVINCE, "find among provinces", reach(At.NOWHERE, press("find")))
scenario(ANYWHERE, Meaning.FIND, At.UNIT, "one province needs no choice", list_provinces_of_one)
scenario(ANYWHERE, Meaning.FIND, Stay.SAME, "no places at all", list_provinces_of_none)
scenario(ANYWHERE, Meaning.AGAIN, At.NOWHERE, "rate another desk", reach(At.RATED, press("again")))
scenario(ANYWHERE, Meaning.REMINDED_PLACE, At.CONFIRM, "reminded of a desk found by its place", found_by_place)
scenario(ANYWHERE, Meaning.REMINDED_PLACE, At.NOWHERE, "reminded of a withdrawn desk", found_by_place_and_withdrawn)

scenario(At.NOWHERE, Meaning.NAME, At.NOWHERE, "good day, typed first", type_text("xin chao"))
for place in (At.NOWHERE, At.PROVINCE, At.UNIT, At.DESK, At.CONFIRM):
    for typed, lead in (
        ("tan", At.PROVINCE),
        ("CÀ MAU", At.UNIT),
        ("tan thanh", At.DESK),
        ("mui dat", At.CONFIRM),
        ("khong co dau", Stay.SAME),
    ):
        scenario(place, Meaning.NAME, lead, f"{typed}, typed at {place}", reach(place, type_text(typed)))

scenario(At.PROVINCE, Meaning.PROVINCE, At.UNIT, "choose a province", reach(At.PROVINCE, press("province.96")))
scenario(
    At.PROVINCE, Meaning.PROVINCE, At.NOWHERE, "a province that is gone", reach(At.PROVINCE, invent("province.01"))
)
scenario(
    At.PROVINCE,
    Meaning.UNIT,
    At.DESK,
    "choose a unit found by name",
    reach(At.NOWHERE, type_text("tan"), press("unit.1")),
)
scenario(
    At.PROVINCE,
    Meaning.UNIT,
    At.CONFIRM,
    "choose a unit with one desk, found by name",
    reach(At.NOWHERE, type_text("tan"), press("unit.3")),
)
scenario(
    At.PROVINCE, Meaning.UNIT, At.NOWHERE, "a unit found by name that is gone", reach(At.PROVINCE, invent("unit.999"))
)
scenario(At.PROVINCE, Meaning.PAGE, Stay.SAME, "turn the page of provinces", reach(At.PROVINCE, invent("page.1")))
scenario(At.UNIT, Meaning.UNIT, At.DESK, "choose a unit", reach(At.UNIT, press("unit.1")))
scenario(At.UNIT, Meaning.UNIT, At.CONFIRM, "choose a unit with one desk", reach(At.UNIT, press("unit.2")))
scenario(At.UNIT, Meaning.UNIT, At.NOWHERE, "a unit that is gone", reach(At.UNIT, invent("unit.999")))
scenario(At.UNIT, Meaning.PAGE, Stay.SAME, "turn the page of units", begin("", "find", "province.79", "page.1"))
scenario(At.DESK, Meaning.DESK, At.CONFIRM, "choose a desk", reach(At.DESK, press(f"desk.{BUSY}")))
scenario(At.DESK, Meaning.DESK, At.NOWHERE, "a desk that is gone", reach(At.DESK, close_all, press(f"desk.{BUSY}")))
scenario(At.DESK, Meaning.PAGE, Stay.SAME, "turn the page of desks", reach(At.DESK, invent("page.1")))
scenario(At.CONFIRM, Meaning.YES, At.OFFICIAL, "a desk with two officials", reach(At.CONFIRM, press("yes")))
scenario(
    At.CONFIRM, Meaning.YES, At.PROCEDURE, "a desk with two procedures", reach(At.UNIT, press("unit.2"), press("yes"))
)
scenario(
    At.CONFIRM,
    Meaning.YES,
    At.SCORE,
    "a desk with nothing to ask",
    reach(At.DESK, press("desk.000000024"), press("yes")),
)
scenario(
    At.CONFIRM, Meaning.YES, At.NOWHERE, "a desk withdrawn meanwhile", reach(At.CONFIRM, lose_everything, press("yes"))
)
scenario(
    At.CONFIRM, Meaning.NO, At.DESK, "another desk of the unit", reach(At.DESK, press(f"desk.{BUSY}"), press("no"))
)
scenario(At.CONFIRM, Meaning.NO, At.NOWHERE, "another code", reach(At.NOWHERE, type_text(PAIR), press("no")))
