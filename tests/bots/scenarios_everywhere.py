"""Whatever may be said at any time and is no answer."""

from bots.conversation import At, Event, Said
from bots.meaning import Meaning
from bots.steps import Stay
from feedback.follow_cases import CaseOutcome, Followed
from tests.bots.chat_stage import Stage
from tests.bots.scenarios import ANYWHERE, Play, Scenario, collect, lose_everything, press, reach, type_text

EVERYWHERE: list[Scenario] = []
scenario = collect(EVERYWHERE)


def command(event: Event) -> Play:
    return lambda stage: stage.command(event)


def press_twice(stage: Stage) -> None:
    stage.reach(At.SCORE)
    button = stage.find_button("score.2")
    stage.say(button)
    stage.say(button)


REFUSED: dict[Meaning, Play] = {
    Meaning.DENUNCIATION: type_text("Cán bộ vòi tiền, tôi muốn tố cáo"),
    Meaning.TOO_LONG: type_text("a" * 501),
    Meaning.STRANGE: type_text("tốt\x00"),
    Meaning.CHATTER: type_text("cho tôi hỏi"),
    Meaning.NOT_TEXT: command(Event.OTHER),
    Meaning.LANGUAGE: press("language"),
}
for meaning, act in REFUSED.items():
    scenario(ANYWHERE, meaning, Stay.SAME, f"{meaning} before the score", reach(At.SCORE, act))
    scenario(ANYWHERE, meaning, At.NOWHERE, f"{meaning}, the desk is gone", reach(At.SCORE, lose_everything, act))
for meaning, event, lead in (
    (Meaning.HELP, Event.HELP, Stay.SAME),
    (Meaning.PRIVACY, Event.PRIVACY, Stay.SAME),
    (Meaning.EDITED, Event.EDITED, Stay.SAME),
    (Meaning.GROUP, Event.GROUP, Stay.SAME),
    (Meaning.FORGED, Event.FORGED, Stay.SAME),
    (Meaning.STOP, Event.STOP, Stay.FORGOTTEN),
    (Meaning.LEFT, Event.LEFT, Stay.FORGOTTEN),
):
    scenario(ANYWHERE, meaning, lead, f"{meaning} before the score", reach(At.SCORE, command(event)))
scenario(ANYWHERE, Meaning.OLD, Stay.SAME, "a second press", press_twice)
scenario(
    ANYWHERE,
    Meaning.OLD,
    Stay.SAME,
    "a button that no version ever had",
    lambda stage: stage.say(Said(Event.BUTTON, action="dance.9")),
)


def have_a_case_closed(stage: Stage) -> None:
    """The receipt of what was just rated, looked up after the Front closed a case about the desk."""
    stage.followed = Followed((CaseOutcome(12, 1, stage.now.date(), "Đã thêm một quầy (mẫu).", "resolved", 1),))
    stage.type(stage.find_button("more").action.partition(".")[2])


scenario(ANYWHERE, Meaning.CASE_REPLY, Stay.SAME, "better since", reach(At.RATED, have_a_case_closed, press("case")))
scenario(
    ANYWHERE,
    Meaning.CASE_REPLY,
    At.NOWHERE,
    "better since, the rating is gone",
    reach(At.RATED, have_a_case_closed, lose_everything, press("case")),
)
