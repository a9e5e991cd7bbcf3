"""Screening as each programme set it: the shipped lexicon, less what it left out, and its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.distress.compiled import Compiled
from bot.distress.compiling import compile_lexicons
from bot.distress.fragments import FragmentWindow
from bot.distress.lexicon import Entry, Lexicon, Source
from bot.distress.model import CATEGORIES, Finding
from bot.distress.screen import Screener
from bot.errors import DataError, HandrailError, Refused
from bot.marked_yaml import Marked
from bot.programme.model import Programme
from bot.programme.service import Roster
from bot.screening.model import OwnEntry, Tally, Tuning
from bot.screening.store import TallyStore

log = structlog.get_logger(__name__)

KEPT = timedelta(days=365)
_DIGEST = timedelta(days=90)
_NO_TUNING = Tuning()


class Tuned:
    """The lexicon as one programme has it. Reads like a :class:`Screener`."""

    def __init__(self, screener: Screener, tuning: Tuning) -> None:
        off = {
            rule.id
            for rule in screener.compiled.entries
            if rule.category in tuning.categories
            or rule.language in tuning.languages
            or rule.id in tuning.entries
        }
        self._shipped = screener.without(off) if off else screener
        self._own = own_screener(tuning.working, screener.compiled) if tuning.working else None

    def screen(self, text: str, language: str | None = None) -> Finding:
        """What a text says. What is the programme's own is read as it stands, without context."""
        found = self._shipped.screen(text, language)
        return _both(found, self._own.screen(text)) if self._own else found


class Screening:
    """Reads messages for each server as its programme set it, and counts what spoke."""

    def __init__(
        self, screener: Screener, roster: Roster, tallies: TallyStore, clock: Clock
    ) -> None:
        self.screener = screener
        self._roster = roster
        self._tallies = tallies
        self._clock = clock
        self._shipped = Tuned(screener, _NO_TUNING)
        self._tuned: dict[int, tuple[Tuning, Tuned, FragmentWindow]] = {}
        self._window = FragmentWindow(self._shipped)

    def of(self, guild_id: int | None) -> Tuned:
        """The lexicon of a server's programme; the shipped one where none is known."""
        return self._of(guild_id)[0]

    def feed(
        self,
        guild_id: int | None,
        author: int,
        channel: int,
        message_id: int,
        text: str,
        at_seconds: float,
    ) -> Finding:
        """What a message says, alone or with the ones just before it; see FragmentWindow."""
        return self._of(guild_id)[1].feed(author, channel, message_id, text, at_seconds)

    def _of(self, guild_id: int | None) -> tuple[Tuned, FragmentWindow]:
        programme = self._roster.snapshot.programmes.get(guild_id or 0)
        if programme is None or programme.tuning == _NO_TUNING:
            return self._shipped, self._window
        known = self._tuned.get(programme.guild_id)
        if known is None or known[0] != programme.tuning:
            known = self._tuned[programme.guild_id] = self._tune(programme)
        return known[1], known[2]

    def _tune(self, programme: Programme) -> tuple[Tuning, Tuned, FragmentWindow]:
        try:
            tuned = Tuned(self.screener, programme.tuning)
        except DataError as error:  # of another version; what is shipped must still be read
            log.error("own_entries_not_read", guild_id=programme.guild_id, error=error)
            tuned = Tuned(self.screener, replace(programme.tuning, own=()))
        return programme.tuning, tuned, FragmentWindow(tuned)

    async def fired(self, guild_id: int | None, finding: Finding) -> None:
        """Count the entries that spoke. Never stands in the way of help."""
        if guild_id and finding.rules:
            await self._count(guild_id, (rule.id for rule in finding.rules), "fired")

    async def judged(self, guild_id: int, rule_ids: Iterable[str], *, useful: bool) -> None:
        """Count what staff made of a care card."""
        await self._count(guild_id, rule_ids, "useful" if useful else "useless")

    async def _count(self, guild_id: int, rule_ids: Iterable[str], what: str) -> None:
        try:
            await self._tallies.count(guild_id, rule_ids, _month(self._clock.now()), what)
        except HandrailError as error:
            log.warning("rules_not_counted", guild_id=guild_id, error=error)

    async def digest(self, guild_id: int) -> list[Tally]:
        """What each entry did in about the last three months."""
        return await self._tallies.since(guild_id, _month(self._clock.now() - _DIGEST))

    async def purge(self) -> int:
        """Delete counts older than a year. Returns how many."""
        return await self._tallies.purge(_month(self._clock.now() - KEPT))


def own_screener(own: tuple[OwnEntry, ...], shipped: Compiled) -> Screener:
    """A small lexicon of a programme's own entries, spelled out as the shipped one is.

    Raises:
        DataError: a phrase cannot be read.
    """
    spellings: dict[str, dict[str, str]] = {}
    for typed, (view, words) in shipped.spellings.items():
        spellings.setdefault("short" if view == "plain" else view, {})[typed] = " ".join(words)
    lexicon = Lexicon(
        language="en",
        complete=True,
        common=" ".join(shipped.common),
        spellings=spellings,
        entries=tuple(
            Entry(
                id=one.id,
                category=one.category,
                level=one.level,
                phrases=one.phrases,
                forbids=one.forbids,
                matches=(one.match,),
                spares=(one.spare,),
                source="The programme's own",
                reviewer=None,
            )
            for one in own
        ),
    )
    return Screener(compile_lexicons([Source(lexicon, Marked(Path("own entries"), {}, {}))]))


def prove(entry: OwnEntry, shipped: Compiled) -> None:
    """Try an entry on its own examples, as ``handrail check`` does with the shipped ones.

    Raises:
        Refused: it cannot be read or fails; the sentence says why.
    """
    try:
        screener = own_screener((replace(entry, confirmed=True),), shipped)
    except (DataError, ValueError) as error:
        told = error.problems[0].sentence if isinstance(error, DataError) else str(error)
        raise Refused(f"I cannot read the phrase: {told}.") from error
    if screener.screen(entry.match).level != entry.level:
        raise Refused(f"It does not fire on “{entry.match}”, which it must. Look at the phrases.")
    if screener.screen(entry.spare).level:
        raise Refused(f"It fires on “{entry.spare}”, which it must not. Make it narrower.")


def _both(one: Finding, other: Finding) -> Finding:
    if not other.level:
        return one
    top = max(one, other, key=lambda finding: finding.level)
    said = {*one.categories, *other.categories}
    return Finding(
        level=top.level,
        categories=tuple(name for name in CATEGORIES if name in said),
        about=top.about,
        rules=(*one.rules, *other.rules),
        suppressed=one.suppressed,
    )


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"
