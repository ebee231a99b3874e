"""`make fuzz`: Schemathesis against all of /api/v1, all its phases, once for each role of key.

A fault (5xx) or an answer that is not what the OpenAPI document says ends it with exit code 1.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from dashboards.evaluation.api_routes import ROUTES
from dashboards.evaluation.openapi import make_document
from feedback.api_keys import Reach
from feedback.database import open_connection
from feedback.folders import FEEDBACK
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.dashboards.evaluation_stage import add_evaluation_world, serve_evaluation
from tests.feedback.slip_stage import add_key, find_today
from tools.bench.scratch import make_store, start_server
from wiring import DASHBOARDS

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# A cursor that nobody made is refused, and so is a unit that is not there: 400 and 404 are right answers to both.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403", "404", "409", "422", "429", "503"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "413", "415", "422", "429", "503"]
"""
NO_LIMIT = 1_000_000_000
ALL_PHASES = "examples,coverage,fuzzing,stateful"
LOCALES = [LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"]


class Run(msgspec.Struct, frozen=True):
    """What one role of key brought: requests that were sent to each address, and what Schemathesis said at the end."""

    role: str
    is_good: bool
    requests: Counter[str]
    output: str


async def make_roles(database_url: str) -> dict[str, str]:
    """What each role sends as Authorization; the empty text: nothing."""
    today, everything = find_today(), ("evaluation", "slips", "dossiers")

    async def make(number: int, **changes: object) -> str:
        return (await add_key(database_url, number, **{"quota": NO_LIMIT, **changes}))["authorization"]

    full = await make(1, scopes=everything)
    return {
        "full": full,
        "narrow reach": await make(2, scopes=everything, reach=Reach(units=("32041",))),
        "narrow scope": await make(3, scopes=("slips",)),
        "expired": await make(4, made_on=today - timedelta(days=300), expires_on=today - timedelta(days=10)),
        "wrong": full[:-3] + "zzz",
        "no key": "",
    }


async def fuzz(address: str, role: str, authorization: str, folder: Path, examples: int, phases: str) -> Run:
    """One run of Schemathesis as one role, on the program at `address`; its files go to `folder`."""
    configuration, document = folder / "schemathesis.toml", folder / "openapi.json"
    report = folder / f"{role.replace(' ', '-')}.ndjson"
    configuration.write_text(CONFIGURATION)
    document.write_bytes(msgspec.json.encode(make_document(read_wordings(LOCALES)["en"])))
    arguments = [
        *(f"--config-file={configuration}", "run", f"{document}", f"--url={address}", f"--phases={phases}"),
        *(f"--max-examples={examples}", "--suppress-health-check=all", "--continue-on-failure", "--warnings=off"),
        *("--request-timeout=30", "--seed=1", f"--report-ndjson-path={report}"),
    ]
    if authorization:
        arguments.append(f"--header=Authorization: {authorization}")
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS, *arguments, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return Run(role, process.returncode == 0, count_requests(report), output.decode())


def count_requests(report: Path) -> Counter[str]:
    """Requests by method and address, of all phases."""
    counts: Counter[str] = Counter()
    for line in report.read_text("utf-8").splitlines():
        for event in msgspec.json.decode(line, type=dict[str, Any]).values():
            for case in event.get("recorder", {}).get("cases", {}).values():
                counts[f"{case['value']['method']} {case['value']['path']}"] += 1
    return counts


async def fuzz_all(examples: int, phases: str) -> bool:
    """Whether every role was answered rightly; tells of each as soon as it is known."""
    is_good = True
    with start_server() as server, tempfile.TemporaryDirectory() as name:
        database_url = await make_store(server, "fuzz")
        connection = await open_connection(database_url)
        await add_evaluation_world(connection)
        await connection.close()
        async with serve_evaluation(database_url, Path(name)) as client:
            address = str(client.base_url).rstrip("/")
            for role, authorization in (await make_roles(database_url)).items():
                run = await fuzz(address, role, authorization, Path(name), examples, phases)
                tell(run)
                is_good &= run.is_good
    return is_good


def tell(run: Run) -> None:
    documented = {f"{route.method.upper()} {route.path}" for route in ROUTES}
    counts = {address: run.requests[address] for address in sorted(documented)}
    print(f"{run.role}: {'good' if run.is_good else 'BAD'}, {sum(run.requests.values())} requests")
    for address, count in counts.items():
        print(f"  {count:>6} {address}", flush=True)
    if not run.is_good:
        print(run.output, flush=True)


@click.command()
@click.option("--examples", default=1000, show_default=True, help="At most, for each address, phase and role.")
@click.option("--phases", default=ALL_PHASES, show_default=True)
def main(examples: int, phases: str) -> None:
    """Fuzz all addresses of /api/v1 as every role of key."""
    sys.exit(not asyncio.run(fuzz_all(examples, phases)))


if __name__ == "__main__":
    main()
