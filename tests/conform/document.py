"""Makes Discord's OpenAPI document usable for plain ``jsonschema``.

The changes:

1. requests only: an integer may be written as a numeric string, and a snowflake as an integer
   (Discord takes both; its own answers are held to the letter);
2. ``oneOf`` becomes ``anyOf``: a numeric nonce matches two branches, and Discord takes it;
3. objects are closed, so that an undocumented or mistyped field is found;
4. an ``allOf`` of objects is closed as a whole;
5. ``date-time`` and ``uri`` are checked, not only annotated.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jsonschema import FormatChecker

Json = Any  # what json.loads returns

FORMATS = FormatChecker(formats=())

_NUMERIC = {"integer", "number"}


def changed(document: Json, *, lenient: bool) -> Json:
    """The paths, schemas and responses of ``document``, changed.

    Args:
        lenient: take what Discord takes in requests; otherwise what it answers.
    """
    changer = Changer(document["components"]["schemas"], lenient=lenient)
    return {
        "paths": changer.change(document["paths"]),
        "components": {
            "schemas": changer.each(document["components"]["schemas"]),
            "responses": changer.change(document["components"].get("responses", {})),
        },
    }


class Changer:
    """Makes the changes of the module's docstring to schemas."""

    def __init__(self, schemas: Mapping[str, Json], *, lenient: bool) -> None:
        self._schemas = schemas
        self._lenient = lenient

    def change(self, node: Json, *, close: bool = True) -> Json:
        """``node`` and everything in it, changed; ``node`` itself left open unless ``close``."""
        if isinstance(node, list):
            return [self.change(item) for item in node]
        if not isinstance(node, dict):
            return node
        schema = {key: self._member(key, value) for key, value in node.items()}
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
        if len(node.get("allOf", ())) > 1:
            schema["allOf"] = [self.change(self._resolved(b), close=False) for b in node["allOf"]]
            schema["unevaluatedProperties"] = False
        elif close and isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
        return self._loosened(schema) if self._lenient else schema

    def each(self, schemas: Mapping[str, Json]) -> Json:
        """Every schema of a map from free names to schemas, changed."""
        return {name: self.change(schema) for name, schema in schemas.items()}

    def _member(self, key: str, value: Json) -> Json:
        # The names of properties are free: one may be called "oneOf" or "properties".
        if key == "properties" and isinstance(value, dict):
            return self.each(value)
        return value if key in {"enum", "const", "required"} else self.change(value)

    def _resolved(self, branch: Json) -> Json:
        if "$ref" in branch:
            return self._schemas[branch["$ref"].rsplit("/", 1)[1]]
        return branch

    @staticmethod
    def _loosened(schema: dict[str, Json]) -> dict[str, Json]:
        declared = schema.get("type")
        types = declared if isinstance(declared, list) else [declared]
        if schema.get("format") == "snowflake" and "string" in types:
            schema["type"] = [*types, "integer"]
        elif _NUMERIC & {t for t in types if isinstance(t, str)} and "string" not in types:
            schema["type"] = [*types, "string"]
            schema.setdefault("pattern", r"^-?\d+$")
        return schema


@FORMATS.checks("date-time")
def _is_instant(value: object) -> bool:
    if not isinstance(value, str):
        return True
    with suppress(ValueError):
        return datetime.fromisoformat(value).tzinfo is not None
    return False


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)
