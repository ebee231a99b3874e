import ast
import re
from pathlib import Path

import pytest

from tests.house_rules.project import PACKAGES, PROGRAM, ROOT, list_files, name_file, parse_file

PYTHON = list_files("*.py")
OWN = [file for file in PYTHON if name_file(file).partition("/")[0] in {*PACKAGES, *PROGRAM, "tools"}]
TEXTS = [
    file
    for file in list_files()
    if file.suffix not in {".ttf", ".png", ".jpg", ".webp", ".pdf", ".xlsx"} and file.stat().st_size < 2_000_000
]
LONGEST = 250
LONGER = {
    "surveys/errors.py": 700,  # a list, read one class at a time; every sentence stands in one place
}
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "base",
    "manager",
    "service",
    "services",
    "misc",
}
FORBIDDEN = {
    "an absolute path of a machine": re.compile(r"(?<![\w.:/{}])/(?:home|root|work|Users|mnt|workspace|builds)/"),
    "a registry's host": re.compile(
        r"pypi\.org|pythonhosted|test\.pypi|registry\.npmjs|docker\.io|ghcr\.io|proxy\.golang|/simple\b"
        r"|--(?:extra-)?index-url|--find-links|--trusted-host"
    ),
}


def count_lines(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def test_no_module_has_a_vague_name() -> None:
    parts = {name_file(file): {*file.relative_to(ROOT).parent.parts, file.stem} for file in PYTHON}
    assert [name for name, words in parts.items() if words & VAGUE] == []


def test_a_package_file_is_one_docstring() -> None:
    packages = [file for file in PYTHON if file.name == "__init__.py"]
    assert {name_file(file) for file in packages} >= {f"{package}/__init__.py" for package in PACKAGES}
    for file in packages:
        body = parse_file(file).body
        assert len(body) == 1, name_file(file)
        assert ast.get_docstring(parse_file(file)), name_file(file)


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    bounds = {file: LONGER.get(name_file(file), LONGEST) for file in PYTHON}
    assert {name_file(f): count_lines(f) for f, bound in bounds.items() if count_lines(f) > bound} == {}


def test_every_module_opens_with_one_to_four_lines_about_itself() -> None:
    modules = [file for file in OWN if not name_file(file).startswith("tools/")]
    openings = {name_file(file): (ast.get_docstring(parse_file(file)) or "").splitlines() for file in modules}
    assert {name: len(lines) for name, lines in openings.items() if not 1 <= len(lines) <= 4} == {}


def test_imports_stand_at_the_top_and_are_whole() -> None:
    for file in OWN:
        tree = parse_file(file)
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        assert [node.lineno for node in inner if node not in tree.body] == [], name_file(file)
        assert [node.lineno for node in inner if isinstance(node, ast.ImportFrom) and node.level] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_tells_where_it_was_written(what: str) -> None:
    here = {name_file(Path(__file__)), "requirements/README.md"}
    found = [
        f"{name_file(file)}: {line.strip()[:100]}"
        for file in TEXTS
        if name_file(file) not in here
        for line in file.read_text("utf-8").splitlines()
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize("file", list_files("requirements/*.txt"), ids=name_file)
def test_requirements_are_names_versions_and_hashes(file: Path) -> None:
    text = file.read_text("utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert lines
    form = re.compile(r"[a-z0-9._-]+(\[[a-z,]+\])?==[\w.+!]+( *; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [line[:80] for line in lines if not form.fullmatch(line)] == []
    assert "://" not in text


@pytest.mark.parametrize("name", ["app", "dev", "uv"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    wanted = (ROOT / "requirements" / f"{name}.in").read_text("utf-8").split()
    locked = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    names = [wish.partition("[")[0] for wish in wanted if wish != "-r" and not wish.endswith(".in")]
    assert [name for name in names if f"\n{name}==" not in f"\n{locked}"] == []


def test_nobody_leaves_a_test_out() -> None:
    leaving_out = re.compile(r"mark\.(skip|skipif|xfail)|pytest\.(skip|xfail|importorskip)\(")
    tests = [file for file in list_files("tests/*.py") if file != Path(__file__)]
    assert [name_file(file) for file in tests if leaving_out.search(file.read_text("utf-8"))] == []
