"""The checker finds what Discord would refuse, and lets through what Discord takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tests.conform.allowed import AllowList, Difference
from tests.conform.checker import Conformance, Finding

SNOWFLAKE = {"$ref": "#/components/schemas/SnowflakeType"}
DOCUMENT = {
    "paths": {
        "/things": {
            "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer"}}],
            "post": {
                "parameters": [{"in": "query", "name": "wait", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                    }
                },
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        }
                    },
                    "204": {},
                    "4XX": {"$ref": "#/components/responses/Refusal"},
                },
            },
        },
        "/things/{thing_id}": {"delete": {"responses": {"204": {}}}},
        "/things/@me": {"delete": {"responses": {"200": {}}}},
    },
    "components": {
        "schemas": {
            "SnowflakeType": {
                "type": "string",
                "pattern": "^(0|[1-9][0-9]*)$",
                "format": "snowflake",
            },
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": SNOWFLAKE,
                    "flags": {"type": ["integer", "null"]},
                    "made": {"type": "string", "format": "date-time"},
                    "nonce": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                    "parts": {
                        "type": "array",
                        "items": {
                            "oneOf": [
                                {"$ref": "#/components/schemas/Button"},
                                {"$ref": "#/components/schemas/Row"},
                            ]
                        },
                    },
                },
            },
            "Button": {
                "type": "object",
                "required": ["type", "label"],
                "properties": {
                    "type": {"const": 2},
                    "label": {"type": "string", "maxLength": 5},
                },
            },
            "Row": {
                "type": "object",
                "required": ["type", "parts"],
                "properties": {
                    "type": {"const": 1},
                    "parts": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Button"},
                    },
                },
            },
            "Error": {
                "type": "object",
                "required": ["code"],
                "properties": {"code": {"type": "integer"}},
            },
        },
        "responses": {
            "Refusal": {
                "content": {
                    "application/json": {
                        "schema": {
                            "allOf": [
                                {"$ref": "#/components/schemas/Error"},
                                {"type": "object", "properties": {"why": {"type": "string"}}},
                            ]
                        }
                    }
                }
            }
        },
    },
}


@dataclass
class Sample:
    """An exchange made by hand; as it stands, Discord would take it."""

    method: str = "POST"
    path: str = "/things"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = field(default_factory=lambda: {"id": "1"})
    status: int = 200
    answer: Any = field(default_factory=lambda: {"id": "1"})


def found(sample: Sample) -> list[tuple[str, str]]:
    return [(f.part, f.pointer) for f in Conformance(DOCUMENT).check(sample)]


def test_a_documented_exchange_has_no_findings() -> None:
    """An exchange that is as documented passes."""
    assert found(Sample(query={"wait": "1", "limit": "50"})) == []


@pytest.mark.parametrize(
    ("request_body", "pointer"),
    [
        ({}, "/id"),
        ({"id": "x"}, "/id"),
        ({"id": "1", "colour": "red"}, "/colour"),
        ({"id": "1", "flags": "many"}, "/flags"),
        ({"id": "1", "made": "2026-11-22T09:00:00"}, "/made"),
        ({"id": "1", "parts": [{"type": 2, "label": "too long"}]}, "/parts/0/label"),
        (
            {"id": "1", "parts": [{"type": 1, "parts": [{"type": 2, "label": "ok", "x": 1}]}]},
            "/parts/0/parts/0/x",
        ),
    ],
)
def test_a_request_discord_would_refuse_is_found(request_body: Any, pointer: str) -> None:
    """A missing, mistyped, surplus or too long field of a request is named by its pointer."""
    assert found(Sample(body=request_body)) == [("request", pointer)]


@pytest.mark.parametrize(
    "request_body",
    [
        {"id": 1},
        {"id": "1", "flags": "64"},
        {"id": "1", "nonce": 5},
        {"id": "1", "made": "2026-11-22T09:00:00+00:00"},
    ],
)
def test_what_discord_coerces_in_a_request_passes(request_body: Any) -> None:
    """Ids as integers and integers as numeric strings are taken in requests."""
    assert found(Sample(body=request_body)) == []


def test_answers_are_held_to_the_letter() -> None:
    """An id as an integer, or a number as a string, is a finding in an answer."""
    answer = {"id": 1, "flags": "64"}
    assert sorted(found(Sample(answer=answer))) == [("response", "/flags"), ("response", "/id")]


def test_a_refused_request_is_not_checked_but_its_answer_is() -> None:
    """When the server said no, only the shape of the refusal counts."""
    assert found(Sample(body={"bad": 1}, status=400, answer={"code": 1, "why": "x"})) == []
    wrong = Sample(body={"bad": 1}, status=400, answer={"code": 1, "because": "x"})
    assert found(wrong) == [("response", "/because")]


def test_bodies_and_statuses_that_discord_does_not_document_are_found() -> None:
    """An unknown status, a body where none belongs and a missing body are findings."""
    assert found(Sample(status=202)) == [("response", "")]
    assert found(Sample(status=204)) == [("response", "")]
    assert found(Sample(answer=None)) == [("response", "")]


def test_unknown_paths_and_query_parameters_are_found() -> None:
    """What Discord has no operation or parameter for is named, ids left out."""
    assert found(Sample(path="/thing/123456789")) == [("operation", "")]
    assert found(Sample(query={"limit": "x", "sort": "up"})) == [
        ("query", "/limit"),
        ("query", "/sort"),
    ]


def test_a_literal_path_wins_over_a_parameter() -> None:
    """``/things/@me`` is not taken for ``/things/{thing_id}``."""
    mine = Sample(method="DELETE", path="/things/@me", body=None, status=200, answer=None)
    assert found(mine) == []


def test_the_allow_list_covers_by_pattern_and_knows_what_was_not_needed() -> None:
    """An entry takes out the findings it matches; one that matches nothing is named."""
    day = date(2026, 11, 22)
    list_ = AllowList(
        [
            Difference("POST /things", "request", "/parts/*/x", "why", "where", day),
            Difference("POST /things", "response", "/gone", "why", "where", day),
        ]
    )
    known = Finding("POST /things", "request", "/parts/0/x", "surplus")
    fresh = Finding("POST /things", "response", "/parts/0/x", "surplus")
    assert list_.left([known, fresh]) == [fresh]
    assert [entry.pointer for entry in list_.unused] == ["/gone"]


def test_the_shipped_allow_list_reads_and_gives_reasons() -> None:
    """Every entry of allowed.toml has a reason, a source and a day."""
    for entry in AllowList.from_file().entries:
        assert entry.reason
        assert entry.source
        assert isinstance(entry.since, date)
