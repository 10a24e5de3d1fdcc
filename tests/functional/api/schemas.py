"""Holds a JSON value against a schema of the OpenAPI document: the part of JSON Schema that the document uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

TYPES: Mapping[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int, "number": float,
}  # fmt: skip
KNOWN = {
    "type", "properties", "required", "items", "$ref", "anyOf", "enum", "format", "pattern", "minimum", "maximum",
    "minLength", "maxLength", "minItems", "maxItems", "additionalProperties", "title", "description", "examples",
    "default", "propertyNames",
}  # fmt: skip


def faults(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, at: str = "$") -> Iterator[str]:
    """Where the value is not what the schema says. A field the schema does not name is a fault, too."""
    if unknown := set(schema) - KNOWN:
        yield f"{at}: this checker does not know {unknown}"
    if "$ref" in schema:
        yield from faults(document, _at(document, schema["$ref"]), value, at)
    elif "anyOf" in schema:
        if all(any(faults(document, each, value, at)) for each in schema["anyOf"]):
            yield f"{at}: {value!r} fits none of {schema['anyOf']}"
    elif "enum" in schema:
        if value not in schema["enum"]:
            yield f"{at}: {value!r} is none of {schema['enum']}"
    elif "type" in schema:
        yield from _of_type(document, schema, value, at)


def _at(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _of_type(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    kind = TYPES[schema["type"]]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        yield f"{at}: {value!r} is no {schema['type']}"
    elif kind is dict:
        yield from _object(document, schema, value, at)
    elif kind is list:
        for place, each in enumerate(value):
            yield from faults(document, schema["items"], each, f"{at}[{place}]")
    elif kind is str:
        yield from _string(schema, value, at)
    elif kind is int and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of bounds"


def _object(document: Mapping[str, Any], schema: Mapping[str, Any], value: Mapping[str, Any], at: str) -> Iterator[str]:
    named, others = schema.get("properties", {}), schema.get("additionalProperties", False)
    for name in set(schema.get("required", ())) - set(value):
        yield f"{at}: {name} is missing"
    for name, each in value.items():
        if name in named:
            yield from faults(document, named[name], each, f"{at}.{name}")
        elif isinstance(others, dict):
            yield from faults(document, others, each, f"{at}.{name}")
        elif not others:
            yield f"{at}: {name} is not in the document"


def _string(schema: Mapping[str, Any], value: str, at: str) -> Iterator[str]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not look like {schema['pattern']}"
    if schema.get("format") == "uuid":
        UUID(value)
    if schema.get("format") == "date-time" and not (value.endswith("Z") and datetime.fromisoformat(value)):
        yield f"{at}: {value!r} is no moment in UTC"
