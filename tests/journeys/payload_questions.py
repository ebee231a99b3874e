"""Every address that staff open by GET, and every name that an address may ask by, with a hostile text behind it."""

import re
from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path
from urllib.parse import quote, urlencode

from tests.journeys.payload_texts import PAYLOADS
from tests.journeys.payload_world import PayloadWorld
from tests.wired import list_handlers
from wiring import DASHBOARDS

ASKED = re.compile(
    r'(?:query_params\.get\(|asked\.get\(|read_query\(request, )"(\w+)"|\("role", "release", [^)]*\)|for name in \("q"'
)
# What is asked by name in a loop, or read by the framework.
LISTED = ("role", "release", "unit", "search", "after", "person", "action", "outcome", "day", "q", "before")
# Refused before anything else is looked at where they are no quarter, no role and so on: asked alone.
STRICT = ("quarter", "rater", "area_type", "role", "release", "after", "unit", "procedure", "area")
TIMES = 1
SAVED = re.compile(r"\{file\}|begin|\.(?:csv|xlsx|pdf)$|/posters$")
OBJECT = re.compile(r"\{(\w+)\}")
# Pages whose objects belong to a role; the others are opened by the supervisor.
ROLES: Mapping[str, str] = {
    "/staff/forms/batches": "front_supervisor",
    "/staff/forms": "front_volunteer",
    "/staff/desks": "head_of_unit",
    **dict.fromkeys(("/staff/catalogue", "/staff/keys", "/staff/kiosks", "/staff/surveys"), "administrator"),
    **dict.fromkeys(("/staff/parameters", "/staff/calendar"), "administrator"),
    "/staff/accounts": "administrator",
    "/staff/audit": "administrator",
    "/staff/me": "official",
    "/staff/unit": "head_of_unit",
    "/staff/scores": "personnel",
    "/staff/reviews": "inspector",
}


def list_names() -> tuple[str, ...]:
    """Every name by which some page reads its address, found in the program's own text."""
    folders = (DASHBOARDS, DASHBOARDS.parent / "feedback" / "web")
    texts = [path.read_text("utf-8") for folder in folders for path in Path(folder).rglob("*.py")]
    found = {name for text in texts for name in ASKED.findall(text) if name}
    return tuple(sorted({*found, *LISTED, *STRICT, "lang"}))


def list_staff_paths() -> list[str]:
    return sorted(
        {path for path, handler in list_handlers() if path.startswith("/staff") and "GET" in handler.http_methods}
    )


def find_role(path: str) -> str:
    return next((role for start, role in ROLES.items() if path.startswith(start)), "front_supervisor")


def list_questions(world: PayloadWorld) -> Iterator[tuple[str, str]]:
    """Role and address: each page asked some times by all names at once, then by a strict name or a code of its own.

    Behind each name stands another text, so that each text is asked by several names, and each name asks by several.
    """
    usual = {
        "area": "u-u1",
        "view": "places",
        "alert": f"{world.alerts[0]}",
        "unit": "u1",
        "account": f"{world.written[0]}",
        "release": "2026-Q3",
        "official": "nobody",
        "token": "x" * 43,
        "case": f"{world.cases.thread}",
        "check": f"{world.cases.round_id}",
        "batch": f"{world.cases.batch_id}",
        "place": "1",
        "form": "1",
        "name": "case_answer_days",
        "survey": "citizen",
    }
    texts = cycle(PAYLOADS)
    # A file is saved, not shown: what stands in files is looked at elsewhere.
    paths = [path for path in list_staff_paths() if not SAVED.search(path)]
    free = [name for name in list_names() if name not in STRICT]
    for number, path in enumerate(paths * TIMES):
        asked = {name: next(texts) for name in free}
        yield find_role(path), f"{path.format_map(usual)}?{urlencode(asked)}"
        strict = STRICT[number % len(STRICT)]
        yield find_role(path), f"{path.format_map(usual)}?{urlencode({strict: next(texts)})}"
        for name in OBJECT.findall(path):
            yield find_role(path), path.format_map(usual | {name: quote(next(texts), safe="")})
