"""Reads the OpenAPI document into the rows of its page, so that the page says nothing of its own."""

from typing import Any

import msgspec

Json = dict[str, Any]


class Row(msgspec.Struct, frozen=True):
    """`kind` is a type in words of JSON Schema."""

    name: str
    kind: str
    description: str
    is_required: bool = True


class Address(msgspec.Struct, frozen=True):
    name: str
    method: str
    path: str
    summary: str
    scope: str
    parameters: tuple[Row, ...]
    takes: str
    gives: tuple[str, ...]


class ShapeTable(msgspec.Struct, frozen=True):
    name: str
    fields: tuple[Row, ...]


def list_addresses(document: Json) -> list[Address]:
    return [
        Address(
            operation["operationId"],
            method.upper(),
            path,
            operation["summary"],
            operation.get("description", ""),
            tuple(map(make_row, operation["parameters"])),
            name_body(operation),
            tuple(name_answers(operation)),
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def list_shapes(document: Json) -> list[ShapeTable]:
    return [
        ShapeTable(
            name,
            tuple(
                Row(field, name_kind(part), part["description"], field in schema["required"])
                for field, part in schema["properties"].items()
            ),
        )
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def make_row(parameter: Json) -> Row:
    return Row(parameter["name"], name_kind(parameter["schema"]), parameter["description"], parameter["required"])


def name_body(operation: Json) -> str:
    body = operation.get("requestBody")
    return "" if body is None else " | ".join(name_kind(media["schema"]) for media in body["content"].values())


def name_answers(operation: Json) -> list[str]:
    """Status and shape, or status and media type for a file."""
    return [
        f"{status} {name_kind(media.get('schema', {})) or media_type}"
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media_type, media in answer["content"].items()
    ]


def name_kind(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(name_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"[{name_kind(schema['items'])}]"
    return name_bounds(schema)


def name_bounds(schema: Json) -> str:
    kind = str(schema.get("format") or schema.get("type") or "")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None:
        return kind
    return f"{kind} {low}–{high}" if high is not None else f"{kind} ≥ {low}"
