"""Draws the table of states for docs/cases.md: a diagram (mermaid) and a table. A test keeps the page equal. Pure."""

from collections.abc import Iterator

from dashboards.cases.states import FINAL, Deed, StateTable

WHO = {"front": "the Front that holds it", "unit": "head of the unit", "program": "the program"}
HEAD = ("verb", "deed", "from", "to", "who", "needs")
TEXT_NEED = {"reason": "a reason", "due_on": "a day to answer by", "result": "a result", "grounds": "new evidence"}


def draw_table(table: StateTable) -> str:
    """In Markdown, one row a verb, in the order of the file."""
    rows = [HEAD, ("---",) * len(HEAD), *(list_cells(deed) for deed in table.deed)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def list_cells(deed: Deed) -> tuple[str, ...]:
    return (
        f"`{deed.verb}`",
        deed.deed,
        ", ".join(deed.from_states),
        deed.to or "as it was",
        ", ".join(WHO[side] for side in deed.by),
        ", ".join(TEXT_NEED[need] for need in deed.needs) or "nothing",
    )


def draw_diagram(table: StateTable) -> str:
    """An arrow for each way between two states, named by its verbs; what stays where it is has none."""
    ends = [f"    {state} --> [*]" for state in sorted(FINAL)]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {table.first}", *draw_arrows(table), *ends])


def draw_arrows(table: StateTable) -> Iterator[str]:
    ways = [(state, deed.to, deed.verb) for deed in table.deed for state in deed.from_states if deed.to != state]
    for start, end in dict.fromkeys((start, end) for start, end, _ in ways if end):
        verbs = [verb for one, other, verb in ways if (one, other) == (start, end)]
        yield f"    {start} --> {end}: {', '.join(verbs)}"
