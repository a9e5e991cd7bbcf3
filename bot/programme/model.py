"""Who is here: programmes, cohorts, members, and the snapshot of them that care reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import available_timezones

from bot.errors import Refused
from bot.programme.hours import StaffedHours
from bot.screening.model import Tuning

CONSENT_VERSION = 1
"""Raised when the join card changes in a way that people must agree to again."""

NAME_LENGTH = 40
_DANGER = 3  # the level of immediate danger

# A role name shows on every profile in the server, so it must not say what somebody is here for
# (privacy-and-platform P9). Matched as whole words, also with a number behind: "IOP2".
_TELLING = re.compile(
    r"(?<![^\W\d_])(iop|php|intensive|outpatient|patients?|clients?|clinic|clinical|rehab|recovery|sober"
    r"|sobriety|addicts?|addiction|alcohol|drugs?|detox|substance|depress\w*|anxi\w*|bipolar"
    r"|ptsd|trauma|suicid\w*|self.?harm|eating|psychosis|mental|psych\w*|therapy|treatment"
    r"|dbt|cbt|disorder|crisis|adicci\w*|adict\w*|alcoh\w*|ansiedad|depresi\w*|pacientes?"
    r"|recuperaci\w*|terapias?|terap[eé]utic\w*|tratamientos?|trastornos?|autolesi\w*)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)


class Detection(StrEnum):
    """Whether messages are screened: in memory, as a trial that only counts, or not at all."""

    IN_MEMORY = "in-memory"
    DRY_RUN = "dry-run"
    OFF = "off"


class CheckIns(StrEnum):
    """Whether check-in answers are kept, for those who said yes, or never."""

    PROMPT_ONLY = "prompt-only"
    STORED = "stored"


class Route(StrEnum):
    """How help reaches a member: their own choice."""

    DIRECT = "direct"
    CHANNEL = "channel"
    BUTTON = "button"


class Admission(StrEnum):
    """Whether people may join a cohort after it has started."""

    ROLLING = "rolling"
    CLOSED = "closed"


class CohortState(StrEnum):
    """Making: its channels are being created. Archived: nothing is posted any more."""

    MAKING = "making"
    ACTIVE = "active"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Roles:
    """The Discord roles of the staff. A lead answers for the programme; on-call is paged."""

    clinician: int
    lead: int
    peer: int | None = None
    on_call: int | None = None

    def all(self) -> tuple[int, ...]:
        """Every role that makes somebody staff."""
        return tuple(r for r in (self.clinician, self.peer, self.lead, self.on_call) if r)


@dataclass(frozen=True)
class Programme:
    """One treatment programme, which is one Discord server."""

    guild_id: int
    language: str
    hours: StaffedHours
    roles: Roles
    detection: Detection
    checkins: CheckIns
    country: str | None = None
    level_3_always: bool = False
    start_channel_id: int | None = None
    start_message_id: int | None = None
    limits_accepted_by: int | None = None
    limits_accepted_at: datetime | None = None
    tuning: Tuning = field(default_factory=Tuning)

    @property
    def zone(self) -> str:
        """The programme's IANA zone, in which its staffed hours are told."""
        return self.hours.zone

    def is_staff(self, role_ids: Collection[int]) -> bool:
        """Whether somebody with these roles is staff."""
        return any(role in role_ids for role in self.roles.all())

    def may_close(self, role_ids: Collection[int]) -> bool:
        """Whether they decide on risk: clinicians and leads do, peers do not."""
        return self.roles.clinician in role_ids or self.is_lead(role_ids)

    def is_lead(self, role_ids: Collection[int]) -> bool:
        """Whether they answer for the programme."""
        return self.roles.lead in role_ids


@dataclass(frozen=True)
class Cohort:
    """A group with its own private channels, role, calendar and time zone."""

    id: int
    guild_id: int
    name: str
    zone: str
    starts_on: date
    admission: Admission
    state: CohortState
    created_at: datetime
    role_id: int | None = None
    category_id: int | None = None
    daily_channel_id: int | None = None
    talk_channel_id: int | None = None
    staff_channel_id: int | None = None
    support_message_id: int | None = None
    staff: frozenset[int] = field(default_factory=frozenset)

    @property
    def channels(self) -> tuple[int, ...]:
        """The category and every channel in it."""
        made = (self.category_id, *self.watched, self.staff_channel_id)
        return tuple(channel for channel in made if channel)

    @property
    def watched(self) -> tuple[int, ...]:
        """The channels in which members write; their threads are watched with them."""
        return tuple(c for c in (self.daily_channel_id, self.talk_channel_id) if c)


@dataclass(frozen=True)
class Choices:
    """What a member chose on the join card. Each can be taken back.

    Attributes:
        help_route: how help reaches them.
        staff_told: whether staff hear of it when they seem in danger.
        checkins_stored: None when the programme does not store check-ins and has not asked.
        language: of everything said to them.
        country: ISO 3166-1 alpha-2, None when they did not say.
    """

    help_route: Route
    staff_told: bool
    checkins_stored: bool | None
    language: str
    country: str | None = None


@dataclass(frozen=True)
class Member:
    """Somebody who said yes. Before that nothing about them is kept.

    Attributes:
        told_level_3: the join card said that staff always hear of level 3.
        told_detection: what the join card said of screening. A programme that turns either on
            later does so for those who agree anew.
    """

    guild_id: int
    user_id: int
    cohort_id: int
    choices: Choices
    consent_version: int
    consented_at: datetime
    told_level_3: bool = True
    told_detection: Detection = Detection.IN_MEMORY

    def may_be_screened(self, programme: Programme) -> bool:
        """Whether they were told, before they said yes, of what is done with messages here."""
        if programme.detection is Detection.DRY_RUN:
            return self.told_detection is not Detection.OFF
        return self.told_detection is programme.detection is Detection.IN_MEMORY

    def staff_hear(self, level: int, programme: Programme) -> bool:
        """Whether staff are told of a finding: by their choice, or by a rule they were told of."""
        always = programme.level_3_always and self.told_level_3 and level >= _DANGER
        return self.choices.staff_told or always


@dataclass(frozen=True)
class Snapshot:
    """Everything care needs to know, in memory, so that help never waits for the database."""

    programmes: Mapping[int, Programme] = field(default_factory=dict)
    cohorts: Mapping[int, Cohort] = field(default_factory=dict)
    members: Mapping[tuple[int, int], Member] = field(default_factory=dict)

    @cached_property
    def _by_channel(self) -> dict[int, Cohort]:
        return {channel: c for c in self.cohorts.values() for channel in c.watched}

    def watched_cohort(self, *channel_ids: int | None) -> Cohort | None:
        """The running cohort one of these channels (a thread and its parent) belongs to."""
        for channel_id in channel_ids:
            cohort = self._by_channel.get(channel_id or 0)
            if cohort and cohort.state is CohortState.ACTIVE:
                return cohort
        return None

    def member(self, guild_id: int | None, user_id: int) -> Member | None:
        """The member of that server, None when they never said yes there."""
        return self.members.get((guild_id or 0, user_id))

    def everywhere(self, user_id: int) -> list[Member]:
        """Somebody as a member of every server where they said yes."""
        return [m for (_, user), m in self.members.items() if user == user_id]

    def anywhere(self, user_id: int) -> Member | None:
        """A member by person alone, for direct messages; the newest yes when there are several."""
        return max(self.everywhere(user_id), key=lambda m: m.consented_at, default=None)

    def of_cohort(self, cohort_id: int) -> list[Member]:
        """The cohort's members."""
        return [m for m in self.members.values() if m.cohort_id == cohort_id]

    def in_guild(self, guild_id: int) -> Iterable[Cohort]:
        """The server's cohorts that are not archived."""
        return (
            c
            for c in self.cohorts.values()
            if c.guild_id == guild_id and c.state is not CohortState.ARCHIVED
        )


def neutral_name(text: str) -> str:
    """A cohort's name, cleaned, if it tells nobody why somebody is here.

    Raises:
        Refused: it is empty, too long, or says what people are treated for.
    """
    name = " ".join(text.split())
    if not name:
        raise Refused("Give the cohort a name, for example: River.")
    if len(name) > NAME_LENGTH:
        raise Refused(f"Use a shorter name, {NAME_LENGTH} characters at most.")
    if told := _TELLING.search(name.replace("_", " ")):
        raise Refused(
            f"Choose a name that does not say why people are here. Everybody in the server can "
            f"see it on their profiles, and “{told.group()}” would tell. For example: River."
        )
    return name


def zone_named(text: str) -> str:
    """An IANA time zone.

    Raises:
        Refused: there is none of that name.
    """
    wanted = text.strip().lower().replace(" ", "_")
    for name in available_timezones():
        if name.lower() == wanted:
            return name
    raise Refused(f"I do not know the time zone {text.strip()}. Pick one from the list.")


def zones_like(text: str, limit: int = 25) -> list[str]:
    """Names of time zones that contain ``text``, places first, at most ``limit``."""
    wanted = text.strip().lower().replace(" ", "_")
    places = sorted(z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    found = [z for z in places if wanted in z.lower()]
    found.sort(key=lambda z: not z.split("/")[-1].lower().startswith(wanted))
    return found[:limit]
