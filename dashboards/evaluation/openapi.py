"""Writes the OpenAPI 3.1 document from the shapes that are answered and the table of addresses. Reads nothing else."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from dashboards.evaluation.api_routes import PARAMETERS, ROUTES, ApiRoute
from dashboards.evaluation.downloads import MEDIA_TYPES
from dashboards.evaluation.examples import EXAMPLES, PROBLEM_EXAMPLES
from dashboards.evaluation.issuer_shapes import Problem, RefusedItem, SlipBatch, SlipItem
from feedback.web.bodies import JSON
from feedback.web.replies import PROBLEM
from surveys.wording import Wording

REFERENCE = "#/components/schemas/{name}"
VERSION = "1.0.0"
EITHER_SLIP = {"anyOf": [{"$ref": REFERENCE.format(name=shape.__name__)} for shape in (SlipItem, RefusedItem)]}
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "lnk_…"}

Json = dict[str, Any]


def make_document(wording: Wording) -> Json:
    """The whole document in one language."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": wording.say("api-docs.title"),
            "version": VERSION,
            "description": wording.say("api-docs.intro"),
            "license": {"name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only"},
        },
        "servers": [{"url": "/"}],
        "paths": make_paths(wording),
        "components": {
            "schemas": make_schemas(wording),
            "securitySchemes": {"key": {**BEARER, "description": wording.say("api-docs.key")}},
        },
    }


def make_paths(wording: Wording) -> Json:
    paths: Json = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = make_operation(route, wording)
    return paths


def make_operation(route: ApiRoute, wording: Wording) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": wording.say(f"api-route.{route.name}"),
        "parameters": [make_parameter(name, route, wording) for name in list_parameters(route)],
        "responses": make_responses(route, wording),
        "security": [{"key": []}] if route.scope else [],
    }
    if route.scope:
        operation["description"] = wording.say("api-docs.scope", scope=route.scope)
    if route.body:
        schemas = [make_schema(shape) for shape in route.body]
        schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
        content = {JSON: {"schema": schema, "example": EXAMPLES[f"{route.name}.body"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def list_parameters(route: ApiRoute) -> list[str]:
    return [*re.findall(r"{(\w+)}", route.path), *route.query, *([] if route.method == "post" else ["lang"])]


def make_parameter(name: str, route: ApiRoute, wording: Wording) -> Json:
    schema, example = PARAMETERS[name]
    is_path = f"{{{name}}}" in route.path
    return {
        "name": name,
        "in": "path" if is_path else "query",
        "required": is_path or name in route.required,
        "description": wording.say(f"api-parameter.{name}"),
        "schema": dict(schema),
        **({} if example is None else {"example": example}),
    }


def make_responses(route: ApiRoute, wording: Wording) -> Json:
    responses: Json = {}
    for status, shape in sorted(route.answers.items()):
        media_type, content = make_content(route, shape)
        responses[f"{status}"] = {
            "description": wording.say("api-docs.answer"),
            "headers": make_headers(route),
            "content": {media_type: content},
            **make_links(route),
        }
    if route.method == "get":
        responses["304"] = {"description": wording.say("api-docs.unchanged"), "headers": {"ETag": ENTITY_TAG}}
    for status in sorted(route.problems):
        reference = {"$ref": REFERENCE.format(name=Problem.__name__)}
        responses[f"{status}"] = {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM: {"schema": reference, "example": PROBLEM_EXAMPLES[status]}},
        }
    return responses


def make_content(route: ApiRoute, shape: Any) -> tuple[str, Json]:  # noqa: ANN401 (any shape)
    """The media type of an answer and its schema; a file has none."""
    if route.file is not None:
        return MEDIA_TYPES[route.file].partition(";")[0], {}
    example = EXAMPLES.get(getattr(shape, "__name__", ""))
    return JSON, {"schema": make_schema(shape), **({} if example is None else {"example": example})}


ENTITY_TAG = {"schema": {"type": "string", "pattern": '^"[0-9a-f]+(-br|-gzip)?"$'}}


def make_headers(route: ApiRoute) -> Json:
    headers = {"ETag": ENTITY_TAG} if route.method == "get" else {}
    return {**headers, **({"Link": {"schema": {"type": "string"}}} if "cursor" in route.query else {})}


def make_links(route: ApiRoute) -> Json:
    links = {
        name: {"operationId": operation, "parameters": dict(parameters)}
        for name, (operation, parameters) in route.links.items()
    }
    return {"links": links} if links else {}


def make_schema(shape: Any) -> Json:  # noqa: ANN401 (any shape)
    return msgspec.json.schema_components([shape], ref_template=REFERENCE)[0][0]


def make_schemas(wording: Wording) -> Json:
    """All shapes by name, each field with its sentence."""
    shapes = [shape for route in ROUTES for shape in (*route.answers.values(), *(route.body or ())) if shape]
    _, schemas = msgspec.json.schema_components([*shapes, Problem, SlipItem, RefusedItem], ref_template=REFERENCE)
    schemas[SlipBatch.__name__]["properties"]["slips"]["items"] = EITHER_SLIP
    for schema in schemas.values():
        schema.pop("description", None)
    for name, part in list_fields(schemas):
        part["description"] = wording.say(f"api-field.{name}")
    return schemas


def list_fields(schemas: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Every field of every shape: its name and its own schema."""
    for schema in schemas.values():
        yield from schema.get("properties", {}).items()
