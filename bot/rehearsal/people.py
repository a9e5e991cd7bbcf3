"""People: what somebody with a Discord app can do and see. They are the tests' and scripts' hands.

A person can only do what the app would let them: see a channel before writing in it, press a
button that is there, leave no required field empty. What they cannot do is a
:class:`~bot.errors.RehearsalError` that says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.errors import RehearsalError
from bot.rehearsal import commands, components, forms, payloads, permissions
from bot.rehearsal.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    FORM,
    Choice,
    Interactions,
    Modal,
    Reply,
    command_data,
)
from bot.rehearsal.state import (
    HAS_SNAPSHOT,
    TEXT,
    Channel,
    Command,
    Guild,
    Json,
    Member,
    Message,
    Role,
    User,
)

if TYPE_CHECKING:
    from bot.rehearsal.world import World


class Person(User):
    """Somebody with the Discord app."""

    def __init__(self, people: People, number: int, name: str, locale: str) -> None:
        super().__init__(number, name, locale=locale)
        self._people = people
        self._world = people.world
        self.accepts_direct = True

    def __repr__(self) -> str:
        return f"<Person {self.name}>"

    # reading

    def sees(self, channel: Channel) -> list[Message]:
        """What this person reads in ``channel``, oldest first, ephemeral messages to them too."""
        own = permissions.of(self, channel)
        if not own & permissions.VIEW_CHANNEL:
            return []
        history = bool(own & permissions.READ_MESSAGE_HISTORY)
        return [
            one
            for one in sorted(channel.messages.values(), key=lambda message: message.id)
            if one.ephemeral_for is self or (history and one.ephemeral_for is None)
        ]

    def dms(self) -> list[Message]:
        """The direct conversation with the bot, oldest first."""
        return self.sees(self._world.direct_channel(self))

    @property
    def notifications(self) -> list[Message]:
        """The messages that notified this person, in order."""
        places = self._world.channels.values()
        found = [one for place in places for one in place.messages.values() if self in one.pinged]
        return sorted(found, key=lambda message: message.id)

    # being somewhere

    async def join(self, guild: Guild, roles: Sequence[Role] = ()) -> None:
        """Become a member."""
        if self.id in guild.members:
            raise RehearsalError(f"{self.name} is in {guild.name} already.")
        self._world.add_member(guild, self, roles)

    async def leave(self, guild: Guild) -> None:
        """Stop being a member."""
        self._member(guild)
        self._world.remove_member(guild, self)

    def close_dms(self) -> None:
        """Refuse direct messages from now on."""
        self.accepts_direct = False

    def open_dms(self) -> None:
        """Accept direct messages again."""
        self.accepts_direct = True

    # writing

    async def say(self, channel: Channel, text: str, *, reply_to: Message | None = None) -> Message:
        """Write a message."""
        self._may_write(channel)
        fields: Json = {}
        if reply_to:
            self._must_see(reply_to)
            fields = {"type": 19, "reference": self._reference(reply_to, 0)}
        return self._world.create_message(channel, self, content=text, **fields)

    async def dm(self, text: str) -> Message:
        """Write to the bot directly."""
        return await self.say(self._world.direct_channel(self), text)

    async def edit(self, message: Message, text: str) -> None:
        """Change a message of one's own."""
        self._own(message)
        self._world.change_message(message, content=text)

    async def delete(self, message: Message) -> None:
        """Delete a message of one's own, or any with the permission to manage messages."""
        self._must_see(message)
        manages = permissions.of(self, message.channel) & permissions.MANAGE_MESSAGES
        if message.author is not self and not manages:
            raise RehearsalError(f"{self.name} may not delete a message of {message.author.name}.")
        self._world.delete_message(message)

    async def forward(self, message: Message, channel: Channel) -> Message:
        """Forward a message to another channel."""
        self._must_see(message)
        self._may_write(channel)
        return self._world.create_message(
            channel,
            self,
            flags=HAS_SNAPSHOT,
            reference=self._reference(message, 1),
            snapshots=[payloads.snapshot(message)],
        )

    @staticmethod
    def _reference(message: Message, kind: int) -> Json:
        made: Json = {"type": kind, "channel_id": str(message.channel.id)}
        made["message_id"] = str(message.id)
        if message.channel.guild:
            made["guild_id"] = str(message.channel.guild.id)
        return made

    # interactions

    async def slash(
        self, command: str, /, guild_or_channel: Guild | Channel | None = None, **options: object
    ) -> Reply:
        """Use a slash command such as ``cohort create``; without a place, in direct messages.

        Raises:
            RehearsalError: the command is not there, not allowed or not filled in rightly.
        """
        channel = self._place(guild_or_channel)
        typed = commands.find(self._world, channel.guild, command)
        self._may_command(typed.command, channel)
        filled, mentioned = commands.fill(typed, options, channel.guild)
        data = command_data(typed, filled)
        if mentioned:
            data["resolved"] = self._resolved(channel, mentioned)
        line = f"/{command.removeprefix('/')}"
        self._note("slash", channel, line, options=[f"{o['name']}: {o['value']}" for o in filled])
        return await self._start(COMMAND, channel, data, line)

    async def autocomplete(
        self,
        command: str,
        option: str,
        typed_so_far: str,
        /,
        channel: Guild | Channel | None = None,
        **options: object,
    ) -> list[Choice]:
        """The suggestions while typing ``option`` of a slash command.

        Raises:
            RehearsalError: the command is not there, or the bot did not answer.
        """
        place = self._place(channel)
        typed = commands.find(self._world, place.guild, command)
        self._may_command(typed.command, place)
        filled, _ = commands.fill(typed, options | {option: typed_so_far}, place.guild, partly=True)
        for one in filled:
            if one["name"].replace("-", "_") == option.replace("-", "_"):
                one["focused"] = True
        data = command_data(typed, filled)
        reply = await self._start(AUTOCOMPLETE, place, data, f"/{command} {option}")
        if reply.failed:
            raise RehearsalError(f"No suggestions for /{command} {option}: {reply.failed}")
        return reply.choices

    async def menu(self, name: str, message: Message) -> Reply:
        """Use an entry of the menu of a message, under Apps."""
        self._must_see(message)
        channel = message.channel
        command = commands.find_menu(self._world, channel.guild, name)
        self._may_command(command, channel)
        told = payloads.message(message)
        data: Json = {"id": str(command.id), "name": command.name, "type": 3}
        data |= {"target_id": str(message.id), "resolved": {"messages": {str(message.id): told}}}
        if command.guild_id:
            data["guild_id"] = str(command.guild_id)
        self._note("menu", channel, name, message=message.id)
        return await self._start(COMMAND, channel, data, f"menu entry {name!r}")

    async def click(self, message: Message, button: str) -> Reply:
        """Press a button, named by its label or custom id."""
        one = self._component(message, {2}, button, ("label", "custom_id"))
        if one.get("url"):
            raise RehearsalError(f"The button {button!r} opens {one['url']}; Discord tells no bot.")
        label = one.get("label") or one["custom_id"]
        self._note("click", message.channel, label, message=message.id)
        data = {"component_type": 2, "custom_id": one["custom_id"], "id": one["id"]}
        return await self._start(COMPONENT, message.channel, data, f"button {label!r}", message)

    async def choose(self, message: Message, select: str, values: Sequence[Any]) -> Reply:
        """Choose in a menu, named by its custom id or placeholder.

        Args:
            values: labels or values of a text menu; people, roles or channels of the others,
                themselves or by name.
        """
        one = self._component(message, components.SELECTS, select, ("custom_id", "placeholder"))
        values = forms.meant(one, values, message.channel.guild)
        chosen = forms.chosen(select, one, values)
        data: Json = {"component_type": one["type"], "custom_id": one["custom_id"]}
        data |= {"id": one["id"], "values": chosen}
        if one["type"] != 3:
            data["resolved"] = self._resolved(message.channel, values)
        self._note("choose", message.channel, ", ".join(chosen), message=message.id)
        return await self._start(COMPONENT, message.channel, data, f"menu {select!r}", message)

    async def submit(self, form: Reply | Modal, answers: Mapping[str, Any]) -> Reply:
        """Send a form, its fields named by label or custom id; the rest keep their defaults."""
        modal = form.modal if isinstance(form, Reply) else form
        if modal is None:
            raise RehearsalError(f"No form opened for {self.name}.")
        opened = modal.interaction
        self._place(opened.channel)
        if opened.user is not self:
            raise RehearsalError(f"{self.name} cannot send the form of {opened.user.name}.")
        filled, mentioned = forms.filled(modal, answers)
        data: Json = {"custom_id": modal.custom_id, "components": filled}
        if mentioned:
            data["resolved"] = self._resolved(opened.channel, mentioned)
        self._note("submit", opened.channel, modal.title)
        name = f"form {modal.title!r}"
        return await self._people.interactions.start(
            FORM, self, opened.channel, data, name, opened.source, opened
        )

    async def _start(
        self, kind: int, channel: Channel, data: Json, name: str, source: Message | None = None
    ) -> Reply:
        return await self._people.interactions.start(kind, self, channel, data, name, source)

    # what the app allows

    def _note(self, kind: str, channel: Channel, text: str, **more: Any) -> None:
        who = {"person": self.id, "name": self.name, "channel": channel.id}
        self._world.note(kind, **who, channel_name=channel.name, text=text, **more)

    def _resolved(self, channel: Channel, mentioned: Sequence[object]) -> Json:
        return commands.resolved(channel.guild, mentioned, self, self._world.bot)

    def _place(self, place: Guild | Channel | None) -> Channel:
        if place is None:
            return self._world.direct_channel(self)
        if isinstance(place, Guild):
            for channel in place.channels.values():
                if channel.type == TEXT and permissions.sees(self, channel):
                    return channel
            raise RehearsalError(f"{self.name} sees no text channel in {place.name}.")
        if not permissions.sees(self, place):
            raise RehearsalError(f"{self.name} does not see #{place.name}.")
        return place

    def _member(self, guild: Guild) -> Member:
        if self.id not in guild.members:
            raise RehearsalError(f"{self.name} is not in {guild.name}.")
        return guild.members[self.id]

    def _may_write(self, channel: Channel) -> None:
        needed = permissions.VIEW_CHANNEL | permissions.SEND_MESSAGES
        if channel.thread:
            needed = permissions.VIEW_CHANNEL | permissions.SEND_MESSAGES_IN_THREADS
        if channel.deleted or needed & ~permissions.of(self, channel):
            raise RehearsalError(f"{self.name} cannot write in #{channel.name}.")

    def _must_see(self, message: Message) -> None:
        if message.deleted or message not in self.sees(message.channel):
            raise RehearsalError(f"{self.name} does not see that message.")

    def _own(self, message: Message) -> None:
        self._must_see(message)
        if message.author is not self:
            raise RehearsalError(f"{self.name} did not write that message.")

    def _may_command(self, command: Command, channel: Channel) -> None:
        member = channel.guild.members.get(self.id) if channel.guild else None
        if channel.guild and not (
            permissions.of(self, channel) & permissions.USE_APPLICATION_COMMANDS
        ):
            raise RehearsalError(f"{self.name} may not use commands in #{channel.name}.")
        if not commands.may_use(command, member, channel):
            raise RehearsalError(f"{self.name} does not see the command {command.name!r}.")

    def _component(
        self, message: Message, types: set[int], wanted: str, names: tuple[str, ...]
    ) -> Json:
        self._must_see(message)
        there = components.of_types(message.components, types)
        for one in there:
            if wanted in [one.get(name) for name in names]:
                if one.get("disabled"):
                    raise RehearsalError(f"{wanted!r} is disabled.")
                return one
        shown = ", ".join(repr(one.get(names[0]) or one.get(names[1])) for one in there) or "none"
        raise RehearsalError(f"There is no {wanted!r} on that message. There is: {shown}.")


class People:
    """Makes people."""

    def __init__(self, world: World, interactions: Interactions) -> None:
        self.world = world
        self.interactions = interactions

    def make(self, name: str, locale: str = "en-US") -> Person:
        """Somebody new, in no server yet."""
        person = Person(self, self.world.ids.next(), name, locale)
        self.world.users[person.id] = person
        return person

    @staticmethod
    def accepts_direct(user: User) -> bool:
        """Whether ``user`` lets the bot write to them."""
        return isinstance(user, Person) and user.accepts_direct
