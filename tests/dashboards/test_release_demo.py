"""The small demo releases its closed quarters, and they show every grade there is."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from dashboards.releases.publish import close_due_quarters
from dashboards.releases.verify import verify_release
from feedback.database import Connection, open_connection
from feedback.demo.load import load_demo
from feedback.demo.recipe import SMALL
from feedback.tables.releases import ReleaseScore, count_release_grades, select_release_scores
from tests.dashboards.release_stage import say_moment

DAY = date(2026, 11, 20)


@pytest.fixture
async def demo(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    await load_demo(connection, SMALL, DAY, lambda _: None)
    yield connection
    await connection.close()


def list_grades(scores: list[ReleaseScore], survey: str) -> set[str]:
    return {row.grade for row in scores if row.role == "official" and row.pool.startswith(f"{survey}.")}


async def test_the_demo_closes_its_quarters_and_shows_every_grade(demo: Connection) -> None:
    made = await close_due_quarters(demo, say_moment(DAY))
    assert [release.code for release in made] == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    assert await close_due_quarters(demo, say_moment(DAY)) == []
    for release in made[1:]:
        grades = await count_release_grades(demo, release.release_id)
        assert all(grades.get(("official", grade), 0) > 0 for grade in ("A", "B", "owner", "none"))
    scores = await select_release_scores(demo, made[-1].release_id)
    # Ratings of businesses are an eighth of all: enough to be read, not enough to weigh.
    assert list_grades(scores, "citizen") == {"A", "B", "owner", "none"}
    assert "B" in list_grades(scores, "business")
    assert {row.unit_id for row in scores if row.role == "unit"} == {1, 2, 3}
    assert (await verify_release(demo, "2026-Q3")).is_good
