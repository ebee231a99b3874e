"""Translates between lines of a terminal and the chat: numbers press buttons. Decides nothing, keeps nothing."""

import unicodedata

import msgspec

from bots.actions import Verb
from bots.conversation import Button, Event, Reply, Said, Turn

QUIT = "/quit"
COMMANDS = {
    "/start": Event.START,
    "/receipt": Event.RECEIPT,
    "/change": Event.CHANGE,
    "/stop": Event.STOP,
    "/help": Event.HELP,
    "/privacy": Event.PRIVACY,
}
MOST_DIGITS = 2


class Offer(msgspec.Struct, frozen=True):
    """A button on the screen and the turn it belongs to."""

    button: Button
    turn: int


def list_offers(turn: Turn) -> list[Offer]:
    """The buttons of all replies, in the order of their numbers."""
    return [Offer(button, reply.turn) for reply in turn.replies for button in list_buttons(reply)]


def list_buttons(reply: Reply) -> list[Button]:
    """Without the one that asks to be reminded: nobody is there any more when that is due."""
    return [button for row in reply.buttons for button in row if button.action != Verb.LATER]


def write_turn(turn: Turn) -> str:
    """What stands on the screen: each reply, its numbered buttons below. A notice that a reply repeats is not shown."""
    is_repeated = any(turn.notice in reply.text for reply in turn.replies)
    lines = [turn.notice] if turn.notice and not is_repeated else []
    number = 0
    for reply in turn.replies:
        lines += ["", reply.text]
        for button in list_buttons(reply):
            number += 1
            lines.append(f"  {number:>2}  {write_button(button)}")
    return "".join(f"{clean(line)}\n" for line in lines)


def write_button(button: Button) -> str:
    return f"{button.label}  {button.link}" if button.link else button.label


def clean(text: str) -> str:
    """Without control characters, which could write anywhere on the screen."""
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) != "Cc")


def read_number(line: str) -> int | None:
    """The number of a button, whether there is such a button or not."""
    return int(line) if line.isascii() and line.isdigit() and len(line) <= MOST_DIGITS else None


def read_said(line: str, language: str) -> Said:
    """A line that presses no button."""
    command, _, rest = line.partition(" ")
    if command.lower() in COMMANDS:
        return Said(COMMANDS[command.lower()], rest.strip(), language_hint=language)
    return Said(Event.TEXT, line, language_hint=language)


def press(offer: Offer, language: str) -> Said:
    return Said(Event.BUTTON, action=offer.button.action, turn=offer.turn, language_hint=language)
