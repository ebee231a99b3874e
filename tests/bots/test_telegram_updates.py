import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.conversation import Event, Said
from bots.telegram.buttons import make_button_key, read_button, write_button
from bots.telegram.updates import Unkept, read_said, read_update, strip_update
from feedback.tables.bot_inbox import NewUpdate
from tests.bots.telegram_updates import (
    EVERY_KIND,
    NAME,
    PHONE,
    USERNAME,
    change_membership,
    edit,
    make_message,
    press,
    say,
    say_in_group,
    send,
    write_update,
)

KEY = make_button_key("a secret of at least thirty-two symbols", 1000001)


def hear(body: bytes) -> Said:
    update = strip_update(body)
    assert isinstance(update, NewUpdate)
    return read_said(read_update(update.payload), update.chat_id, KEY)


def test_a_text_is_read_with_the_language_of_the_person() -> None:
    assert hear(say(5, "Quầy 2", "en-GB")) == Said(Event.TEXT, "Quầy 2", language_hint="en-GB")


@pytest.mark.parametrize(("text", "event", "rest"), [
    ("/start", Event.START, ""),
    ("/start 7K3MQ9XWC", Event.START, "7K3MQ9XWC"),
    ("/START@demo_bot 7K3", Event.START, "7K3"),
    ("/receipt  ABC DEF ", Event.RECEIPT, "ABC DEF"),
    ("/change", Event.CHANGE, ""),
    ("/stop", Event.STOP, ""),
    ("/help\nme", Event.HELP, "me"),
    ("/privacy", Event.PRIVACY, ""),
    ("/starting", Event.TEXT, "/starting"),
    ("start", Event.TEXT, "start"),
    ("", Event.TEXT, ""),
])  # fmt: skip
def test_commands_are_told_from_text(text: str, event: Event, rest: str) -> None:
    assert hear(say(5, text)) == Said(event, rest, language_hint="vi")


def test_a_press_is_read_for_its_own_chat_only() -> None:
    data = write_button(KEY, 5, 40, "score.4")
    assert hear(press(5, data)) == Said(Event.BUTTON, action="score.4", turn=40, language_hint="vi")
    assert hear(press(6, data)).event == Event.FORGED


@pytest.mark.parametrize("content", [
    {"sticker": {"file_id": "s"}}, {"photo": [{"file_id": "p"}], "caption": "x"}, {"voice": {}},
    {"contact": {"phone_number": PHONE, "first_name": NAME}}, {"location": {"latitude": 9, "longitude": 105}},
])  # fmt: skip
def test_what_is_no_text_is_only_known_to_have_been_sent(content: dict[str, object]) -> None:
    body = send(5, **content)
    assert hear(body) == Said(Event.OTHER, language_hint="vi")
    assert isinstance(update := strip_update(body), NewUpdate)
    assert set(json.loads(update.payload)["message"]) == {"message_id", "date", "chat", "from"}


def test_of_an_edited_text_only_the_editing_is_known() -> None:
    body = edit(5, text="Điều đã sửa")
    assert hear(body).event == Event.EDITED
    assert isinstance(update := strip_update(body), NewUpdate)
    assert "sửa" not in msgspec.json.decode(update.payload, type=dict[str, object]).__repr__()


def test_who_blocks_the_bot_leaves() -> None:
    assert hear(change_membership(5, "kicked")).event == Event.LEFT


def test_of_a_group_only_the_command_is_kept() -> None:
    body = say_in_group(-1005, "/start@demo_bot my neighbour is ill")
    assert hear(body).event == Event.GROUP
    assert isinstance(update := strip_update(body), NewUpdate)
    assert json.loads(update.payload)["message"]["text"] == "/start@demo_bot"
    assert b"42" not in update.payload


@pytest.mark.parametrize("body", [
    say_in_group(-1005, "good morning"),
    say_in_group(-1005, "/weather"),
    say_in_group(-1005, "/start", "channel"),
    change_membership(5, "member"),
    send(5),
    send(5, pinned_message={"message_id": 1}),
    send(5, message_auto_delete_timer_changed={"message_auto_delete_time": 1}),
    edit(5, location={"latitude": 9, "longitude": 105}),
    write_update("message", {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}),
    write_update("message", {**make_message(5, text="x"), "from": {"id": 9, "is_bot": True, "first_name": "b"}}),
    write_update("channel_post", {"anything": 1}),
    write_update("telepathy", {"thoughts": []}),
    write_update("callback_query", {"id": "1", "from": {"id": 5}, "inline_message_id": "2", "data": "x"}),
    b'{"update_id": 1}',
    b'{"update_id": 1, "message": null}',
])  # fmt: skip
def test_what_is_no_word_of_a_person_to_the_bot_is_ignored(body: bytes) -> None:
    assert strip_update(body) is Unkept.IGNORED


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"{}", b"hello", b'{"update_id": "1"}', b'{"update_id": 1e9}', b'{"update_id": 1.5}',
    b'{"update_id": 99999999999999999999999}', b'{"update_id": 1, "message": 5}',
    b'{"update_id": 1, "message": {"chat": {"id": 1e40, "type": "private"}}}',
    b'{"update_id": 1, "message": {"chat": {"id": 5}}}',
    say(5, "x").replace(b'"x"', b'"\\ud800"'), say(5, "x").replace(b'"x"', b'"\xff"'),
    say(5, "x").replace(b'"x"', b'"\0"'), b"[" * 60_000, b'{"a":' * 10_000,
    b'{"update_id": 1, "x":' + b"[" * 60_000, press(5, "x").replace(b'"data": "x"', b'"data": {}'),
])  # fmt: skip
def test_what_is_no_update_is_malformed(body: bytes) -> None:
    assert strip_update(body) is Unkept.MALFORMED


@pytest.mark.parametrize("body", EVERY_KIND)
def test_no_name_touches_the_disk(body: bytes) -> None:
    update = strip_update(body)
    assert isinstance(update, NewUpdate)
    text = json.dumps(json.loads(update.payload), ensure_ascii=False)
    assert not any(secret in text for secret in (NAME, USERNAME, "premium", "1795000000"))


def test_a_long_text_is_kept_as_far_as_shows_that_it_is_too_long() -> None:
    assert len(hear(say(5, "🙂" * 20_000)).text) == 5000


def test_data_longer_than_a_button_can_carry_is_cut_and_forged() -> None:
    body = press(5, "x" * 50_000)
    assert hear(body).event == Event.FORGED
    assert isinstance(update := strip_update(body), NewUpdate)
    assert len(update.payload) < 500


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
)


@st.composite
def mutated_updates(draw: st.DrawFn) -> bytes:
    """One value somewhere in a good update is replaced by another, or one byte by another."""
    body = draw(st.sampled_from(EVERY_KIND))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(body) - 1))
        return body[:place] + draw(st.binary(min_size=1, max_size=1)) + body[place + 1 :]
    update = json.loads(body)
    inside = update
    while True:
        name = draw(st.sampled_from(sorted(inside)))
        if not isinstance(inside[name], dict) or draw(st.integers(0, 3)) == 0:
            inside[name] = draw(values)
            return json.dumps(update).encode("utf-8", "surrogatepass")
        inside = inside[name]


@given(body=st.binary(max_size=300) | mutated_updates())
def test_whatever_comes_is_kept_or_not_and_what_is_kept_can_be_read(body: bytes) -> None:
    update = strip_update(body)
    if isinstance(update, NewUpdate):
        said = read_said(read_update(update.payload), update.chat_id, KEY)
        assert said.event in set(Event) - {Event.BUTTON}


@given(turn=st.integers(0, 36**9), chat_id=st.integers(-(2**52), 2**52))
def test_a_button_brings_back_what_it_was_given(turn: int, chat_id: int) -> None:
    data = write_button(KEY, chat_id, turn, "answer.1.2")
    assert read_button(KEY, chat_id, data) == (turn, "answer.1.2")


def test_the_longest_action_fits() -> None:
    assert len(write_button(KEY, -(2**52), 36**10 - 1, "x" * 40).encode()) <= 64


@given(data=st.text(max_size=64), chat_id=st.integers(-(2**52), 2**52))
def test_no_invented_data_is_believed(data: str, chat_id: int) -> None:
    assert read_button(KEY, chat_id, data) is None


@given(place=st.integers(0, 20), letter=st.characters(codec="ascii"))
def test_no_changed_letter_is_believed(place: int, letter: str) -> None:
    data = write_button(KEY, 5, 40, "score.4")
    changed = data[:place] + letter + data[place + 1 :]
    assert read_button(KEY, 5, changed) is None or changed == data


def test_another_secret_or_bot_signs_otherwise() -> None:
    data = write_button(KEY, 5, 1, "yes")
    assert read_button(make_button_key("a secret of at least thirty-two symbolz", 1000001), 5, data) is None
    assert read_button(make_button_key("a secret of at least thirty-two symbols", 1000002), 5, data) is None
