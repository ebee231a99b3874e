"""Draws the table of steps into docs/conversation.md, between two markers: `python -m bots.draw_steps`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bots.conversation import At
from bots.steps import TABLE, Row, Stay

DOCUMENT = Path(__file__).parents[1] / "docs" / "conversation.md"
BEGIN = "<!-- drawn from bots/steps.py by python -m bots.draw_steps -->"
END = "<!-- end of the drawing -->"


def draw_steps() -> str:
    """The ways between places as a diagram, then every row as a line of a table."""
    return "\n".join([*draw_diagram(), "", *draw_table()])


def draw_diagram() -> Iterator[str]:
    """Only the rows of one place: what can be said anywhere would be a line from each place to each other."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {At.NOWHERE}"
    for (start, end), meanings in sorted(collect_ways().items()):
        yield f"    {start} --> {end}: {', '.join(meanings)}"
    yield "```"


def collect_ways() -> dict[tuple[str, str], list[str]]:
    ways: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        for at in row.at:
            for lead in row.leads_to:
                if isinstance(lead, At):
                    ways.setdefault((at, lead), []).append(row.meaning)
    return ways


def draw_table() -> Iterator[str]:
    yield "| stands at | understood | leads to | what happens |"
    yield "|---|---|---|---|"
    for row in TABLE:
        leads = join(name_lead(lead) for lead in row.leads_to)
        yield f"| {name_places(row)} | {row.meaning} | {leads} | {row.what_happens} |"


def name_places(row: Row) -> str:
    return join(row.at) if row.at else "anywhere"


def name_lead(lead: At | Stay) -> str:
    return f"*{lead}*" if isinstance(lead, Stay) else str(lead)


def join(words: Iterable[str]) -> str:
    return ", ".join(words)


def write_into(document: str) -> str:
    """The document with everything between its markers drawn anew."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{draw_steps()}\n\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(write_into(DOCUMENT.read_text("utf-8")), "utf-8")
