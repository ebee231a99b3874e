"""On which line of a TOML text a value stands, by msgspec's path (`$.questions[2].text.vi`).

tomllib, which reads the text, does not say.
"""

import re
from collections import Counter

_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_LAST_STEP = re.compile(r"(\.[^.\[]+|\[\d+\])$")


def find_line(text: str, path: str) -> int:
    """The 1-based line of the value at `path`, or of the nearest table or key above it."""
    lines = _list_lines(text)
    while path not in lines and _LAST_STEP.search(path):
        path = _LAST_STEP.sub("", path)
    return lines.get(path, 1)


def _list_lines(text: str) -> dict[str, int]:
    """Only for a text tomllib has read; lines inside multi-line strings are passed over."""
    lines: dict[str, int] = {}
    tables: Counter[str] = Counter()
    table = "$"
    inside_string = False
    for number, line in enumerate(text.splitlines(), start=1):
        opened = (line.count('"""') + line.count("'''")) % 2 == 1
        if not inside_string:
            if header := _HEADER.match(line):
                table = _open_table(tables, _split_key(header[2]), is_array=header[1] == "[[")
                lines.setdefault(table, number)
            elif key := _KEY.match(line):
                _note_key(lines, table, _split_key(key[1]), number)
        inside_string ^= opened
    return lines


def _open_table(tables: Counter[str], steps: list[str], *, is_array: bool) -> str:
    path = "$"
    for step in steps[:-1]:
        path += f".{step}"
        if tables[path]:
            path += f"[{tables[path] - 1}]"
    path += f".{steps[-1]}"
    if is_array:
        tables[path] += 1
        path += f"[{tables[path] - 1}]"
    return path


def _note_key(lines: dict[str, int], table: str, steps: list[str], number: int) -> None:
    path = table
    for step in steps:
        path += f".{step}"
        lines.setdefault(path, number)


def _split_key(key: str) -> list[str]:
    return [step.strip().strip("\"'") for step in key.split(".")]
