import ast
import re

import pytest

from tests.house_rules.project import list_files, list_source_files, list_texts, name_file, parse_file

HOME_OF_SQL = "feedback/tables/"
STATEMENT = re.compile(
    r"\bSELECT\b.+?\bFROM\b|\bSELECT\s+(pg_\w+|count|\d)|\bINSERT\s+INTO\b|\bUPDATE\s+\S+\s+(AS\s+\w+\s+)?SET\b"
    r"|\bDELETE\s+FROM\b|\bTRUNCATE\s|\b(CREATE|ALTER|DROP)\s+(TABLE|INDEX|DATABASE|ROLE|VIEW|FUNCTION|SCHEMA)\b"
    r"|\bCOPY\s.+?\b(TO|FROM)\b",
    re.DOTALL,
)
ASKING = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "cursor", "prepare"}


def list_statements(tree: ast.AST) -> list[str]:
    """Strings that hold SQL in capitals, and whatever text is handed to the database as it stands."""
    handed = [
        argument.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ASKING
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    return [*(text for text in list_texts(tree) if STATEMENT.search(text)), *handed]


def test_sql_stands_in_the_tables_and_the_migrations_alone() -> None:
    found = {
        name_file(file): statements
        for file in list_source_files()
        if not name_file(file).startswith(HOME_OF_SQL) and (statements := list_statements(parse_file(file)))
    }
    assert found == {}
    assert {name_file(file).rpartition("/")[0] for file in list_files("*.sql")} <= {
        "feedback",
        "feedback/migrations",
    }


@pytest.mark.parametrize(
    "code",
    [
        'x = "SELECT a FROM b"',
        'x = f"SELECT {a}\\nFROM {b}"',
        'x = "INSERT INTO b"',
        'x = "UPDATE b SET c = 1"',
        'x = "DELETE FROM b"',
        'x = "SELECT pg_advisory_lock(1)"',
        'c.fetchval("select 1")',
        'x = {"a": ("COPY b " "TO STDOUT")}',
    ],
)
def test_the_search_finds_sql_in_all_its_forms(code: str) -> None:
    assert list_statements(ast.parse(code))


@pytest.mark.parametrize("code", ['x = "Select the unit from the list"', 'x = "an update"', "c.fetch(QUERY)"])
def test_the_search_leaves_sentences_alone(code: str) -> None:
    assert not list_statements(ast.parse(code))
