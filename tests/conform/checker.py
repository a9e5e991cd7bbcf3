"""Checks recorded exchanges against Discord's own OpenAPI schemas.

The document is Discord's, or what ``schemas.mjs`` makes of the npm package that is built from
it; ``document.py`` says how it is read. An answer is checked always, a request when the server
accepted it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.conform.document import FORMATS, Json, changed

_QUERY_WORDS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}


class Exchange(Protocol):
    """One request and its answer, as the rehearsal server records it."""

    method: str
    path: str  # such as "/channels/123/messages"
    query: Mapping[str, str]
    body: Json  # of the request; of a multipart one its payload_json; None for none
    status: int
    answer: Json  # None for none


@dataclass(frozen=True, order=True)
class Finding:
    """One difference between an exchange and Discord's document.

    Attributes:
        operation: method and path template, such as ``POST /channels/{channel_id}/messages``.
        part: ``request``, ``query``, ``response`` or ``operation``.
        pointer: JSON pointer of the value, in the part; a missing or surplus field is named.
        message: what is wrong with it.
    """

    operation: str
    part: str
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.part} {self.pointer or '(whole)'}: {self.message}"


class Conformance:
    """Discord's document, ready to check exchanges.

    Args:
        document: the parsed OpenAPI 3.1 document.
    """

    def __init__(self, document: Json) -> None:
        self._operations = [
            (path.strip("/").split("/"), f"{method.upper()} {path}", operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if method != "parameters"
        ]
        self._registry: Registry[Any] = Registry().with_resources(
            (name, DRAFT202012.create_resource(changed(document, lenient=lenient)))
            for name, lenient in (("urn:request", True), ("urn:response", False))
        )
        self._document = document
        self._validator = cache(self._new_validator)

    @classmethod
    def from_file(cls, path: Path) -> Conformance:
        """The document in the JSON file ``path``."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def check(self, exchange: Exchange) -> list[Finding]:
        """Every difference of one exchange; empty when it is as Discord documents it."""
        if exchange.status >= 500:
            return []  # nothing was accepted, and Discord documents no shape for its own faults
        name, operation = self._operation(exchange.method, exchange.path)
        if operation is None:
            return [Finding(name, "operation", "", "Discord documents no such operation")]
        found = list(self._answer(name, operation, exchange))
        if exchange.status < 300:
            found += self._body(name, operation, exchange.body)
            found += self._query(name, operation, exchange.query)
        return found

    def check_component(self, label: str, component: str, value: Json) -> list[Finding]:
        """Check ``value``, which Discord sends, against one named schema of the document."""
        pointer = f"/components/schemas/{component}"
        return list(self._validate(label, "response", ("urn:response", pointer), value))

    # -- one exchange

    def _answer(self, name: str, operation: Json, exchange: Exchange) -> Iterator[Finding]:
        responses = operation["responses"]
        status = str(exchange.status)
        key = next((k for k in (status, f"{status[0]}XX") if k in responses), None)
        if key is None:
            yield Finding(name, "response", "", f"Discord documents no status {status} here")
            return
        where = _pointer("paths", *_split(name), "responses", key)
        answer = responses[key]
        if "$ref" in answer:
            where = answer["$ref"].removeprefix("#")
            answer = self._document["components"]["responses"][where.rsplit("/", 1)[1]]
        yield from self._content(name, "response", where, answer, exchange.answer)

    def _body(self, name: str, operation: Json, body: Json) -> Iterator[Finding]:
        where = _pointer("paths", *_split(name), "requestBody")
        yield from self._content(name, "request", where, operation.get("requestBody", {}), body)

    def _content(
        self, name: str, part: str, where: str, described: Json, body: Json
    ) -> Iterator[Finding]:
        content = described.get("content", {})
        if not content:
            if body not in (None, {}, b""):
                yield Finding(name, part, "", "Discord documents no body here")
            return
        if body is None:
            if part == "response":
                yield Finding(name, part, "", "a body is missing")
            return
        kind = "application/json" if "application/json" in content else next(iter(content))
        pointer = where + _pointer("content", kind, "schema")
        yield from self._validate(name, part, (f"urn:{part}", pointer), body)

    def _query(self, name: str, operation: Json, query: Mapping[str, str]) -> Iterator[Finding]:
        path, method = _split(name)
        known = {
            parameter["name"]: (_pointer(*where, "parameters", str(number), "schema"), parameter)
            for where, parameters in (
                (("paths", path), self._document["paths"][path].get("parameters", [])),
                (("paths", path, method), operation.get("parameters", [])),
            )
            for number, parameter in enumerate(parameters)
        }
        for key, text in query.items():
            if key not in known:
                yield Finding(name, "query", f"/{key}", "Discord documents no such parameter")
                continue
            where, parameter = known[key]
            boolean = parameter["schema"].get("type") == "boolean"
            value = _QUERY_WORDS.get(text, text) if boolean else text
            for finding in self._validate(name, "query", ("urn:request", where), value):
                yield replace(finding, pointer=f"/{key}")

    # -- validators

    def _validate(
        self, name: str, part: str, where: tuple[str, str], value: Json
    ) -> Iterator[Finding]:
        for error in self._validator(where).iter_errors(value):
            for leaf in _leaves(error):
                for pointer, message in _told(leaf):
                    yield Finding(name, part, pointer, message)

    def _new_validator(self, where: tuple[str, str]) -> Draft202012Validator:
        return Draft202012Validator(
            {"$ref": f"{where[0]}#{where[1]}"}, registry=self._registry, format_checker=FORMATS
        )

    def _operation(self, method: str, path: str) -> tuple[str, Json]:
        parts = path.strip("/").split("/")
        matches = [
            (sum(a != b for a, b in zip(template, parts, strict=True)), name, operation)
            for template, name, operation in self._operations
            if name.startswith(f"{method} ")
            and len(template) == len(parts)
            and all(a == b or a.startswith("{") for a, b in zip(template, parts, strict=True))
        ]
        if not matches:
            return f"{method} {re.sub(r'[0-9]{5,}', '*', path)}", None
        _, name, operation = min(matches, key=lambda match: match[:2])
        return name, operation


def _split(name: str) -> tuple[str, str]:
    method, path = name.split(" ", 1)
    return path, method.lower()


def _pointer(*parts: str) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors that matter: of an ``anyOf``, those of the branch that was meant.

    The branch meant is the one whose constants (``type`` of a component, a channel or a
    command) fit, then the one that got deepest, then the one with the fewest errors.
    """
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    if not branches:
        yield error
        return
    if error.validator != "anyOf":
        chosen = [inner for inners in branches.values() for inner in inners]
    else:
        chosen = min(branches.values(), key=_badness)
    for inner in chosen:
        yield from _leaves(inner)


def _badness(errors: list[ValidationError]) -> tuple[bool, bool, int]:
    depth = min(len(error.relative_path) for error in errors)
    wrong_kind = any(e.validator in {"const", "enum"} and len(e.relative_path) <= 1 for e in errors)
    wrong_type = any(e.validator == "type" and not e.relative_path for e in errors)
    return wrong_type, wrong_kind, len(errors) - depth


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Pointer and sentence; one for each missing or surplus field."""
    here = _pointer(*(str(part) for part in error.absolute_path))
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        named = [name for name in missing if error.message.startswith(repr(name))]
        for name in named:
            yield f"{here}/{name}", "a required field is missing"
    elif error.validator in {"additionalProperties", "unevaluatedProperties"}:
        branches = [error.schema, *error.schema.get("allOf", ())]
        known = {key for branch in branches for key in branch.get("properties", ())}
        for name in error.instance:
            if name not in known and repr(name) in error.message:
                yield f"{here}/{name}", "Discord documents no such field"
    else:
        yield here, error.message[:200]
