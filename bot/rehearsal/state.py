"""What exists in the rehearsal Discord: servers, roles, members, channels, messages, commands.

Plain records; :mod:`bot.rehearsal.world` changes them and tells the bot. What tests and
scripts hold in their hands (servers, channels, roles, messages) is made of the same records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.clock import Clock
from bot.rehearsal import components, permissions

if TYPE_CHECKING:
    from bot.rehearsal.people import Person
    from bot.rehearsal.world import World

Json = dict[str, Any]

TEXT, DM, CATEGORY, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 4, 11, 12
EPHEMERAL, LOADING, SILENT, HAS_SNAPSHOT, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 12, 1 << 14, 1 << 15
HAS_THREAD, SUPPRESS_EMBEDS = 1 << 5, 1 << 2

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


class Snowflakes:
    """Hands out ids that carry the clock's time and always grow."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._guild_millisecond = (
            self._milliseconds() - int(timedelta(days=1).total_seconds()) * 1000
        )

    def _milliseconds(self) -> int:
        return (self._clock.now() - _EPOCH) // timedelta(milliseconds=1)

    def next(self) -> int:
        """A new id."""
        self._last = max(self._last + 1, self._milliseconds() << 22)
        return self._last

    def for_guild(self, shard: int, shards: int) -> int:
        """An id, a day old, whose server belongs to ``shard`` of ``shards``."""
        self._guild_millisecond += 1
        while self._guild_millisecond % shards != shard:
            self._guild_millisecond += 1
        return self._guild_millisecond << 22


def made_at(snowflake: int) -> datetime:
    """The instant, in UTC, an id carries."""
    return _EPOCH + timedelta(milliseconds=snowflake >> 22)


@dataclass(eq=False)
class User:
    """Anybody with an account; people are :class:`bot.rehearsal.people.Person`."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"

    @property
    def username(self) -> str:
        """The name Discord keeps unique: lower case, no spaces."""
        return re.sub(r"[^a-z0-9_.]", "_", self.name.lower())[:28] or "user"

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    """A role of a server; ``position`` 0 is @everyone, higher outranks lower."""

    id: int
    guild: Guild = field(repr=False)
    name: str
    permissions: int = 0
    position: int = 1
    colour: int = 0
    hoist: bool = False
    mentionable: bool = False
    bot_id: int | None = None

    @property
    def managed(self) -> bool:
        """Whether it belongs to a bot and so cannot be given."""
        return self.bot_id is not None

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass
class Overwrite:
    """What a channel allows and denies one role (type 0) or member (type 1)."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(eq=False)
class Member:
    """A user in a server."""

    user: User
    guild: Guild = field(repr=False)
    joined_at: datetime
    roles: list[Role] = field(default_factory=list)


@dataclass
class Thread:
    """What a thread has beyond a channel. ``auto_archive`` is in minutes."""

    owner: User
    auto_archive: int = 4320
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    changed_at: datetime = _EPOCH
    members: dict[int, datetime] = field(default_factory=dict)
    sent: int = 0


@dataclass(eq=False)
class Channel:
    """A text channel, category, thread or direct conversation with the bot."""

    id: int
    type: int
    guild: Guild | None = field(default=None, repr=False)
    name: str = ""
    topic: str | None = None
    parent: Channel | None = None
    position: int = 0
    nsfw: bool = False
    slowmode: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    pins: dict[int, datetime] = field(default_factory=dict)
    recipient: User | None = None
    thread: Thread | None = None
    deleted: bool = False

    @property
    def last_message_id(self) -> int | None:
        return next(
            (m.id for m in reversed(self.messages.values()) if m.ephemeral_for is None), None
        )

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def pinned(self) -> list[Message]:
        """The pinned messages, the newest pin first."""
        return [self.messages[i] for i in reversed(self.pins) if i in self.messages]


@dataclass(eq=False)
class Message:
    """One message.

    Attributes:
        ephemeral_for: the one person who sees it; None for everybody in the channel.
        deleted: it is gone, kept here so that whoever holds it can tell.
        pinged: whom it notified when it was sent.
    """

    id: int
    channel: Channel
    author: User
    at: datetime
    content: str = ""
    type: int = 0
    flags: int = 0
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    edited_at: datetime | None = None
    reference: Json | None = None
    snapshots: list[Json] = field(default_factory=list)
    nonce: str | int | None = None
    from_interaction: Json | None = None
    thread: Channel | None = None
    ephemeral_for: User | None = None
    deleted: bool = False
    pinged: list[User] = field(default_factory=list)

    @property
    def pinned(self) -> bool:
        return self.id in self.channel.pins

    @property
    def edited(self) -> bool:
        """Whether it was changed after it was sent."""
        return self.edited_at is not None

    @property
    def silent(self) -> bool:
        """Whether it was sent so that nobody's device makes a sound."""
        return bool(self.flags & SILENT)

    @property
    def loading(self) -> bool:
        """Whether it is still the grey "is thinking ..." of a deferred answer."""
        return bool(self.flags & LOADING)

    @property
    def text(self) -> str:
        """What a person reads, in order: content, texts of the components, embeds, forwards."""
        if self.type == 6:
            return f"{self.author.name} pinned a message to this channel."
        parts = [self.content, *components.texts(self.components)]
        for embed in self.embeds:
            parts += components.embed_texts(embed)
        parts += [snapshot["message"]["content"] for snapshot in self.snapshots]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons, in order."""
        return [b.get("label", "") for b in components.of_types(self.components, {2})]

    @property
    def link(self) -> str:
        """Its jump link, as people copy it."""
        place = self.channel.guild.id if self.channel.guild else "@me"
        return f"https://discord.com/channels/{place}/{self.channel.id}/{self.id}"


@dataclass(eq=False)
class Command:
    """A registered application command, in the shape of Discord's answer."""

    id: int
    guild_id: int | None
    body: Json

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def type(self) -> int:
        return int(self.body["type"])


@dataclass(eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    world: World = field(repr=False)
    owner: User
    everyone: Role = field(init=False, repr=False)
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)
    locale: str = "en-US"

    def add_role(
        self, name: str, permissions: int = 0, *, mentionable: bool = False, above_bot: bool = False
    ) -> Role:
        """A new role; ``above_bot`` puts it out of the bot's reach."""
        position = 20 if above_bot else 1
        return self.world.create_role(
            self, name, permissions=permissions, mentionable=mentionable, position=position
        )

    def add_channel(
        self,
        name: str,
        *,
        category: Channel | None = None,
        private_to: Iterable[Role | User] | None = None,
        topic: str | None = None,
        type: int = TEXT,  # noqa: A002 - Discord's own word
    ) -> Channel:
        """A new channel; ``private_to`` hides it from all but these (the bot must be named)."""
        overwrites = []
        if private_to is not None:
            overwrites.append(Overwrite(self.id, 0, deny=permissions.VIEW_CHANNEL))
            overwrites += [
                Overwrite(one.id, int(isinstance(one, User)), allow=permissions.VIEW_CHANNEL)
                for one in private_to
            ]
        elif category is not None:
            overwrites = [
                Overwrite(o.id, o.type, o.allow, o.deny) for o in category.overwrites.values()
            ]
        return self.world.create_channel(
            self, name, type=type, parent=category, topic=topic, overwrites=overwrites
        )

    def add_person(self, name: str, *, roles: Iterable[Role] = (), locale: str = "en-US") -> Person:
        """Somebody new who is a member from the start."""
        person = self.world.people.make(name, locale)
        self.world.add_member(self, person, roles)
        return person

    def named(self, name: object, kinds: tuple[type, ...]) -> object:
        """The member, role or channel called ``name`` if it is of ``kinds``; else ``name``."""
        there: list[User | Role | Channel] = [one.user for one in self.members.values()]
        there += [*self.roles.values(), *self.channels.values()]
        return next((o for o in there if o.name == name and isinstance(o, kinds)), name)

    def channel(self, name: str) -> Channel:
        """The channel, category or thread called ``name``.

        Raises:
            KeyError: there is none.
        """
        for channel in self.channels.values():
            if channel.name == name:
                return channel
        raise KeyError(f"no channel called {name!r} in {self.name}")

    def role(self, name: str) -> Role:
        """The role called ``name``.

        Raises:
            KeyError: there is none.
        """
        for role in self.roles.values():
            if role.name == name:
                return role
        raise KeyError(f"no role called {name!r} in {self.name}")
