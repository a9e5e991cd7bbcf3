"""Use cases of programmes and cohorts. Knows the model, the store and the ports, no Discord."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.errors import HandrailError, Refused, StorageError
from bot.ports import Places
from bot.programme.model import (
    CONSENT_VERSION,
    Admission,
    CheckIns,
    Choices,
    Cohort,
    CohortState,
    Member,
    Programme,
    Snapshot,
    neutral_name,
    zone_named,
)
from bot.programme.store import ProgrammeStore
from bot.screening.model import Tuning
from bot.texts import untranslated

log = structlog.get_logger(__name__)


class Roster:
    """The snapshot everybody reads, rebuilt after every change.

    Whoever depends on it (the worker, the coverage line) asks to be told.
    """

    def __init__(self, store: ProgrammeStore) -> None:
        self.snapshot = Snapshot()
        self._store = store
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every reload."""
        self._listeners.append(listener)

    async def reload(self) -> None:
        """Read everything anew.

        Raises:
            StorageError: it could not be read; the old snapshot stays.
        """
        self.snapshot = await self._store.snapshot()
        for listener in self._listeners:
            listener()


class Programmes:
    """Sets up a programme and its cohorts."""

    def __init__(self, store: ProgrammeStore, roster: Roster, places: Places, clock: Clock) -> None:
        self._store = store
        self._roster = roster
        self._places = places
        self._clock = clock
        self._naming = asyncio.Lock()  # two cohorts of one name must not begin at once

    async def set_up(self, programme: Programme) -> Programme:
        """Save a programme and make its start channel.

        Check-ins stay prompt-only until a lead has accepted the limits (privacy P12).
        """
        before = self._roster.snapshot.programmes.get(programme.guild_id)
        if before:
            programme = replace(
                programme,
                start_channel_id=before.start_channel_id,
                start_message_id=before.start_message_id,
                limits_accepted_by=before.limits_accepted_by,
                limits_accepted_at=before.limits_accepted_at,
                tuning=before.tuning,
            )
        if not programme.limits_accepted_at:
            programme = replace(programme, checkins=CheckIns.PROMPT_ONLY)
        channel_id = await self._places.build_start(programme)
        for cohort in self._roster.snapshot.cohorts.values():
            if before and cohort.guild_id == programme.guild_id:
                await self._places.renew_cohort(before, programme, cohort)
        return await self._save(replace(programme, start_channel_id=channel_id))

    async def accept_limits(self, guild_id: int, lead_id: int) -> None:
        """A lead has accepted by name what Discord is not; check-ins may be stored from now on."""
        programme = self.programme(guild_id)
        await self._save(
            replace(
                programme,
                checkins=CheckIns.STORED,
                limits_accepted_by=lead_id,
                limits_accepted_at=self._clock.now(),
            )
        )

    async def tune(self, guild_id: int, tuning: Tuning) -> None:
        """Change what the programme's detector reads."""
        await self._save(replace(self.programme(guild_id), tuning=tuning))

    async def remember_start_message(self, guild_id: int, message_id: int) -> None:
        """Note the pinned message of the start channel."""
        await self._save(replace(self.programme(guild_id), start_message_id=message_id))

    def programme(self, guild_id: int) -> Programme:
        """The server's programme.

        Raises:
            Refused: it is not set up yet.
        """
        found = self._roster.snapshot.programmes.get(guild_id)
        if not found:
            raise Refused(
                untranslated("This server is not set up yet. A manager can type /programme setup.")
            )
        return found

    def cohort(self, guild_id: int, name: str) -> Cohort:
        """A cohort by its name, in any case.

        Raises:
            Refused: there is none of that name.
        """
        for cohort in self._roster.snapshot.cohorts.values():
            if cohort.guild_id == guild_id and cohort.name.lower() == name.strip().lower():
                return cohort
        raise Refused(f"There is no cohort called {name.strip()}. Pick one from the list.")

    async def create_cohort(
        self,
        guild_id: int,
        name: str,
        zone: str,
        starts_on: date,
        admission: Admission,
        creator_id: int,
    ) -> Cohort:
        """Make a cohort with its role and channels; the creator becomes its staff.

        Raises:
            Refused: the name or zone will not do, or the name is taken.
            HandrailError: Discord refused a step; everything made so far is gone again.
        """
        self.programme(guild_id)
        name, zone = neutral_name(name), zone_named(zone)
        async with self._naming:
            known = self._roster.snapshot.cohorts.values()
            if name.lower() in (c.name.lower() for c in known if c.guild_id == guild_id):
                raise Refused(f"There is a cohort called {name} already. Choose another name.")
            cohort = await self._store.begin_cohort(
                guild_id, name, zone, starts_on, admission, self._clock.now()
            )
            await self._store.add_staff(cohort.id, creator_id, self._clock.now())
            await self._roster.reload()
        return await self.build_cohort(self._roster.snapshot.cohorts[cohort.id])

    async def build_cohort(self, cohort: Cohort) -> Cohort:
        """Make, or go on making, what a cohort needs; undone as a whole when a step is refused."""
        try:
            return await self.mend_cohort(cohort)
        except HandrailError:
            await self._roster.reload()
            await self.undo_cohort(self._roster.snapshot.cohorts[cohort.id])
            raise

    async def mend_cohort(self, cohort: Cohort) -> Cohort:
        """Make again what somebody deleted of a running cohort. Nothing is undone."""

        async def record(column: str, made_id: int) -> None:
            await self._store.change_cohort(cohort.id, {column: made_id})

        await self._places.build_cohort(self.programme(cohort.guild_id), cohort, record)
        await self._roster.reload()
        return self._roster.snapshot.cohorts[cohort.id]

    async def undo_cohort(self, cohort: Cohort) -> None:
        """Remove what was made of a cohort that could not be finished."""
        await self._places.remove_cohort(cohort)
        await self._store.drop_cohort(cohort.id)
        await self._roster.reload()

    async def open_cohort(self, cohort_id: int, support_message_id: int) -> Cohort:
        """The last step: its pinned message stands, so people may come."""
        await self._store.change_cohort(
            cohort_id, {"support_message_id": support_message_id, "state": CohortState.ACTIVE}
        )
        await self._roster.reload()
        return self._roster.snapshot.cohorts[cohort_id]

    async def archive_cohort(self, cohort: Cohort) -> None:
        """Nothing is posted and nobody writes any more; what was said stays readable."""
        await self._places.close_cohort(cohort)
        await self._store.change_cohort(
            cohort.id, {"state": CohortState.ARCHIVED, "archived_at": self._clock.now()}
        )
        await self._roster.reload()

    async def add_staff(self, cohort: Cohort, user_id: int) -> None:
        """Let one of the staff into a cohort."""
        await self._places.admit_staff(cohort, user_id)
        await self._store.add_staff(cohort.id, user_id, self._clock.now())
        await self._roster.reload()

    async def staff_left(self, guild_id: int, user_id: int) -> None:
        """Somebody left the server: they are staff of no cohort there any more."""
        for cohort in list(self._roster.snapshot.cohorts.values()):
            if cohort.guild_id == guild_id and user_id in cohort.staff:
                await self._store.remove_staff(cohort.id, user_id)
        await self._roster.reload()

    async def remove_staff(self, cohort: Cohort, user_id: int) -> None:
        """Take one of the staff out of a cohort."""
        await self._places.dismiss_staff(cohort, user_id)
        await self._store.remove_staff(cohort.id, user_id)
        await self._roster.reload()

    async def _save(self, programme: Programme) -> Programme:
        await self._store.save_programme(programme, self._clock.now())
        await self._roster.reload()
        return programme


class Joining:
    """Somebody says yes, changes their mind, or goes."""

    def __init__(self, store: ProgrammeStore, roster: Roster, places: Places, clock: Clock) -> None:
        self._store = store
        self._roster = roster
        self._places = places
        self._clock = clock

    def check_open(self, cohort: Cohort, user_id: int) -> None:
        """Whether somebody may be invited to a cohort now.

        Raises:
            Refused: it is archived, has started and is closed, or they are in a cohort already.
        """
        if cohort.state is not CohortState.ACTIVE:
            raise Refused(f"{cohort.name} is not running, so nobody can be added to it.")
        today = self._clock.now().astimezone(ZoneInfo(cohort.zone)).date()
        if cohort.admission is Admission.CLOSED and cohort.starts_on < today:
            raise Refused(f"{cohort.name} is closed and has started, so nobody can be added to it.")
        there = self._roster.snapshot.member(cohort.guild_id, user_id)
        if there:
            name = self._roster.snapshot.cohorts[there.cohort_id].name
            raise Refused(f"They are in {name} already. Remove them there first.")

    async def accept(self, cohort: Cohort, user_id: int, choices: Choices) -> Member:
        """They said yes: open the channels to them and keep their choices, both or neither.

        The channels first: whoever is cut off in between can send the form again.
        """
        member = self._agreed(
            Member(cohort.guild_id, user_id, cohort.id, choices, CONSENT_VERSION, self._clock.now())
        )
        await self._places.admit(cohort, user_id)
        try:
            await self._store.save_member(member)
        except StorageError:
            await self._places.dismiss(cohort, user_id)
            raise
        await self._roster.reload()
        log.info("member_joined", guild_id=cohort.guild_id, cohort_id=cohort.id, user_id=user_id)
        return member

    async def change(self, member: Member, choices: Choices, *, consent: bool = False) -> Member:
        """Keep other choices in the place of the old ones.

        Args:
            consent: they went through the choices again; a new language is no new yes.
        """
        changed = replace(member, choices=choices)
        if consent:
            changed = self._agreed(
                replace(changed, consent_version=CONSENT_VERSION, consented_at=self._clock.now())
            )
        await self._store.save_member(changed)
        await self._roster.reload()
        return changed

    def _agreed(self, member: Member) -> Member:
        """With what the programme's rules are now, which they have just read."""
        programme = self._roster.snapshot.programmes[member.guild_id]
        return replace(
            member,
            told_level_3=programme.level_3_always,
            told_detection=programme.detection,
        )

    async def close_doors(self, member: Member) -> None:
        """Close the channels to somebody who is no member any more."""
        cohort = self._roster.snapshot.cohorts[member.cohort_id]
        await self._places.dismiss(cohort, member.user_id)
        log.info(
            "member_left", guild_id=member.guild_id, cohort_id=cohort.id, user_id=member.user_id
        )
