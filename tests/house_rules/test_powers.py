"""docs/powers.md draws the table of powers as it is."""

import re

import pytest

from feedback.accounts.appoint import PERHAPS_EVERYWHERE, UNITS_ONLY, WITHOUT_REACH
from feedback.accounts.powers import ACTIONS, POWERS, ROLES, WITHOUT_PLACE, Role
from tests.house_rules.project import ROOT
from tests.house_rules.test_wording_keys import WORDINGS

DOCUMENT = (ROOT / "docs" / "powers.md").read_text("utf-8")
BASIS = re.compile(r"R\d\d")
# Warnings and control of power, protection, cross-checks; the accountable head; the Front's channel (domain.md 11).
NAMED = {f"R{number:02}" for number in (*range(3, 9), *range(20, 23), *range(29, 32))}


def read_rows(heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading, by what stands in their first cell."""
    section = DOCUMENT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {row[0].strip("`"): row for row in rows[2:]}


def test_the_drawn_table_is_the_table() -> None:
    drawn = {role: set(re.findall(r"`(\w+)`", row[2])) for role, row in read_rows("Roles").items()}
    assert drawn == {role: set(actions) for role, actions in POWERS.items()}
    assert list(drawn) == list(ROLES)


def test_every_action_is_explained_once() -> None:
    assert list(read_rows("Actions")) == list(ACTIONS)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_its_vietnamese_name_its_places_and_its_basis(role: Role) -> None:
    _, name, _, where, basis = read_rows("Roles")[role]
    assert name == WORDINGS["vi"].sentences[f"administration.role.{role}"]
    assert where.startswith("at no place") is (role in WITHOUT_REACH)
    assert where.startswith("the nation") is (role in PERHAPS_EVERYWHERE)
    assert (where == "units") is (role in UNITS_ONLY)
    assert set(BASIS.findall(basis)) <= NAMED
    assert BASIS.findall(basis)


def test_all_that_the_founding_documents_ask_for_is_somebodys_power() -> None:
    reasons = [row[-1] for heading in ("Roles", "Actions") for row in read_rows(heading).values()]
    missing = NAMED - set(BASIS.findall(" ".join(reasons)))
    # R07: areas of one type are compared with their like; a rule of figures, not of powers.
    assert missing == {"R07"}


def test_actions_without_a_place_are_named() -> None:
    line = next(line for line in DOCUMENT.splitlines() if "no place is asked about" in line)
    assert set(re.findall(r"`(\w+)`", line)) == WITHOUT_PLACE
