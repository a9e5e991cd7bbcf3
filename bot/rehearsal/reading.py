"""What people read: Discord's markup as it looks on a screen, and who may see a place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from bot.rehearsal import components, permissions
from bot.rehearsal.people import Person
from bot.rehearsal.state import PRIVATE_THREAD, Channel, Guild, Message

_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>")
_LINK = re.compile(r"https://discord\.com/channels/(?:\d+|@me)/(\d+)/\d+")
_TIME = re.compile(r"<t:(-?\d+)(?::([tTdDfFR]))?>")
_MARKS = re.compile(r"(?m)^#{1,3} |\*\*|`")
_FILE = 13  # component type
_TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "})


class Reader:
    """Turns markup into what a screen shows.

    Args:
        guild: gives the names of people, roles and channels.
    """

    def __init__(self, guild: Guild) -> None:
        self._guild = guild

    def text(self, raw: str, zone: ZoneInfo) -> str:
        """``raw`` with names for mentions, times in ``zone``, and no marks of its markup."""
        shown = _MENTION.sub(lambda found: self.name(found[1], int(found[2])), raw)
        shown = _TIME.sub(lambda found: _told(int(found[1]), found[2] or "f", zone), shown)
        shown = _LINK.sub(lambda found: f"(link to {self.name('#', int(found[1]))})", shown)
        return _MARKS.sub("", shown)

    def name(self, kind: str, number: int) -> str:
        """A person, role or channel by its id, as it is shown; ``kind`` begins with @ or #."""
        guild = self._guild
        if kind == "#":
            channel = guild.channels.get(number)
            return f"#{channel.name}" if channel else "#deleted-channel"
        if kind == "@&":
            role = guild.roles.get(number)
            return f"@{role.name}" if role else "@deleted-role"
        user = guild.world.users.get(number)
        return f"@{user.name}" if user else "@unknown"

    def known(self, text: str) -> str:
        """The name of whatever has this id; anything else as it is."""
        if not text.isdigit():
            return text
        number = int(text)
        if number in self._guild.world.users:
            return self.name("@", number)
        return self.name("@&" if number in self._guild.roles else "#", number)


def same(text: str) -> str:
    """``text`` without differences nobody hears: spaces, line breaks, curly quotation marks."""
    return " ".join(text.translate(_TYPOGRAPHY).split())


def _told(seconds: int, style: str, zone: ZoneInfo) -> str:
    when = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    if style in "tTR":
        return f"{when:%H:%M}"
    day = f"{when:%A} {when.day} {when:%B}"
    return day if style in "dD" else f"{day}, {when:%H:%M}"


def path_of(channel: Channel) -> str:
    """How a script names a channel: its category or parent, a slash, its name."""
    return f"{channel.parent.name}/{channel.name}" if channel.parent else channel.name


def is_private(channel: Channel) -> bool:
    """Whether a place is one person's own: direct messages, an invitation's thread."""
    return channel.guild is None or channel.type == PRIVATE_THREAD


def files(message: Message) -> list[tuple[str, int]]:
    """The names and ids of the files a message carries."""
    found = {int(one["id"]): str(one["filename"]) for one in message.attachments}
    for part in components.of_types(message.components, {_FILE}):
        parts = str(part["file"]["url"]).split("/")
        if parts[-2].isdigit():
            found.setdefault(int(parts[-2]), unquote(parts[-1]))
    return [(name, number) for number, name in found.items()]


def visible(person: Person, guild: Guild) -> list[Channel]:
    """Every place in which ``person`` reads, direct messages too."""
    direct = guild.world.direct_channel(person)
    places = [c for c in guild.channels.values() if permissions.sees(person, c)]
    return [*places, direct]


def messages(person: Person, guild: Guild, wanted: Callable[[Channel], bool]) -> list[Message]:
    """What ``person`` reads in the places that are ``wanted``, oldest first."""
    found = [m for c in visible(person, guild) if wanted(c) for m in person.sees(c)]
    return sorted(found, key=lambda message: message.id)
