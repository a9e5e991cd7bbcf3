"""The composition root: the only file that knows every room.

Refuses to start on invalid settings, a wrong key, a database at another revision, or a data
file with a mistake in it. When the database cannot be reached, or a data file cannot be read at
all, it starts *help-only*: it screens, it offers help, it says so to the host, and it goes on
trying.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import structlog

from bot import logs
from bot.cards import Card
from bot.care import crisis_lines
from bot.care.board import Board
from bot.care.crisis_lines import CrisisLines
from bot.care.helping import Duty, Help
from bot.care.service import Care
from bot.care.store import EpisodeStore, WatermarkStore
from bot.chat.client import Handrail
from bot.chat.connection import log_in, stay_connected
from bot.chat.endpoint import talking_to
from bot.chat.notices import finish_cohorts
from bot.chat.places import ChatPlaces
from bot.chat.rooms import Rooms
from bot.chat.sender import ChatSender
from bot.chat.translator import CommandTranslator
from bot.checkins.service import CheckInService
from bot.checkins.store import CheckInStore
from bot.clock import Clock, MovedClock, SystemClock
from bot.content.library import LibraryHolder
from bot.content.loader import load_libraries
from bot.content.store import SwapStore
from bot.delivery.pacer import Pacer
from bot.delivery.service import Schedule
from bot.delivery.store import LedgerStore, SlotStore
from bot.delivery.worker import DeliveryWorker
from bot.distress.screen import Screener
from bot.errors import (
    DataError,
    HandrailError,
    SettingsError,
    StorageError,
    WrongRevision,
)
from bot.paths import shipped_data
from bot.privacy.service import Privacy
from bot.privacy.store import AuditStore
from bot.programme.service import Joining, Programmes, Roster
from bot.programme.store import ProgrammeStore
from bot.screening.service import Screening
from bot.screening.store import TallyStore
from bot.settings import Settings, make_data_dir
from bot.storage.engine import Database
from bot.storage.migrate import require_head
from bot.storage.secrets import Keyring
from bot.supervisor import Activity, Supervisor
from bot.texts import Texts

log = structlog.get_logger(__name__)

COGS = tuple(
    f"cogs.{name}"
    for name in (
        "support",
        "moments",
        "reading",
        "watching",
        "care",
        "reporting",
        "distress",
        "programmes",
        "cohorts",
        "joining",
        "prompts",
        "library",
        "checkins",
        "privacy",
    )
)

_TRY_AGAIN = timedelta(minutes=1)
_Read = TypeVar("_Read")


@dataclass
class Health:
    """Why the bot can do nothing but help, by what is broken; empty when all is well."""

    broken: dict[str, str] = field(default_factory=dict)

    def reason(self) -> str | None:
        """One sentence for staff and host, None when all is well."""
        return " ".join(self.broken.values()) or None


@dataclass(frozen=True)
class Data:
    """What was read from the data folder. None where a file cannot be read at all."""

    texts: Texts
    lines: CrisisLines | None
    library: LibraryHolder | None
    screener: Screener


def read_data(
    folder: Path, cache: Path | None, health: Health, overlay: Path | None = None
) -> Data:
    """Read the data folder, and a programme's own content laid over it.

    Raises:
        DataError: a file has a mistake, told with its line; or the lexicon cannot be read.
    """
    return Data(
        texts=_or_without("texts", lambda: Texts.load(folder / "locale"), health) or Texts({}),
        lines=_or_without("lines", lambda: crisis_lines.load(folder / "crisis_lines.yaml"), health),
        library=_or_without(
            "content",
            lambda: LibraryHolder(partial(load_libraries, folder / "content", overlay)),
            health,
        ),
        screener=Screener.load(folder / "distress", cache),
    )


def _or_without(what: str, read: Callable[[], _Read], health: Health) -> _Read | None:
    """Go on without a file that cannot be read; refuse one in which somebody made a mistake."""
    try:
        return read()
    except DataError as error:
        if any(problem.line for problem in error.problems):
            raise
        log.error("help_only", kind=what, error=error)
        health.broken[what] = f"The {what} cannot be read: {error.problems[0].sentence}."
        return None


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop.

    Raises:
        HandrailError: it cannot start; the text says what to do.
    """
    logs.configure(settings.log_format, settings.log_level)
    _check_cogs()
    activity, stopping = Activity(), _told_to_stop()
    async with (
        _clock(settings) as (clock, follow),
        Database.open(settings.database_url.get_secret_value()) as db,
        Supervisor.running(clock, activity) as supervisor,
    ):
        health = Health()
        folder = settings.content_dir or shipped_data()
        make_data_dir(settings)
        data = read_data(
            folder, settings.data_dir / "lexicon.cache", health, settings.content_overlay
        )
        keys = Keyring([key.get_secret_value() for key in settings.encryption_keys])
        pacer = Pacer(clock)
        client = Handrail(
            pacer.trace_config(),
            COGS,
            rehearsing=settings.rehearsal is not None,
        )
        if follow is not None:
            await follow(activity, client.pending, supervisor, stopping)
        rooms, stores = build(client, db, keys, data, clock, supervisor, pacer, health)
        client.rooms = rooms
        await client.tree.set_translator(CommandTranslator(data.texts))
        await _open_storage(rooms, stores, health)
        with talking_to(settings.discord_api, settings.rehearsal_gateway):
            token = settings.discord_token.get_secret_value()
            await _serve(client, token, stores, health, stopping)


@dataclass(frozen=True)
class Stores:
    """What :func:`run` needs beside the rooms, to open the storage and to work through it."""

    db: Database
    keys: Keyring
    worker: DeliveryWorker


def build(
    client: Handrail,
    db: Database,
    keys: Keyring,
    data: Data,
    clock: Clock,
    supervisor: Supervisor,
    pacer: Pacer,
    health: Health,
) -> tuple[Rooms, Stores]:
    """Make every room and hand each what it needs."""
    activity = supervisor.activity
    sender = ChatSender(client, pacer)
    places = ChatPlaces(client, data.texts)
    programme_store, slots, ledger = ProgrammeStore(db), SlotStore(db), LedgerStore(db)
    episodes, checkin_store, audit = EpisodeStore(db, keys), CheckInStore(db, keys), AuditStore(db)
    roster = Roster(programme_store)
    duty = Duty(places, clock)
    helping = Help(sender, roster, duty, data.lines, data.texts, clock)
    board = Board(episodes, sender, roster, duty, data.texts, clock)
    care = Care(helping, episodes, board, roster, duty, clock, activity)
    joining = Joining(programme_store, roster, places, clock)
    checkins = CheckInService(checkin_store, roster, clock)
    schedule = Schedule(
        slots, ledger, SwapStore(db), roster, data.library, data.texts, sender, clock
    )
    worker = DeliveryWorker(
        clock,
        lambda: roster.snapshot.cohorts.values(),
        slots,
        ledger,
        schedule.compose,
        sender,
        pacer,
        schedule.tell_staff,
        activity,
    )
    screening = Screening(data.screener, roster, TallyStore(db), clock)
    privacy = Privacy(
        (programme_store, episodes, checkin_store, audit),
        audit,
        ledger,
        care,
        checkins,
        joining,
        screening,
        roster,
        clock,
        activity,
    )
    rooms = Rooms(
        clock=clock,
        texts=data.texts,
        roster=roster,
        programmes=Programmes(programme_store, roster, places, clock),
        joining=joining,
        duty=duty,
        help=helping,
        care=care,
        checkins=checkins,
        privacy=privacy,
        schedule=schedule,
        library=data.library,
        screening=screening,
        watermarks=WatermarkStore(db),
        sender=sender,
        places=places,
        supervisor=supervisor,
        help_only=health.reason,
        wake_worker=worker.wake,
    )
    return rooms, Stores(db, keys, worker)


def _check_cogs() -> None:
    # By name, as the cogs themselves are loaded: nothing imports them.
    if getattr(import_module("cogs"), "OWNER", None) != "handrail":
        raise SettingsError(
            "Another package called cogs stands in front of Handrail's. Install Handrail in a "
            "virtual environment of its own and start it there."
        )


_Follow = Callable[
    [Activity, Callable[[], list[str]], Supervisor, asyncio.Event], "asyncio.Future[None]"
]


@asynccontextmanager
async def _clock(settings: Settings) -> AsyncIterator[tuple[Clock, _Follow | None]]:
    """The machine's clock; in a rehearsal one that the rehearsal moves."""
    if settings.rehearsal is None:
        yield SystemClock(), None
        return
    # Read only where it is needed: a production bot has no use for the rehearsal's code.
    from bot.rehearsal.control import follow

    moved = MovedClock(datetime(2015, 1, 1, tzinfo=UTC))
    address = settings.rehearsal

    def joining(
        activity: Activity,
        pending: Callable[[], list[str]],
        supervisor: Supervisor,
        stopping: asyncio.Event,
    ) -> asyncio.Future[None]:
        joined = asyncio.Event()

        async def following() -> None:
            try:
                await follow(address, moved, activity, pending, joined)
            finally:
                stopping.set()  # a bot whose rehearsal has ended must not live on

        supervisor.once("rehearsal-clock", following(), counted=False)
        return asyncio.ensure_future(_until_set(joined))

    yield moved, joining


async def _until_set(event: asyncio.Event) -> None:
    await event.wait()


async def _open_storage(rooms: Rooms, stores: Stores, health: Health) -> None:
    """Check revision and key and read the roster; an unreachable database is not the end.

    Raises:
        WrongRevision, SecretsError: the host must act first.
    """
    try:
        await require_head(stores.db)
        await stores.keys.confirm(stores.db)
        await rooms.roster.reload()
    except WrongRevision:
        raise
    except StorageError as error:
        log.error("help_only", kind="database", error=error)
        health.broken["database"] = f"The database does not answer: {error}"


def _told_to_stop() -> asyncio.Event:
    """Set when the host presses Ctrl-C or the machine asks the process to end."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no signal handlers for loops
            loop.add_signal_handler(number, stopping.set)
    return stopping


async def _serve(
    client: Handrail, token: str, stores: Stores, health: Health, stopping: asyncio.Event
) -> None:
    rooms = client.rooms
    supervisor = rooms.supervisor

    async def when_ready() -> None:
        await client.wait_until_ready()
        log.info("ready", count=len(client.guilds))
        await finish_cohorts(rooms)
        await _tell_staff(rooms, health)

    async def deliver() -> None:
        await client.wait_until_ready()
        await stores.worker.run()

    async with client:
        if not await _unless(stopping, log_in(client, token)):
            return
        rooms.roster.on_change(stores.worker.wake)
        supervisor.once("after-start", when_ready())
        supervisor.forever("delivery", deliver)
        supervisor.forever("purge", rooms.privacy.purge_daily)
        supervisor.forever("storage", lambda: _recover(rooms, stores, health))
        connected = asyncio.create_task(stay_connected(client), name="gateway")
        stopped = asyncio.create_task(stopping.wait(), name="stop")
        try:
            await asyncio.wait({connected, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if connected.done():
                connected.result()
            await client.finish()
        finally:
            stopped.cancel()
            connected.cancel()
    log.info("stopped")


async def _unless(stopping: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do some work, unless the host stops us first. Returns whether it was done."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if working.done():
        working.result()
        return True
    working.cancel()
    return False


async def _recover(rooms: Rooms, stores: Stores, health: Health) -> None:
    """Try the database again every minute while it is away."""
    while "database" in health.broken:
        await rooms.clock.sleep_until(rooms.clock.now() + _TRY_AGAIN)
        with rooms.supervisor.activity("storage"):
            try:
                await require_head(stores.db)
                await stores.keys.confirm(stores.db)
                await rooms.roster.reload()
            except HandrailError as error:
                log.warning("database_still_away", error=error)
                continue
            del health.broken["database"]
            log.info("database_back")


async def _tell_staff(rooms: Rooms, health: Health) -> None:
    """Say in every staff channel known that only help works, and why."""
    reason = health.reason()
    if reason is None:
        return
    for cohort in rooms.roster.snapshot.cohorts.values():
        programme = rooms.roster.snapshot.programmes.get(cohort.guild_id)
        if cohort.staff_channel_id is None or programme is None:
            continue
        _ = rooms.texts.speaking(programme.language)
        told = _("For now I can only offer help. Nothing is posted by schedule.")
        nonce = f"o:{cohort.id}:{int(rooms.clock.now().timestamp())}"
        try:
            card = Card((told, reason), _("Please tell your host"))
            await rooms.sender.post(cohort.staff_channel_id, card, nonce=nonce)
        except HandrailError as error:
            log.error("staff_not_told", cohort_id=cohort.id, error=error)
