"""Filling in what the bot asks: the choices of a menu, the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import RehearsalError
from bot.rehearsal import components
from bot.rehearsal.interactions import Modal
from bot.rehearsal.state import Channel, Guild, Json, Role, User

_WANTED: dict[int, tuple[type, ...]] = {5: (User,), 6: (Role,), 7: (User, Role), 8: (Channel,)}
_TEXT, _ONE_OF, _ANY_OF, _CHECKBOX = 4, 21, 22, 23


def meant(menu: Json, values: Sequence[Any], guild: Guild | None) -> list[Any]:
    """``values`` with names replaced by the people, roles or channels ``menu`` asks for."""
    kinds = _WANTED.get(menu["type"])
    if kinds is None or guild is None:
        return list(values)
    return [guild.named(value, kinds) for value in values]


def chosen(name: str, menu: Json, values: Sequence[Any]) -> list[str]:
    """What is sent when ``values`` are chosen in ``menu``.

    Raises:
        RehearsalError: a value is not there, or there are too few or too many.
    """
    made = [_choice(name, menu, value) for value in values]
    least, most = menu.get("min_values"), menu.get("max_values")
    required = menu.get("required") is not False
    least = (1 if required else 0) if least is None else least
    most = (
        (len(menu.get("options") or ()) if menu["type"] == _ANY_OF else 1) if most is None else most
    )
    if len(made) > most or (len(made) < least and (made or required)):
        raise RehearsalError(f"{name!r} takes {least} to {most} choices, not {len(made)}.")
    return made


def _choice(name: str, menu: Json, value: Any) -> str:
    if menu["type"] in _WANTED:
        wanted: Any = _WANTED[menu["type"]]
        if not isinstance(value, wanted):
            raise RehearsalError(f"{name!r} does not take {value!r}.")
        return str(value.id)
    for option in menu.get("options") or ():
        if value in (option["label"], option["value"]):
            return str(option["value"])
    known = ", ".join(option["label"] for option in menu.get("options") or ())
    raise RehearsalError(f"{name!r} has no choice {value!r}. It has: {known}.")


def filled(modal: Modal, answers: Mapping[str, Any]) -> tuple[list[Json], list[object]]:
    """The components of a submitted form, and the people, roles and channels chosen in it.

    Raises:
        RehearsalError: a field is unknown, missing or wrongly filled.
    """
    left: dict[str, Any] = dict(answers)
    mentioned: list[object] = []
    guild = modal.interaction.guild
    made: list[Json] = []
    for part in modal.components:
        if part["type"] == 18:
            field = part["component"]
            value = _take(left, part["label"], field["custom_id"])
            inner = _field(part["label"], field, value, guild, mentioned)
            made.append({"type": 18, "id": part["id"], "component": inner})
        elif part["type"] == 1:
            field = part["components"][0]
            value = _take(left, field["label"], field["custom_id"])
            inner = _field(field["label"], field, value, guild, mentioned)
            made.append({"type": 1, "id": part["id"], "components": [inner]})
        else:
            made.append({"type": part["type"], "id": part["id"]})
    if left:
        known = ", ".join(modal.labels)
        raise RehearsalError(f"The form has no field {next(iter(left))!r}. It has: {known}.")
    return made, mentioned


def _take(left: dict[str, Any], label: str, custom_id: str) -> Any:
    return left.pop(custom_id, None) if custom_id in left else left.pop(label, None)


def _field(
    label: str, field: Json, value: Any, guild: Guild | None, mentioned: list[object]
) -> Json:
    kind = field["type"]
    made: Json = {"type": kind, "id": field["id"], "custom_id": field["custom_id"]}
    if kind == _TEXT:
        return made | {"value": _written(label, field, value)}
    if kind == _CHECKBOX:
        return made | {"value": bool(field.get("default") if value is None else value)}
    if value is None:
        values = [o["value"] for o in field.get("options") or () if o.get("default")]
    else:
        values = list(value) if isinstance(value, list | tuple) else [value]
        values = meant(field, values, guild)
    picked = chosen(label, field, values)
    if kind == _ONE_OF:
        return made | {"value": picked[0] if picked else None}
    if kind in components.SELECTS and kind != 3:
        mentioned += values
    return made | {"values": picked}


def _written(label: str, field: Json, value: Any) -> str:
    text = str(field.get("value") or "") if value is None else str(value)
    if not text and field.get("required") is not False:
        raise RehearsalError(f"The field {label!r} must be filled in.")
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if text and not least <= len(text) <= most:
        raise RehearsalError(f"The field {label!r} takes {least} to {most} characters.")
    return text
