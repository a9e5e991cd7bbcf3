"""Discord's rules for what a bot sends, those the published schemas leave out first of all.

Sources: Discord's documentation, resources/message, components/reference and
interactions/application-commands; each limit stands beside the field it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.rehearsal import components
from bot.rehearsal.refusals import FormProblems, NotBuilt, Refusal, invalid
from bot.rehearsal.state import COMPONENTS_V2, Json

_CUSTOM_ID, _LABEL, _OPTION_TEXT, _MODAL_TITLE, _FIELD_LABEL = 100, 80, 100, 45, 45
_ROW_HOLDS = {2} | components.SELECTS
_MODAL_FIELDS = components.SELECTS | {4, 21, 22, 23}
_OPTIONS_OF = {3: (1, 25), 21: (2, 10), 22: (1, 10)}  # component type: fewest, most options
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
_SETTABLE_FLAGS = (1 << 2) | (1 << 6) | (1 << 12) | COMPONENTS_V2


def check_message(
    content: str, embeds: list[Json], parts: list[Json], flags: int, attachments: list[Json]
) -> None:
    """Refuse a message that Discord would refuse, as it would stand after the request."""
    problems = FormProblems()
    problems.at_most("content", content, 2000)
    _check_embeds(embeds, problems)
    v2 = bool(flags & COMPONENTS_V2)
    if v2:
        for name, value in (("content", content), ("embeds", embeds)):
            if value:
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                sentence = (
                    f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                )
                problems.add(name, code, sentence)
    _check_components(parts, v2, problems)
    if flags & ~_SETTABLE_FLAGS:
        problems.add("flags", "BITFIELD_INVALID", "These flags cannot be set on a message.")
    problems.refuse()
    if not (content or embeds or parts or attachments):
        raise Refusal(400, 50006, "Cannot send an empty message")


def _check_embeds(embeds: list[Json], problems: FormProblems) -> None:
    if len(embeds) > 10:
        problems.add("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for place, embed in enumerate(embeds):
        problems.at_most(f"embeds.{place}.title", embed.get("title"), 256)
        problems.at_most(f"embeds.{place}.description", embed.get("description"), 4096)
        fields = embed.get("fields") or ()
        if len(fields) > 25:
            problems.add(f"embeds.{place}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer.")
        for number, one in enumerate(fields):
            problems.between(f"embeds.{place}.fields.{number}.name", one.get("name"), 1, 256)
            problems.between(f"embeds.{place}.fields.{number}.value", one.get("value"), 1, 1024)
    written = sum(len(text) for embed in embeds for text in components.embed_texts(embed))
    if written > 6000:
        sentence = "Embed size exceeds maximum size of 6000"
        problems.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", sentence)


def _check_components(parts: list[Json], v2: bool, problems: FormProblems) -> None:
    everything = list(components.walk(parts))
    for one in everything:
        if not components.built(one["type"]):
            raise NotBuilt(f"component type {one['type']} in a message")
    if v2:
        if len(everything) > 40:
            sentence = "The total number of components must not exceed 40"
            problems.add("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", sentence)
        written = sum(len(text) for text in components.texts(parts))
        if written > 4000:
            sentence = "The total displayable text size must not exceed 4000"
            problems.add("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", sentence)
    else:
        if len(parts) > 5:
            problems.add("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5.")
        if any(one["type"] != 1 for one in parts):
            sentence = "The specified component type is invalid without IS_COMPONENTS_V2."
            problems.add("components", "UNION_TYPE_CHOICES", sentence)
    _check_ids(everything, problems)
    for place, one in enumerate(everything):
        _check_component(f"components.{place}", one, problems)


def _check_ids(everything: Iterable[Json], problems: FormProblems) -> None:
    for name in ("custom_id", "id"):
        given = [one[name] for one in everything if one.get(name)]
        if len(given) != len(set(given)):
            code, sentence = (
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                f"Component {name} cannot be duplicated",
            )
            problems.add("components", code, sentence)


def _check_component(path: str, one: Json, problems: FormProblems) -> None:
    kind = one["type"]
    if kind == 1:
        _check_row(path, one.get("components") or [], problems)
    elif kind == 2:
        _check_button(path, one, problems)
    elif kind in components.SELECTS:
        problems.between(f"{path}.custom_id", one.get("custom_id"), 1, _CUSTOM_ID)
        problems.at_most(f"{path}.placeholder", one.get("placeholder"), 150)
        _check_options(path, one, problems)
    elif kind == 10:
        problems.between(f"{path}.content", one.get("content"), 1, 4000)
    elif kind == 9:
        if not one.get("accessory"):
            problems.add(f"{path}.accessory", "BASE_TYPE_REQUIRED", "This field is required")
        if not 1 <= len(one.get("components") or ()) <= 3:
            problems.add(f"{path}.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 3.")
    elif kind == 12:
        _check_gallery(path, one.get("items") or [], problems)
    elif kind == 17 and not one.get("components"):
        problems.add(f"{path}.components", "BASE_TYPE_REQUIRED", "This field is required")


def _check_gallery(path: str, items: list[Json], problems: FormProblems) -> None:
    if not 1 <= len(items) <= 10:
        problems.add(f"{path}.items", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10.")
    for place, item in enumerate(items):
        if item.get("description") is not None:
            where = f"{path}.items.{place}.description"
            problems.between(where, item["description"], 1, 1024)


def _check_row(path: str, inner: list[Json], problems: FormProblems) -> None:
    kinds = {one["type"] for one in inner}
    alone = bool(kinds & components.SELECTS)
    if not 1 <= len(inner) <= (1 if alone else 5):
        sentence = "A row holds one select or one to five buttons."
        problems.add(f"{path}.components", "BASE_TYPE_BAD_LENGTH", sentence)
    if kinds - _ROW_HOLDS:
        problems.add(f"{path}.components", "UNION_TYPE_CHOICES", "Not allowed in a row.")


def _check_button(path: str, one: Json, problems: FormProblems) -> None:
    problems.at_most(f"{path}.label", one.get("label"), _LABEL)
    if not one.get("label") and not one.get("emoji"):
        sentence = "A button needs a label or an emoji."
        problems.add(f"{path}.label", "BUTTON_COMPONENT_LABEL_REQUIRED", sentence)
    if one.get("style") == 5:
        if not re.match(r"(https?|discord)://", one.get("url") or ""):
            problems.add(f"{path}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        if one.get("custom_id"):
            sentence = "A link has no custom id"
            problems.add(f"{path}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_INVALID", sentence)
    elif one.get("style") in (1, 2, 3, 4):
        problems.between(f"{path}.custom_id", one.get("custom_id"), 1, _CUSTOM_ID)
    else:
        problems.add(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5).")


def _check_options(path: str, one: Json, problems: FormProblems) -> None:
    if one["type"] not in _OPTIONS_OF:
        return
    fewest, most = _OPTIONS_OF[one["type"]]
    options = one.get("options") or []
    if not fewest <= len(options) <= most:
        sentence = f"Must be between {fewest} and {most} in length."
        problems.add(f"{path}.options", "BASE_TYPE_BAD_LENGTH", sentence)
    values = [option.get("value") for option in options]
    if len(values) != len(set(values)):
        sentence = "The specified option value is already used"
        problems.add(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", sentence)
    for place, option in enumerate(options):
        for field in ("label", "value"):
            where = f"{path}.options.{place}.{field}"
            problems.between(where, option.get(field), 1, _OPTION_TEXT)
        where = f"{path}.options.{place}.description"
        problems.at_most(where, option.get("description"), _OPTION_TEXT)


def check_modal(modal: Json) -> None:
    """Refuse a modal that Discord would refuse."""
    problems = FormProblems()
    problems.between("data.custom_id", modal.get("custom_id"), 1, _CUSTOM_ID)
    problems.between("data.title", modal.get("title"), 1, _MODAL_TITLE)
    parts = modal.get("components") or []
    if not 1 <= len(parts) <= 5:
        sentence = "Must be between 1 and 5 in length."
        problems.add("data.components", "BASE_TYPE_BAD_LENGTH", sentence)
    everything = list(components.walk(parts))
    _check_ids(everything, problems)
    for place, part in enumerate(parts):
        path = f"data.components.{place}"
        if part["type"] == 10:
            problems.between(f"{path}.content", part.get("content"), 1, 4000)
        elif part["type"] == 18:
            problems.between(f"{path}.label", part.get("label"), 1, _FIELD_LABEL)
            problems.at_most(f"{path}.description", part.get("description"), 100)
            _check_field(f"{path}.component", part.get("component") or {"type": 0}, problems)
        elif part["type"] == 1:
            for inner in part.get("components") or ():
                problems.between(f"{path}.label", inner.get("label"), 1, _FIELD_LABEL)
                _check_field(path, inner, problems)
        else:
            problems.add(path, "UNION_TYPE_CHOICES", "Not allowed in a modal.")
    problems.refuse()


def _check_field(path: str, one: Json, problems: FormProblems) -> None:
    if one["type"] not in _MODAL_FIELDS:
        raise NotBuilt(f"component type {one['type']} in a modal")
    problems.between(f"{path}.custom_id", one.get("custom_id"), 1, _CUSTOM_ID)
    problems.at_most(f"{path}.placeholder", one.get("placeholder"), 100)
    problems.at_most(f"{path}.value", one.get("value"), one.get("max_length") or 4000)
    _check_options(path, one, problems)


def check_commands(commands: list[Json]) -> None:
    """Refuse a set of application commands that Discord would refuse."""
    problems = FormProblems()
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        names = [c["name"] for c in commands if c.get("type", 1) == kind]
        if len(names) > most:
            sentence = f"Maximum number of application commands reached ({most})."
            raise invalid("_", "MAX_COMMANDS", sentence)
        if len(names) != len(set(names)):
            code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            problems.add("name", code, "Command names must be unique.")
    for place, command in enumerate(commands):
        if command.get("type", 1) == 1:
            _check_command(str(place), command, problems)
            if _written(command) > 8000:
                sentence = "Command exceeds maximum size (8000)"
                problems.add(str(place), "APPLICATION_COMMAND_TOO_LARGE", sentence)
        else:
            problems.between(f"{place}.name", command.get("name"), 1, 32)
            if command.get("description"):
                sentence = "Context menu commands have no description"
                problems.add(f"{place}.description", "BASE_TYPE_BAD_LENGTH", sentence)
    problems.refuse()


def _check_command(path: str, one: Json, problems: FormProblems) -> None:
    name = str(one.get("name", ""))
    if not _COMMAND_NAME.fullmatch(name) or name != name.lower():
        code = "APPLICATION_COMMAND_INVALID_NAME"
        problems.add(f"{path}.name", code, "Command name is invalid")
    problems.between(f"{path}.description", one.get("description"), 1, 100)
    options = one.get("options") or []
    choices = one.get("choices") or []
    for field, many in (("options", options), ("choices", choices)):
        if len(many) > 25:
            problems.add(f"{path}.{field}", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer.")
    if choices and one.get("autocomplete"):
        code = "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES"
        problems.add(f"{path}.choices", code, "Choices and autocomplete exclude each other")
    names = [option.get("name") for option in options]
    if len(names) != len(set(names)):
        code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
        problems.add(f"{path}.options", code, "Option names must be unique")
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
        sentence = "Required options must be placed before non-required options"
        problems.add(f"{path}.options", code, sentence)
    for place, option in enumerate(options):
        _check_command(f"{path}.options.{place}", option, problems)


def _written(one: Json) -> int:
    own = len(str(one.get("name", ""))) + len(str(one.get("description") or ""))
    chosen = sum(len(c["name"]) + len(str(c["value"])) for c in one.get("choices") or ())
    return own + chosen + sum(_written(inner) for inner in one.get("options") or ())
