"""One server with a programme in it: cohorts, their channels, members who chose their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.care.model import LINE_PAUSE
from bot.clock import Clock
from bot.programme.hours import StaffedHours
from bot.programme.model import (
    CONSENT_VERSION,
    Admission,
    CheckIns,
    Choices,
    CohortState,
    Detection,
    Member,
    Programme,
    Roles,
    Route,
)
from bot.programme.store import ProgrammeStore
from bot.rehearsal.people import Person
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import Channel, Guild, Role
from bot.storage.engine import Database
from bot.storage.migrate import upgrade

COHORTS = 50
MORE_THAN_A_LINE = LINE_PAUSE + timedelta(minutes=1)
_ZONE = "Etc/UTC"


@dataclass(frozen=True)
class Seat:
    """One member and the channel they talk in."""

    person: Person
    talk: Channel


@dataclass(frozen=True)
class Town:
    """The server.

    Attributes:
        direct: members whom help reaches by direct message.
        line: members whom it reaches by the neutral line; those of different cohorts follow
            each other, so that ``cohorts`` in a row write in as many channels.
        cohorts: how many there are.
    """

    direct: tuple[Seat, ...]
    line: tuple[Seat, ...]
    cohorts: int


async def build(rehearsal: Rehearsal, clock: Clock, file: Path, members: int) -> Town:
    """Make the server, and a database that knows it.

    Args:
        file: of the database; made here.
        members: how many of each of the two kinds.
    """
    guild = rehearsal.add_guild("Riverside")
    staff = guild.add_role("Clinicians")
    guild.add_person("Kim", roles=[staff])
    count = min(COHORTS, members)
    async with Database.open(f"sqlite+aiosqlite:///{file}") as db:
        await upgrade(db)
        store = ProgrammeStore(db)
        await store.save_programme(_programme(guild, staff), clock.now())
        direct: list[Seat] = []
        line: list[Seat] = []
        cohorts = [await _cohort(rehearsal, store, clock, guild, staff, n) for n in range(count)]
        for number in range(members):
            cohort_id, role, talk = cohorts[number % count]
            for seats, route in ((direct, Route.DIRECT), (line, Route.CHANNEL)):
                person = guild.add_person(f"{route}-{number}", roles=[role])
                seats.append(Seat(person, talk))
                await store.save_member(_member(guild, person, cohort_id, route, clock))
    return Town(tuple(direct), tuple(line), count)


async def _cohort(
    rehearsal: Rehearsal, store: ProgrammeStore, clock: Clock, guild: Guild, staff: Role, n: int
) -> tuple[int, Role, Channel]:
    name = f"River {n}"
    made = await store.begin_cohort(
        guild.id, name, _ZONE, clock.now().date(), Admission.ROLLING, clock.now()
    )
    role = guild.add_role(name)
    bot = rehearsal.world.bot
    category = guild.add_channel(name, type=4, private_to=[role, staff, bot])
    daily, talk = (guild.add_channel(name, category=category) for name in ("daily", "talk"))
    team = guild.add_channel("staff", private_to=[staff, bot])
    places = {
        "role_id": role.id,
        "category_id": category.id,
        "daily_channel_id": daily.id,
        "talk_channel_id": talk.id,
        "staff_channel_id": team.id,
        "state": CohortState.ACTIVE,
    }
    await store.change_cohort(made.id, places)
    return made.id, role, talk


def _programme(guild: Guild, staff: Role) -> Programme:
    return Programme(
        guild_id=guild.id,
        language="en",
        hours=StaffedHours.parse("none", _ZONE),
        roles=Roles(clinician=staff.id, lead=staff.id),
        detection=Detection.IN_MEMORY,
        checkins=CheckIns.PROMPT_ONLY,
        country="US",
    )


def _member(guild: Guild, person: Person, cohort_id: int, route: Route, clock: Clock) -> Member:
    return Member(
        guild_id=guild.id,
        user_id=person.id,
        cohort_id=cohort_id,
        choices=Choices(route, staff_told=True, checkins_stored=None, language="en"),
        consent_version=CONSENT_VERSION,
        consented_at=clock.now(),
    )
