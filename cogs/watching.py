"""Listening for distress: new messages, edits, deletions, direct messages, and what a gap hid."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import discord
import structlog
from discord.ext import commands

from bot.care.model import MessageState
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.sender import told_apart
from bot.chat.watching import Revisions, is_watched, notice_of, text_of
from bot.distress.model import NOTHING, Finding
from bot.errors import HandrailError, TryAgain
from bot.programme.model import Detection

log = structlog.get_logger(__name__)

_KEEP_UP = timedelta(hours=1)  # how often the watermarks are written down
_CAUGHT_UP = 2000  # messages per channel that are read after a gap: more than a day's
_TRY_AGAIN = timedelta(minutes=1)
_OLDEST = timedelta(hours=24)  # older messages are no news to anybody


class Watching(commands.Cog):
    """From a message to care, in memory."""

    def __init__(self, bot: Handrail) -> None:
        self._bot = bot
        self._rooms: Rooms = bot.rooms
        self._seen: dict[int, int] = {}  # by channel, up to where nothing was missed
        self._ahead: dict[int, int] = {}  # newer ones, behind which there may be a gap
        self._gaps: set[int | None] = {None}  # shards that were away; None for the time before
        self._handled: set[int] = set()  # messages since the gaps began
        self._unread: dict[int, int] = {}  # channels Discord would not show, from where on
        self._revisions = Revisions()
        self._catching_up = asyncio.Lock()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """A new message: in a watched channel or thread, or to the bot itself."""
        if message.author.bot:
            return
        if message.guild is None:
            await self._direct(message)
        elif self._watched(message):
            await self._screen(message)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """An edit counts like a new message, but only when somebody changed the words."""
        message = payload.message
        if message.author.bot or not self._revisions.is_new(message, self._rooms.clock.now()):
            return
        mine = message.guild is None and self._home(message.author.id)[1]
        if mine or self._watched(message):
            finding = await self._screen(message, edited=True)
            if finding.level < 2:
                await self._mark(message.id, MessageState.EDITED)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A deleted message leaves its care card open, marked."""
        await self._mark(payload.message_id, MessageState.DELETED)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """The same for many at once."""
        for message_id in payload.message_ids:
            await self._mark(message_id, MessageState.DELETED)

    @commands.Cog.listener()
    async def on_shard_disconnect(self, shard_id: int) -> None:
        """From here on something may be missed."""
        self._gaps.add(shard_id)

    @commands.Cog.listener()
    async def on_shard_resumed(self, shard_id: int) -> None:
        """Discord has replayed what was missed."""
        self._close({shard_id})

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After a start, or a gap Discord could not replay: read what was missed."""
        async with self._catching_up:
            closing = set(self._gaps)
            marks: dict[int, int] = {}
            try:
                marks = await self._rooms.watermarks.all()
            except HandrailError as error:
                log.error("watermarks_not_read", error=error)
            waiting = bool(self._unread)
            self._unread = await self._catch_up(
                self._with_threads(marks | self._seen | self._unread)
            )
            self._close(closing)
            await self._write_down()
        if self._unread and not waiting:
            self._rooms.supervisor.once("gaps", self._read_later(), counted=False)

    async def _read_later(self) -> None:
        """Try the channels that could not be read again every minute."""
        while self._unread:
            await self._rooms.clock.sleep_until(self._rooms.clock.now() + _TRY_AGAIN)
            with self._rooms.supervisor.activity("gaps"):
                async with self._catching_up:
                    self._unread = await self._catch_up(self._unread)
                    self._close(set())
                    await self._write_down()

    def _close(self, gaps: set[int | None] | set[int]) -> None:
        self._gaps -= gaps
        if not self._gaps:
            self._handled.clear()
            read = self._ahead.keys() - self._unread.keys()
            self._seen |= {channel_id: self._ahead.pop(channel_id) for channel_id in read}

    def _read(self, message: discord.Message) -> None:
        """Note that a message was screened; what lies before it may still be unread."""
        channel_id = message.channel.id
        marks = self._ahead if self._gaps or channel_id in self._unread else self._seen
        marks[channel_id] = max(message.id, marks.get(channel_id, 0))
        if marks is self._ahead:
            self._handled.add(message.id)

    async def keep_up(self) -> None:
        """Write down now and then how far each channel has been screened. For the supervisor."""
        while True:
            await self._rooms.clock.sleep_until(self._rooms.clock.now() + _KEEP_UP)
            with self._rooms.supervisor.activity("watermarks"):
                await self._write_down()

    async def _direct(self, message: discord.Message) -> None:
        guild_id, screened = self._home(message.author.id)
        found = self._screened(message, guild_id) if screened else NOTHING
        finding = found if self._acts(guild_id) else NOTHING
        await self._rooms.care.noticed(notice_of(message, finding))
        await self._rooms.screening.fired(guild_id, found)
        self._read(message)
        await self._write_down()

    async def _screen(self, message: discord.Message, *, edited: bool = False) -> Finding:
        guild_id = message.guild.id if message.guild else self._home(message.author.id)[0]
        finding = (
            self._rooms.screening.of(guild_id).screen(text_of(message))
            if edited
            else self._screened(message, guild_id)
        )
        if finding.level > 0:
            if self._acts(guild_id):
                await self._rooms.care.noticed(notice_of(message, finding))
            await self._rooms.screening.fired(guild_id, finding)
        if not edited:
            self._read(message)
            if finding.level > 0:
                await self._write_down()
        return finding

    def _screened(self, message: discord.Message, guild_id: int | None) -> Finding:
        seconds = message.created_at.timestamp()
        author, channel = message.author.id, message.channel.id
        return self._rooms.screening.feed(
            guild_id, author, channel, message.id, text_of(message), seconds
        )

    def _acts(self, guild_id: int | None) -> bool:
        """Whether a finding is acted on: not in a programme's dry run."""
        programme = self._rooms.roster.snapshot.programmes.get(guild_id or 0)
        return programme is None or programme.detection is not Detection.DRY_RUN

    def _home(self, user_id: int) -> tuple[int | None, bool]:
        """The server of somebody's programme, and whether a direct message may be screened.

        It is not where the programme chose *off*.
        """
        snapshot = self._rooms.roster.snapshot
        member = snapshot.anywhere(user_id)
        programme = snapshot.programmes.get(member.guild_id) if member else None
        if member is None or programme is None:
            return None, True
        return programme.guild_id, member.may_be_screened(programme)

    async def _mark(self, message_id: int, state: MessageState) -> None:
        try:
            await self._rooms.care.message_changed(message_id, state)
        except HandrailError as error:
            log.error("care_card_not_marked", message_id=message_id, error=error)

    async def _write_down(self) -> None:
        if not self._seen:
            return
        try:
            await self._rooms.watermarks.reach(dict(self._seen))
        except HandrailError as error:
            log.error("watermarks_not_kept", error=error)

    def _with_threads(self, marks: dict[int, int]) -> dict[int, int]:
        """The marks, and those of new threads, which begin at their parent's."""
        threads = (thread for guild in self._bot.guilds for thread in guild.threads)
        new = {one.id: marks[one.parent_id] for one in threads if one.parent_id in marks}
        return new | marks

    async def _catch_up(self, marks: dict[int, int]) -> dict[int, int]:
        """Read what came after each mark. Returns the marks of channels to be tried again."""
        oldest = discord.utils.time_snowflake(self._rooms.clock.now() - _OLDEST)
        unread: dict[int, int] = {}
        missed: list[discord.Message] = []
        for channel_id, mark in marks.items():
            try:
                found = await self._after(channel_id, max(mark, oldest))
                missed += [one for one in found if await self._unknown(one)]
            except HandrailError as error:
                log.warning("gap_not_read", channel_id=channel_id, error=error)
                if isinstance(error, TryAgain):
                    unread[channel_id] = mark
        for message in sorted(missed, key=lambda one: one.id):
            try:
                await self.on_message(message)
            except HandrailError as error:
                log.error("missed_message_not_handled", message_id=message.id, error=error)
        return unread

    async def _after(self, channel_id: int, mark: int) -> list[discord.Message]:
        """A channel's messages since a mark, each knowing in which channel it stands.

        A channel this process has not met yet (a direct one, an archived thread, one of a server
        that is away) is first asked what it is: an answer meant for one person must not be
        given in a room of many.
        """
        channel = self._bot.get_channel(channel_id)
        with told_apart("a look into a channel"):
            if channel is None:
                unmet = self._bot.get_partial_messageable(channel_id)
                if not await _since(unmet, mark):
                    return []
                channel = await self._bot.fetch_channel(channel_id)
            if not isinstance(channel, discord.abc.Messageable):
                return []
            return await _since(channel, mark)

    async def _unknown(self, message: discord.Message) -> bool:
        if message.id in self._handled:
            return False
        try:
            return not await self._rooms.care.knows(message.author.id, message.created_at)
        except HandrailError:
            return True

    def _watched(self, message: discord.Message) -> bool:
        help_only = self._rooms.help_only() is not None
        return is_watched(message, self._rooms.roster.snapshot, help_only=help_only)


async def _since(channel: discord.abc.Messageable, mark: int) -> list[discord.Message]:
    found = channel.history(limit=_CAUGHT_UP, after=discord.Object(mark), oldest_first=True)
    return [message async for message in found if not message.author.bot]


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Watching(bot)
    await bot.add_cog(cog)
    bot.rooms.supervisor.forever("watermarks", cog.keep_up)
