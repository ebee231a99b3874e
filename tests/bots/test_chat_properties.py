"""Whatever is said, in whatever order: the steps answer, and only answers are stored."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.actions import Verb, read_action
from bots.conversation import At, Conversation, Event, Said
from bots.meaning import Meaning, understand
from bots.steps import find_row
from surveys.survey_files import load_surveys
from tests.bots.chat_stage import Stage
from tests.bots.chat_world import BUSY, LONE, NO_PLACES, ONE_PROVINCE, QUIET, TREE, VIEWS

STORED_BY = {Meaning.SCORE, Meaning.ANSWER, Meaning.COMMENT, Meaning.RATER_KIND}
LABELS = [
    choice.label.say(language) for survey in load_surveys() for choice in survey.scale for language in ("vi", "en")
]
WORDS = [BUSY, QUIET.lower(), "ca mau", "tan", "7K3-MQ9-XWC", "tố cáo", "tốt", "5", "NPTY-V3EC-FGNP-TS92-KY75-VY2K"]

texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=80), st.text(min_size=490, max_size=600))
actions = st.one_of(
    st.text(max_size=40),
    st.sampled_from(list(Verb)),
    st.builds(
        "{}.{}".format,
        st.sampled_from(list(Verb)),
        st.sampled_from(["1", "5", "96", "0.3", "vi", "en", BUSY, "NPTYV3ECFGNPTS92KY75VY2K", "111", "00"]),
    ),
)
anything_said = st.builds(Said, st.sampled_from(list(Event)), text=texts, action=actions, turn=st.integers(-1, 12))
# Mostly what people do: press a button that was shown, the newest likelier than an old one.
presses = st.tuples(st.integers(0, 8), st.sampled_from([0, 0, 0, 1, 2]))


def press_shown(stage: Stage, which: int, ago: int) -> Said:
    shown = [reply for reply in stage.shown if reply.buttons]
    if len(shown) <= ago:
        return Said(Event.START, text=LONE)
    reply = shown[-1 - ago]
    buttons = [button for row in reply.buttons for button in row]
    return Said(Event.BUTTON, action=buttons[which % len(buttons)].action, turn=reply.turn)


def change_the_world(stage: Stage, how: str) -> None:
    """Desks are withdrawn, ratings cannot be found, officials and procedures come and go."""
    match how:
        case "no desks":
            stage.views = {}
        case "no ratings":
            stage.ratings = {}
        case "no places":
            stage.units = NO_PLACES
        case "one province":
            stage.units = ONE_PROVINCE
        case "all desks alike":
            stage.views = dict.fromkeys(VIEWS, VIEWS[LONE])
        case "all desks busy":
            stage.views = dict.fromkeys(VIEWS, VIEWS[BUSY])
        case "late":
            stage.wait(hours=73)
        case _:
            stage.views, stage.units = dict(VIEWS), TREE


changes = st.sampled_from(
    ["no desks", "no ratings", "no places", "one province", "all desks alike", "all desks busy", "late", "as before"]
)
deeds = st.lists(st.one_of(presses, presses, presses, anything_said, changes), max_size=30)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(At)), deeds)
def test_no_order_of_things_said_raises_or_stores_what_is_no_answer(
    at: At, happens: list[Said | tuple[int, int] | str]
) -> None:
    stage = Stage().reach(at)
    for deed in happens:
        if isinstance(deed, str):
            change_the_world(stage, deed)
            continue
        said = deed if isinstance(deed, Said) else press_shown(stage, *deed)
        before = stage.conversation or Conversation()
        meaning, _ = understand(before, said, stage.units)
        turn = stage.say(said)
        assert turn.submission is None or find_row(before.at, meaning).meaning in STORED_BY
        check_turn(stage, before)


def check_turn(stage: Stage, before: Conversation) -> None:
    turn = stage.turn
    assert len(turn.notice) <= 200
    assert stage.conversation is None or stage.conversation.turn in range(before.turn, before.turn + 3)
    for reply in turn.replies:
        assert 0 < len(reply.text) < 1000
        assert not any(label in reply.text for label in LABELS)
        assert stage.conversation is None or reply.turn == stage.conversation.turn
        assert all(read_action(button.action) for row in reply.buttons for button in row)
    if stage.conversation is not None:
        assert stage.remember_as_json() == stage.conversation


@given(st.text(), st.sampled_from(list(At)))
def test_any_text_has_one_meaning_and_only_at_the_comment_is_it_one(text: str, at: At) -> None:
    meaning, value = understand(Conversation(at=at), Said(Event.TEXT, text=text), Stage().units)
    assert value == text
    assert meaning != Meaning.COMMENT or at == At.COMMENT
