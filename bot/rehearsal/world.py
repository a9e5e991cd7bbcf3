"""The world of one rehearsal: everything that exists, and every way it changes.

Each change happens at once, is written into the log and told to the bot through the gateway.
Who may do it was decided before (by the REST routes for the bot, by the person for people).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.clock import Clock
from bot.rehearsal import mentions, payloads, permissions
from bot.rehearsal.state import (
    CATEGORY,
    DM,
    Channel,
    Command,
    Guild,
    Json,
    Member,
    Message,
    Overwrite,
    Role,
    Snowflakes,
    Thread,
    User,
)

if TYPE_CHECKING:
    from bot.rehearsal.people import People

GUILDS, MEMBERS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 1, 1 << 9, 1 << 12
MESSAGE_CONTENT = 1 << 15


class Dispatch(Protocol):
    """Tells the bot's sessions of an event; ``intent`` 0 goes to all of them."""

    def __call__(self, event: str, data: Json, guild: Guild | None, intent: int) -> None: ...


class World:
    """Everything that exists in one rehearsal.

    Attributes:
        bot: the bot's own account; its id is the application's id too.
        log: what happened, in order, as plain records for a transcript.
        listeners: called with each record of the log once the change is made.
        files: the bytes of attachments by their id.
        intents: the privileged and other intents the application may ask for.
        people: makes people; set by the rehearsal.
        dispatch: tells the bot; set by the rehearsal.
        base, gateway_url: the server's addresses without a path; set once it listens.
    """

    people: People
    dispatch: Dispatch

    def __init__(self, clock: Clock, name: str) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.bot = User(self.ids.next(), name, bot=True)
        self.host = User(self.ids.next(), "host")
        self.users: dict[int, User] = {one.id: one for one in (self.bot, self.host)}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[int | None, list[Command]] = {}
        self.files: dict[int, bytes] = {}
        self.log: list[Json] = []
        self.listeners: list[Callable[[Json], None]] = []
        self.intents = (1 << 26) - 1
        self.base = ""
        self.gateway_url = ""
        self._nonces: dict[tuple[int, str], Message] = {}

    def note(self, kind: str, **what: Any) -> None:
        """Write one event into the log."""
        event = {"at": self.clock.now().isoformat(), "kind": kind} | what
        self.log.append(event)
        for listener in self.listeners:
            listener(event)

    # servers, roles, members

    def create_guild(self, name: str, shard: int, shards: int, bits: int) -> Guild:
        """A new server with the bot in it."""
        guild = Guild(self.ids.for_guild(shard, shards), name, self, self.host)
        guild.everyone = Role(guild.id, guild, "@everyone", permissions.EVERYONE, position=0)
        guild.roles[guild.id] = guild.everyone
        own = Role(self.ids.next(), guild, self.bot.name, bits, position=10, bot_id=self.bot.id)
        guild.roles[own.id] = own
        now = self.clock.now()
        guild.members[self.host.id] = Member(self.host, guild, now)
        guild.members[self.bot.id] = Member(self.bot, guild, now, [own])
        self.guilds[guild.id] = guild
        self.note("server created", guild=guild.id, name=name)
        self.dispatch("GUILD_CREATE", payloads.guild_create(guild, self.bot), guild, GUILDS)
        return guild

    def create_role(self, guild: Guild, name: str, **fields: Any) -> Role:
        role = Role(self.ids.next(), guild, name, **fields)
        guild.roles[role.id] = role
        self.note("role created", guild=guild.id, role=role.id, name=name)
        self._tell_role("GUILD_ROLE_CREATE", role)
        return role

    def change_role(self, role: Role) -> None:
        """Tell that the fields of ``role`` were changed."""
        self.note("role changed", guild=role.guild.id, role=role.id, name=role.name)
        self._tell_role("GUILD_ROLE_UPDATE", role)

    def _tell_role(self, event: str, role: Role) -> None:
        data = {"guild_id": str(role.guild.id), "role": payloads.role(role)}
        self.dispatch(event, data, role.guild, GUILDS)

    def delete_role(self, role: Role) -> None:
        guild = role.guild
        del guild.roles[role.id]
        for member in guild.members.values():
            member.roles = [one for one in member.roles if one is not role]
        for channel in guild.channels.values():
            channel.overwrites.pop(role.id, None)
        self.note("role deleted", guild=guild.id, role=role.id, name=role.name)
        data = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self.dispatch("GUILD_ROLE_DELETE", data, guild, GUILDS)

    def add_member(self, guild: Guild, user: User, roles: Iterable[Role] = ()) -> None:
        member = Member(user, guild, self.clock.now(), list(roles))
        guild.members[user.id] = member
        self.note("joined", guild=guild.id, person=user.id, name=user.name)
        data = payloads.member(member) | {"guild_id": str(guild.id)}
        self.dispatch("GUILD_MEMBER_ADD", data, guild, MEMBERS)

    def remove_member(self, guild: Guild, user: User) -> None:
        del guild.members[user.id]
        for channel in guild.channels.values():
            if channel.thread:
                channel.thread.members.pop(user.id, None)
        self.note("left", guild=guild.id, person=user.id, name=user.name)
        data = {"guild_id": str(guild.id), "user": payloads.user(user)}
        self.dispatch("GUILD_MEMBER_REMOVE", data, guild, MEMBERS)

    def set_roles(self, member: Member, roles: list[Role]) -> None:
        """Give ``member`` exactly these roles; nothing is told when they have them already."""
        gained = [role for role in roles if role not in member.roles]
        lost = [role for role in member.roles if role not in roles]
        member.roles = list(roles)
        for kind, changed in (("role added", gained), ("role removed", lost)):
            for role in changed:
                names = {"name": role.name, "person_name": member.user.name}
                who = {"guild": member.guild.id, "person": member.user.id, "role": role.id}
                self.note(kind, **who, **names)
        if gained or lost:
            data = payloads.member(member) | {"guild_id": str(member.guild.id)}
            self.dispatch("GUILD_MEMBER_UPDATE", data, member.guild, MEMBERS)

    # channels and threads

    def create_channel(
        self,
        guild: Guild,
        name: str,
        *,
        overwrites: Iterable[Overwrite] = (),
        **fields: Any,
    ) -> Channel:
        position = len([one for one in guild.channels.values() if not one.thread])
        made = Channel(self.ids.next(), guild=guild, name=name, position=position, **fields)
        made.overwrites = {one.id: one for one in overwrites}
        guild.channels[made.id] = self.channels[made.id] = made
        kind = "category created" if made.type == CATEGORY else "channel created"
        self.note(kind, guild=guild.id, channel=made.id, name=name)
        self.dispatch("CHANNEL_CREATE", payloads.channel(made), guild, GUILDS)
        return made

    def change_channel(self, channel: Channel) -> None:
        """Tell that the fields of a channel or thread were changed."""
        guild = channel.guild
        assert guild is not None
        self.note("channel changed", guild=guild.id, channel=channel.id, name=channel.name)
        event = "THREAD_UPDATE" if channel.thread else "CHANNEL_UPDATE"
        if not channel.thread or permissions.sees(self.bot, channel):
            self.dispatch(event, payloads.channel(channel, self.bot), guild, GUILDS)

    def delete_channel(self, channel: Channel) -> None:
        """Remove a channel with its threads; the channels of a category stay."""
        guild = channel.guild
        assert guild is not None
        for other in [c for c in guild.channels.values() if c.parent is channel]:
            if other.thread:
                self._forget(other)
            else:
                other.parent = None
                self.change_channel(other)
        told = payloads.channel(channel)
        self._forget(channel)
        self.note("channel deleted", guild=guild.id, channel=channel.id, name=channel.name)
        if channel.thread:
            told = {key: told[key] for key in ("id", "guild_id", "parent_id", "type")}
        self.dispatch("THREAD_DELETE" if channel.thread else "CHANNEL_DELETE", told, guild, GUILDS)

    def _forget(self, channel: Channel) -> None:
        assert channel.guild is not None
        del channel.guild.channels[channel.id], self.channels[channel.id]
        channel.deleted = True
        for message in channel.messages.values():
            message.deleted = True

    def create_thread(
        self, parent: Channel, owner: User, source: Message | None = None, **fields: Any
    ) -> Channel:
        """A thread with its owner in it; one made from a message has the message's id."""
        guild = parent.guild
        assert guild is not None
        thread = Thread(owner, changed_at=self.clock.now(), **fields.pop("thread", {}))
        thread.members[owner.id] = self.clock.now()
        thread_id = source.id if source else self.ids.next()
        made = Channel(thread_id, guild=guild, parent=parent, thread=thread, **fields)
        guild.channels[made.id] = self.channels[made.id] = made
        if source:
            source.thread = made
        self.note("thread created", guild=guild.id, channel=made.id, name=made.name)
        if permissions.sees(self.bot, made):
            data = payloads.channel(made, self.bot) | {"newly_created": True}
            self.dispatch("THREAD_CREATE", data, guild, GUILDS)
        return made

    def change_thread_members(
        self, channel: Channel, added: Iterable[User] = (), removed: Iterable[User] = ()
    ) -> None:
        thread, guild = channel.thread, channel.guild
        assert thread is not None
        assert guild is not None
        new = [user for user in added if user.id not in thread.members]
        gone = [user for user in removed if thread.members.pop(user.id, None)]
        for user in new:
            thread.members[user.id] = self.clock.now()
            self.note("thread joined", channel=channel.id, person=user.id, name=user.name)
        if not (new or gone) or not permissions.sees(self.bot, channel):
            return
        data: Json = {"id": str(channel.id), "guild_id": str(guild.id)}
        data["member_count"] = min(len(thread.members), 50)
        if new:
            data["added_members"] = [
                payloads.thread_member(channel, user.id)
                | {"member": payloads.member(guild.members[user.id]), "presence": None}
                for user in new
            ]
        if gone:
            data["removed_member_ids"] = [str(user.id) for user in gone]
        self.dispatch("THREAD_MEMBERS_UPDATE", data, guild, GUILDS)

    def direct_channel(self, person: User) -> Channel:
        """The direct conversation of the bot with ``person``, made when there is none."""
        for channel in self.channels.values():
            if channel.recipient is person:
                return channel
        made = Channel(self.ids.next(), DM, recipient=person)
        self.channels[made.id] = made
        return made

    # messages

    def create_message(
        self,
        channel: Channel,
        author: User,
        *,
        allowed: Json | None = None,
        told: bool = True,
        **fields: Any,
    ) -> Message:
        """Put a message into ``channel``; ``told`` False keeps it from the gateway."""
        made = Message(self.ids.next(), channel, author, self.clock.now(), **fields)
        found = mentions.read(made.text, allowed, channel, author)
        self._set_mentions(made, found)
        replied_to = self._replied_to(made, allowed)
        if replied_to and replied_to not in made.mentions:
            made.mentions.append(replied_to)
        made.pinged = mentions.notified(made, found, replied_to)
        channel.messages[made.id] = made
        if channel.thread and not made.ephemeral_for:
            channel.thread.sent += 1
        if made.nonce is not None:
            self._nonces[author.id, str(made.nonce)] = made
        self.note("ephemeral" if made.ephemeral_for else "message", **self._facts(made))
        if told and not made.ephemeral_for:
            self._tell_message("MESSAGE_CREATE", made, with_nonce=True)
        return made

    @staticmethod
    def _set_mentions(message: Message, found: mentions.Mentions) -> None:
        message.mentions = found.users
        message.mention_roles = [role.id for role in found.roles]
        message.mention_everyone = found.everyone

    @staticmethod
    def _replied_to(message: Message, allowed: Json | None) -> User | None:
        if not message.reference or message.reference["type"] != 0 or message.type != 19:
            return None
        original = message.channel.messages.get(int(message.reference["message_id"]))
        wanted = allowed is None or allowed.get("replied_user", False)
        return original.author if original and wanted else None

    def _facts(self, one: Message) -> Json:
        guild = one.channel.guild
        return {
            "guild": guild.id if guild else None,
            "channel": one.channel.id,
            "channel_name": one.channel.name,
            "direct_with": one.channel.recipient.id if one.channel.recipient else None,
            "message": one.id,
            "author": one.author.id,
            "author_name": one.author.name,
            "text": one.text,
            "buttons": one.buttons,
            "silent": one.silent,
            "loading": one.loading,
            "ephemeral_for": one.ephemeral_for.id if one.ephemeral_for else None,
            "pinged": [user.id for user in one.pinged],
        }

    def _tell_message(self, event: str, one: Message, *, with_nonce: bool = False) -> None:
        if not permissions.sees(self.bot, one.channel):
            return
        intent = GUILD_MESSAGES if one.channel.guild else DIRECT_MESSAGES
        data = payloads.message_event(one, with_nonce=with_nonce)
        self.dispatch(event, data, one.channel.guild, intent)

    def change_message(
        self, one: Message, *, allowed: Json | None = None, edited: bool = True, **fields: Any
    ) -> None:
        """Change a message; ``edited`` False for what is no edit: a deferred answer filled."""
        for name, value in fields.items():
            setattr(one, name, value)
        if "content" in fields or "components" in fields:
            self._set_mentions(one, mentions.read(one.text, allowed, one.channel, one.author))
        if edited:
            one.edited_at = self.clock.now()
        self.note("edited" if edited else "filled", **self._facts(one))
        if not one.ephemeral_for:
            self._tell_message("MESSAGE_UPDATE", one)

    def delete_message(self, one: Message) -> None:
        one.deleted = True
        one.channel.messages.pop(one.id, None)
        one.channel.pins.pop(one.id, None)
        self.note("deleted", **self._facts(one))
        if one.ephemeral_for or not permissions.sees(self.bot, one.channel):
            return
        data = {"id": str(one.id), "channel_id": str(one.channel.id)}
        guild = one.channel.guild
        if guild:
            data["guild_id"] = str(guild.id)
        intent = GUILD_MESSAGES if guild else DIRECT_MESSAGES
        self.dispatch("MESSAGE_DELETE", data, guild, intent)

    def pin(self, one: Message, by: User | None) -> None:
        """Pin (``by`` says so in the channel) or, with ``by`` None, unpin."""
        pins = one.channel.pins
        if by:
            pins[one.id] = self.clock.now()
        else:
            del pins[one.id]
        self.note("pinned" if by else "unpinned", **self._facts(one))
        latest: datetime | None = max(pins.values(), default=None)
        data = {
            "channel_id": str(one.channel.id),
            "last_pin_timestamp": payloads.stamp(latest) if latest else None,
        }
        guild = one.channel.guild
        if guild:
            data["guild_id"] = str(guild.id)
        self.dispatch("CHANNEL_PINS_UPDATE", data, guild, GUILDS if guild else DIRECT_MESSAGES)
        self._tell_message("MESSAGE_UPDATE", one)
        if by:
            where = {"message_id": str(one.id), "channel_id": str(one.channel.id), "type": 0}
            self.create_message(one.channel, by, type=6, reference=where)

    def sent_with_nonce(self, author: User, nonce: str | int) -> Message | None:
        """The message ``author`` sent with this nonce in the last five minutes, if any.

        Discord says "in the past few minutes" (resources/message, enforce_nonce).
        """
        found = self._nonces.get((author.id, str(nonce)))
        fresh = found and (self.clock.now() - found.at).total_seconds() <= 300
        return found if found and fresh and not found.deleted else None
