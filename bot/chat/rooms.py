"""Everything a cog may reach, made once by the app and handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.care.helping import Duty, Help
from bot.care.service import Care
from bot.care.store import WatermarkStore
from bot.checkins.service import CheckInService
from bot.clock import Clock
from bot.content.library import LibraryHolder
from bot.delivery.service import Schedule
from bot.ports import Places, Sender
from bot.privacy.service import Privacy
from bot.programme.service import Joining, Programmes, Roster
from bot.screening.service import Screening
from bot.supervisor import Supervisor
from bot.texts import Texts, Translate


@dataclass(frozen=True)
class Rooms:
    """The capabilities of one running bot.

    Attributes:
        library: None when the content could not be read; then nothing is posted by schedule.
        help_only: why the bot can do nothing but help, None when all is well.
        wake_worker: makes the delivery worker look at once, after a change of a schedule.
    """

    clock: Clock
    texts: Texts
    roster: Roster
    programmes: Programmes
    joining: Joining
    duty: Duty
    help: Help
    care: Care
    checkins: CheckInService
    privacy: Privacy
    schedule: Schedule
    library: LibraryHolder | None
    screening: Screening
    watermarks: WatermarkStore
    sender: Sender
    places: Places
    supervisor: Supervisor
    help_only: Callable[[], str | None]
    wake_worker: Callable[[], None]

    def speech(self, guild_id: int | None, user_id: int, locale: str = "en") -> Translate:
        """The words for one person: in their language, else that of their Discord."""
        return self.texts.speaking(self.language(guild_id, user_id, locale))

    def language(self, guild_id: int | None, user_id: int, locale: str = "en") -> str:
        """The language of one person: their choice, else the one nearest to their Discord's."""
        return self.help.language(guild_id, user_id, self.texts.nearest(locale))
