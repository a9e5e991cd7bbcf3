"""The gateway: sessions of the bot, and the websocket connections that carry them.

Version 10, JSON, uncompressed or as one zlib or zstd stream. A session outlives its
connection: what happens in between is kept and replayed on resume.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.rehearsal import payloads
from bot.rehearsal.connection import Connection, Session
from bot.rehearsal.state import Guild, Json
from bot.rehearsal.world import GUILDS, MEMBERS, MESSAGE_CONTENT, World

_FRAME = 15 * 1024  # bytes a client may send at once
_SENDS = 120  # what a client may send in a minute, heartbeats aside
_ASKS = 80  # of the 110 answers a minute that discord.py gives itself, ours to ask for
_MINUTE = 60.0
_CHUNK = 1000
_MEMBERS_EVERY = 30.0  # seconds between two requests for all members of one server
_INTENTS_END = 1 << 26


class Gateway:
    """All sessions of the bot.

    Attributes:
        dispatched: every event with its payload as it was before intents were applied.
        refusing: how many connections still to refuse.
        connections: the open websockets.
    """

    def __init__(
        self,
        world: World,
        clock: Clock,
        token: str,
        *,
        limits: bool,
        scale: float,
        heartbeat: float,
    ) -> None:
        self._world, self._clock, self._token = world, clock, token
        self._limits, self._scale, self._heartbeat = limits, scale, heartbeat
        self._sessions: dict[str, Session] = {}
        self._made = 0
        self._members_asked: dict[int, float] = {}
        self.dispatched: list[tuple[str, Json]] = []
        self.unbuilt: list[str] = []
        self.broken: list[Exception] = []
        self.connections: set[Connection] = set()
        self.refusing = 0

    # telling the bot

    def dispatch(self, event: str, data: Json, guild: Guild | None, intent: int) -> None:
        """Tell every session that serves the server and asked for such events."""
        self.dispatched.append((event, data))
        for session in list(self._sessions.values()):
            shard, shards = session.shard
            home = (guild.id >> 22) % shards if guild else 0
            if home == shard and (not intent or session.intents & intent):
                self._tell(session, event, data)

    def _tell_alone(self, session: Session, event: str, data: Json) -> None:
        """Tell one session what is for it alone."""
        self.dispatched.append((event, data))
        self._tell(session, event, data)

    def _tell(self, session: Session, event: str, data: Json) -> None:
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not session.intents & MESSAGE_CONTENT:
            data = payloads.without_content(data, self._world.bot.id)
        session.sequence += 1
        payload = {"op": 0, "t": event, "s": session.sequence, "d": data}
        session.events.append(payload)
        if session.connection:
            session.connection.send(payload)

    # quiet

    @property
    def behind(self) -> list[str]:
        """What the bot's connections have not caught up with, in words."""
        found = [f"{s.name} has not reconnected" for s in self._sessions.values() if s.awaited]
        for connection in self.connections:
            session = connection.session
            if session is None:
                found.append("a connection has not identified")
            elif session.acknowledged < session.sequence:
                seen, sent = session.acknowledged, session.sequence
                found.append(f"{session.name} has acknowledged {seen} of {sent} events")
        return found

    def ask(self) -> None:
        """Request a heartbeat (op 1) from every session that is behind.

        discord.py answers these through its own limit of 110 sends a minute and stops reading
        when it is reached, so past a share of it the bot's regular heartbeats must do.
        """
        now = self._clock.monotonic()
        for connection in self.connections:
            session, asked = connection.session, connection.asked
            while asked and asked[0] < now - _MINUTE:
                asked.popleft()
            behind = session and session.acknowledged < session.sequence
            if behind and not connection.asking and len(asked) < _ASKS:
                asked.append(now)
                connection.asking = True
                connection.send({"op": 1, "d": None})

    # faults

    def send_all(self, payload: Json) -> None:
        """Send one payload outside the sequence to every session."""
        for connection in self.connections:
            if connection.session:
                connection.session.awaited = True
                connection.send(payload)

    def drop(self) -> None:
        """Cut every connection; the sessions live on."""
        for connection in list(self.connections):
            if connection.session:
                connection.session.awaited = True
            connection.cut()

    def invalidate(self, resumable: bool) -> None:
        """Send op 9; unless ``resumable`` the sessions are gone, with what they missed."""
        self.send_all({"op": 9, "d": resumable})
        if not resumable:
            self._sessions.clear()

    async def close(self) -> None:
        """Say goodbye to every connection."""
        for connection in list(self.connections):
            await connection.socket.close(code=1001)

    # connections

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from hello to goodbye."""
        if self.refusing > 0:
            self.refusing -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False, max_msg_size=_FRAME, timeout=1.0)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        connection.send({"op": 10, "d": {"heartbeat_interval": int(self._heartbeat * 1000)}})
        try:
            await self._read(connection)
        except Exception as error:
            self.broken.append(error)
            raise
        finally:
            writer.cancel()
            self.connections.discard(connection)
            session = connection.session
            if session and session.connection is connection:
                session.connection = None
                if socket.close_code in (1000, 1001):  # a client's own goodbye ends the session
                    self._sessions.pop(session.id, None)
        return socket

    async def _read(self, connection: Connection) -> None:
        patience = self._heartbeat * 2 + 40
        while True:
            try:
                message = await connection.socket.receive(timeout=patience)
            except TimeoutError:
                await connection.socket.close(code=4009)
                return
            if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                return
            code = self._take(connection, json.loads(message.data))
            if code:
                await connection.socket.close(code=code)
                return

    def _take(self, connection: Connection, payload: Json) -> int | None:
        """Handle one payload; hand back the code to close with, if it must be closed."""
        op = payload.get("op")
        data: Any = payload.get("d")
        if op == 1:
            self._beat(connection, data)
            return None
        if self._too_often(connection):
            return 4008
        if op == 2:
            return self._identify(connection, data)
        if op == 6:
            return self._resume(connection, data)
        if connection.session is None:
            return 4003
        if op == 8:
            self._members(connection.session, data)
        elif op != 3:  # 3 is the bot's own presence, which nobody here looks at
            self.unbuilt.append(f"gateway op {op}")
        return None

    def _too_often(self, connection: Connection) -> bool:
        now = self._clock.monotonic()
        connection.received.append(now)
        while connection.received[0] < now - _MINUTE:
            connection.received.popleft()
        return self._limits and len(connection.received) > _SENDS

    @staticmethod
    def _beat(connection: Connection, sequence: int | None) -> None:
        session, connection.asking = connection.session, False
        if session and sequence:
            session.acknowledged = max(session.acknowledged, min(sequence, session.sequence))
            while session.events and session.events[0]["s"] <= session.acknowledged:
                session.events.popleft()
        connection.send({"op": 11, "d": None})

    def _identify(self, connection: Connection, data: Json) -> int | None:
        if connection.session:
            return 4005
        if data.get("token") != self._token:
            return 4004
        intents = data.get("intents")
        if not isinstance(intents, int) or not 0 <= intents < _INTENTS_END:
            return 4013
        if intents & ~self._world.intents:
            return 4014
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            return 4010
        for old in list(self._sessions.values()):
            if old.shard == (shard, shards) and old.connection is None:
                del self._sessions[old.id]
        self._made += 1
        session = Session(f"session-{self._made}", (shard, shards), intents)
        self._join(session, connection)
        self._welcome(session)
        return None

    def _join(self, session: Session, connection: Connection) -> None:
        self._sessions[session.id] = session
        session.connection, connection.session, session.awaited = connection, session, False

    def _welcome(self, session: Session) -> None:
        world, (shard, shards) = self._world, session.shard
        guilds = [one for one in world.guilds.values() if (one.id >> 22) % shards == shard]
        ready: Json = {
            "v": 10,
            "user": payloads.own_user(world.bot),
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "session_id": session.id,
            "resume_gateway_url": world.gateway_url,
            "shard": [shard, shards],
            "application": {"id": str(world.bot.id), "flags": 0},
        }
        self._tell_alone(session, "READY", ready)
        for one in guilds:
            if session.intents & GUILDS:
                self._tell_alone(session, "GUILD_CREATE", payloads.guild_create(one, world.bot))

    def _resume(self, connection: Connection, data: Json) -> int | None:
        if data.get("token") != self._token:
            return 4004
        session = self._sessions.get(data.get("session_id", ""))
        if session is None:
            connection.send({"op": 9, "d": False})
            return None
        seen = data.get("seq") or 0
        if seen > session.sequence:
            return 4007
        if session.connection:
            session.connection.session = None
        self._join(session, connection)
        for payload in session.events:
            if payload["s"] > seen:
                connection.send(payload)
        self._tell_alone(session, "RESUMED", {})
        return None

    # members

    def _members(self, session: Session, asked: Json) -> None:
        """Answer op 8 with member chunks (events/gateway-events, request guild members)."""
        guild = self._world.guilds.get(int(asked["guild_id"]))
        if guild is None:
            return
        found = sorted(guild.members.values(), key=lambda member: member.user.id)
        wanted: Any = asked.get("user_ids")
        if wanted is not None:
            ids = {int(one) for one in (wanted if isinstance(wanted, list) else [wanted])}
            found = [one for one in found if one.user.id in ids]
        elif query := asked.get("query"):
            start = str(query).lower()
            found = [one for one in found if one.user.name.lower().startswith(start)]
            found = found[: min(int(asked.get("limit") or 100), 100)]
        elif not session.intents & MEMBERS or self._asked_too_soon(session, guild, asked):
            return
        self._send_chunks(session, guild, [payloads.member(one) for one in found], asked)

    def _asked_too_soon(self, session: Session, guild: Guild, asked: Json) -> bool:
        if not self._limits:
            return False
        now, window = self._clock.monotonic(), _MEMBERS_EVERY * self._scale
        last = self._members_asked.get(guild.id)
        if last is None or now - last >= window:
            self._members_asked[guild.id] = now
            return False
        meta = {"guild_id": str(guild.id)} | ({"nonce": asked["nonce"]} if "nonce" in asked else {})
        wait = round(last + window - now, 3)
        self._tell_alone(session, "RATE_LIMITED", {"opcode": 8, "retry_after": wait, "meta": meta})
        return True

    def _send_chunks(self, session: Session, guild: Guild, found: list[Json], asked: Json) -> None:
        chunks = [found[start : start + _CHUNK] for start in range(0, len(found), _CHUNK)] or [[]]
        for place, members in enumerate(chunks):
            data: Json = {
                "guild_id": str(guild.id),
                "members": members,
                "chunk_index": place,
                "chunk_count": len(chunks),
            }
            if asked.get("nonce"):
                data["nonce"] = asked["nonce"]
            if isinstance(asked.get("user_ids"), list):
                known = {one["user"]["id"] for one in members}
                data["not_found"] = [u for u in map(str, asked["user_ids"]) if u not in known]
            self._tell_alone(session, "GUILD_MEMBERS_CHUNK", data)
