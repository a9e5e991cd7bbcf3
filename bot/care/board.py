"""The care cards in the staff channels: put up, drawn anew, brought up again, taken down."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.cards import custom_id
from bot.care.helping import Duty
from bot.care.model import STAFF_LEVEL, Episode, Kind
from bot.care.staff_cards import care_card, reminder_card, unsaved_card
from bot.care.store import EpisodeStore
from bot.clock import Clock
from bot.errors import HandrailError
from bot.ports import Sender
from bot.programme.model import Cohort, Programme
from bot.programme.service import Roster
from bot.texts import Texts, Translate

log = structlog.get_logger(__name__)


class Board:
    """What staff see of each episode, and who of them is paged."""

    def __init__(
        self,
        store: EpisodeStore,
        sender: Sender,
        roster: Roster,
        duty: Duty,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._store = store
        self._sender = sender
        self._roster = roster
        self._duty = duty
        self._texts = texts
        self._clock = clock

    async def show(self, episode: Episode, *, ping: bool, again: bool = False) -> None:
        """Post the care card, or draw it anew, which notifies nobody; ``again`` brings it up."""
        cohort = self._roster.snapshot.cohorts.get(episode.cohort_id)
        if not cohort or not cohort.staff_channel_id:
            log.error("care_card_has_no_channel", episode_id=episode.id)
            return
        programme = self._roster.snapshot.programmes[cohort.guild_id]
        roles = self.paged_at_once(programme) if ping and episode.level >= STAFF_LEVEL else ()
        if episode.care_message_id:
            await self.redraw(episode)
            if again:
                # In staffed hours whoever has claimed it is enough; at night they may be asleep.
                lead = () if episode.claimed_by else (programme.roles.lead,)
                await self.remind(episode, roles or lead, self._clock.now())
            return
        card = care_card(episode, self._speech(cohort.guild_id), roles)
        posted = await self._sender.post(
            cohort.staff_channel_id, card, nonce=f"c:e{episode.id}", urgent=True
        )
        stored = await self._store.change(
            episode.id,
            {"care_channel_id": posted.channel_id, "care_message_id": posted.message_id},
        )
        if stored and stored.last_at > stored.opened_at:
            # The answer to an earlier post may have been lost: then this is that older card.
            await self.redraw(stored)
        log.info("care_card_posted", episode_id=episode.id)

    async def post_if_missing(self, episode_id: int, staff_channel_id: int) -> None:
        """Post a card that is stored and does not stand, unless only the note of it is missing."""
        episode = await self._store.get(episode_id)
        if episode is None or episode.care_message_id:
            return
        marker = custom_id("care", "claim", episode_id)
        found = await self._sender.find(staff_channel_id, marker, episode.opened_at)
        if found:
            places = {"care_channel_id": staff_channel_id, "care_message_id": found}
            await self._store.change(episode_id, places)
        else:
            await self.show(episode, ping=True)

    async def redraw(self, episode: Episode, *, erased: bool = False) -> None:
        """Show what is stored now. A card that cannot be changed is drawn with a later change."""
        if episode.care_channel_id and episode.care_message_id:
            card = care_card(episode, self._speech(episode.guild_id), erased=erased)
            try:
                await self._sender.edit(episode.care_channel_id, episode.care_message_id, card)
            except HandrailError as error:
                log.warning("care_card_not_redrawn", episode_id=episode.id, error=error)

    async def take_down(self, episode: Episode) -> None:
        """Delete the card. What fails here must not keep the data from being deleted."""
        if episode.care_channel_id and episode.care_message_id:
            try:
                await self._sender.delete(episode.care_channel_id, episode.care_message_id)
            except HandrailError as error:
                log.warning("care_card_not_deleted", episode_id=episode.id, error=error)

    async def post_unsaved(
        self,
        cohort: Cohort,
        user_id: int,
        link: str,
        *,
        urgent: bool = False,
        kind: Kind = Kind.FINDING,
    ) -> None:
        """Tell staff when nothing can be stored, so that they agree among themselves who looks."""
        programme = self._roster.snapshot.programmes[cohort.guild_id]
        roles = self.paged_at_once(programme) or ((programme.roles.lead,) if urgent else ())
        card = unsaved_card(user_id, link, urgent, roles, self._speech(cohort.guild_id), kind=kind)
        if cohort.staff_channel_id:
            nonce = f"c{kind.value[0]}:{link.rsplit('/', 1)[-1] or user_id}"
            await self._sender.post(cohort.staff_channel_id, card, nonce=nonce, urgent=True)

    async def remind(self, episode: Episode, roles: tuple[int, ...], due: datetime) -> None:
        """Page ``roles``, once for each ``due``."""
        if episode.care_channel_id:
            card = reminder_card(episode, roles, self._speech(episode.guild_id))
            nonce = f"r:{episode.id}:{int(due.timestamp())}"
            await self._sender.post(episode.care_channel_id, card, nonce=nonce, urgent=True)

    def paged_at_once(self, programme: Programme) -> tuple[int, ...]:
        """On-call, outside staffed hours; nobody inside them: staff see the card.

        The role is paged even when nobody is known to hold it: what is known can be incomplete.
        """
        on_call = programme.roles.on_call
        return (on_call,) if on_call and not self._duty.of(programme).staffed_until else ()

    def _speech(self, guild_id: int) -> Translate:
        programme = self._roster.snapshot.programmes.get(guild_id)
        return self._texts.speaking(programme.language if programme else "en")
