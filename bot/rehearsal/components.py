"""Message components and embeds: walking them, reading them, and Discord's shape of them.

Types: 1 row, 2 button, 3 string select, 4 text input, 5 user, 6 role, 7 mentionable and
8 channel select, 9 section, 10 text, 11 thumbnail, 12 gallery, 13 file, 14 separator,
17 container, 18 label, 21 radio group, 22 checkbox group, 23 checkbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]

SELECTS = {3, 5, 6, 7, 8}

_KEPT = {
    1: {"components"},
    2: {"custom_id", "style", "label", "disabled", "emoji", "url"},
    3: {"custom_id", "placeholder", "min_values", "max_values", "disabled", "options"},
    5: {"custom_id", "placeholder", "min_values", "max_values", "disabled", "default_values"},
    8: {
        "custom_id",
        "placeholder",
        "min_values",
        "max_values",
        "disabled",
        "default_values",
        "channel_types",
    },
    9: {"components", "accessory"},
    10: {"content"},
    12: {"items"},
    13: {"file", "spoiler"},
    14: {"spacing", "divider"},
    17: {"components", "accent_color", "spoiler"},
}
_KEPT[6] = _KEPT[7] = _KEPT[5]
_FILLED: dict[int, Json] = {
    13: {"spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
_FILLED.update({kind: {"min_values": 1, "max_values": 1} for kind in SELECTS})


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Every component, outer before inner, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        for key in ("accessory", "component"):
            if inner := component.get(key):
                yield from walk([inner])


def of_types(components: Iterable[Json], types: set[int]) -> list[Json]:
    """The components of these types, in reading order."""
    return [component for component in walk(components) if component["type"] in types]


def texts(components: Iterable[Json]) -> list[str]:
    """The text displays, in reading order."""
    return [component["content"] for component in of_types(components, {10})]


def embed_texts(embed: Json) -> list[str]:
    """What a person reads of an embed, in order."""
    parts = [embed.get("author", {}).get("name", ""), embed.get("title", "")]
    parts.append(embed.get("description", ""))
    for one in embed.get("fields", ()):
        parts += [one["name"], one["value"]]
    parts.append(embed.get("footer", {}).get("text", ""))
    return [part for part in parts if part]


def built(component_type: object) -> bool:
    """Whether the rehearsal Discord knows this type in a message."""
    return component_type in _KEPT


def settled(components: Iterable[Json]) -> list[Json]:
    """Components as Discord answers them: nulls gone, defaults filled, each with its own id."""
    components = list(components)
    numbers = _numbers({one["id"] for one in walk(components) if one.get("id")})
    return [_settle(one, numbers) for one in components]


def _numbers(taken: set[int]) -> Iterator[int]:
    number = 0
    while True:
        number += 1
        if number not in taken:
            yield number


def _settle(component: Json, numbers: Iterator[int]) -> Json:
    kind = component["type"]
    made: Json = {"type": kind, "id": component.get("id") or next(numbers)}
    made |= _FILLED.get(kind, {})
    made |= {k: v for k, v in component.items() if k in _KEPT[kind] and v is not None}
    if "components" in made:
        made["components"] = [_settle(inner, numbers) for inner in made["components"]]
    if "accessory" in made:
        made["accessory"] = _settle(made["accessory"], numbers)
    if "items" in made:
        made["items"] = [{"description": None, "spoiler": False} | one for one in made["items"]]
    if "options" in made:
        made["options"] = [_without_nulls(option) for option in made["options"]]
    if "emoji" in made:
        made["emoji"] = _without_nulls(made["emoji"])
    return made


def show_files(parts: Iterable[Json], attachments: Iterable[Json]) -> bool:
    """Let files and galleries show the attachments they name; False when one is not there."""
    sent = {f"attachment://{one['filename']}": one for one in attachments}
    for part in of_types(parts, {12, 13}):
        key, holders = ("media", part["items"]) if part["type"] == 12 else ("file", [part])
        for holder in holders:
            if "attachment_id" in holder[key]:
                continue  # it stands since an earlier request
            found = sent.get(holder[key]["url"])
            if found is None:
                return False
            media = {name: found[name] for name in ("id", "url", "proxy_url", "content_type")}
            holder[key] = media | {"attachment_id": found["id"]}
            if key == "file":
                part |= {"name": found["filename"], "size": found["size"]}
    return True


def described(components: Iterable[Json]) -> list[str]:
    """The descriptions (alt texts) of the pictures in galleries, in reading order."""
    galleries = of_types(components, {12})
    return [item["description"] or "" for one in galleries for item in one["items"]]


def _without_nulls(record: Json) -> Json:
    return {key: value for key, value in record.items() if value is not None}


def settled_embed(embed: Json) -> Json:
    """An embed as Discord answers it."""
    made: Json = {"type": "rich"}
    made |= {key: value for key, value in embed.items() if value is not None and key != "type"}
    if "fields" in made:
        made["fields"] = [
            {"name": one["name"], "value": one["value"], "inline": bool(one.get("inline"))}
            for one in made["fields"]
        ]
    return made
