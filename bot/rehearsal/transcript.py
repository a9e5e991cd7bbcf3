"""The transcript: day by day who sees what, for people to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from bot.rehearsal import components
from bot.rehearsal.people import Person
from bot.rehearsal.reading import Reader, files, path_of, same
from bot.rehearsal.script import Script
from bot.rehearsal.state import PRIVATE_THREAD, Channel, Guild, Json

_MARGIN, _INSIDE = 7, 9
_WIDEST = 96
_LONG = 200  # characters from which on a card is not printed a second time


class Transcript:
    """Prints what happens, as it happens.

    Args:
        people: what somebody sees alone is told in their own time zone.
    """

    def __init__(
        self, console: Console, script: Script, guild: Guild, people: dict[str, Person]
    ) -> None:
        self._console = console
        self._script = script
        self._guild = guild
        self._people = {person.id: person for person in people.values()}
        self._reader = Reader(guild)
        self._width = min(console.width, _WIDEST)
        self._day = ""
        self._heading = ("", "", "")
        self._printed: dict[str, str] = {}
        self._texts: dict[int, str] = {}
        self._tellers: dict[str, Callable[[Json], None]] = {
            "message": self._message,
            "ephemeral": self._message,
            "filled": self._message,
            "edited": self._edited,
            "deleted": self._deleted,
            "modal": self._form,
            "slash": self._slash,
            "menu": lambda one: self._does(one, f"chooses “{one['text']}” in a message's menu"),
            "click": lambda one: self._does(one, f"presses [{one['text']}]"),
            "choose": lambda one: self._does(one, f"chooses {one['text']}"),
            "answers": self._answers,
            "no answer": lambda one: self._does(one, "gets no answer"),
            "joined": lambda one: self._news(one, f"{one['name']} joins the server."),
            "left": lambda one: self._news(one, f"{one['name']} leaves the server."),
            "role added": lambda one: self._news(
                one, f"{one['person_name']} has the role {one['name']} now."
            ),
            "role removed": lambda one: self._news(
                one, f"{one['person_name']} does not have the role {one['name']} any more."
            ),
            "channel created": self._channel,
        }

    def begin(self) -> None:
        """The title and what a reader may want to know first."""
        self._line(Text(self._script.title, "bold"), 0)
        if self._script.content_note:
            self._line(Text(" ".join(self._script.content_note.split())), 0)

    def show(self, events: list[Json]) -> None:
        """Print events of the rehearsal's log."""
        for event in events:
            if teller := self._tellers.get(event["kind"]):
                teller(event)

    # messages

    def _message(self, event: Json) -> None:
        if event["loading"]:
            return
        channel, zone = self._head(event)
        text = self._reader.text(event["text"], zone)
        self._texts[event["message"]] = text
        author = event["author_name"]
        if event["author"] in self._people:
            self._line(Text.assemble((f"{author}: ", "bold"), text))
            return
        how = ", without a sound" if event["silent"] else ""
        how = " (nobody else sees this)" if event["ephemeral_for"] else how
        self._line(Text.assemble((author, "bold"), (f"{how}:", "dim")))
        self._body(event, text)
        self._parts(event, channel)
        told = [self._people[one].name for one in event["pinged"] if one in self._people]
        if told and channel.guild:
            self._line(Text(f"This notifies {', '.join(told)}.", "yellow"), _INSIDE)

    def _body(self, event: Json, text: str) -> None:
        key = same(text)
        earlier = self._printed.get(key)
        if earlier and len(key) > _LONG:
            self._line(Text(text.splitlines()[0]), _INSIDE)
            self._line(Text(f"(the same as {earlier})", "dim"), _INSIDE)
            return
        self._printed[key] = f"{self._local(event):on %A at %H:%M}"
        self._line(Text(text), _INSIDE)

    def _parts(self, event: Json, channel: Channel) -> None:
        message = channel.messages.get(event["message"])
        buttons = [f"[{label}]" for label in event["buttons"]]
        if message:
            menus = components.of_types(message.components, components.SELECTS)
            buttons += [f"[{menu.get('placeholder') or 'choose'} ▾]" for menu in menus]
            pictures = components.described(message.components)
            for alt in pictures:
                self._line(Text(f"(a picture: {alt})"), _INSIDE)
            if not pictures:
                buttons += [f"(a file: {name})" for name, _ in files(message)]
        if buttons:
            self._line(Text("  ".join(buttons), "cyan"), _INSIDE)

    def _edited(self, event: Json) -> None:
        zone = self._place(event)[2]
        text = self._reader.text(event["text"], zone)
        before = self._texts.get(event["message"], "").splitlines()
        self._texts[event["message"]] = text
        new = [line for line in text.splitlines() if line not in before]
        if not new:
            return
        self._head(event)
        title = f" “{before[0][:60]}”" if before else " a message"
        self._line(Text.assemble((event["author_name"], "bold"), (f" changes{title}:", "dim")))
        self._line(Text("\n".join(new)), _INSIDE)

    def _deleted(self, event: Json) -> None:
        self._head(event)
        first = (self._texts.get(event["message"]) or str(event["text"])).splitlines()[:1]
        said = f": “{first[0][:60]}”" if first else ""
        self._line(Text(f"A message of {event['author_name']} is deleted{said}", "dim"))

    # what people do

    def _does(self, event: Json, what: str) -> None:
        self._head(event)
        self._line(Text(f"{event['name']} {what}", "dim"))

    def _slash(self, event: Json) -> None:
        told = []
        for option in event["options"]:
            name, _, value = option.partition(": ")
            told.append(f"{name}: {self._reader.known(value)}")
        self._does(event, " ".join(["types", event["text"], *told]))

    def _form(self, event: Json) -> None:
        self._head(event)
        self._line(Text("A form opens:", "dim"))
        self._body(event, event["text"])

    def _answers(self, event: Json) -> None:
        self._does(event, "sends the form:")
        self._line(Text("\n".join(event["answers"]), "dim"), _INSIDE)

    # news of the server

    def _channel(self, event: Json) -> None:
        channel = self._guild.channels.get(event["channel"])
        if channel is not None:
            self._news(event, f"There is a channel {path_of(channel)} now.")

    def _news(self, event: Json, text: str) -> None:
        self._heading_of(event, self._guild.name, "", self._script.zone)
        self._line(Text(text, "dim"))

    # who sees it

    def _head(self, event: Json) -> tuple[Channel, ZoneInfo]:
        who, where, zone = self._place(event)
        self._heading_of(event, who, where, zone)
        return self._guild.world.channels[event["channel"]], zone

    def _place(self, event: Json) -> tuple[str, str, ZoneInfo]:
        """Who sees it, where it is, and the zone its times are told in."""
        channel = self._guild.world.channels[event["channel"]]
        name, zone = channel.name, self._script.zone
        alone = self._alone(event, channel)
        if alone is not None:
            where = f"in #{name}" if channel.guild else "in a direct message"
            return f"{alone.name}, privately", where, self._script.zone_of(alone.name)
        home = channel.parent.name if channel.parent else ""
        if not home:
            return f"Everyone in {self._guild.name}", f"in #{name}", zone
        shared = [r for r in self._guild.roles.values() if r.name == home]
        open_to_group = any(role.id in channel.overwrites for role in shared)
        return f"{'Everyone in' if open_to_group else 'Staff of'} {home}", f"in #{name}", zone

    def _alone(self, event: Json, channel: Channel) -> Person | None:
        """The one person who sees it, if it is for one person alone."""
        if channel.recipient:
            return self._people.get(channel.recipient.id)
        if number := event.get("ephemeral_for") or event.get("person"):
            return self._people.get(number)
        if channel.type == PRIVATE_THREAD and channel.thread:
            inside = [self._people[n] for n in channel.thread.members if n in self._people]
            return inside[0] if len(inside) == 1 else None
        return None

    def _local(self, event: Json) -> datetime:
        return datetime.fromisoformat(event["at"]).astimezone(self._script.zone)

    def _heading_of(self, event: Json, who: str, where: str, zone: ZoneInfo) -> None:
        local = self._local(event)
        day = f"{local:%A} {local.day} {local:%B %Y}"
        if day != self._day:
            self._day, self._heading = day, ("", "", "")
            self._console.print()
            rule = Rule(Text(day, "bold"), align="left", characters="─", style="dim")
            self._console.print(rule, width=self._width)
        heading = (f"{local:%H:%M}", who, where)
        if heading == self._heading:
            return
        self._heading = heading
        theirs = local.astimezone(zone)
        there = zone.key.rpartition("/")[2].replace("_", " ")
        also = f"  ({theirs:%H:%M} in {there})" if theirs.utcoffset() != local.utcoffset() else ""
        self._console.print()
        shown = (
            (f"{heading[0]:<{_MARGIN}}", ""),
            (f"{who}", "green"),
            (f", {where}" if where else ""),
        )
        self._line(Text.assemble(*shown, ":", (also, "dim")), 0)

    def _line(self, text: Text, indent: int = _MARGIN) -> None:
        for line in text.wrap(self._console, self._width - indent):
            line.rstrip()
            line.pad_left(indent)
            self._console.print(line, highlight=False)
