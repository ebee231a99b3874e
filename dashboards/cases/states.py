"""Reads states.toml once: the deeds a case knows, from where to where, by whom. A table that cannot work is refused."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

from feedback.tables.supervision_cases import CaseDeed, CaseState, Side, SupervisionCase

Need = Literal["reason", "due_on", "result", "grounds"]
STATES: tuple[CaseState, ...] = get_args(CaseState)
FINAL: frozenset[CaseState] = frozenset({"discarded"})
FILE = Path(__file__).parent / "states.toml"


class Deed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the table. `to` is empty where the case stays in its state."""

    verb: str
    deed: CaseDeed
    from_states: tuple[CaseState, ...] = msgspec.field(name="from")
    to: CaseState | Literal[""]
    by: tuple[Side, ...]
    needs: tuple[Need, ...]

    def find_next(self, state: CaseState) -> CaseState:
        return self.to or state


class StateTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    first: CaseState
    deed: tuple[Deed, ...]


def read_state_table(text: str | bytes) -> StateTable:
    """Raises ValueError, which says what is wrong: an unknown word, a state out of reach, a way out of a final one."""
    table = msgspec.toml.decode(text, type=StateTable)
    check_verbs(table)
    check_reach(table)
    return table


def check_verbs(table: StateTable) -> None:
    verbs = [deed.verb for deed in table.deed]
    for deed in table.deed:
        if verbs.count(deed.verb) > 1:
            raise ValueError(f"The verb {deed.verb} stands in the table twice")
        if not deed.from_states or not deed.by:
            raise ValueError(f"The verb {deed.verb} begins in no state, or is nobody's")
        for state in FINAL.intersection(deed.from_states):
            raise ValueError(f"The verb {deed.verb} leads out of {state}, which is final")


def check_reach(table: StateTable) -> None:
    reached: set[CaseState] = {table.first}
    for _ in STATES:
        reached |= {deed.find_next(state) for deed in table.deed for state in deed.from_states if state in reached}
    if missing := [state for state in STATES if state not in reached]:
        raise ValueError(f"No way leads from {table.first} to {', '.join(missing)}")


TABLE = read_state_table(FILE.read_bytes())
DEEDS: Mapping[str, Deed] = MappingProxyType({deed.verb: deed for deed in TABLE.deed})


def list_possible(case: SupervisionCase, side: Side, *, holds: bool, has_next: bool) -> tuple[Deed, ...]:
    """What may be done now. `holds`: the asker may move it for this side; `has_next`: it can be passed up."""
    if not holds:
        return ()
    return tuple(deed for deed in TABLE.deed if side in deed.by and is_possible(deed, case, has_next=has_next))


def is_possible(deed: Deed, case: SupervisionCase, *, has_next: bool) -> bool:
    """Nothing is escalated to where nobody stands (has_next_level)."""
    return case.state in deed.from_states and (deed.verb != "escalate" or has_next)
