"""Where the project's files stand, for the tests that read them. Decides nothing."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("surveys", "feedback", "bots", "dashboards")
PROGRAM = ("langnghe.py", "wiring.py")


def list_files(*patterns: str) -> list[Path]:
    """Files of the project that match, new ones too; what .gitignore names is not of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name and (ROOT / name).is_file()]


def list_source_files() -> list[Path]:
    """The Python files of the program and its four packages."""
    return list_files(*PROGRAM, *(f"{package}/*.py" for package in PACKAGES))


def name_file(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def parse_file(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), filename=name_file(file))


def list_texts(tree: ast.AST) -> Iterator[str]:
    """Every string in the code: plain ones whole, f-strings with {} for what is filled in."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from list_texts(part.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def name_calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Dotted names and the lines where they stand, imports resolved: `datetime.datetime.now`, 41."""
    names = dict(_list_imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (dotted := _read_dotted(node)):
            first, _, rest = dotted.partition(".")
            whole = names.get(first, first)
            yield (f"{whole}.{rest}" if rest else whole), node.lineno


def _list_imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.partition(".")[0]
                yield (name.asname, name.name) if name.asname else (top, top)
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                yield name.asname or name.name, f"{node.module}.{name.name}"


def _read_dotted(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            owner = _read_dotted(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        case _:
            return ""
