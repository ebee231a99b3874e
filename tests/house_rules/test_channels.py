"""A channel is a folder of its own: the chat beside them knows none of them."""

import ast
import re
from pathlib import Path

import pytest

from tests.house_rules.project import list_files, name_file, parse_file

# The chat itself and the plain-text channel. The command line wires the channels, so it may name them.
CHAT = [
    file
    for file in list_files("bots/*.py")
    if name_file(file).count("/") == 1 and file.name not in {"__init__.py", "command_line.py"}
]
TERMINAL = list_files("bots/terminal/*.py")
WORDS = re.compile(r"telegram|callback|update_id", re.IGNORECASE)


def list_imports(file: Path) -> list[str]:
    nodes = list(ast.walk(parse_file(file)))
    plain = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    return plain + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]


def test_the_chat_is_found() -> None:
    assert {"bots/chat.py", "bots/converse.py", "bots/conversation.py"} <= {name_file(file) for file in CHAT}
    assert "bots/terminal/talk.py" in {name_file(file) for file in TERMINAL}


@pytest.mark.parametrize("file", [*CHAT, *TERMINAL], ids=name_file)
def test_the_chat_and_the_terminal_import_nothing_of_another_channel(file: Path) -> None:
    foreign = re.compile(r"telegram(\.|$)|bots\.(telegram|demo)(\.|$)")
    assert [name for name in list_imports(file) if foreign.match(name)] == []


@pytest.mark.parametrize("file", CHAT, ids=name_file)
def test_the_chat_imports_no_channel(file: Path) -> None:
    assert [name for name in list_imports(file) if name.startswith("bots.terminal")] == []


@pytest.mark.parametrize("file", [*CHAT, *TERMINAL], ids=name_file)
def test_no_word_of_one_channel_stands_in_the_chat(file: Path) -> None:
    assert [line for line in file.read_text("utf-8").splitlines() if WORDS.search(line)] == []


def test_the_search_would_notice() -> None:
    assert WORDS.search("from telegram import Update")
    assert WORDS.search("callback_data")
