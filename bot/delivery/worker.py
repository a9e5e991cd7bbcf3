"""Posts what is due, once.

The order of steps makes it safe to be killed between any two of them: write down what is
about to be posted, post it, write down that it is posted. A delivery found half-way is looked
up in its channel, by the id its message carries, before it is posted again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.clock import Clock
from bot.delivery.model import Composed, Delivery, carries, planned
from bot.delivery.pacer import IN_FLIGHT, Pacer
from bot.delivery.store import LedgerStore, SlotStore
from bot.errors import HandrailError, StorageError, TryAgain, Undeliverable
from bot.ports import Sender
from bot.programme.model import Cohort, CohortState
from bot.supervisor import Activity

log = structlog.get_logger(__name__)

Compose = Callable[[Delivery, Cohort], Awaitable[Composed | None]]
"""Makes the card; None when there is rightly nothing to post that day. Anything wrong raises."""

TellStaff = Callable[[Cohort, Sequence[Delivery]], Awaitable[None]]
"""Tells a cohort's staff which deliveries were missed, and each one's reason."""

_LONGEST_REST = timedelta(minutes=15)
_SHORTEST_REST = timedelta(seconds=1)
_LOOK_UP_FOR = timedelta(hours=1)  # past its grace: no longer posted, but perhaps found
_CLOCKS_APART = timedelta(minutes=5)  # at most, this machine's clock and Discord's


class DeliveryWorker:
    """Plans, posts and reports for the running cohorts. Several may share one ledger.

    Args:
        clock: civil time decides what is due.
        cohorts: every cohort this worker answers for; those not active are left alone.
        compose: must put the delivery's id into a ``custom_id`` of the card.
        tell_staff: may be called again for the same deliveries if it failed.
        patience: real seconds one call to Discord may take; shorter than the lease.
    """

    def __init__(
        self,
        clock: Clock,
        cohorts: Callable[[], Iterable[Cohort]],
        slots: SlotStore,
        ledger: LedgerStore,
        compose: Compose,
        sender: Sender,
        pacer: Pacer,
        tell_staff: TellStaff,
        activity: Activity,
        patience: float = 60.0,
    ) -> None:
        self._clock = clock
        self._cohorts = cohorts
        self._slots = slots
        self._ledger = ledger
        self._compose = compose
        self._sender = sender
        self._pacer = pacer
        self._tell_staff = tell_staff
        self._activity = activity
        self._patience = patience
        self._woken = False
        self._owed = ExitStack()  # activity from a wake() on, until the tick it asked for is over
        self._nap: asyncio.Timeout | None = None

    async def run(self) -> None:
        """Tick, rest until something is due, and again, for as long as the bot runs."""
        while True:
            self._woken = False
            with self._owed.pop_all():
                until = await self.tick()
            if not self._woken:
                await self._rest(until)

    def wake(self) -> None:
        """Look again at once: a slot or a cohort has changed."""
        if self._woken:
            return
        self._woken = True
        self._owed.enter_context(self._activity("delivery"))
        if self._nap is not None:
            self._nap.reschedule(0)

    async def tick(self) -> datetime:
        """Do everything there is to do now; returns when to look again.

        Raises:
            StorageError: the ledger cannot be used.
        """
        with self._activity("delivery"):
            running = {c.id: c for c in self._cohorts() if c.state is CohortState.ACTIVE}
            for cohort in running.values():
                await self._plan(cohort)
            while claimed := await self._ledger.claim(running, self._clock.now(), IN_FLIGHT):
                work = (self._deliver(one, running[one.cohort_id]) for one in claimed)
                for failure in await asyncio.gather(*work, return_exceptions=True):
                    if failure is not None:
                        raise failure
            await self._tell_of_missed(running)
            return self._look_again(await self._ledger.next_wake(running))

    def _look_again(self, wake: datetime | None) -> datetime:
        now = self._clock.now()
        return min(max(wake or now + _LONGEST_REST, now + _SHORTEST_REST), now + _LONGEST_REST)

    async def _rest(self, until: datetime) -> None:
        try:
            async with asyncio.timeout(None) as self._nap:
                await self._clock.sleep_until(until)
        except TimeoutError:
            pass  # wake() ended it
        finally:
            self._nap = None

    async def _plan(self, cohort: Cohort) -> None:
        try:
            now = self._clock.now()
            slots = await self._slots.of_cohort(cohort.id)
            found = [one for slot in slots for one in planned(slot, cohort, now)]
            await self._ledger.plan(cohort.id, found, now)
        except StorageError:
            raise
        except Exception:
            log.exception("planning_failed", cohort_id=cohort.id)

    async def _deliver(self, delivery: Delivery, cohort: Cohort) -> None:
        """Post one delivery, or write down why not. Raises only if that cannot be written."""
        try:
            async with self._pacer.bulk(delivery.channel_id or cohort.daily_channel_id or 0):
                await self._post(delivery, cohort)
            return
        except Undeliverable as error:
            await self._ledger.give_up(delivery, str(error), self._clock.now())
            return
        except (TryAgain, TimeoutError) as error:
            reason = str(error) or "Discord did not answer."
            log.warning("delivery_put_off", delivery_id=delivery.id, error=type(error).__name__)
        except Exception as error:
            reason = str(error) if isinstance(error, HandrailError) else "Something went wrong."
            log.exception("delivery_failed", delivery_id=delivery.id)
        now = self._clock.now()
        if now < delivery.grace_until + _LOOK_UP_FOR:
            await self._ledger.retry_later(delivery, delivery.retry_at(now), reason, now)
        else:
            await self._ledger.give_up(delivery, f"Not known whether it was posted. {reason}", now)

    async def _post(self, delivery: Delivery, cohort: Cohort) -> None:
        if delivery.maybe_sent and (message_id := await self._found(delivery)):
            await self._ledger.sent(delivery.id, message_id, self._clock.now())
            return
        if self._clock.now() >= delivery.grace_until:
            reason = delivery.reason or "It could not be posted in time."
            await self._ledger.give_up(delivery, reason, self._clock.now())
            return
        channel_id = cohort.daily_channel_id
        if channel_id is None:
            raise Undeliverable("The cohort has no daily channel.")
        composed = await self._compose(delivery, cohort)
        if composed is None:
            await self._ledger.set_aside(delivery, "Nothing to post.", self._clock.now())
            return
        if not carries(composed.card, delivery.id):
            raise ValueError("the card does not carry the delivery's id")
        now = self._clock.now()
        if not await self._ledger.begin(delivery, channel_id, composed.item_ids, now):
            log.warning("delivery_taken_over", delivery_id=delivery.id)
            return
        async with asyncio.timeout(self._patience):
            posted = await self._sender.post(channel_id, composed.card, nonce=delivery.nonce)
        await self._ledger.sent(delivery.id, posted.message_id, self._clock.now())

    async def _found(self, delivery: Delivery) -> int | None:
        assert delivery.channel_id is not None
        since = delivery.due_at - _CLOCKS_APART
        async with asyncio.timeout(self._patience):
            return await self._sender.find(delivery.channel_id, delivery.id, since)

    async def _tell_of_missed(self, running: dict[int, Cohort]) -> None:
        missed = await self._ledger.missed(running, self._clock.now())
        missed.sort(key=lambda one: one.cohort_id)  # stable: in order of time within a cohort
        for cohort_id, group in groupby(missed, key=lambda one: one.cohort_id):
            untold = list(group)
            try:
                async with asyncio.timeout(self._patience):
                    await self._tell_staff(running[cohort_id], untold)
            except Exception:
                log.exception("staff_not_told", cohort_id=cohort_id, count=len(untold))
            else:
                await self._ledger.told([one.id for one in untold])
