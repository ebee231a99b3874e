"""What exists is documented, and what the documents name exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dashboards.indicators.registry import INDICATORS
from langnghe import main
from tests.house_rules.project import (
    PACKAGES,
    ROOT,
    list_files,
    list_source_files,
    list_texts,
    name_file,
    parse_file,
)

OPERATIONS = ROOT / "docs" / "operations.md"
DOCUMENTS = list_files("docs/*.md", "docs/**/*.md", "README.md", "CHANGELOG.md")
TOPS = {*PACKAGES, "tests", "docs", "tools", "requirements", ".ci"}
CODE_SUFFIXES = (
    ".py",
    ".sql",
    ".toml",
    ".md",
    ".html",
    ".css",
    ".js",
    ".typ",
    ".po",
    ".csv",
    ".sh",
    ".json",
    ".svg",
)
SETTING = re.compile(r"\b(?:LANGNGHE_[A-Z_]+|DATABASE_URL)\b")


def list_settings() -> set[str]:
    """What feedback/settings.py reads; each may end in _FILE too."""
    tree = parse_file(ROOT / "feedback" / "settings.py")
    return {
        str(call.args[0].value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"read", "read_right"}
        if isinstance(call.args[0], ast.Constant)
    }


def find_settings(text: str) -> set[str]:
    return {name.removesuffix("_FILE").rstrip("_") for name in SETTING.findall(text)} - {"LANGNGHE"}


def read_commands(group: click.Group) -> dict[str, click.Command]:
    context = click.Context(group)
    named = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in named.items() if command}


def list_commands(command: click.Command = main, path: str = "langnghe") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by what a person types."""
    if isinstance(command, click.Group):
        for name, inner in read_commands(command).items():
            yield from list_commands(inner, f"{path} {name}")
    else:
        yield path, command


def list_code(document: Path) -> list[str]:
    """Fenced blocks, line by line, and `code spans`; comments of a shell left out."""
    text = document.read_text("utf-8")
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", rest)]
    return [*(line.partition(" #")[0] for block in blocks for line in block.splitlines()), *spans]


def list_typed_commands(code: str) -> list[list[str]]:
    """The words after each `langnghe` that stands where a program stands."""
    return [
        found.split()
        for found in re.findall(r"(?:^|[;&|$] ?|[A-Z_]+=\S+ |sudo |bin/|exec )langnghe((?: [^\s;&|]+)*)", code)
    ]


def name_what_is_wrong(words: list[str]) -> str | None:
    command: click.Command = main
    for word in words:
        if word in {"--help", "-h", "--version", "…", "..."}:
            return None
        if word.startswith("--"):
            options = {option for parameter in command.params for option in parameter.opts}
            if word.partition("=")[0] not in options:
                return word
        elif isinstance(command, click.Group):
            found = [read_commands(command).get(name) for name in word.split("|")]
            if None in found:
                return word
            command = found[0] or command
    return None


def test_the_lists_are_not_empty() -> None:
    assert {"DATABASE_URL", "LANGNGHE_HOME", "LANGNGHE_PORT"} <= list_settings()
    assert {"langnghe up", "langnghe db rebuild"} <= {path for path, _ in list_commands()}
    assert {"docs/catalogue.md", "docs/indicators.md"} <= {name_file(document) for document in DOCUMENTS}


def test_every_setting_is_described_for_operators_and_every_described_one_exists() -> None:
    assert find_settings(OPERATIONS.read_text("utf-8")) == list_settings()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_file)
def test_every_setting_that_a_document_names_exists(document: Path) -> None:
    assert find_settings(document.read_text("utf-8")) <= list_settings()


def test_every_setting_that_the_code_names_exists() -> None:
    texts = [text for file in list_source_files() for text in list_texts(parse_file(file))]
    assert find_settings("\n".join(texts)) == list_settings()


@pytest.mark.parametrize("path", [path for path, _ in list_commands()])
def test_every_command_is_described_for_operators(path: str) -> None:
    assert any(re.search(rf"\b{path}\b", code) for code in list_code(OPERATIONS))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_file)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    typed = [words for code in list_code(document) for words in list_typed_commands(code)]
    assert [words for words in typed if name_what_is_wrong(words)] == []


@pytest.mark.parametrize(("code", "wrong"), [
    ("langnghe db check", None),
    ("DATABASE_URL=postgresql://x langnghe serve citizens", None),
    ("langnghe catalogue import x.xlsx --dry-run", None),
    ("langnghe db shrink", "shrink"),
    ("$ langnghe posters card --colour red", "--colour"),
])  # fmt: skip
def test_a_command_that_does_not_exist_would_be_noticed(code: str, wrong: str | None) -> None:
    [words] = list_typed_commands(code)
    assert name_what_is_wrong(words) == wrong


def test_every_command_says_in_help_what_it_does() -> None:
    assert [path for path, command in list_commands() if len(command.help or "") < 20] == []


def test_every_indicator_is_described_and_every_described_one_exists() -> None:
    described = re.findall(r"^### `(\w+)`$", (ROOT / "docs" / "indicators.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(described) == sorted(indicator.name for indicator in INDICATORS)


def looks_like_a_path(span: str) -> bool:
    if not re.fullmatch(r"[\w.*-]+(/[\w.*{}<>-]+)*/?", span) or any(sign in span for sign in "{}<>"):
        return False
    return (
        (span.partition("/")[0] in TOPS and "/" in span)
        or ("/" in span and span.endswith(CODE_SUFFIXES))
        or ("/" not in span and span.endswith((".py", ".sql", ".toml", ".md")) and not span.startswith("*"))
    )


def is_there(span: str) -> bool:
    """A path from the root, or a bare file name that stands somewhere in the project."""
    if "/" in span:
        return any(ROOT.glob(span.rstrip("/")))
    return bool(list_files(span, f"**/{span}"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_file)
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    spans = re.findall(r"`([^`\n]+)`", document.read_text("utf-8"))
    assert [span for span in spans if looks_like_a_path(span) and not is_there(span)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_file)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_the_program_names_only_commands_that_exist_in_its_help() -> None:
    lines = [line for line in (main.help or "").splitlines() if line.strip().startswith("langnghe ")]
    typed = [re.split(r" {2,}", line.strip())[0] for line in lines]
    assert len(typed) >= 4
    assert [line for line in typed if any(map(name_what_is_wrong, list_typed_commands(line)))] == []
