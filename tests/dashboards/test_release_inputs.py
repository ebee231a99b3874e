"""The bytes of a release: kept frames come back as they were, and a digest moves with whatever moves."""

import json
from typing import Any

import msgspec
import polars as pl
import pytest

from dashboards.indicators.eligible_counts import eligible_counts
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.roles import RoleName
from dashboards.indicators.satisfaction import SCORES
from dashboards.releases.children import find_homes, list_children, place_entities
from dashboards.releases.compute import compute_release
from dashboards.releases.contents import count_differences, digest_content
from dashboards.releases.corrections import KEY, Corrected, sum_by_day
from dashboards.releases.inputs import KEPT, ReleaseInput, digest_input, list_kept, pack_frame, unpack_frame
from dashboards.releases.method import IN_USE
from dashboards.releases.quarters import read_quarter
from feedback.tables.releases import ReleasePool
from tests.dashboards.fair_frames import Scores, make_counts, make_lookups

LOOKUPS = make_lookups(units=2, procedures=6)
NOTHING = pl.DataFrame(schema=dict.fromkeys([*KEY, *SCORES], pl.Int64))


def make_input(*rows: tuple[dict[str, Any], Scores], completed: int = 500) -> ReleaseInput:
    counts = sum_by_day(make_counts(*rows).drop("desk_id"))
    dossiers = pl.DataFrame([(1, "1.1", completed)], schema=KEPT["dossiers"], orient="row")
    return ReleaseInput(read_quarter("2026-Q3"), 400, Corrected(counts, NOTHING, NOTHING), LOOKUPS, dossiers)


MIXED = make_input(
    ({}, (1, 2, 3, 14, 20)),
    ({"official_id": 2}, (4, 2, 8, 4, 20)),
    ({"official_id": 2, "unit_id": 2}, (4, 2, 8, 4, 2)),
    ({"official_id": 3}, (0, 0, 1, 1, 2)),
    ({"proof_class": "C"}, (9, 1, 1, 1, 9)),
    ({"official_id": 0}, (1, 1, 1, 1, 9)),
)


def place(role: RoleName) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Where the ratings of MIXED are from, and the children that the gate gets."""
    counts = MIXED.corrected.counts
    eligible, whole = (eligible_counts(counts, name, PARAMETERS_2026_1) for name in (role, "unit"))
    placed = place_entities(eligible, LOOKUPS, role, PARAMETERS_2026_1)
    return placed, list_children(whole, eligible, placed, LOOKUPS, role)


def list_sums(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return frame.with_columns(pl.sum_horizontal(SCORES).alias("n")).select(*names, "n").sort(names).rows()


def test_what_of_a_unit_belongs_to_no_official_is_a_row_of_its_own() -> None:
    # Unit 1: 40, 38 and 4 proved ratings of officials 1, 2, 3; 21 of class C and 13 that name nobody make 34.
    _, children = place("official")
    assert list_sums(children, "unit_id", "entity_id") == [(1, 0, 34), (1, 1, 40), (1, 2, 38), (1, 3, 4), (2, 2, 20)]
    assert children.filter(entity_id=0)["pool"].to_list() == [""]


def test_units_and_procedures_have_their_children_too() -> None:
    assert list_sums(place("unit")[1], "unit_id", "entity_id") == [(1, 1, 116), (2, 2, 20)]
    assert list_sums(place("procedure")[1], "unit_id", "entity_id") == [(1, 1, 116), (2, 1, 20)]


def test_an_official_is_at_home_where_most_ratings_were_given() -> None:
    homes = find_homes(place("official")[0], LOOKUPS, "official").sort("entity_id")
    assert homes.select("entity_id", "unit_id", "title_id", "area_type").rows() == [
        (1, 1, 1, "rural"),
        (2, 1, 1, "rural"),
        (3, 1, 1, "rural"),
    ]
    of_procedure = find_homes(place("procedure")[0], LOOKUPS, "procedure")
    assert of_procedure.select("unit_id", "title_id", "area_type").unique().rows() == [(0, 0, "")]


def test_a_kept_frame_comes_back_as_it_was() -> None:
    odd = pl.DataFrame(
        {"procedure_id": [2, 1], "code": ['1."x",\n', ""], "field": ["Hộ tịch", "-1"]}, schema=KEPT["procedures"]
    )
    lookups = msgspec.structs.replace(LOOKUPS, procedures=odd)
    for name, frame in list_kept(lookups, MIXED.dossiers).items():
        assert unpack_frame(name, pack_frame(frame)).equals(frame), name
    assert list_kept(lookups, MIXED.dossiers).keys() == KEPT.keys()


def test_the_same_input_has_one_digest_and_any_other_another() -> None:
    changed = [
        MIXED,
        make_input(({}, (1, 2, 3, 14, 21))),
        msgspec.structs.replace(MIXED, quarter=read_quarter("2026-Q4")),
        msgspec.structs.replace(MIXED, data_cut=401),
        msgspec.structs.replace(MIXED, dossiers=MIXED.dossiers.with_columns(completed=pl.lit(501, pl.Int64))),
        msgspec.structs.replace(MIXED, lookups=make_lookups(units=2, procedures=6, open_flags=(1,))),
    ]
    assert len({digest_input(entry) for entry in changed}) == len(changed)
    reversed_lookups = msgspec.structs.replace(LOOKUPS, units=LOOKUPS.units.reverse())
    assert digest_input(msgspec.structs.replace(MIXED, lookups=reversed_lookups)) == digest_input(MIXED)


def test_the_same_input_gives_the_same_content_and_dossiers_move_only_units() -> None:
    first, again = (compute_release(MIXED, IN_USE) for _ in range(2))
    assert digest_content(first) == digest_content(again)
    other = compute_release(make_input(({}, (1, 2, 3, 14, 20)), completed=900), IN_USE)
    assert digest_content(other) != digest_content(first)
    moved = compute_release(
        msgspec.structs.replace(MIXED, dossiers=MIXED.dossiers.with_columns(completed=pl.lit(0, pl.Int64))), IN_USE
    )
    assert {row.role for row in set(first.scores) ^ set(moved.scores)} <= {"unit"}


def test_a_row_more_is_a_difference() -> None:
    content = compute_release(MIXED, IN_USE)
    more = msgspec.structs.replace(content, pools=(*content.pools, ReleasePool(0, "unit", "x", "{}")))
    assert count_differences(content, more) == 1
    assert digest_content(content) != digest_content(more)


@pytest.mark.parametrize("rows", [[], [({"official_id": 0, "procedure_id": 0}, (0, 0, 0, 0, 3))]], ids=["none", "few"])
def test_little_or_nothing_can_be_released_too(rows: list[tuple[dict[str, Any], Scores]]) -> None:
    content = compute_release(make_input(*rows), IN_USE)
    assert {row.grade for row in content.scores} <= {"none"}
    assert all(json.loads(row.figure)["n"] is None for row in content.scores)
