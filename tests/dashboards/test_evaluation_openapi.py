import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from dashboards.evaluation.api_routes import ROUTES as TABLE
from dashboards.evaluation.examples import EXAMPLES, PROBLEM_EXAMPLES
from dashboards.evaluation.openapi import list_fields, make_document
from feedback.folders import FEEDBACK
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.dashboards.evaluation_stage import DASHBOARDS, fill_evaluation_world, serve_evaluation
from tests.feedback.slip_stage import add_key
from tests.wired import list_handlers

WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"])
DOCUMENT = make_document(WORDINGS["en"])


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    await fill_evaluation_world(database_url)
    async with serve_evaluation(database_url, tmp_path) as client:
        client.headers.update(await add_key(database_url))
        yield client


def make_validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A schema of the document, with whatever it refers to."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]}, validate_formats=True)


def list_contents() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{operation['operationId']} {status}", media)
        for operations in DOCUMENT["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        for media in answer.get("content", {}).values()
    ]


def test_every_address_is_in_the_document_and_every_one_in_it_is_there() -> None:
    there = {
        (path, method.lower())
        for path, handler in list_handlers()
        if path.startswith("/api/v1/")
        for method in handler.http_methods - {"HEAD"}
    }
    assert there == {(route.path, route.method) for route in TABLE}
    assert there == {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_field_and_parameter_has_its_sentence(language: str) -> None:
    document = make_document(WORDINGS[language])
    assert [name for name, part in list_fields(document["components"]["schemas"]) if not part["description"]] == []
    described = [
        parameter["description"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation["parameters"]
    ]
    assert described
    assert all(described)


@pytest.mark.parametrize(("name", "media"), list_contents(), ids=[name for name, _ in list_contents()])
def test_every_example_is_what_its_schema_says(name: str, media: dict[str, Any]) -> None:
    if "example" in media:
        make_validator(media["schema"]).validate(media["example"])
    else:
        assert name.startswith("download_") or name == "show_openapi 200"


def test_no_example_is_left_over() -> None:
    shown = json.dumps(DOCUMENT["paths"], ensure_ascii=False)
    assert all(json.dumps(example, ensure_ascii=False) in shown for example in EXAMPLES.values())
    assert all(json.dumps(example, ensure_ascii=False) in shown for example in PROBLEM_EXAMPLES.values())


def test_a_field_that_nobody_wrote_down_would_be_noticed() -> None:
    with_name = {**EXAMPLES["OfficialHistory"], "display_name": "Cán bộ mẫu 1"}
    schema = DOCUMENT["components"]["schemas"]["OfficialHistory"]
    assert not make_validator(schema).is_valid(with_name)


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_document_is_served_to_everybody_in_both_languages(site: httpx.AsyncClient, language: str) -> None:
    answer = await site.get(f"/api/v1/openapi.json?lang={language}", headers={"authorization": ""})
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(make_document(WORDINGS[language])))


async def test_what_is_served_is_what_the_document_says(site: httpx.AsyncClient) -> None:
    for route in (route for route in TABLE if route.method == "get"):
        path = route.path.format(release="2026-Q3", official="demo-1", version="2026.1")
        answer = await site.get(path, params={"identifier": "nobody"} if route.required else {})
        assert answer.status_code == (404 if route.required else 200), answer.text
        documented = DOCUMENT["paths"][route.path]["get"]["responses"][f"{answer.status_code}"]
        media = documented["content"][answer.headers["content-type"].partition(";")[0]]
        if "schema" in media:
            make_validator(media["schema"]).validate(answer.json())
