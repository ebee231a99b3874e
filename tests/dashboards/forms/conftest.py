"""One database a file for paper forms, whose tests may change what is in it, with two volunteers and a supervisor."""

from collections.abc import AsyncIterator

import pytest

from feedback.check import check_store
from tests.dashboards.checks_and_forms_stage import HERE, Stage, open_stage
from tests.dashboards.form_stage import Hall, make_hall
from tests.stores import copy_database
from tests.world import make_world


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    home = tmp_path_factory.mktemp("home")
    async with copy_database(server_url, template) as database_url, open_stage(database_url, home) as stage:
        await make_world(stage.connection)
        yield stage
        assert await check_store(stage.connection) == []


@pytest.fixture(scope="module")
async def supervisor(stage: Stage) -> int:
    return await stage.add("giam-sat", "front_supervisor", HERE)


@pytest.fixture(scope="module")
async def people(stage: Stage, supervisor: int) -> tuple[int, int, int]:
    volunteers = [await stage.add(name, "front_volunteer", HERE) for name in ("mot", "hai")]
    return supervisor, volunteers[0], volunteers[1]


@pytest.fixture
async def hall(stage: Stage, people: tuple[int, int, int]) -> Hall:
    return await make_hall(stage, people)
