"""Discord's REST API: one door for every request.

The routes stand in the ``rest_*`` modules. Each is a plain function from a :class:`Call` to
the JSON of the answer, so that a request is one atomic step. A path no module knows is
answered 501 and noted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import BodyPartReader, web

from bot.clock import Clock
from bot.rehearsal import permissions
from bot.rehearsal.drafts import Upload
from bot.rehearsal.faults import Faults, Trouble
from bot.rehearsal.limits import Limits, Verdict
from bot.rehearsal.refusals import NotBuilt, Refusal, missing_access, missing_permissions, unknown
from bot.rehearsal.state import Channel, Guild, Json, Member, Message, User
from bot.rehearsal.world import World

if TYPE_CHECKING:
    from bot.rehearsal.interactions import Interactions

log = structlog.get_logger(__name__)

PREFIX = "/api/v10"
TRUE = ("1", "true", "True")  # how clients write it in a query


@dataclass
class Exchange:
    """One request and its answer, for whoever checks them from outside.

    Attributes:
        template: the path in Discord's own notation, such as ``/channels/{channel_id}``;
            None when nothing here knows it.
        body: the JSON of the request (of a multipart one, its ``payload_json``), None for none.
        files: the form names of the files of a multipart request.
        answer: the JSON of the answer, None for none.
        lost: executed, but the connection was cut before the answer.
    """

    method: str
    path: str
    template: str | None
    query: dict[str, str]
    body: Any = None
    files: list[str] = field(default_factory=list)
    multipart: bool = False
    status: int = 0
    answer: Any = None
    lost: bool = False


@dataclass
class Call:
    """A request as a route sees it, with the questions every route asks."""

    world: World
    interactions: Interactions
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: dict[int, Upload]
    shards: int

    @property
    def bot(self) -> User:
        return self.world.bot

    @property
    def guild(self) -> Guild:
        guild = self.world.guilds.get(self.number("guild_id"))
        if guild is None:
            raise unknown("Guild")
        return guild

    @property
    def me(self) -> Member:
        """The bot as a member of the guild of this call."""
        return self.guild.members[self.bot.id]

    def number(self, name: str) -> int:
        """A snowflake in the path."""
        return int(self.params[name])

    def need_in_guild(self, bits: int) -> None:
        """Refuse unless the bot has ``bits`` in the guild of this call."""
        if bits & ~permissions.in_guild(self.me):
            raise missing_permissions()

    def channel(self, bits: int = 0) -> Channel:
        """The channel of this call, which the bot must see and have ``bits`` in."""
        channel = self.world.channels.get(self.number("channel_id"))
        if channel is None:
            raise unknown("Channel")
        self.need(channel, bits)
        return channel

    def need(self, channel: Channel, bits: int) -> None:
        """Refuse unless the bot sees ``channel`` and has ``bits`` in it."""
        own = permissions.of(self.bot, channel)
        if not own & permissions.VIEW_CHANNEL:
            raise missing_access()
        if bits & ~own:
            raise missing_permissions()

    def message(self, channel: Channel) -> Message:
        """The message of this call; ephemeral ones cannot be reached this way."""
        message = channel.messages.get(self.number("message_id"))
        if message is None or message.ephemeral_for:
            raise unknown("Message")
        return message

    def member(self) -> Member:
        """The member of this call."""
        member = self.guild.members.get(self.number("user_id"))
        if member is None:
            raise unknown("Member" if self.number("user_id") in self.world.users else "User")
        return member


@dataclass(frozen=True)
class Answer:
    """An answer with a status other than 200, or 204 for None."""

    status: int
    body: Any


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class _Route:
    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    open: bool


_ROUTES: list[_Route] = []


def route(method: str, template: str, *, open: bool = False) -> Callable[[Handler], Handler]:  # noqa: A002
    """Make a function answer ``method template``; ``open`` needs no bot token."""
    pattern = re.sub(r"\\\{(\w+)\\\}", _part, re.escape(template))

    def keep(handler: Handler) -> Handler:
        _ROUTES.append(_Route(method, template, re.compile(pattern), handler, open))
        return handler

    return keep


def _part(match: re.Match[str]) -> str:
    name = match[1]
    return rf"(?P<{name}>{'[^/]+' if name.endswith('token') else '[0-9]+'})"


class Rest:
    """Takes requests in and answers them.

    Attributes:
        exchanges: every request and answer, in order of the answers.
        unbuilt: what was asked for and is not built, one sentence each.
        broken: errors in the rehearsal Discord itself.
        in_flight: requests taken in and not answered yet, as ``METHOD path``.
        served: how many requests were taken in.
    """

    def __init__(
        self,
        world: World,
        interactions: Interactions,
        faults: Faults,
        limits: Limits | None,
        clock: Clock,
        token: str,
        shards: int,
    ) -> None:
        self._world, self._interactions, self._faults = world, interactions, faults
        self._limits, self._clock, self._token, self._shards = limits, clock, token, shards
        self.exchanges: list[Exchange] = []
        self.unbuilt: list[str] = []
        self.broken: list[Exception] = []
        self.in_flight: list[str] = []
        self.served = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request to the API."""
        path = request.path.removeprefix(PREFIX)
        named = f"{request.method} {path}"
        self.in_flight.append(named)
        self.served += 1
        try:
            return await self._answer(request, path)
        finally:
            self.in_flight.remove(named)

    async def _answer(self, request: web.Request, path: str) -> web.StreamResponse:
        found, params = _find(request.method, path)
        template = found.template if found else None
        exchange = Exchange(request.method, path, template, dict(request.query))
        files = await _read(request, exchange)
        trouble = self._faults.take(request.method, path)
        if trouble.seconds:
            await self._clock.pause(trouble.seconds)
        headers: dict[str, str] = {}
        if trouble.status:
            answer = _in_trouble(trouble, headers)
        elif found is None:
            answer = self._not_built(f"{request.method} {path}")
        elif not found.open and request.headers.get("Authorization") != f"Bot {self._token}":
            answer = Answer(401, {"message": "401: Unauthorized", "code": 0})
        else:
            verdict = self._verdict(found, params)
            headers |= verdict.headers
            if verdict.wait is not None:
                answer = _too_many(verdict.wait, verdict.everywhere, headers)
            else:
                answer = self._execute(found, params, exchange, files)
        exchange.status, exchange.answer, exchange.lost = answer.status, answer.body, trouble.lost
        self.exchanges.append(exchange)
        if trouble.lost and request.transport:
            request.transport.abort()
        return _response(answer, headers)

    def _verdict(self, found: _Route, params: dict[str, str]) -> Verdict:
        if self._limits is None:
            return Verdict({})
        return self._limits.take(found.method, found.template, params)

    def _execute(
        self, found: _Route, params: dict[str, str], exchange: Exchange, files: dict[int, Upload]
    ) -> Answer:
        call = Call(
            self._world,
            self._interactions,
            params,
            exchange.query,
            exchange.body,
            files,
            self._shards,
        )
        try:
            made = found.handler(call)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body)
        except NotBuilt as missing:
            return self._not_built(str(missing))
        except Exception as error:
            log.exception("rehearsal_broken", method=found.method, template=found.template)
            self.broken.append(error)
            return Answer(500, {"message": "500: Internal Server Error", "code": 0})
        if isinstance(made, Answer):
            return made
        return Answer(204, None) if made is None else Answer(200, made)

    def _not_built(self, what: str) -> Answer:
        self.unbuilt.append(what)
        return Answer(501, {"message": f"Not built in the rehearsal Discord: {what}", "code": 0})


def _find(method: str, path: str) -> tuple[_Route | None, dict[str, str]]:
    for one in _ROUTES:
        if one.method == method and (match := one.pattern.fullmatch(path)):
            return one, match.groupdict()
    return None, {}


async def _read(request: web.Request, exchange: Exchange) -> dict[int, Upload]:
    """Put the body into ``exchange`` and hand back the uploaded files by their number."""
    files: dict[int, Upload] = {}
    if request.content_type == "multipart/form-data":
        exchange.multipart = True
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            data = bytes(await part.read())
            if part.name == "payload_json":
                exchange.body = json.loads(data)
            elif match := re.fullmatch(r"files\[(\d+)\]", part.name):
                kind = part.headers.get("Content-Type", "application/octet-stream")
                files[int(match[1])] = (part.filename or "file", kind, data)
                exchange.files.append(part.name)
    elif request.can_read_body and (raw := await request.read()):
        exchange.body = json.loads(raw)
    return files


def _in_trouble(trouble: Trouble, headers: dict[str, str]) -> Answer:
    if trouble.status == 429:
        return _too_many(trouble.retry_after, trouble.everywhere, headers)
    return Answer(trouble.status, {"message": f"{trouble.status}: ordered fault", "code": 0})


def _too_many(wait: float, everywhere: bool, headers: dict[str, str]) -> Answer:
    headers |= {"Retry-After": f"{wait:.3f}", "Via": "1.1 rehearsal"}
    headers.setdefault("X-RateLimit-Scope", "global" if everywhere else "user")
    message = "You are being rate limited."
    return Answer(
        429,
        {"message": message, "retry_after": round(wait, 3), "global": everywhere, "code": 0},
    )


def _response(answer: Answer, headers: dict[str, str]) -> web.Response:
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    # The content type bare, without a charset: discord.py reads anything else as text.
    headers["Content-Type"] = "application/json"
    return web.Response(
        status=answer.status, body=json.dumps(answer.body).encode(), headers=headers
    )


def own_json(body: Any) -> Json:
    """The body of a request that must be an object."""
    if not isinstance(body, dict):
        raise Refusal(400, 50109, "The request body contains invalid JSON.")
    return body
