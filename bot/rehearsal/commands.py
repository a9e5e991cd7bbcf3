"""Application commands: kept as registered, found by the name a person types, filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import RehearsalError
from bot.rehearsal import payloads, permissions
from bot.rehearsal.state import CATEGORY, TEXT, Channel, Command, Guild, Json, Member, Role, User
from bot.rehearsal.world import World

_SUBCOMMAND, _GROUP, _STRING, _INTEGER, _BOOLEAN, _USER = 1, 2, 3, 4, 5, 6
_CHANNEL, _ROLE, _MENTIONABLE, _NUMBER = 7, 8, 9, 10
_DIRECT = 1  # interaction context: a direct conversation with the bot
_KINDS: dict[int, tuple[type, ...]] = {
    _USER: (User,),
    _CHANNEL: (Channel,),
    _ROLE: (Role,),
    _MENTIONABLE: (User, Role),
}
_LIKE_DISCORD = {TEXT: "text channel", CATEGORY: "category"}


def replace(world: World, scope: int | None, wanted: list[Json]) -> None:
    """Register ``wanted`` for everywhere (``scope`` None) or one server; names keep their ids."""
    before = {(one.type, one.name): one.id for one in world.commands.get(scope, [])}
    kept = []
    for body in wanted:
        kind = body.get("type") or 1
        command_id = before.get((kind, body["name"])) or world.ids.next()
        made: Json = {
            "id": str(command_id),
            "application_id": str(world.bot.id),
            "version": str(world.ids.next()),
            "default_member_permissions": None,
            "type": kind,
            "name": body["name"],
            "description": body.get("description") or "",
            "nsfw": bool(body.get("nsfw")),
            "contexts": body.get("contexts"),
            "integration_types": body.get("integration_types") or [0],
        }
        if body.get("default_member_permissions") is not None:
            made["default_member_permissions"] = str(body["default_member_permissions"])
        for name in ("name_localizations", "description_localizations"):
            made[name] = body.get(name)
        if body.get("options"):
            made["options"] = [_option(one) for one in body["options"]]
        if scope:
            made["guild_id"] = str(scope)
        else:
            made["dm_permission"] = body.get("dm_permission") is not False
        kept.append(Command(command_id, scope, made))
    world.commands[scope] = kept


def _option(one: Json) -> Json:
    made = {key: value for key, value in one.items() if value is not None}
    for inner in ("options", "choices"):
        if inner in made:
            made[inner] = [_option(other) for other in made[inner]]
    return made


def listed(world: World, guild: Guild | None) -> list[Command]:
    """The commands that exist in ``guild``, or in direct conversation for None."""
    everywhere = world.commands.get(None, [])
    if guild:
        here = [c for c in everywhere if _in_context(c, 0)]
        return here + world.commands.get(guild.id, [])
    return [c for c in everywhere if _in_context(c, _DIRECT) and c.body.get("dm_permission", True)]


def _in_context(command: Command, context: int) -> bool:
    contexts = command.body.get("contexts")
    return contexts is None or context in contexts


def may_use(command: Command, member: Member | None, channel: Channel) -> bool:
    """Whether the default member permissions of ``command`` let ``member`` use it."""
    needed = command.body["default_member_permissions"]
    if member is None or needed is None:
        return True
    own = permissions.in_channel(member, channel)
    if int(needed) == 0:
        return bool(own & permissions.ADMINISTRATOR)
    return not int(needed) & ~own


@dataclass(frozen=True)
class Typed:
    """A slash command as typed: the command, the way into its groups, and what it takes."""

    command: Command
    way: tuple[Json, ...]

    @property
    def options(self) -> list[Json]:
        """What can be filled in."""
        leaf = self.way[-1] if self.way else self.command.body
        return leaf.get("options") or []

    def wrapped(self, filled: list[Json]) -> list[Json]:
        """Filled options inside the groups they belong to, as an interaction carries them."""
        for part in reversed(self.way):
            filled = [{"type": part["type"], "name": part["name"], "options": filled}]
        return filled


def find(world: World, guild: Guild | None, line: str) -> Typed:
    """The slash command called ``line``, such as ``cohort create``.

    Raises:
        RehearsalError: it is not registered here.
    """
    words = line.removeprefix("/").split()
    for command in listed(world, guild):
        if command.type == 1 and words and command.name == words[0]:
            way = _way(command.body, words[1:])
            if way is not None:
                return Typed(command, tuple(way))
    where = guild.name if guild else "direct messages"
    known = ", ".join(f"/{one}" for one in sorted(_lines(listed(world, guild)))) or "none"
    raise RehearsalError(
        f"There is no command /{line.removeprefix('/')} in {where}. There is: {known}."
    )


def _way(body: Json, words: list[str]) -> list[Json] | None:
    inner = {o["name"]: o for o in body.get("options") or () if o["type"] in (_SUBCOMMAND, _GROUP)}
    if not words:
        return None if inner else []
    if words[0] not in inner:
        return None
    rest = _way(inner[words[0]], words[1:])
    return None if rest is None else [inner[words[0]], *rest]


def _lines(commands: Iterable[Command]) -> list[str]:
    found = []
    todo = [(one.name, one.body) for one in commands if one.type == 1]
    while todo:
        line, body = todo.pop()
        inner = [o for o in body.get("options") or () if o["type"] in (_SUBCOMMAND, _GROUP)]
        todo += [(f"{line} {one['name']}", one) for one in inner]
        if not inner:
            found.append(line)
    return found


def find_menu(world: World, guild: Guild | None, name: str) -> Command:
    """The message context menu command called ``name``.

    Raises:
        RehearsalError: it is not registered here.
    """
    for command in listed(world, guild):
        if command.type == 3 and command.name == name:
            return command
    known = ", ".join(one.name for one in listed(world, guild) if one.type == 3) or "none"
    raise RehearsalError(f"There is no message menu entry {name!r}. There is: {known}.")


def fill(
    typed: Typed, values: Mapping[str, object], guild: Guild | None, *, partly: bool = False
) -> tuple[list[Json], list[object]]:
    """The options of an interaction, and the people, channels and roles among them.

    Args:
        guild: where people, channels and roles given by name are looked for.
        partly: somebody is still typing, so required options may be missing.

    Raises:
        RehearsalError: an option is unknown, missing or of the wrong kind.
    """
    line = " ".join([typed.command.name, *(part["name"] for part in typed.way)])
    left = {name.replace("_", "-"): value for name, value in values.items()}
    filled: list[Json] = []
    mentioned: list[object] = []
    for option in typed.options:
        key = option["name"].replace("_", "-")
        value = left.pop(key, None)
        if value is None:
            if option.get("required") and not partly:
                raise RehearsalError(f"/{line} needs the option {option['name']!r}.")
            continue
        if guild and option["type"] in _KINDS:
            value = guild.named(value, _KINDS[option["type"]])
        if isinstance(value, User | Role | Channel):
            mentioned.append(value)
        sent = value if partly else _value(f"/{line} {option['name']}", option, value)
        filled.append({"type": option["type"], "name": option["name"], "value": sent})
    if left:
        known = ", ".join(option["name"] for option in typed.options) or "none"
        raise RehearsalError(f"/{line} has no option {next(iter(left))!r}. It has: {known}.")
    return filled, mentioned


def _value(where: str, option: Json, value: object) -> Any:
    kind = option["type"]
    if option.get("choices"):
        for choice in option["choices"]:
            if value in (choice["name"], choice["value"]):
                return choice["value"]
        known = ", ".join(str(choice["name"]) for choice in option["choices"])
        raise RehearsalError(f"{where}: {value!r} is not among the choices: {known}.")
    if kind in (_USER, _CHANNEL, _ROLE, _MENTIONABLE):
        return _snowflake(where, option, value)
    wanted: dict[int, tuple[type, ...]] = {
        _STRING: (str,),
        _INTEGER: (int,),
        _BOOLEAN: (bool,),
        _NUMBER: (int, float),
    }
    right = kind in wanted and isinstance(value, wanted[kind])
    if not right or (isinstance(value, bool) and kind != _BOOLEAN):
        raise RehearsalError(f"{where}: {value!r} is not what this option takes.")
    return _in_range(where, option, value)


def _in_range(where: str, option: Json, value: Any) -> Any:
    size = len(value) if isinstance(value, str) else value
    prefix = "length" if isinstance(value, str) else "value"
    low, high = option.get(f"min_{prefix}"), option.get(f"max_{prefix}")
    if (low is not None and size < low) or (high is not None and size > high):
        raise RehearsalError(f"{where}: {value!r} is outside {low} to {high}.")
    return value


def _snowflake(where: str, option: Json, value: object) -> str:
    if not isinstance(value, _KINDS[option["type"]]):
        raise RehearsalError(f"{where}: {value!r} is not what this option takes.")
    assert isinstance(value, User | Role | Channel)
    types = option.get("channel_types")
    if isinstance(value, Channel) and types and value.type not in types:
        kind = _LIKE_DISCORD.get(value.type, "channel of this kind")
        raise RehearsalError(f"{where}: a {kind} cannot be chosen here.")
    return str(value.id)


def resolved(guild: Guild | None, mentioned: Iterable[object], asker: User, bot: User) -> Json:
    """What an interaction tells about the people, roles and channels it names."""
    made: Json = {}
    for one in mentioned:
        key = str(getattr(one, "id", ""))
        if isinstance(one, User):
            made.setdefault("users", {})[key] = payloads.user(one)
            if guild and one.id in guild.members:
                member = guild.members[one.id]
                told = payloads.member(member, with_user=False)
                told["permissions"] = str(permissions.in_guild(member))
                made.setdefault("members", {})[key] = told
        elif isinstance(one, Role):
            made.setdefault("roles", {})[key] = payloads.role(one)
        elif isinstance(one, Channel):
            told = payloads.channel(one, bot)
            told.pop("permission_overwrites", None)
            told["permissions"] = str(permissions.of(asker, one))
            made.setdefault("channels", {})[key] = told
    return made
