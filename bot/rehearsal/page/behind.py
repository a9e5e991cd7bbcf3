"""Behind the scenes: what happened and why, what is due, and what somebody will be shown.

The bot keeps no message text and logs none. What is told here about screening is worked out
anew, with the same lexicons and code, from the invented messages of this rehearsal; what is
due is read from the bot's own database, which is thrown away at the end.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.content.library import Library
from bot.content.loader import load_library
from bot.distress.screen import Screener
from bot.errors import RehearsalError
from bot.paths import shipped_data
from bot.rehearsal import permissions
from bot.rehearsal.page.stage import Stage
from bot.rehearsal.page.telling import told
from bot.rehearsal.people import Person
from bot.rehearsal.reading import Reader
from bot.rehearsal.state import Json
from bot.schedule.recurrence import instant
from bot.screening.model import Tuning
from bot.screening.service import Tuned

_WRITTEN = {"message", "edited"}
_TEXT = ("text", "answers", "options", "buttons")
_ROWS = 400
_CHECK_IN = "An invitation to a short private form: mood, sleep, skills, and asking for staff."
_BOT_LINES = 200
_COHORTS = "SELECT name, zone FROM cohort WHERE state <> 'archived' ORDER BY id"
_POSTS = """
    SELECT cohort.name, cohort.zone, delivery.kind, local_date, due_at, delivery.state, reason
    FROM delivery JOIN cohort ON cohort.id = cohort_id ORDER BY due_at DESC LIMIT 200
"""
_SLOTS = """
    SELECT cohort.id AS cohort_id, slot.id AS slot_id, name, zone, starts_on, kind, days, at,
    daily_channel_id
    FROM slot JOIN cohort ON cohort.id = cohort_id WHERE cohort.state = 'active' ORDER BY at
"""
_ONE = "SELECT state, reason FROM delivery WHERE cohort_id = ? AND slot_id = ? AND local_date = ?"
_SWAP = "SELECT item_id FROM swap WHERE cohort_id = ? AND local_date = ?"


class Behind:
    """Reads behind the scenes of one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._reader = Reader(stage.guild)
        self._screener: Screener | None = None
        self._as_set: tuple[Tuning, Tuned] | None = None
        self._library: Library | None = None

    # what happened

    async def events(self, after: int) -> Json:
        """The log from event number ``after`` on, told in words, at most the last 400 of it."""
        log = self._stage.rehearsal.log
        first = max(after, len(log) - _ROWS, self._stage.player.opening)
        rows = []
        for number, event in enumerate(log[first:], start=first):
            row = told(event, self._stage)
            if row is not None:
                row["n"] = number
                row["rules"] = await self._fired(event)
                rows.append(row)
        return {"rows": rows, "next": first + len(log[first:])}

    async def _fired(self, event: Json) -> Json | None:
        """What screening says of a message somebody wrote, by the rules the bot uses."""
        world = self._stage.rehearsal.world
        if event["kind"] not in _WRITTEN or event["author"] == world.bot.id:
            return None
        if self._screener is None:
            cache = self._stage.folder / "data" / "lexicon.cache"
            folder = shipped_data() / "distress"
            self._screener = await asyncio.to_thread(Screener.load, folder, cache)
        finding = self._tuned(self._screener).screen(event["text"])
        if not finding.level and not finding.suppressed:
            return None
        return {
            "level": finding.level,
            "categories": list(finding.categories),
            "rules": list(dict.fromkeys(hit.id for hit in finding.rules)),
            "quieted": [f"{entry} by {rule}" for entry, rule in finding.suppressed],
        }

    def _tuned(self, screener: Screener) -> Tuned:
        """The lexicon as the programme has it now."""
        rows = self._ask("SELECT tuning FROM programme")
        tuning = Tuning.from_row(json.loads(rows[0]["tuning"])) if rows else Tuning()
        if self._as_set is None or self._as_set[0] != tuning:
            self._as_set = tuning, Tuned(screener, tuning)
        return self._as_set[1]

    def download(self, *, with_text: bool) -> str:
        """Every event as JSON Lines; without what was written unless ``with_text``."""
        lines = []
        for event in self._stage.rehearsal.log:
            kept = event if with_text else {k: v for k, v in event.items() if k not in _TEXT}
            lines.append(json.dumps(kept, ensure_ascii=False, default=str))
        return "\n".join(lines) + "\n"

    def bot_log(self) -> list[Json]:
        """The end of the bot's own log, newest first: what a host would read."""
        found = []
        for line in self._stage.bot.log[-_BOT_LINES:]:
            try:
                record = json.loads(line)
            except ValueError:
                record = {"event": line, "level": "info"}
            rest = {k: v for k, v in record.items() if k not in ("event", "level", "timestamp")}
            rest.pop("logger", None)
            more = ", ".join(f"{key} {self._reader.known(str(v))}" for key, v in rest.items())
            found.append({"event": record["event"], "level": record.get("level"), "more": more})
        return found[::-1]

    # what is due

    def posts(self) -> list[Json]:
        """Every post the bot knows of: due, sent, skipped or missed, and why. Latest first."""
        return [
            dict(row) | {"due_at": _utc(row["due_at"]).isoformat(), "reason": self._why(row)}
            for row in self._ask(_POSTS)
        ]

    def cohorts(self) -> list[Json]:
        """The cohorts that go on, with their time zones."""
        return [dict(row) for row in self._ask(_COHORTS)]

    def ahead(self, person: Person, day: date) -> list[Json]:
        """What ``person`` will be shown on a local date, as things stand now.

        Raises:
            RehearsalError: the content cannot be read.
        """
        seen = {c.id for c in self._stage.guild.channels.values() if permissions.sees(person, c)}
        found = []
        for slot in self._ask(_SLOTS):
            if slot["daily_channel_id"] not in seen or str(day.isoweekday()) not in slot["days"]:
                continue
            done = self._ask(_ONE, slot["cohort_id"], slot["slot_id"], day.isoformat())
            found.append(
                {
                    "cohort": slot["name"],
                    "zone": slot["zone"],
                    "at": instant(
                        day, time.fromisoformat(slot["at"]), ZoneInfo(slot["zone"])
                    ).isoformat(),
                    "kind": slot["kind"],
                    "state": done[0]["state"] if done else "to come",
                    "reason": self._why(done[0]) if done else "",
                    "parts": self._parts(slot, day),
                }
            )
        return found

    def _parts(self, slot: sqlite3.Row, day: date) -> list[str]:
        if slot["kind"] != "daily":
            return [_CHECK_IN]
        starts = date.fromisoformat(slot["starts_on"])
        if self._library is None:
            self._library = load_library(shipped_data() / "content")
        swapped = self._ask(_SWAP, slot["cohort_id"], day.isoformat())
        content = self._library.with_skill(
            self._library.for_date(starts, max(day, starts)),
            swapped[0]["item_id"] if swapped else None,
        )
        parts = (
            ("Today's skill", content.skill),
            ("Worth knowing", content.psychoed),
            ("To think about", content.reflection),
        )
        return [f"{name}: {item.title}" for name, item in parts]

    def _why(self, row: sqlite3.Row) -> str:
        words = (row["reason"] or "").split(" ")
        return " ".join(
            self._reader.known(word.rstrip(".")) + "." * word.endswith(".") for word in words
        )

    def _ask(self, question: str, *values: Any) -> list[sqlite3.Row]:
        file: Path = self._stage.folder / "data" / "handrail.sqlite3"
        if not file.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=1.0)) as db:
                db.row_factory = sqlite3.Row
                return list(db.execute(question, values))
        except sqlite3.OperationalError as error:
            raise RehearsalError(f"The bot's database cannot be read just now: {error}.") from error


def _utc(text: str) -> datetime:
    """An instant as the database writes it: UTC, without a zone."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("UTC"))
