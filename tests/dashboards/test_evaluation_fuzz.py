"""A short run of tools/fuzz_api.py; the long one is `make fuzz`."""

from pathlib import Path

from dashboards.evaluation.api_routes import ROUTES
from tests.dashboards.evaluation_stage import fill_evaluation_world, serve_evaluation
from tools.fuzz_api import ALL_PHASES, fuzz, make_roles

# All phases once; the other roles are refused at the door, or see less of the same.
PHASES = {"full": ALL_PHASES}


async def test_no_role_of_key_finds_a_fault_or_an_answer_that_is_not_documented(
    database_url: str, tmp_path: Path
) -> None:
    await fill_evaluation_world(database_url)
    async with serve_evaluation(database_url, tmp_path) as client:
        for role, authorization in (await make_roles(database_url)).items():
            phases = PHASES.get(role, "examples,fuzzing")
            run = await fuzz(str(client.base_url).rstrip("/"), role, authorization, tmp_path, 5, phases)
            assert run.is_good, run.output
            assert run.requests.keys() >= {f"{route.method.upper()} {route.path}" for route in ROUTES}
