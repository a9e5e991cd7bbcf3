"""What a step of a script lets a person do: from its words to a click, a message, a form."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from bot.errors import RehearsalError
from bot.rehearsal import components
from bot.rehearsal.interactions import Modal, Reply
from bot.rehearsal.people import Person
from bot.rehearsal.reading import Reader, is_private, messages, path_of, same, visible
from bot.rehearsal.script import DIRECT, PRIVATE, Script
from bot.rehearsal.sheet import Step
from bot.rehearsal.state import Channel, Guild, Json, Message, Role


class Hands:
    """Does for people what a script says. What cannot be done is a RehearsalError that says why."""

    def __init__(self, script: Script, guild: Guild, people: dict[str, Person]) -> None:
        self._script = script
        self._guild = guild
        self._people = people
        self._reader = Reader(guild)
        self._forms: dict[str, Modal] = {}

    async def act(self, step: Step) -> Reply | None:
        """Do it; hand back the bot's answer, where one is owed.

        Raises:
            RehearsalError: it cannot be done.
        """
        do: Callable[[Step, Person], Awaitable[Reply | None]] = getattr(self, f"_{step.action}")
        reply = await do(step, self._people[step.who or ""])
        if reply is not None and reply.modal:
            self._forms[step.who or ""] = reply.modal
        return reply

    async def _say(self, step: Step, person: Person) -> None:
        await person.say(self._place(person, step.place), self._mentioning(step.say))

    async def _dm(self, step: Step, person: Person) -> None:
        await person.dm(self._mentioning(step.dm))

    async def _edit(self, step: Step, person: Person) -> None:
        own = self._find(person, step.place, step.edit, lambda one: one.author is person)
        await person.edit(own, self._mentioning(step.to))

    async def _delete(self, step: Step, person: Person) -> None:
        mine = self._find(person, step.place, step.delete, lambda one: one.author is person)
        await person.delete(mine)

    async def _forward(self, step: Step, person: Person) -> None:
        found = self._find(person, None, step.forward, lambda one: one.ephemeral_for is None)
        await person.forward(found, self._place(person, step.place))

    async def _slash(self, step: Step, person: Person) -> Reply:
        where = self._place(person, step.place) if step.place else self._guild
        options = {name: self._option(person, value) for name, value in step.options.items()}
        return await person.slash(step.slash or "", where, **options)

    async def _menu(self, step: Step, person: Person) -> Reply:
        found = self._find(person, step.place, step.message, lambda one: not one.ephemeral_for)
        return await person.menu(step.menu or "", found)

    async def _click(self, step: Step, person: Person) -> Reply:
        wanted = same(step.click or "")

        def button(message: Message) -> str | None:
            return next((label for label in message.buttons if same(label) == wanted), None)

        found = self._find(person, step.place, step.message, button, f"the button [{wanted}]")
        return await person.click(found, button(found) or "")

    async def _choose(self, step: Step, person: Person) -> Reply:
        wanted = same(step.choose or "")

        def menu(message: Message) -> Json | None:
            for one in components.of_types(message.components, {3}):
                if any(same(option["label"]) == wanted for option in one["options"]):
                    return one
            return None

        found = self._find(person, step.place, step.message, menu, f"a menu with {wanted!r}")
        chosen = menu(found) or {}
        label = next(o["label"] for o in chosen["options"] if same(o["label"]) == wanted)
        return await person.choose(found, chosen["custom_id"], [label])

    async def _submit(self, step: Step, person: Person) -> Reply:
        modal = self._forms.pop(person.name, None)
        if modal is None:
            raise RehearsalError(f"No form is open for {person.name}.")
        answers = dict(_answers(modal, step.submit or {}))
        told = [f"{label}: {_joined(answer)}" for label, answer in answers.items()]
        who = {"person": person.id, "name": person.name}
        channel = modal.interaction.channel.id
        self._guild.world.note(
            "answers", **who, channel=channel, form=modal.custom_id, answers=told
        )
        return await person.submit(modal, answers)

    async def _join(self, step: Step, person: Person) -> None:
        roles = [self._guild.role(name) for name in self._script.people[person.name].roles]
        await person.join(self._guild, roles)

    async def _leave(self, step: Step, person: Person) -> None:
        await person.leave(self._guild)

    async def _close_dms(self, step: Step, person: Person) -> None:
        person.close_dms()

    async def _open_dms(self, step: Step, person: Person) -> None:
        person.open_dms()

    # what words mean

    def _place(self, person: Person, name: str | None) -> Channel:
        there = [c for c in visible(person, self._guild) if path_of(c) == name and c.name]
        if not there:
            seen = sorted(path_of(c) for c in visible(person, self._guild) if c.name)
            raise RehearsalError(
                f"{person.name} sees no channel {name!r}, but: {', '.join(seen) or 'none'}."
            )
        return max(there, key=lambda channel: channel.id)

    def _find(
        self,
        person: Person,
        place: str | None,
        text: str | None,
        fits: Callable[[Message], Any],
        what: str = "",
    ) -> Message:
        """The newest message that ``person`` sees, that ``fits``, with ``text`` in it."""
        zone = self._script.zone_of(person.name)
        for one in reversed(messages(person, self._guild, lambda c: is_in(c, place))):
            if place == PRIVATE and not (one.ephemeral_for or is_private(one.channel)):
                continue
            said = same(self._reader.text(one.text, zone))
            if fits(one) and (text is None or same(text) in said):
                return one
        where = f" in {place}" if place else ""
        told = "".join(f" with {part}" for part in (text and f"“{text}”", what) if part)
        raise RehearsalError(f"{person.name} sees no message{where}{told}.")

    def _mentioning(self, text: str | None) -> str:
        """``text`` with the mentions that the app makes of ``@Name``."""
        names = sorted(self._people, key=len, reverse=True)
        pattern = "@(" + "|".join(map(re.escape, names)) + r")\b"
        return re.sub(pattern, lambda found: self._people[found[1]].mention, text or "")

    def _option(self, person: Person, value: object) -> object:
        if not isinstance(value, str) or len(value) < 2:
            return value
        if value.startswith("#"):
            return self._place(person, value[1:])
        return self._named(value[1:]) if value.startswith("@") else value

    def _named(self, name: str) -> Person | Role:
        if name in self._people:
            return self._people[name]
        for role in self._guild.roles.values():
            if role.name == name:
                return role
        raise RehearsalError(f"There is no role @{name} yet.")


def is_in(channel: Channel, place: str | None) -> bool:
    """Whether a channel may hold what a script looks for ``in`` a place."""
    if place is None or place == PRIVATE:
        return True
    return channel.guild is None if place == DIRECT else path_of(channel) == place


def _answers(modal: Modal, given: Mapping[str, str | list[str]]) -> Iterator[tuple[str, Any]]:
    """The answers under the form's own labels, in its own words, whatever quotes were typed."""
    labels = {same(label): label for label in modal.labels}
    choices = {
        same(option["label"]): option["label"]
        for part in components.walk(modal.components)
        for option in part.get("options") or ()
    }
    for typed, answer in given.items():
        label = labels.get(same(typed))
        if label is None:
            known = ", ".join(modal.labels)
            raise RehearsalError(f"The form has no field {typed!r}. It has: {known}.")
        if isinstance(answer, list):
            yield label, [choices.get(same(one), one) for one in answer]
        else:
            yield label, choices.get(same(answer), answer)


def _joined(answer: str | list[str]) -> str:
    return answer if isinstance(answer, str) else ", ".join(answer)
