"""Looks at the store after each step: what must hold of cases whatever anybody tried. Raises AssertionError."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from dashboards.cases.keep_history import NOTED
from feedback.tables.supervision_cases import CASE, CaseEvent, SupervisionCase
from tests.dashboards.case_model import ModelCase, find_undrawn_step
from tests.dashboards.case_stage import CaseStage

FROZEN = (
    *("unit_id", "desk_id", "official_id", "procedure_id", "origin", "alert_id", "round_id", "title", "findings"),
    *("recommendation", "legal_basis", "evidence", "sent_at", "opened_by", "opened_at"),
)
SELECT_CASES = f"SELECT {CASE} FROM supervision_cases WHERE case_id = ANY ($1)"  # noqa: S608 (names of columns)
SELECT_EVENTS = (
    f"SELECT event_id, {', '.join(CaseEvent.__struct_fields__)} FROM case_events"  # noqa: S608 (names of columns)
    " WHERE event_id > $1 ORDER BY event_id"
)
SELECT_ENTRIES = """
SELECT entry_id, action, object_code FROM audit_log WHERE entry_id > $1 AND object_kind = 'case' ORDER BY entry_id
"""
# All that the unit may see of these cases, as its manager's page would read it.
SELECT_UNIT_VIEW = """
SELECT (SELECT array_agg(case_id ORDER BY case_id) FROM supervision_cases WHERE case_id = ANY ($1)) AS cases,
       (SELECT count(*) FROM case_events WHERE case_id = ANY ($1)
        AND (audience = 'front' OR state IN ('draft', 'discarded'))) AS hidden,
       (SELECT count(*) FROM case_events WHERE case_id = ANY ($1)) AS events,
       (SELECT array_agg(case_id || ' ' || name) FROM case_files WHERE case_id = ANY ($1)) AS files
"""


class Seen(msgspec.Struct):
    """What the store was last seen to hold of the cases of one walk."""

    cases: dict[int, SupervisionCase] = msgspec.field(default_factory=dict)
    frozen: dict[int, tuple[object, ...]] = msgspec.field(default_factory=dict)
    paths: dict[int, list[tuple[str, str]]] = msgspec.field(default_factory=dict)
    shown: int = 0
    last_event: int = 0
    last_entry: int = 0


async def start_looking(stage: CaseStage) -> Seen:
    """From here on: what was there before is another walk's."""
    event = await stage.connection.fetchval("SELECT coalesce(max(event_id), 0) FROM case_events")
    entry = await stage.connection.fetchval("SELECT coalesce(max(entry_id), 0) FROM audit_log")
    return Seen(last_event=int(event or 0), last_entry=int(entry or 0))


async def look(stage: CaseStage, seen: Seen, models: Mapping[int, ModelCase]) -> None:
    """Takes in what is new, and compares all of it."""
    looking = asyncio.ensure_future(stage.unit_view.fetchrow(SELECT_UNIT_VIEW, list(models)))
    try:
        await take_in(stage, seen, models)
    finally:
        view = await looking  # also where something was wrong: the connection is used on
    assert view is not None
    for case_id, model in models.items():
        compare(seen, model, seen.cases[case_id])
    compare_unit_view(seen, view)
    assert sorted(view["files"] or []) == list_shared_files(models), "the unit sees other files than those for both"


def list_shared_files(models: Mapping[int, ModelCase]) -> list[str]:
    sent = [model for model in models.values() if model.was_sent]
    return sorted(f"{model.case_id} {name}" for model in sent for name, audience in model.files if audience == "both")


async def take_in(stage: CaseStage, seen: Seen, models: Mapping[int, ModelCase]) -> None:
    """Each event has its entry in the audit log, each entry its event, in the same order."""
    rows = await stage.connection.fetch(SELECT_CASES, list(models))
    seen.cases = {row["case_id"]: SupervisionCase(**dict(row)) for row in rows}
    events = await stage.connection.fetch(SELECT_EVENTS, seen.last_event)
    entries = await stage.connection.fetch(SELECT_ENTRIES, seen.last_entry)
    assert [(row["action"], row["object_code"]) for row in entries] == [
        (NOTED[row["deed"]], str(row["case_id"])) for row in events
    ], "events and the audit log tell different things"
    for row in events:
        seen.paths.setdefault(row["case_id"], []).append((row["deed"], row["state"]))
        seen.shown += row["audience"] == "both"
        seen.last_event = row["event_id"]
    seen.last_entry = entries[-1]["entry_id"] if entries else seen.last_entry


def compare(seen: Seen, model: ModelCase, case: SupervisionCase) -> None:
    path = seen.paths[case.case_id]
    assert find_undrawn_step(path) is None, find_undrawn_step(path)
    assert path[-1][1] == case.state, f"{case.state} without an event"
    assert (case.state, case.level, path) == (model.state, model.level, model.path)
    assert case.due_on == model.due_on
    if case.sent_at is not None:
        now = tuple(getattr(case, name) for name in FROZEN)
        assert seen.frozen.setdefault(case.case_id, now) == now, "what was found has changed"


def compare_unit_view(seen: Seen, view: Mapping[str, Any]) -> None:
    """No draft, nothing that the Front keeps to itself; of what was sent, everything else."""
    assert view["hidden"] == 0, "the unit sees what is the Front's alone"
    sent = sorted(case_id for case_id, case in seen.cases.items() if case.sent_at is not None)
    assert (view["cases"] or []) == sent, "the unit sees other cases than those that were sent"
    assert view["events"] == seen.shown
