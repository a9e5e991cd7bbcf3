"""Interactions: what a person does with a command, button or form, and what the bot answers.

Discord's rules kept here (interactions/receiving-and-responding): the first answer within
three real seconds, one first answer only, then follow-ups for fifteen minutes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bot.errors import RehearsalError
from bot.rehearsal import commands, components, drafts, payloads, permissions, rules
from bot.rehearsal.drafts import Upload
from bot.rehearsal.refusals import Refusal, invalid, unknown
from bot.rehearsal.state import EPHEMERAL, LOADING, Channel, Guild, Json, Message, User
from bot.rehearsal.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
_MESSAGE, _DEFER, _DEFER_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_ALLOWED = {
    COMMAND: {_MESSAGE, _DEFER, _MODAL},
    COMPONENT: {_MESSAGE, _DEFER, _DEFER_UPDATE, _UPDATE, _MODAL},
    AUTOCOMPLETE: {_CHOICES},
    FORM: {_MESSAGE, _DEFER, _DEFER_UPDATE, _UPDATE},
}
_LIFETIME = timedelta(minutes=15)
_SILENCE = "The application did not respond."


class Choice(NamedTuple):
    """One suggestion while somebody types an option."""

    name: str
    value: str | int | float


@dataclass(eq=False)
class Modal:
    """A form the bot opened for one person."""

    custom_id: str
    title: str
    components: list[Json]
    interaction: Interaction = field(repr=False)

    @property
    def text(self) -> str:
        """What the person reads in it: title, texts, labels with their descriptions."""
        parts = [self.title]
        for one in components.walk(self.components):
            parts += [one.get("content", "") if one["type"] == 10 else ""]
            if one["type"] == 18:
                parts += [one["label"], one.get("description") or ""]
        return "\n".join(part for part in parts if part)

    @property
    def labels(self) -> list[str]:
        """The labels of its fields, in order."""
        return [
            one["label"]
            for one in components.walk(self.components)
            if one.get("label") and one["type"] in (4, 18)
        ]


class Reply:
    """What a person got for one thing they did.

    Attributes:
        message: the answer, or the message the bot changed in answer; None for neither.
        modal: the form that opened, if one did.
        choices: the suggestions for what was being typed.
        followups: further messages to this interaction, in order.
        failed: what Discord shows when the bot did not answer in time; None when it did.
    """

    def __init__(self) -> None:
        self.message: Message | None = None
        self.modal: Modal | None = None
        self.choices: list[Choice] = []
        self.followups: list[Message] = []
        self.failed: str | None = None
        self._changed = asyncio.Event()

    @property
    def text(self) -> str:
        """What the person reads: the form's, or the message's and the follow-ups' text."""
        if self.modal:
            return self.modal.text
        shown = [self.message, *self.followups] if self.message else self.followups
        return "\n".join(one.text for one in shown)

    def changed(self) -> None:
        """Wake whoever waits for this reply to be filled."""
        self._changed.set()

    async def filled(self, timeout: float = 10.0) -> Reply:  # noqa: ASYNC109
        """Wait until a deferred answer has been filled; at once when nothing was deferred.

        Args:
            timeout: real seconds.

        Raises:
            RehearsalError: it was not filled in that time.
        """
        try:
            async with asyncio.timeout(timeout):
                while self.message and self.message.loading and not self.message.deleted:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise RehearsalError(
                f"The bot deferred and then said nothing for {timeout} s."
            ) from None
        return self


@dataclass(eq=False)
class Interaction:
    """One interaction on its way.

    Attributes:
        source: the message whose component was used, also for a form it opened.
        origin: for a submitted form, the interaction that opened it.
        original: what ``@original`` means after the first answer.
        made: every message made through its token, by id.
    """

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    data: Json
    at: datetime
    name: str
    source: Message | None = None
    origin: Interaction | None = None
    original: Message | None = None
    made: dict[int, Message] = field(default_factory=dict)
    answered: bool = False
    expired: bool = False
    reply: Reply = field(default_factory=Reply)
    first_answer: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def guild(self) -> Guild | None:
        return self.channel.guild

    @property
    def metadata(self) -> Json:
        """What the messages it leads to say of it."""
        owner = str(self.guild.id) if self.guild else "0"
        made: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": payloads.user(self.user),
            "authorizing_integration_owners": {"0": owner},
        }
        if self.kind == COMPONENT and self.source:
            made["interacted_message_id"] = str(self.source.id)
        if self.kind == COMMAND and "target_id" in self.data:
            made["target_message_id"] = self.data["target_id"]
        if self.kind == FORM and self.origin:
            made["triggering_interaction_metadata"] = self.origin.metadata
        return made


class Interactions:
    """All interactions of one rehearsal.

    Args:
        patience: the real seconds the bot has for its first answer; Discord gives three.
    """

    def __init__(self, world: World, patience: float) -> None:
        self._world = world
        self._patience = patience
        self._by_token: dict[str, Interaction] = {}

    @property
    def waiting(self) -> list[str]:
        """The interactions nobody answered yet and that may still be answered."""
        return [
            f"{one.name} by {one.user.name}"
            for one in self._by_token.values()
            if not one.answered and not one.expired
        ]

    async def start(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        name: str,
        source: Message | None = None,
        origin: Interaction | None = None,
    ) -> Reply:
        """Tell the bot of what ``user`` did and wait for its first answer."""
        number = self._world.ids.next()
        token = f"rehearsal-{number}"
        now = self._world.clock.now()
        one = Interaction(number, token, kind, user, channel, data, now, name, source, origin)
        self._by_token[token] = one
        self._world.dispatch("INTERACTION_CREATE", self._payload(one), one.guild, 0)
        try:
            await asyncio.wait_for(one.first_answer.wait(), self._patience)
        except TimeoutError:
            one.expired = True
            one.reply.failed = _SILENCE
            self._world.note("no answer", person=user.id, name=user.name, text=name)
        return one.reply

    def _payload(self, one: Interaction) -> Json:
        world, guild = self._world, one.guild
        channel = payloads.channel(one.channel, world.bot)
        channel.pop("permission_overwrites", None)
        channel["permissions"] = str(permissions.of(one.user, one.channel))
        made: Json = {
            "id": str(one.id),
            "application_id": str(world.bot.id),
            "type": one.kind,
            "data": one.data,
            "token": one.token,
            "version": 1,
            "channel_id": str(one.channel.id),
            "channel": channel,
            "app_permissions": str(permissions.of(world.bot, one.channel)),
            "locale": one.user.locale,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "context": 0 if guild else 1,
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if one.source:
            made["message"] = payloads.message(one.source)
        if guild is None:
            return made | {"user": payloads.user(one.user)}
        member = guild.members[one.user.id]
        bits = str(permissions.in_channel(member, one.channel))
        return made | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": payloads.member(member) | {"permissions": bits},
        }

    # the first answer

    def answer(self, number: int, token: str, body: Json, files: dict[int, Upload]) -> Json:
        """Take the bot's first answer and hand back what ``with_response`` shows.

        Raises:
            Refusal: too late, twice, or not an answer to this kind of interaction.
        """
        one = self._by_token.get(token)
        if one is None or one.id != number or one.expired:
            raise unknown("interaction")
        if one.answered:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        kind = body.get("type")
        if kind not in _ALLOWED[one.kind] or (kind == _UPDATE and one.source is None):
            raise invalid("type", "INTERACTION_CALLBACK_INVALID_TYPE", "Not allowed here.")
        self._first(one, int(kind), body.get("data") or {}, files)
        one.answered = True
        one.first_answer.set()
        return self._told(one, int(kind))

    def _first(self, one: Interaction, kind: int, data: Json, files: dict[int, Upload]) -> None:
        if kind == _MESSAGE:
            one.original = one.reply.message = self._say(one, data, files)
        elif kind == _DEFER:
            one.original = one.reply.message = self._think(one, data)
        elif kind == _DEFER_UPDATE:
            one.original = one.source
        elif kind == _UPDATE and one.source:
            self._change(one.source, data, files)
            one.original = one.reply.message = one.source
        elif kind == _CHOICES:
            one.reply.choices = self._choices(data)
        else:
            rules.check_modal(data)
            parts = data["components"]
            self._number(parts)
            one.reply.modal = Modal(data["custom_id"], data["title"], parts, one)
            shown = {"text": one.reply.modal.text, "name": one.user.name}
            self._world.note("modal", person=one.user.id, channel=one.channel.id, **shown)

    @staticmethod
    def _number(parts: list[Json]) -> None:
        for number, part in enumerate(components.walk(parts), start=1):
            part.setdefault("id", number)

    @staticmethod
    def _choices(data: Json) -> list[Choice]:
        listed = data.get("choices") or []
        if len(listed) > 25:
            raise invalid("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        for place, choice in enumerate(listed):
            if not 1 <= len(str(choice["name"])) <= 100:
                sentence = "Must be between 1 and 100 in length."
                raise invalid(f"data.choices.{place}.name", "BASE_TYPE_BAD_LENGTH", sentence)
        return [Choice(choice["name"], choice["value"]) for choice in listed]

    def _say(self, one: Interaction, data: Json, files: dict[int, Upload]) -> Message:
        private = bool(int(data.get("flags") or 0) & EPHEMERAL)
        fields = drafts.new(self._world, data, files, one.channel.id, ephemeral=private)
        return self._put(one, private, fields)

    def _think(self, one: Interaction, data: Json) -> Message:
        private = bool(int(data.get("flags") or 0) & EPHEMERAL)
        return self._put(one, private, {"flags": LOADING | (EPHEMERAL if private else 0)})

    def _put(self, one: Interaction, private: bool, fields: Json) -> Message:
        kind = 0
        if one.kind == COMMAND and not one.original:
            kind = 23 if "target_id" in one.data else 20
        metadata = one.metadata
        if one.original:
            metadata["original_response_message_id"] = str(one.original.id)
        reader = one.user if private else None
        made = self._world.create_message(
            one.channel,
            self._world.bot,
            type=kind,
            from_interaction=metadata,
            ephemeral_for=reader,
            **fields,
        )
        one.made[made.id] = made
        return made

    def _change(self, message: Message, data: Json, files: dict[int, Upload]) -> None:
        if message.deleted:
            raise unknown("Message")
        fields = drafts.change(self._world, data, files, message)
        self._world.change_message(message, edited=not message.loading, **fields)

    def _told(self, one: Interaction, kind: int) -> Json:
        told: Json = {"id": str(one.id), "type": one.kind}
        made: Json = {"interaction": told}
        message = one.original
        if message and kind in (_MESSAGE, _DEFER, _UPDATE):
            told["response_message_id"] = str(message.id)
            told["response_message_loading"] = message.loading
            told["response_message_ephemeral"] = message.ephemeral_for is not None
            if kind != _DEFER:
                made["resource"] = {"type": kind, "message": payloads.message(message)}
        return made

    # afterwards, through the webhook of the interaction

    def later(self, token: str) -> Interaction:
        """The interaction whose token still works.

        Raises:
            Refusal: unknown, not answered yet, or older than fifteen minutes.
        """
        one = self._by_token.get(token)
        if one is None or not one.answered:
            raise unknown("Webhook")
        if self._world.clock.now() - one.at >= _LIFETIME:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return one

    def follow_up(self, one: Interaction, body: Json, files: dict[int, Upload]) -> Message:
        """A further message; the first one after a deferral fills the deferred answer."""
        waiting = one.original
        if waiting and waiting.loading and not waiting.deleted:
            kept = {key: value for key, value in body.items() if key != "flags"}
            kept["flags"] = int(body.get("flags") or 0) & ~EPHEMERAL
            self.change(one, waiting, kept, files)
            return waiting
        made = self._say(one, body, files)
        one.reply.followups.append(made)
        one.reply.changed()
        return made

    def message(self, one: Interaction, which: str) -> Message:
        """The message a webhook route means: ``@original`` or an id."""
        found = one.original if which == "@original" else one.made.get(int(which))
        if found is None or found.deleted:
            raise unknown("Message")
        return found

    def change(
        self, one: Interaction, message: Message, body: Json, files: dict[int, Upload]
    ) -> None:
        """Change or fill a message through the webhook."""
        self._change(message, body, files)
        if one.reply.message is None and message is one.source:
            one.reply.message = message
        one.reply.changed()

    def delete(self, one: Interaction, message: Message) -> None:
        """Delete a message through the webhook."""
        self._world.delete_message(message)
        one.reply.changed()


def command_data(typed: commands.Typed, filled: list[Json]) -> Json:
    """The data of a slash command interaction."""
    command = typed.command
    made: dict[str, Any] = {"id": str(command.id), "name": command.name, "type": 1}
    if command.guild_id:
        made["guild_id"] = str(command.guild_id)
    options = typed.wrapped(filled)
    return made | {"options": options} if options else made
