"""No number about people or small groups leaves but through dashboards/disclosure: who may see the others is a list."""

import ast
import re
from typing import get_args, get_type_hints

import msgspec
import polars as pl
import pytest

from dashboards.disclosure.readers import narrow_score
from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.releases.compute import compute_release
from dashboards.results import ProvinceResults, UnitResults
from tests.house_rules.project import ROOT, list_files, list_source_files, name_file, parse_file

# What indicators tell about the method, not about anybody.
METHOD = {"registry", "parameters", "parameter_sets", "roles"}
# Tables whose functions read counts or single ratings: what they give is unreleased.
COUNT_TABLES = {
    "alert_inputs",
    "area_counts",
    "consistency",
    "count_rows",
    "daily_counts",
    "desk_dossier_counts",
    "drop_watch",
    "exclusions",
    "rated_days",
    "release_inputs",
    "weekly_counts",
}
READS_COUNTS = re.compile(r"\b(FROM|JOIN)\s+daily_counts\b")
# Who may hold unreleased numbers, and to what end. All others get structs that passed the gate, or nothing.
HOLDERS = {
    "dashboards/counts.py": "reads frames for results.py",
    "dashboards/results.py": "calls the gate for public pages",
    "dashboards/releases/": "scores, calls the gate, stores what passed",
    "dashboards/drops/": "watches for drops; stores where and when, not what was answered",
    "feedback/rebuild.py": "counts the rows again",
    "feedback/check.py": "looks whether counts and rows agree, and says only that",
    "feedback/dossier_intake.py": "flags days on which fewer dossiers than ratings were handed in",
    "feedback/exclude_ratings.py": "sets ratings of a granted review aside",
    "dashboards/command_line/alerts.py": "lists where and when a drop was seen",
    "dashboards/supervision/alerts/": "looks for causes, freezes what passed the gate as evidence",
    "dashboards/supervision/counts.py": "reads the frames of an area for the modules below",
    "dashboards/supervision/read_figures.py": "calls the gate for supervisors' pages",
    "dashboards/supervision/read_narrow.py": "the same for units, desks and communes",
    "dashboards/supervision/read_wide.py": "the same for provinces and the nation",
    "dashboards/supervision/roll_up.py": "rolls counts up by weeks for wide areas",
    "dashboards/cases/indicators.py": "calls the gate for what a case found and what became of it",
    "dashboards/checks/gaps.py": "sets checks beside ratings, calls the gate",
    "feedback/catalogue/": "asks for the last rated day of what a change would end, and no count",
    "dashboards/staff/open_reviews.py": "tells those who decide how many ratings a review is about, to the nearest 5",
}
INSIDE = ("dashboards/indicators/", "dashboards/disclosure/", "feedback/tables/")


# Who may take frames from these; their results have passed the gate.
FRAMES = {"dashboards.counts": {"dashboards/read_results.py"}}


def list_imported_modules(tree: ast.AST) -> set[str]:
    """Modules by every way of naming them: `import a.b`, `from a.b import c`, `from a import b`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def find_unreleased(tree: ast.AST) -> set[str]:
    """The imported modules that give numbers which passed no gate."""
    names = list_imported_modules(tree)
    indicators = {name.split(".")[2] for name in names if re.match(r"dashboards\.indicators\.\w", name)}
    tables = {name.split(".")[2] for name in names if re.match(r"feedback\.tables\.\w", name)}
    return {f"dashboards.indicators.{name}" for name in indicators - METHOD} | {
        f"feedback.tables.{name}" for name in tables & COUNT_TABLES
    }


def is_holder(name: str) -> bool:
    return name.startswith(INSIDE) or any(
        name.startswith(holder) if holder.endswith("/") else name == holder for holder in HOLDERS
    )


def test_only_these_modules_hold_numbers_that_passed_no_gate() -> None:
    found = {
        name_file(file): unreleased
        for file in list_source_files()
        if not is_holder(name_file(file)) and (unreleased := find_unreleased(parse_file(file)))
    }
    assert found == {}


@pytest.mark.parametrize("source", FRAMES)
def test_routes_get_no_frames(source: str) -> None:
    takers = {name_file(file) for file in list_source_files() if source in list_imported_modules(parse_file(file))}
    assert takers == FRAMES[source]


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_holder_is_there(holder: str) -> None:
    assert (ROOT / holder).exists()


def test_every_table_that_reads_counts_is_known() -> None:
    files = list_files("feedback/tables/*.py")
    found = {file.stem for file in files if READS_COUNTS.search(file.read_text("utf-8"))}
    assert found <= COUNT_TABLES
    assert {file.stem for file in files} >= COUNT_TABLES


@pytest.mark.parametrize(
    "code",
    [
        "import dashboards.indicators.fair_scores",
        "from dashboards.indicators.fair_scores import score_entities",
        "from dashboards.indicators import satisfaction",
        "from dashboards.indicators import cells as anything",
        "from feedback.tables.daily_counts import select_unit_counts",
        "from feedback.tables import count_rows",
        "def f():\n    import feedback.tables.release_inputs",
    ],
)
def test_the_search_finds_every_way_around_the_gate(code: str) -> None:
    assert find_unreleased(ast.parse(code))


@pytest.mark.parametrize("name", ["dashboards/evaluation/export.py", "dashboards/command_line/any.py", "wiring.py"])
def test_a_planted_import_would_be_found_where_it_may_not_be(name: str) -> None:
    assert not is_holder(name)
    assert find_unreleased(ast.parse("from dashboards.indicators.fair_scores import score_entities"))


@pytest.mark.parametrize(
    "code",
    [
        "from dashboards.indicators.registry import INDICATORS",
        "from dashboards.indicators.parameters import Parameters",
        "from dashboards.disclosure.readers import narrow_score",
        "from feedback.tables.releases import select_release",
    ],
)
def test_the_search_leaves_method_and_released_figures_alone(code: str) -> None:
    assert not find_unreleased(ast.parse(code))


def list_types(kind: object, seen: set[object] | None = None) -> set[object]:
    """The type and all that it is made of."""
    seen = set() if seen is None else seen
    if kind in seen:
        return seen
    seen.add(kind)
    for part in get_args(kind):
        list_types(part, seen)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for part in get_type_hints(kind).values():
            list_types(part, seen)
    return seen


@pytest.mark.parametrize("kind", [UnitResults, ProvinceResults, get_type_hints(compute_release)["return"]])
def test_what_holders_hand_on_holds_nothing_unreleased(kind: object) -> None:
    parts = list_types(kind)
    assert pl.DataFrame not in parts
    assert [part for part in parts if getattr(part, "__module__", "").startswith("dashboards.indicators")] == []


def test_who_decodes_a_stored_figure_narrows_it_or_is_its_owners_page() -> None:
    """A stored figure is the owner's: the API, exports and public pages have to take it through narrow_score."""
    owners = ("dashboards/staff/", "dashboards/explain/", "dashboards/releases/", "dashboards/disclosure/")
    decoding = re.compile(r"type=ReleasedScore\b|Decoder\(ReleasedScore\)")
    found = [
        name_file(file)
        for file in list_files("dashboards/*.py", "wiring.py")
        if decoding.search(text := file.read_text("utf-8"))
        and not name_file(file).startswith(owners)
        and f"{narrow_score.__name__}(" not in text
    ]
    assert found == []
    assert "steps" in ReleasedScore.__struct_fields__
