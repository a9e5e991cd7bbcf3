"""From a finding to a person of the staff who has looked.

Help goes out first, before anything that can fail. Then the episode is stored, the care card
is put before the cohort's staff (also when it could not be stored), and somebody is pinged
until it is claimed.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from bot.care.board import Board
from bot.care.coverage import Coverage
from bot.care.helping import Duty, Help
from bot.care.model import (
    KEPT,
    STAFF_LEVEL,
    URGENT,
    Episode,
    Kind,
    MessageState,
    Notice,
    Outcome,
    State,
    first_escalation,
)
from bot.care.staff_cards import jump_link
from bot.care.store import EpisodeStore
from bot.clock import Clock
from bot.errors import (
    HandrailError,
    NotAllowed,
    Refused,
    StorageError,
    TryAgain,
    Undeliverable,
)
from bot.programme.model import Cohort, Detection, Member, Programme
from bot.programme.service import Roster
from bot.supervisor import Activity, Alarm
from bot.texts import untranslated

log = structlog.get_logger(__name__)

_PEERS_HAND_OVER = untranslated(
    "A clinician or lead closes this one. You can claim it or hand it over."
)
_TOO_OLD = untranslated("This card is older than its data. There is nothing left to do here.")

_LOOK_AGAIN = timedelta(hours=1)
"""The longest the escalation loop sleeps; a new episode wakes it at once."""

_TRY_AGAIN = timedelta(minutes=1)
"""How soon help or a care card that Discord did not take is tried again."""

_HELP_AGAIN = timedelta(hours=1)
"""How long help is tried again; staff know by then."""


class Care:
    """Notices, episodes and care cards."""

    def __init__(
        self,
        help_: Help,
        store: EpisodeStore,
        board: Board,
        roster: Roster,
        duty: Duty,
        clock: Clock,
        activity: Activity,
    ) -> None:
        self.help = help_
        self._store = store
        self._board = board
        self._roster = roster
        self._duty = duty
        self._clock = clock
        self._activity = activity
        self._alarm = Alarm(clock)
        self._unhelped: list[tuple[Notice, datetime]] = []  # and since when
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def noticed(self, notice: Notice) -> None:
        """Help first; then, from level 2 on and where they agreed to it, staff."""
        if not await self._helped(notice):
            self._unhelped.append((notice, self._clock.now()))
            self._alarm.ring()
        await self.staff_noticed(notice)

    async def staff_noticed(self, notice: Notice) -> None:
        """The second half of :meth:`noticed`, for words whose author was given help already."""
        cohort = self._staff_to_tell(notice)
        if cohort:
            await self._tell_staff(notice, cohort)

    async def asked(self, guild_id: int, user_id: int, *, today: bool) -> Coverage | None:
        """A member asks that staff reach out. Returns who is there, None when nobody can be told.

        Raises:
            HandrailError: staff could not be told.
        """
        member = self._roster.snapshot.member(guild_id, user_id)
        if not member:
            return None
        cohort = self._roster.snapshot.cohorts[member.cohort_id]
        coverage = self._duty.of(self._roster.snapshot.programmes[guild_id])
        level = STAFF_LEVEL if today else 1
        request = self._fresh(cohort, user_id, Kind.REQUEST, level, coverage)
        await self._raise(cohort, request, "", ping=today)
        return coverage

    async def reported(self, notice: Notice) -> Coverage | None:
        """Somebody asks that staff look at a message. Nothing of who asked is kept.

        Unlike a finding it needs no choice of the author's: a person read it, and the join card
        says that anybody here can ask. Returns who is there, None when nobody can be told.

        Raises:
            HandrailError: staff could not be told.
        """
        cohort = self._cohort(notice)
        if not cohort or not self._roster.snapshot.member(cohort.guild_id, notice.user_id):
            return None
        coverage = self._duty.of(self._roster.snapshot.programmes[cohort.guild_id])
        report = self._fresh(cohort, notice.user_id, Kind.REPORT, STAFF_LEVEL, coverage, notice)
        await self._raise(cohort, report, _link(notice), ping=True)
        return coverage

    async def claim(self, episode_id: int, staff_id: int, role_ids: tuple[int, ...]) -> Episode:
        """*I've got this*. Raises NotAllowed for a stranger, Refused when somebody was faster."""
        episode = await self._for_staff(episode_id, staff_id, role_ids)
        claimed = await self._store.claim(episode.id, staff_id, self._clock.now())
        if not claimed:
            now = await self._store.get(episode_id)
            await self._board.redraw(now or episode)
            raise Refused(untranslated("Somebody was faster. The card shows who has got this."))
        await self._board.redraw(claimed)
        return claimed

    async def close(
        self, episode_id: int, staff_id: int, role_ids: tuple[int, ...], outcome: Outcome
    ) -> Episode:
        """*We talked*, *No action needed*, or *Handed over*.

        Only a clinician or lead closes level 2 and 3. A peer's *Handed over* gives the episode
        back, and the lead is pinged at once.

        Raises:
            NotAllowed: a stranger, or a peer who would close what only a clinician or lead may.
        """
        episode = await self._for_staff(episode_id, staff_id, role_ids)
        programme = self._roster.snapshot.programmes[episode.guild_id]
        if not programme.may_close(role_ids) and episode.level >= STAFF_LEVEL:
            if outcome is not Outcome.HANDED_OVER:
                raise NotAllowed(_PEERS_HAND_OVER)
            return await self._give_back(episode)
        closed = await self._change_unfinished(
            episode,
            state=State.CLOSED,
            outcome=outcome,
            closed_by=staff_id,
            closed_at=self._clock.now(),
            escalate_at=None,
        )
        await self._board.redraw(closed)
        return closed

    async def about(self, episode_id: int, staff_id: int, role_ids: tuple[int, ...]) -> Episode:
        """The episode with its categories, for one of the staff who asks."""
        return await self._for_staff(episode_id, staff_id, role_ids)

    async def message_changed(self, message_id: int, state: MessageState) -> None:
        """The message behind a care card was edited or deleted: the card stays open, marked."""
        for episode in await self._store.of_message(message_id):
            await self._board.redraw(await self._change(episode, message_state=state))

    async def knows(self, user_id: int, at: datetime) -> bool:
        """Whether what this person wrote at that instant stands in an episode."""
        return await self._store.knows(user_id, at)

    async def escalate_forever(self) -> None:
        """Bring unclaimed care cards to the lead when their time has come. For the supervisor.

        It also tries again what Discord did not take: help, and care cards.
        """
        while True:
            with self._activity("escalation"):
                now = self._clock.now()
                latest = now + _LOOK_AGAIN
                helped = await self._help_again(now)  # first: it needs no database
                if not await self._post_unposted() or not helped:
                    latest = now + _TRY_AGAIN
                for episode in await self._store.unclaimed(now):
                    await self._escalate(episode)
                following = await self._store.next_escalation()
            await self._alarm.rest_until(min(following, latest) if following else latest)

    async def purge(self) -> int:
        """Delete what is older than 30 days after its outcome, and its card. Returns how many."""
        old = await self._store.closed_before(self._clock.now() - KEPT)
        for episode in old:
            await self._board.take_down(episode)
            await self._store.forget(episode.id)
        return len(old)

    async def forget(self, guild_id: int, user_id: int) -> None:
        """Take down the finished cards about a person; bring up those nobody has claimed.

        To go can be a sign, so staff hear of it. What is left of an unfinished episode is where
        its card stands, so that the card goes in its time; nothing of it leads to the person.
        """
        self.help.forget(user_id)
        self._unhelped = [one for one in self._unhelped if one[0].user_id != user_id]
        for episode in await self._store.of_person(guild_id, user_id):
            if episode.state is State.CLOSED:
                await self._board.take_down(episode)
                continue
            await self._board.redraw(episode, erased=True)
            programme = self._roster.snapshot.programmes.get(guild_id)
            if programme and episode.state is State.OPEN and episode.level >= STAFF_LEVEL:
                paged = (programme.roles.lead, *self._board.paged_at_once(programme))
                try:
                    await self._board.remind(episode, paged, self._clock.now())
                except HandrailError as error:
                    log.error("lead_not_reached", episode_id=episode.id, error=error)
            await self._store.anonymise(episode.id, self._clock.now())

    async def _helped(self, notice: Notice) -> bool:
        """Give help; False when Discord did not take it, but may later."""
        try:
            await self.help.give(notice)
        except HandrailError as error:
            log.error("help_failed", user_id=notice.user_id, reason=type(error).__name__)
            return not isinstance(error, TryAgain)
        return True

    async def _help_again(self, now: datetime) -> bool:
        """Help whom it did not reach. The nonce keeps it from coming twice.

        Returns whether nobody is left.
        """
        waiting, self._unhelped = self._unhelped, []
        recent = [one for one in waiting if now - one[1] < _HELP_AGAIN]
        still = [one for one in recent if not await self._helped(one[0])]
        self._unhelped += still
        return not self._unhelped

    async def _post_unposted(self) -> bool:
        """Put up care cards that are stored and not posted: Discord or this bot was away.

        Returns whether every one stands now.
        """
        done = True
        for episode in await self._store.unposted():
            cohort = self._roster.snapshot.cohorts.get(episode.cohort_id)
            if not cohort or not cohort.staff_channel_id:
                continue
            turn = self._turn(episode.user_id)
            if turn.locked():  # it is being posted; look again soon whether that went well
                done = False
                continue
            try:
                async with turn:
                    await self._board.post_if_missing(episode.id, cohort.staff_channel_id)
            except (TryAgain, Undeliverable) as error:
                log.error("care_card_not_posted", episode_id=episode.id, error=error)
                done = False
        return done

    def _staff_to_tell(self, notice: Notice) -> Cohort | None:
        finding, snapshot = notice.finding, self._roster.snapshot
        if finding.level < STAFF_LEVEL or finding.about == "died":
            return None
        cohort = self._cohort(notice)
        if not cohort:
            return None
        programme = snapshot.programmes[cohort.guild_id]
        if programme.detection is not Detection.IN_MEMORY:
            return None
        member = self._author(notice)
        return cohort if self._agreed(member, finding.level, finding.about, programme) else None

    def _author(self, notice: Notice) -> Member | None:
        snapshot = self._roster.snapshot
        if notice.guild_id:
            return snapshot.member(notice.guild_id, notice.user_id)
        return snapshot.anywhere(notice.user_id)

    def _cohort(self, notice: Notice) -> Cohort | None:
        """Whose staff a message concerns: those of its place, else those of its author."""
        snapshot, member = self._roster.snapshot, self._author(notice)
        cohort = snapshot.watched_cohort(notice.channel_id, notice.parent_id)
        if member and (cohort is None or cohort.id == member.cohort_id):
            return snapshot.cohorts[member.cohort_id]
        return cohort

    @staticmethod
    def _agreed(member: Member | None, level: int, about: str, programme: Programme) -> bool:
        if member is None:
            return False  # nothing is kept of somebody who never said yes
        if about == "target":
            return True  # a peer was hurt, whatever the author chose
        return member.staff_hear(level, programme)

    async def _tell_staff(self, notice: Notice, cohort: Cohort) -> None:
        coverage = self._duty.of(self._roster.snapshot.programmes[cohort.guild_id])
        level = notice.finding.level
        finding = self._fresh(cohort, notice.user_id, Kind.FINDING, level, coverage, notice)
        await self._raise(cohort, finding, _link(notice), ping=True)

    async def _raise(self, cohort: Cohort, fresh: Episode, link: str, *, ping: bool) -> None:
        """Store an episode and put its card before staff; the card alone when that fails."""
        urgent = fresh.level >= URGENT
        async with self._turn(fresh.user_id):
            try:
                episode, again = await self._store.add(fresh)
            except StorageError as error:
                log.error("episode_not_stored", user_id=fresh.user_id, error=error)
                await self._board.post_unsaved(
                    cohort, fresh.user_id, link, urgent=urgent, kind=fresh.kind
                )
                return
            self._alarm.ring()
            found = fresh.kind is Kind.FINDING
            await self._board.show(episode, ping=ping, again=again and (urgent or not found))

    def _fresh(
        self,
        cohort: Cohort,
        user_id: int,
        kind: Kind,
        level: int,
        coverage: Coverage,
        notice: Notice | None = None,
    ) -> Episode:
        """An episode as it is first written; only a message in a server can be jumped to."""
        now = self._clock.now()
        public = notice is not None and not notice.private
        return Episode(
            id=0,
            guild_id=cohort.guild_id,
            cohort_id=cohort.id,
            user_id=user_id,
            kind=kind,
            level=level,
            state=State.OPEN,
            message_state=MessageState.THERE if public else MessageState.NONE,
            opened_at=now,
            last_at=(notice and notice.written_at) or now,
            categories=tuple(notice.finding.categories) if notice else (),
            rules=tuple(sorted({rule.id for rule in notice.finding.rules})) if notice else (),
            channel_id=notice.channel_id if notice and public else None,
            message_id=notice.message_id if notice and public else None,
            escalate_at=first_escalation(level, now, coverage),
        )

    def _turn(self, user_id: int) -> asyncio.Lock:
        """Held from storing an episode until its card stands, so that it gets no second card."""
        return self._turns.setdefault(user_id, asyncio.Lock())

    async def _escalate(self, episode: Episode) -> None:
        """Page the lead, and on-call outside staffed hours; put off when Discord cannot take it."""
        programme = self._roster.snapshot.programmes.get(episode.guild_id)
        then = None
        if programme:
            reached = (programme.roles.lead, *self._board.paged_at_once(programme))
            try:
                if not episode.care_message_id:
                    raise TryAgain("The care card is not posted yet.")
                due = episode.escalate_at or self._clock.now()
                await self._board.remind(episode, reached, due)
            except TryAgain as error:
                log.warning("lead_not_reached_yet", episode_id=episode.id, error=error)
                then = self._clock.now() + _TRY_AGAIN
            except Undeliverable as error:
                log.error("lead_not_reached", episode_id=episode.id, error=error)
        await self._store.change(episode.id, {"escalate_at": then})

    async def _give_back(self, episode: Episode) -> Episode:
        given = await self._change_unfinished(
            episode,
            state=State.OPEN,
            outcome=Outcome.HANDED_OVER,
            claimed_by=None,
            claimed_at=None,
            escalate_at=self._clock.now(),
        )
        await self._board.redraw(given)
        self._alarm.ring()
        return given

    async def _change_unfinished(self, episode: Episode, **changes: object) -> Episode:
        """Change it unless somebody has closed it; an outcome is not overwritten."""
        changed = await self._store.change_unfinished(episode.id, changes)
        if not changed:
            await self._board.redraw(await self._store.get(episode.id) or episode)
            raise Refused(untranslated("Somebody was faster. The card shows what came of it."))
        return changed

    async def _change(self, episode: Episode, **changes: object) -> Episode:
        changed = await self._store.change(episode.id, changes)
        if not changed:
            raise Refused(_TOO_OLD)
        return changed

    async def _for_staff(
        self, episode_id: int, staff_id: int, role_ids: tuple[int, ...]
    ) -> Episode:
        """The episode, if this is its cohort's staff, on-call or lead (privacy P7)."""
        episode = await self._store.get(episode_id)
        if not episode or not episode.user_id:
            raise Refused(_TOO_OLD)
        programme = self._roster.snapshot.programmes[episode.guild_id]
        cohort = self._roster.snapshot.cohorts.get(episode.cohort_id)
        own = cohort is not None and staff_id in cohort.staff and programme.is_staff(role_ids)
        if not own and not programme.is_lead(role_ids) and programme.roles.on_call not in role_ids:
            raise NotAllowed(
                untranslated("Only this cohort's staff, on-call and lead can do this.")
            )
        return episode


def _link(notice: Notice) -> str:
    """Where staff find the message; nowhere, if only its author sees it."""
    if notice.private:
        return ""
    return jump_link(notice.guild_id, notice.channel_id, notice.message_id)
