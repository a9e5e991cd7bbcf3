"""Help first: what a member sees when words of theirs may mean distress, and by which way.

Nothing here touches the database. It reads the roster's snapshot and what this process
remembers of the last hours, so help goes out whatever else is broken.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from weakref import WeakValueDictionary

import structlog

from bot.cards import Card
from bot.care.coverage import Coverage
from bot.care.crisis_lines import CrisisLines
from bot.care.help_card import (
    HelpRequest,
    agreement_card,
    coping_card,
    direct_message_reply,
    help_card,
    neutral_line,
)
from bot.care.model import (
    CARD_PAUSE,
    COPING_PAUSE,
    LINE_PAUSE,
    STAFF_LEVEL,
    URGENT,
    Notice,
)
from bot.clock import Clock
from bot.distress.model import Finding
from bot.errors import HandrailError
from bot.ports import Places, Posted, Sender
from bot.programme.cards import stop_button
from bot.programme.model import Cohort, Member, Programme, Route
from bot.programme.service import Roster
from bot.texts import Texts, Translate

log = structlog.get_logger(__name__)

_REMEMBERED = 5000  # people whose last card this process remembers
_ADDRESSED = 10  # people one message is thrown at, at most; their nonces hold one digit


class Duty:
    """Who of the staff reads alerts, now."""

    def __init__(self, places: Places, clock: Clock) -> None:
        self._places = places
        self._clock = clock

    def of(self, programme: Programme) -> Coverage:
        """The coverage of a programme at this moment."""
        role = programme.roles.on_call
        on_call = role is not None and self._places.somebody_has(programme.guild_id, role)
        return Coverage.of(programme, self._clock.now(), on_call)


class Help:
    """Gives help by the way each member chose."""

    def __init__(
        self,
        sender: Sender,
        roster: Roster,
        duty: Duty,
        lines: CrisisLines | None,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self.lines = lines
        self._sender = sender
        self._roster = roster
        self._duty = duty
        self._texts = texts
        self._clock = clock
        self._started = clock.now()
        self._last_card: dict[int, tuple[int, datetime]] = {}
        self._last_finding: dict[int, tuple[Finding, datetime]] = {}
        self._last_coping: dict[int, datetime] = {}
        self._last_line: dict[int, tuple[Posted, datetime]] = {}
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def give(self, notice: Notice) -> None:
        """Offer help for what was noticed. A way that fails gives way to the next one.

        Raises:
            HandrailError: no way worked.
        """
        finding = notice.finding
        member = self._member(notice)
        self._recall(notice)
        if notice.private:
            await self._answer(notice, member)
        elif finding.about == "died":
            return
        elif finding.about == "target":
            await self._to_addressed(notice)
        elif finding.level >= STAFF_LEVEL:
            await self._reach(notice, member)
        elif finding.level == 1 and member and member.choices.help_route is Route.DIRECT:
            async with self._turn(member.user_id):
                await self._offer_coping(notice, member)

    def card(
        self,
        guild_id: int | None,
        user_id: int,
        *,
        level: int = 0,
        categories: tuple[str, ...] = (),
        about: str = "self",
        language: str | None = None,
        country: str | None = None,
    ) -> Card:
        """The help card for one person; see :meth:`request`."""
        request = self.request(
            guild_id,
            user_id,
            level=level,
            categories=categories,
            about=about,
            language=language,
            country=country,
        )
        return help_card(request, self._texts.speaking(request.language))

    def request(
        self,
        guild_id: int | None,
        user_id: int,
        *,
        level: int,
        categories: tuple[str, ...],
        about: str,
        language: str | None,
        country: str | None,
    ) -> HelpRequest:
        """What a card for one person is made from.

        Args:
            language: spoken when they are no member and so have chosen none.
            level: 0 when they ask of themselves; then what they wrote a short while ago decides
                which help comes first, since the button in the channel knows nobody.
            country: chosen just now; else a member's own, else the programme's, else none.
        """
        if level == 0:
            level, categories, about = self._lately(user_id)
        snapshot = self._roster.snapshot
        member = snapshot.member(guild_id, user_id) or snapshot.anywhere(user_id)
        programme = self._programme(guild_id or (member.guild_id if member else None))
        spoken = self.language(guild_id, user_id, language)
        chosen = country or (member.choices.country if member else None)
        return HelpRequest(
            lines=self.lines,
            country=chosen or (programme.country if programme else None),
            level=level,
            categories=categories,
            about=about,
            language=spoken,
            coverage=self._coverage(programme, spoken),
        )

    def language(self, guild_id: int | None, user_id: int, otherwise: str | None = None) -> str:
        """The language a person is spoken to in: their choice, then ``otherwise``, then English."""
        snapshot = self._roster.snapshot
        member = snapshot.member(guild_id, user_id) or snapshot.anywhere(user_id)
        programme = self._programme(guild_id)
        if member:
            return member.choices.language
        return otherwise or (programme.language if programme else "en")

    def reply_to_message(self, user_id: int, language: str) -> Card:
        """What every direct message to the bot is answered with."""
        spoken = self.language(None, user_id, language)
        return direct_message_reply(self._texts.speaking(spoken))

    async def _reach(self, notice: Notice, member: Member | None) -> None:
        route = member.choices.help_route if member else Route.CHANNEL
        if route is Route.BUTTON:
            return  # the pinned button, and nothing else, is what they chose
        if route is Route.DIRECT and member:
            async with self._turn(member.user_id):
                if await self._reached_directly(notice, member.user_id):
                    return
        async with self._turn(notice.channel_id):
            await self._line(notice)

    def _turn(self, of: int) -> asyncio.Lock:
        """One at a time for a person or a channel: what is under way is not yet remembered."""
        return self._turns.setdefault(of, asyncio.Lock())

    async def _reached_directly(self, notice: Notice, user_id: int) -> bool:
        if self._rests(user_id, notice.finding.level):
            return True
        try:
            await self._direct(notice, user_id)
        except HandrailError as error:
            log.warning("help_not_direct", user_id=user_id, reason=type(error).__name__)
            return False
        self._remember(user_id, notice.finding.level)
        return True

    async def _direct(self, notice: Notice, user_id: int) -> None:
        finding = notice.finding
        card = self.card(
            notice.guild_id,
            user_id,
            level=finding.level,
            categories=finding.categories,
            about=finding.about,
            language=notice.language,
        )
        await self._sender.direct(
            user_id, self._stoppable(card, user_id), nonce=notice.nonce("h"), urgent=True
        )

    def _stoppable(self, card: Card, user_id: int) -> Card:
        """With a way to end direct messages, which every one must have (Developer Policy 5)."""
        _ = self._texts.speaking(self.language(None, user_id))
        return replace(card, rows=(*card.rows, (stop_button(_),)))

    def private_card(
        self, guild_id: int | None, user_id: int, finding: Finding, language: str | None = None
    ) -> Card | None:
        """What is offered where only the author sees it; None when nothing needs saying."""
        if finding.level >= STAFF_LEVEL:
            return self.card(
                guild_id,
                user_id,
                level=finding.level,
                categories=finding.categories,
                about=finding.about,
                language=language,
            )
        if finding.level == 1:
            return coping_card(self._texts.speaking(self.language(guild_id, user_id, language)))
        return None

    async def _answer(self, notice: Notice, member: Member | None) -> None:
        guild_id = member.guild_id if member else None
        card = self.private_card(guild_id, notice.user_id, notice.finding, notice.language)
        card = card or self.reply_to_message(notice.user_id, notice.language or "en")
        await self._sender.post(notice.channel_id, card, nonce=notice.nonce("h"), urgent=True)

    async def _line(self, notice: Notice) -> None:
        """The neutral line, the same for every level; one per channel in ten minutes.

        Level 3 is never held back: an older line makes way for a new one, so that there is
        still one line and the one who needs it finds it last in the channel.
        """
        now = self._clock.now()
        standing = await self._standing_line(notice.channel_id, now)
        if standing and notice.finding.level < URGENT:
            return
        cohort = self._roster.snapshot.watched_cohort(notice.channel_id, notice.parent_id)
        posted = await self._sender.post(
            notice.channel_id,
            neutral_line(self._speech_of(cohort)),
            nonce=notice.nonce("h"),
            urgent=True,
        )
        if posted.channel_id != notice.channel_id:
            return  # the direct message did arrive, so its nonce brought it back
        self._last_line[notice.channel_id] = (posted, now)
        if standing and standing != posted:
            try:
                await self._sender.delete(standing.channel_id, standing.message_id)
            except HandrailError as error:  # two lines are better than none
                log.warning("old_line_stays", channel_id=notice.channel_id, error=error)

    async def _standing_line(self, channel_id: int, now: datetime) -> Posted | None:
        last = self._last_line.get(channel_id)
        if last:
            return last[0] if now - last[1] < LINE_PAUSE else None
        if now - self._started < LINE_PAUSE:  # a process before this one may have posted it
            try:
                found = await self._sender.find(channel_id, "help:open:v1:line", now - LINE_PAUSE)
            except HandrailError:
                return None
            return Posted(channel_id, found) if found else None
        return None

    async def _offer_coping(self, notice: Notice, member: Member) -> None:
        now = self._clock.now()
        last = self._last_coping.get(member.user_id)
        if (last and now - last < COPING_PAUSE) or self._rests(member.user_id, 1):
            return
        card = coping_card(self._texts.speaking(member.choices.language))
        await self._sender.direct(
            member.user_id, self._stoppable(card, member.user_id), nonce=notice.nonce("h")
        )
        self._last_coping[member.user_id] = now

    async def _to_addressed(self, notice: Notice) -> None:
        """Support goes to whom the words were thrown at; the author gets the agreement."""
        snapshot = self._roster.snapshot
        for number, user_id in enumerate(notice.addressed[:_ADDRESSED]):
            member = snapshot.member(notice.guild_id, user_id)
            if member and member.choices.help_route is Route.DIRECT:
                card = self.card(notice.guild_id, user_id, level=STAFF_LEVEL)
                await self._try_direct(user_id, card, notice.nonce(f"t{number}"), urgent=True)
        author = snapshot.member(notice.guild_id, notice.user_id)
        if author and author.choices.help_route is Route.DIRECT:
            card = agreement_card(self._texts.speaking(author.choices.language))
            await self._try_direct(notice.user_id, card, notice.nonce("a"))

    async def _try_direct(
        self, user_id: int, card: Card, nonce: str, *, urgent: bool = False
    ) -> None:
        """Send it if that works; one closed door must not keep it from the next person."""
        try:
            card = self._stoppable(card, user_id)
            await self._sender.direct(user_id, card, nonce=nonce, urgent=urgent)
        except HandrailError as error:
            log.warning("help_not_direct", user_id=user_id, reason=type(error).__name__)

    def _rests(self, user_id: int, level: int) -> bool:
        """Whether a card of this level or a higher one reached them a short while ago."""
        last = self._last_card.get(user_id)
        if level >= URGENT or last is None:
            return False
        return last[0] >= level and self._clock.now() - last[1] < CARD_PAUSE

    def _recall(self, notice: Notice) -> None:
        finding = notice.finding
        if finding.level >= STAFF_LEVEL and finding.about not in ("died", "target"):
            self._last_finding.pop(notice.user_id, None)
            bare = Finding(finding.level, finding.categories, finding.about)
            self._last_finding[notice.user_id] = (bare, self._clock.now())
            while len(self._last_finding) > _REMEMBERED:
                del self._last_finding[next(iter(self._last_finding))]

    def _lately(self, user_id: int) -> tuple[int, tuple[str, ...], str]:
        found = self._last_finding.get(user_id)
        if found is None or self._clock.now() - found[1] > CARD_PAUSE:
            return 0, (), "self"
        return found[0].level, found[0].categories, found[0].about

    def _remember(self, user_id: int, level: int) -> None:
        self._last_card.pop(user_id, None)
        self._last_card[user_id] = (level, self._clock.now())
        while len(self._last_card) > _REMEMBERED:
            del self._last_card[next(iter(self._last_card))]

    def forget(self, user_id: int) -> None:
        """Remember nothing about a person any more."""
        self._last_card.pop(user_id, None)
        self._last_finding.pop(user_id, None)
        self._last_coping.pop(user_id, None)

    def _member(self, notice: Notice) -> Member | None:
        snapshot = self._roster.snapshot
        if notice.guild_id:
            return snapshot.member(notice.guild_id, notice.user_id)
        return snapshot.anywhere(notice.user_id)

    def _programme(self, guild_id: int | None) -> Programme | None:
        return self._roster.snapshot.programmes.get(guild_id or 0)

    def _coverage(self, programme: Programme | None, language: str) -> str:
        _ = self._texts.speaking(language)
        if not programme:
            return ""
        return self._duty.of(programme).sentence(_)

    def _speech_of(self, cohort: Cohort | None) -> Translate:
        programme = self._programme(cohort.guild_id) if cohort else None
        return self._texts.speaking(programme.language if programme else "en")
