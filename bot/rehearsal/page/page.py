"""The page as a whole: the rehearsal in play, starting over, and what every open page is told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.errors import DataError, RehearsalError
from bot.rehearsal.page import views
from bot.rehearsal.page.behind import Behind
from bot.rehearsal.page.clockwork import Clockwork, changes
from bot.rehearsal.page.events import Hub
from bot.rehearsal.page.stage import Stage, State
from bot.rehearsal.script import Script, load_script
from bot.rehearsal.state import Json

_AHEAD = 8  # days in which a change of the clocks is announced
_SLOW, _SLOW_TIMES = 1.0, 8  # real seconds, requests


class Page:
    """Everything behind the site.

    Args:
        folder: where the scripts are that one can start with.
        first: the script to start with, anywhere.
        until: the step (from 0) up to and with which it is played at the start, None for none.
    """

    def __init__(self, folder: Path, first: Path, until: int | None = None) -> None:
        self._files = {file.stem: file for file in (*sorted(folder.glob("*.yaml")), first)}
        self._first, self._until = first.stem, until
        self.hub = Hub(lambda: self.stage, self.state)
        self.stage: Stage | None = None
        self.clockwork: Clockwork | None = None
        self.behind: Behind | None = None
        self._opening: asyncio.Task[None] | None = None
        self._notice = ""
        self._closed = False

    # opening and closing

    async def open(self) -> None:
        """Start with the first script, its bot in the background.

        Raises:
            DataError: it has mistakes.
        """
        await self._raise(load_script(self._files[self._first]), self._until)

    async def close(self) -> None:
        """End everything.

        Raises:
            RehearsalError: the bot asked for what the rehearsal Discord lacks.
        """
        self._closed = True
        self.hub.close()
        await self._strike()

    async def start_over(self, script: str, until: int | None) -> None:
        """Begin anew with a script, played up to and with its step ``until`` (from 0), or not.

        A script that cannot be used leaves the rehearsal in play as it is.

        Raises:
            RehearsalError: there is no such script or step, or it has mistakes.
        """
        if self._closed:
            raise RehearsalError("The page is being closed.")
        file = self._files.get(script)
        if file is None or not file.exists():
            known = ", ".join(self._files)
            raise RehearsalError(f"There is no script {script!r}. There is: {known}.")
        try:
            loaded = load_script(file)
        except DataError as error:
            raise RehearsalError(f"This script has mistakes:\n{error}") from error
        if until is not None and not 0 <= until < len(loaded.scenes):
            raise RehearsalError(f"The script has steps 0 to {len(loaded.scenes) - 1}.")
        try:
            await self._strike()
        except RehearsalError as error:
            self._notice = f"The rehearsal before this one ended badly: {error}"
        await self._raise(loaded, until)

    async def _raise(self, script: Script, until: int | None) -> None:
        stage = Stage(script, self.hub.changed)
        await stage.open()
        self.clockwork = Clockwork(stage, self.hub.changed)
        self.behind = Behind(stage)
        stage.rehearsal.world.listeners.append(self.hub.heard)
        self.stage = stage
        self.hub.changed()
        self._opening = asyncio.create_task(self._begin(stage, until), name="page-opening")

    async def _begin(self, stage: Stage, until: int | None) -> None:
        await stage.begin()
        if until is not None and stage.state is State.READY and self.clockwork:
            self.clockwork.follow(True)
            self.clockwork.go(stage.script.scenes[until].at)
            await self.clockwork.arrive()
            self.clockwork.follow(False)

    async def _strike(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            with suppress(asyncio.CancelledError):
                await self._opening
        stage, clockwork = self.stage, self.clockwork
        self.stage = self.clockwork = self.behind = None
        self.hub.changed()
        if clockwork is not None:
            await clockwork.close()
        if stage is not None:
            await stage.close()

    async def ready(self) -> None:
        """Return once the start, and what was to be played first, is over."""
        if self._opening is not None:
            await asyncio.wait({self._opening})

    # scripts

    def scripts(self) -> list[Json]:
        """Every script one can start with, its days, and its mistakes if it has any."""
        return [_sheet(name, file) for name, file in self._files.items() if file.exists()]

    # trouble

    async def trouble(self, stage: Stage, what: str) -> None:
        """Let something go wrong.

        Raises:
            RehearsalError: this is no trouble anybody can make.
        """
        faults, note = stage.rehearsal.faults, stage.rehearsal.world.note
        if what == "drop":
            note("trouble", text="The connection between Discord and the bot is cut.")
            faults.drop_sockets()
        elif what == "slow":
            told = f"Discord takes {_SLOW:.0f} s for each of the next {_SLOW_TIMES} requests."
            note("trouble", text=told)
            faults.slow(".", _SLOW, _SLOW_TIMES)
        elif what == "restart":
            await stage.restart()
        elif what == "stop":
            await stage.kill()
        elif what == "start":
            await stage.start()
        else:
            raise RehearsalError(f"Nobody can make the trouble {what!r} here.")

    # what an open page is told

    def state(self, name: str) -> Json:
        """Everything but messages, as the person called ``name`` sees it."""
        stage, clockwork = self.stage, self.clockwork
        if stage is None or clockwork is None:
            return {"type": "state", "stage": None}
        person = stage.people.get(name)
        scene = stage.next_scene
        return {
            "type": "state",
            "stage": stage.name,
            "you": person.name if person else None,
            "server": stage.guild.name,
            "bot": {"state": stage.state.value, "said": stage.said},
            "people": views.people(stage),
            "places": views.places(stage, person) if person else [],
            "names": views.names(stage, person) if person else {},
            "clock": self._clock(stage, clockwork),
            "script": {
                "title": stage.script.title,
                "note": stage.script.content_note,
                "played": stage.played,
                "steps": len(stage.script.scenes),
                "next": scene.at.isoformat() if scene else None,
                "following": clockwork.following,
            },
            "notice": [one for one in (self._notice, clockwork.notice) if one],
            "differences": clockwork.differences,
            "events": len(stage.rehearsal.log),
        }

    def _clock(self, stage: Stage, clockwork: Clockwork) -> Json:
        now = stage.clock.now()
        cohorts = self._cohorts()
        zones = {stage.script.zone_of(name).key for name in stage.people}
        zones |= {stage.zone.key, *(cohort["zone"] for cohort in cohorts)}
        return {
            "now": now.isoformat(),
            "zone": stage.zone.key,
            "moving": clockwork.moving,
            "playing": clockwork.playing,
            "target": clockwork.target.isoformat() if clockwork.target else None,
            "cohorts": cohorts,
            "changes": [
                {"zone": key, "day": day.isoformat(), "minutes": minutes}
                for key in sorted(zones)
                for day, minutes in changes(ZoneInfo(key), _yesterday(now, key), _AHEAD)
            ],
        }

    def _cohorts(self) -> list[Json]:
        """Nothing while the bot's database cannot be read: clocks are not worth an error."""
        with suppress(RehearsalError):
            return self.behind.cohorts() if self.behind else []
        return []


def _yesterday(now: datetime, key: str) -> date:
    return now.astimezone(ZoneInfo(key)).date() - timedelta(days=1)


def _sheet(name: str, file: Path) -> Json:
    made: Json = {"name": name, "title": name, "note": None, "days": [], "mistakes": []}
    try:
        script = load_script(file)
    except DataError as error:
        return made | {"mistakes": str(error).splitlines()}
    days: list[Json] = []
    for number, scene in enumerate(script.scenes):
        local = scene.at.astimezone(script.zone)
        label = f"{local:%A} {local.day} {local:%B}"
        if days and days[-1]["label"] == label:
            days[-1]["until"] = number
        else:
            days.append({"label": label, "until": number})
    return made | {"title": script.title, "note": script.content_note, "days": days}
