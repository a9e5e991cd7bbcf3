"""What the open pages are told, as Server-Sent Events: each hears what its person may see.

A message goes out at once; the rest (places, marks, people, time, the bot) goes out together,
a moment later. A page that comes back after a gap gets everything anew, so nothing is replayed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from bot.rehearsal.page import views
from bot.rehearsal.page.stage import Stage, sees
from bot.rehearsal.people import Person
from bot.rehearsal.state import Json

_TOGETHER = 0.03  # seconds
_MOST_WAITING = 2000  # events; a page that lags further behind loads everything anew
_HEARTBEAT = 15.0  # seconds; so that a page that is gone is noticed
_NEW = {"message", "ephemeral"}
_CHANGED = {"edited", "filled", "pinned", "unpinned"}


class Listener:
    """One open page and whose eyes it looks through."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.events: asyncio.Queue[Json | None] = asyncio.Queue()

    def tell(self, event: Json) -> None:
        """Tell the page; one that does not keep up is told to load everything anew."""
        if self.events.qsize() > _MOST_WAITING:
            while not self.events.empty():
                self.events.get_nowait()
            event = {"type": "reload"}
        self.events.put_nowait(event)

    async def lines(self) -> AsyncIterator[bytes]:
        """What goes over the wire, until the page is closed on this side."""
        while True:
            event: Json | None = {}
            with suppress(TimeoutError):
                event = await asyncio.wait_for(self.events.get(), _HEARTBEAT)
            if event is None:
                return
            text = f"data: {json.dumps(event, ensure_ascii=False)}\n\n" if event else ":\n\n"
            yield text.encode()


class Hub:
    """All open pages.

    Args:
        stage: gives the rehearsal in play, None between two.
        state: what one listener is told of everything but messages.
    """

    def __init__(self, stage: Callable[[], Stage | None], state: Callable[[str], Json]) -> None:
        self._stage = stage
        self._state = state
        self._listeners: set[Listener] = set()
        self._due: asyncio.TimerHandle | None = None

    def join(self, name: str) -> Listener:
        """A page opens; the first it hears is the whole state."""
        listener = Listener(name)
        self._listeners.add(listener)
        listener.tell(self._state(name))
        return listener

    def leave(self, listener: Listener) -> None:
        """A page is gone."""
        self._listeners.discard(listener)

    def close(self) -> None:
        """Let every page go."""
        if self._due is not None:
            self._due.cancel()
        for listener in self._listeners:
            listener.events.put_nowait(None)

    def changed(self) -> None:
        """Tell the state soon, once for all that changes meanwhile."""
        if self._due is None and self._listeners:
            self._due = asyncio.get_running_loop().call_later(_TOGETHER, self._tell_state)

    def _tell_state(self) -> None:
        self._due = None
        for listener in self._listeners:
            listener.tell(self._state(listener.name))

    def heard(self, event: Json) -> None:
        """Something happened in the rehearsal: a record of its log."""
        stage = self._stage()
        kind = event["kind"]
        if stage is not None and "message" in event and kind in _NEW | _CHANGED | {"deleted"}:
            for listener in self._listeners:
                person = stage.people.get(listener.name)
                told = person and _told(stage, person, event)
                if told:
                    listener.tell(told)
        self.changed()


def _told(stage: Stage, person: Person, event: Json) -> Json | None:
    where = {"stage": stage.name, "channel": str(event["channel"])}
    if event["kind"] == "deleted":
        return where | {"type": "gone", "message": str(event["message"])}
    channel = stage.rehearsal.world.channels.get(event["channel"])
    one = channel.messages.get(event["message"]) if channel else None
    if one is None or not sees(person, one):
        return None
    kind = "new" if event["kind"] in _NEW else "changed"
    return where | {"type": kind, "message": views.message(one, person)}
