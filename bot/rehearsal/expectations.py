"""Whether people saw what a script says they should have seen, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.errors import RehearsalError
from bot.rehearsal import permissions
from bot.rehearsal.people import Person
from bot.rehearsal.reading import Reader, files, is_private, path_of, same
from bot.rehearsal.script import DIRECT, EVERYONE, PRIVATE, Script
from bot.rehearsal.sheet import Step
from bot.rehearsal.state import Channel, Guild, Json, Message

_SHOWN = {"message", "ephemeral", "edited", "filled"}
_LONGEST = 100  # characters of what was seen that a failure quotes


@dataclass(frozen=True)
class Seen:
    """Something new or changed that one person saw.

    Attributes:
        text: as they read it.
        where: in words.
        pinged: whether it notified them.
    """

    text: str
    where: str
    pinged: bool


class Expectations:
    """Checks expectations against the world of a rehearsal."""

    def __init__(self, script: Script, guild: Guild, people: dict[str, Person]) -> None:
        self._script = script
        self._guild = guild
        self._people = people
        self._reader = Reader(guild)

    def failures(self, step: Step, events: list[Json]) -> Iterator[str]:
        """A sentence for everything that is not as expected.

        Args:
            events: the part of the rehearsal's log the expectation is about.

        Raises:
            RehearsalError: the step names a place that is not there.
        """
        for name in (*(step.can_open or ()), *(step.cannot_open or ()), step.place or PRIVATE):
            self._known(name)
        readers = self._readers(step)
        if not readers:
            yield f"nobody is {' or '.join(step.expect or [])} now, so nobody can see anything"
        for person in readers:
            yield from self._doors(step, person)
            if step.sees or step.not_sees or step.sees_nothing:
                yield from self._sight(step, person, list(self.seen(person, step.place, events)))

    def seen(self, person: Person, place: str | None, events: list[Json]) -> Iterator[Seen]:
        """What is new or changed for ``person``, each message once, their own left out."""
        zone = self._script.zone_of(person.name)
        created = {e["message"] for e in events if e["kind"] == "message"}
        done: set[int] = set()
        for event in events:
            form = event["kind"] == "modal" and event["person"] == person.id
            if form and place in (None, PRIVATE):
                yield Seen(self._reader.text(event["text"], zone), "a form", False)
            if event["kind"] not in _SHOWN or event["message"] in done:
                continue
            message = self._message(person, event)
            if message is None or not _is_in(message, place):
                continue
            done.add(message.id)
            pinged = message.id in created and person in message.pinged
            text = self._reader.text(message.text, zone) + self._files(message)
            yield Seen(text, where(message), pinged)

    def _message(self, person: Person, event: Json) -> Message | None:
        channel = self._guild.world.channels.get(event["channel"])
        found = channel.messages.get(event["message"]) if channel else None
        if channel is None or found is None or found.loading or found.author is person:
            return None
        return found if found in person.sees(channel) else None

    def _files(self, message: Message) -> str:
        kept = self._guild.world.files
        found = [kept.get(number, b"") for _, number in files(message)]
        return "".join("\n" + data.decode("utf-8", errors="replace") for data in found)

    def _readers(self, step: Step) -> list[Person]:
        names = {name for one in step.expect or () for name in self._named(one)}
        names -= {name for one in step.except_ for name in self._named(one)}
        return [person for name, person in self._people.items() if name in names]

    def _named(self, name: str) -> list[str]:
        """The people a name stands for: one, those who have a role now, or everyone."""
        members = self._guild.members
        if name in self._people:
            return [name]
        return [
            other
            for other, person in self._people.items()
            if person.id in members
            and (name == EVERYONE or any(r.name == name for r in members[person.id].roles))
        ]

    def _known(self, place: str) -> None:
        places = {path_of(channel) for channel in self._guild.channels.values()}
        if place not in {DIRECT, PRIVATE} | places:
            shown = ", ".join(sorted(places))
            raise RehearsalError(
                f"There is no place {place!r}. There is: {shown}, {DIRECT}, {PRIVATE}."
            )

    def _doors(self, step: Step, person: Person) -> Iterator[str]:
        for place in step.can_open or ():
            if not self._opens(person, place):
                yield f"{person.name} should see the channel {place} and does not"
        for place in step.cannot_open or ():
            if self._opens(person, place):
                yield f"{person.name} should not see the channel {place} and does"

    def _opens(self, person: Person, place: str) -> bool:
        return any(
            path_of(channel) == place and permissions.sees(person, channel)
            for channel in self._guild.channels.values()
        )

    @staticmethod
    def _sight(step: Step, person: Person, seen: list[Seen]) -> Iterator[str]:
        place = f" in {step.place}" if step.place else ""
        if step.sees_nothing and seen:
            yield f"{person.name} should see nothing new{place}, and saw {_quoted(seen)}"
        for text in step.not_sees or ():
            for one in seen:
                if same(text) in same(one.text):
                    yield f"{person.name} should not see “{text}”{place}, and saw it in {one.where}"
        if not step.sees:
            return
        what = " and ".join(f"“{text}”" for text in step.sees) + place
        found = [one for one in seen if all(same(t) in same(one.text) for t in step.sees)]
        if step.times is not None and len(found) != step.times:
            yield (
                f"{person.name} should see {what} {_count(step.times)}, "
                f"and saw it {_count(len(found))}"
            )
        elif step.times is None and not found:
            yield f"{person.name} should see {what}, and saw {_nearly(step.sees, seen)}"
        elif found and step.pinged is not None and any(o.pinged for o in found) != step.pinged:
            should, did = ("should", "was not") if step.pinged else ("should not", "was")
            yield f"{person.name} {should} be notified of {what}, and {did}"


def where(message: Message) -> str:
    """Where a message stands, in words."""
    if message.channel.guild is None:
        return DIRECT
    private = ", an answer only they see" if message.ephemeral_for else ""
    return path_of(message.channel) + private


def _is_in(message: Message, place: str | None) -> bool:
    channel: Channel = message.channel
    own = message.ephemeral_for is not None
    if place is None:
        return True
    if place == DIRECT:
        return channel.guild is None
    if place == PRIVATE:
        return own or is_private(channel)
    return not own and path_of(channel) == place


def _nearly(wanted: list[str], seen: list[Seen]) -> str:
    """What was seen; where one message had some of what is wanted, what it lacks."""
    lacking = [[t for t in wanted if same(t) not in same(one.text)] for one in seen]
    least = min(lacking, key=len, default=wanted)
    if len(least) == len(wanted):
        return _quoted(seen)
    return "that without " + " and ".join(f"“{text}”" for text in least)


def _quoted(seen: list[Seen]) -> str:
    if not seen:
        return "nothing new"
    return "; ".join(f"“{_short(one.text)}” in {one.where}" for one in seen[:4])


def _short(text: str) -> str:
    line = same(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _count(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")
