"""The gateway check finds events that Discord would not send."""

from __future__ import annotations

import pytest

from tests.conform.checker import Conformance
from tests.conform.events import check_event

DOCUMENT = Conformance(
    {
        "paths": {},
        "components": {
            "schemas": {
                "GuildMemberResponse": {
                    "type": "object",
                    "required": ["roles", "mute"],
                    "properties": {"roles": {"type": "array"}, "mute": {"type": "boolean"}},
                },
                "UserResponse": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {"id": {"type": "string"}},
                },
            }
        },
    }
)


@pytest.mark.parametrize(
    ("name", "payload", "pointers"),
    [
        ("MESSAGE_DELETE", {"id": "1", "channel_id": "2"}, []),
        ("MESSAGE_DELETE", {"id": "1"}, ["/channel_id"]),
        ("MESSAGE_DELETE", {"id": "1", "channel_id": "2", "why": "x"}, ["/why"]),
        ("RESUMED", {}, []),
        ("GUILD_MEMBER_ADD", {"guild_id": "1", "roles": [], "mute": False}, []),
        ("GUILD_MEMBER_ADD", {"guild_id": "1", "roles": [], "deaf": False}, ["/deaf", "/mute"]),
        ("GUILD_MEMBER_UPDATE", {"guild_id": "1", "roles": []}, []),
        ("GUILD_MEMBER_REMOVE", {"guild_id": "1", "user": {"id": 5}}, ["/user/id"]),
        (
            "GUILD_MEMBERS_CHUNK",
            {"guild_id": "1", "members": [{"mute": False}], "chunk_index": 0, "chunk_count": 1},
            ["/members/0/roles"],
        ),
        ("SOMETHING_ELSE", {}, [""]),
    ],
)
def test_events_are_held_to_their_documented_keys(
    name: str, payload: dict[str, object], pointers: list[str]
) -> None:
    """Missing and surplus keys, wrong inner objects and unknown events are findings."""
    assert sorted(f.pointer for f in check_event(DOCUMENT, name, payload)) == pointers
