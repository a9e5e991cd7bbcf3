"""The buttons of the care card."""

from __future__ import annotations

from typing import Any

from discord.ext import commands

from bot.cards import Card
from bot.care.model import Episode, Outcome, State
from bot.care.staff_cards import about_card
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import Press
from bot.texts import untranslated

_CLAIMED = untranslated("You have got this. Thank you.")
_CLOSED = untranslated("Closed. Thank you.")
_NOTED = untranslated("Noted. Thank you.")


class CareCards(commands.Cog):
    """Who has got this, and what came of it. Every press is noted in the audit log."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def claim(self, press: Press) -> None:
        """*I've got this*."""
        await press.wait()
        episode = await self._rooms.care.claim(int(press.subject), press.user_id, press.role_ids)
        await self._noted(press, episode, "care-claimed", _CLAIMED)

    async def talked(self, press: Press) -> None:
        """*We talked*."""
        await self._close(press, Outcome.TALKED, "care-talked", _CLOSED)

    async def none(self, press: Press) -> None:
        """*No action needed*."""
        await self._close(press, Outcome.NO_ACTION, "care-no-action", _CLOSED)

    async def over(self, press: Press) -> None:
        """*Handed over*."""
        await self._close(press, Outcome.HANDED_OVER, "care-handed-over", _NOTED)

    async def about(self, press: Press) -> None:
        """*What is it about?*: the categories, for the one who pressed alone."""
        await press.wait()
        episode = await self._rooms.care.about(int(press.subject), press.user_id, press.role_ids)
        await self._note(press, episode, "care-category-read")
        await press.show(about_card(episode, self._speech(press)))

    async def _close(self, press: Press, outcome: Outcome, action: str, thanks: str) -> None:
        await press.wait()
        care = self._rooms.care
        episode = await care.close(int(press.subject), press.user_id, press.role_ids, outcome)
        if episode.state is State.CLOSED:
            useful = outcome is not Outcome.NO_ACTION
            await self._rooms.screening.judged(episode.guild_id, episode.rules, useful=useful)
        await self._noted(press, episode, action, thanks)

    async def _noted(self, press: Press, episode: Episode, action: str, thanks: str) -> None:
        await self._note(press, episode, action)
        await press.show(Card((self._speech(press)(thanks),)))

    async def _note(self, press: Press, episode: Episode, action: str) -> None:
        await self._rooms.privacy.note(
            episode.guild_id, press.user_id, action, episode.user_id, episode.cohort_id
        )

    def _speech(self, press: Press) -> Any:
        programme = self._rooms.roster.snapshot.programmes.get(press.guild_id or 0)
        return self._rooms.texts.speaking(programme.language if programme else "en")


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = CareCards(bot.rooms)
    for action in ("claim", "talked", "none", "over", "about"):
        bot.router.on("care", action, getattr(cog, action))
    await bot.add_cog(cog)
    bot.rooms.supervisor.forever("escalation", bot.rooms.care.escalate_forever)
