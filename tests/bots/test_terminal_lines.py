import asyncio
import os
from pathlib import Path

import pytest
import uvloop

from bots.conversation import Button, Conversation, Event, Reply, Said, Turn
from bots.terminal.keyboard import Keyboard
from bots.terminal.lines import list_offers, press, read_number, read_said, write_turn

TWO_REPLIES = Turn(
    Conversation(turn=7),
    notice="Đã ghi.",
    replies=(
        Reply("Một", ((Button("Có", "yes"), Button("Không", "no")),), turn=6),
        Reply("Hai", ((Button("Trang", "", link="https://example.vn/R"),),), turn=7),
    ),
)


def test_buttons_are_numbered_through_all_replies() -> None:
    assert write_turn(TWO_REPLIES) == (
        "Đã ghi.\n\nMột\n   1  Có\n   2  Không\n\nHai\n   3  Trang  https://example.vn/R\n"
    )


def test_a_button_is_pressed_with_its_own_turn() -> None:
    second = list_offers(TWO_REPLIES)[1]
    assert press(second, "vi") == Said(Event.BUTTON, action="no", turn=6, language_hint="vi")


@pytest.mark.parametrize("line", ["-1", "1.", "²", "１", "999", "1 2", "", "7K3-MQ9-XWC"])
def test_what_is_no_small_number_presses_no_button(line: str) -> None:
    assert read_number(line) is None


def test_a_notice_that_a_reply_repeats_is_not_shown_twice() -> None:
    turn = Turn(Conversation(), (Reply("Đã ghi. Cảm ơn."),), notice="Đã ghi.")
    assert write_turn(turn) == "\nĐã ghi. Cảm ơn.\n"


def test_a_reminder_is_not_offered_where_nobody_will_be() -> None:
    turn = Turn(Conversation(), (Reply("?", ((Button("Có", "yes"),), (Button("Mai", "later"),))),))
    assert [offer.button.label for offer in list_offers(turn)] == ["Có"]
    assert "Mai" not in write_turn(turn)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/start 7K3-MQ9-XWC", Said(Event.START, "7K3-MQ9-XWC", language_hint="en")),
        ("/START", Said(Event.START, language_hint="en")),
        ("/receipt  ABCD ", Said(Event.RECEIPT, "ABCD", language_hint="en")),
        ("/change", Said(Event.CHANGE, language_hint="en")),
        ("/stop", Said(Event.STOP, language_hint="en")),
        ("/help", Said(Event.HELP, language_hint="en")),
        ("/privacy", Said(Event.PRIVACY, language_hint="en")),
        ("/nonsense", Said(Event.TEXT, "/nonsense", language_hint="en")),
        ("ca mau", Said(Event.TEXT, "ca mau", language_hint="en")),
    ],
)
def test_lines_are_commands_or_text(line: str, said: Said) -> None:
    assert read_said(line, "en") == said


def test_nothing_said_can_steer_the_screen() -> None:
    turn = Turn(Conversation(), (Reply("a\x1b[2J\x07b\nc"),))
    assert write_turn(turn) == "\na[2Jb\nc\n"


async def read_all(file: int) -> list[str]:
    keyboard = Keyboard(file)
    lines: list[str] = []
    while (line := await keyboard.read_line()) is not None:
        lines.append(line)
    return lines


async def test_lines_come_whole_however_they_were_sent() -> None:
    reader, writer = os.pipe()
    reading = asyncio.create_task(read_all(reader))
    for part in (b"m\xe1", b"\xbb\x99t\r\nhai\n\n", b"ba"):
        os.write(writer, part)
        await asyncio.sleep(0.01)
    os.close(writer)
    assert await reading == ["một", "hai", "", "ba"]
    os.close(reader)


async def test_bytes_that_are_no_text_do_not_end_the_talk() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"\xff\xfe\n\x00\n")
    os.close(writer)
    assert await read_all(reader) == ["��", "\0"]
    os.close(reader)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_file_is_read_to_its_end(tmp_path: Path, run: object) -> None:
    file = tmp_path / "lines"
    file.write_text("một\nhai\n", "utf-8")
    with file.open("rb", buffering=0) as opened:
        assert callable(run)
        assert run(read_all(opened.fileno())) == ["một", "hai"]


def test_a_terminal_is_read_line_by_line_and_stays_blocking() -> None:
    ours, theirs = os.openpty()
    os.write(ours, b"m\xe1\xbb\x99t\n\x04")  # the last key says that nothing more comes
    assert uvloop.run(read_all(theirs)) == ["một"]
    assert os.get_blocking(theirs)
    os.close(ours)
    os.close(theirs)


async def test_the_program_goes_on_while_nothing_is_typed() -> None:
    reader, writer = os.pipe()
    reading = asyncio.create_task(Keyboard(reader).read_line())
    await asyncio.sleep(0.05)
    assert not reading.done()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert not asyncio.get_running_loop().remove_reader(reader)
    os.close(reader)
    os.close(writer)
