"""The site of the rehearsal page: its routes, and who may use them.

It listens on loopback alone, answers only to the machine's own names, so that no foreign page
can reach it through a name that leads here, and takes posts only from its own pages.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

import structlog
from aiohttp import web

from bot.errors import HandrailError, RehearsalError
from bot.rehearsal.page import actions, views
from bot.rehearsal.page.clockwork import later
from bot.rehearsal.page.page import Page
from bot.rehearsal.page.stage import Stage
from bot.rehearsal.people import Person
from bot.rehearsal.state import Json

log = structlog.get_logger(__name__)

_STATIC = Path(__file__).parent / "static"
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
_MOST_MESSAGES = 100
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """Serves one :class:`Page` on loopback.

    Args:
        port: 0 takes a free one.
    """

    def __init__(self, page: Page, port: int) -> None:
        self.page = page
        self._port = port
        app = web.Application(middlewares=[self._guard], client_max_size=1024 * 1024)
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/page/events", self._events),
                web.get("/page/messages", self._messages),
                web.get("/page/pins", self._pins),
                web.get("/page/commands", self._commands),
                web.get("/page/scripts", self._scripts),
                web.get("/page/behind/{what}", self._behind),
                web.get("/page/log.jsonl", self._download),
                web.get("/attachments/{channel}/{id}/{name}", self._file),
                web.post("/page/do/{what}", self._do),
                web.post("/page/suggest", self._suggest),
                web.post("/page/time", self._time),
                web.post("/page/follow", self._follow),
                web.post("/page/trouble", self._trouble),
                web.post("/page/start", self._start),
                web.static("/static", _STATIC),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise RehearsalError(
                f"Port {self._port} is taken, perhaps by another rehearsal page. Close that one, "
                "or choose another port with --port; 0 takes any that is free."
            ) from error
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.page.hub.close()
        await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._port}/"

    # who may come in

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        own = {f"{name}:{self._port}" for name in _NAMES}
        if request.host not in own:
            return web.Response(status=421, text="This page answers to its own address alone.")
        if request.method != "GET" and not self._from_own_page(request, own):
            return web.Response(status=403, text="Only this page itself may do that.")
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(_HEADERS)
            raise
        except HandrailError as error:
            response = web.json_response({"error": str(error)}, status=422)
        except (KeyError, ValueError, TypeError) as error:
            log.error("page_request_failed", path=request.path, error=error)
            said = "The page asked for something it cannot have. Load it again."
            response = web.json_response({"error": said}, status=400)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    @staticmethod
    def _from_own_page(request: web.Request, own: set[str]) -> bool:
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{name}" for name in own}:
            return False
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return False
        return request.content_type == "application/json"  # no form of a foreign page sends this

    # reading

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_STATIC / "index.html", headers=_HEADERS)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=_HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        listener = self.page.hub.join(request.query.get("as", ""))
        try:
            async for line in listener.lines():
                await response.write(line)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self.page.hub.leave(listener)
        return response

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        stage, person = self._who(request.query)
        channel = stage.channel(person, request.query["in"])
        where = {
            k: int(request.query[k]) for k in ("before", "after", "around") if k in request.query
        }
        limit = min(int(request.query.get("limit", 50)), _MOST_MESSAGES)
        return web.json_response(
            {"stage": stage.name, **views.page_of(person, channel, **where, limit=limit)}
        )

    async def _pins(self, request: web.Request) -> web.StreamResponse:
        stage, person = self._who(request.query)
        channel = stage.channel(person, request.query["in"])
        return web.json_response({"messages": views.pinned(person, channel)})

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        stage, person = self._who(request.query)
        channel = stage.channel(person, request.query["in"])
        return web.json_response(views.offered(stage, person, channel))

    async def _scripts(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"scripts": self.page.scripts()})

    async def _behind(self, request: web.Request) -> web.StreamResponse:
        stage, behind = self._stage(request.query), self.page.behind
        assert behind is not None
        what = request.match_info["what"]
        if what == "events":
            found: Json = await behind.events(int(request.query.get("after", 0)))
        elif what == "posts":
            found = {"posts": behind.posts(), "cohorts": behind.cohorts()}
        elif what == "bot":
            found = {"lines": behind.bot_log()}
        elif what == "ahead":
            person = stage.person(request.query["as"])
            found = {"posts": behind.ahead(person, date.fromisoformat(request.query["day"]))}
        else:
            raise web.HTTPNotFound
        return web.json_response(found)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self._stage(request.query)
        assert self.page.behind is not None
        text = self.page.behind.download(with_text=request.query.get("text") == "yes")
        named = 'attachment; filename="rehearsal.jsonl"'
        headers = {"Content-Disposition": named}
        return web.Response(text=text, content_type="application/jsonl", headers=headers)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        stage = self._stage({})
        data = stage.rehearsal.world.files.get(int(request.match_info["id"]))
        if data is None:
            raise web.HTTPNotFound
        kind = _PICTURES.get(Path(request.match_info["name"]).suffix.lower())
        if kind:
            return web.Response(body=data, content_type=f"image/{kind}")
        headers = {"Content-Disposition": "attachment"}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)

    # doing

    async def _do(self, request: web.Request) -> web.StreamResponse:
        wanted = await _body(request)
        stage, person = self._who(wanted)
        return web.json_response(
            await actions.do(stage, person, request.match_info["what"], wanted)
        )

    async def _suggest(self, request: web.Request) -> web.StreamResponse:
        wanted = await _body(request)
        stage, person = self._who(wanted)
        return web.json_response({"choices": await actions.suggestions(stage, person, wanted)})

    async def _time(self, request: web.Request) -> web.StreamResponse:
        wanted = await _body(request)
        stage, clockwork = self._stage(wanted), self.page.clockwork
        assert clockwork is not None
        if wanted["to"] == "play":
            clockwork.play()
        elif wanted["to"] == "pause":
            clockwork.pause()
        else:
            clockwork.go(later(wanted["to"], stage.clock.now(), stage.zone))
        return web.json_response({})

    async def _follow(self, request: web.Request) -> web.StreamResponse:
        wanted = await _body(request)
        self._stage(wanted)
        assert self.page.clockwork is not None
        self.page.clockwork.follow(bool(wanted["follow"]))
        return web.json_response({})

    async def _trouble(self, request: web.Request) -> web.StreamResponse:
        wanted = await _body(request)
        await self.page.trouble(self._stage(wanted), str(wanted["what"]))
        return web.json_response({})

    async def _start(self, request: web.Request) -> web.StreamResponse:
        wanted = await _body(request)
        until = wanted.get("until")
        await self.page.start_over(str(wanted["script"]), int(until) if until is not None else None)
        return web.json_response({})

    # who and where

    def _stage(self, wanted: Mapping[str, Any]) -> Stage:
        stage = self.page.stage
        if stage is None:
            raise RehearsalError("A rehearsal is being set up. Wait a moment.")
        if wanted.get("stage", stage.name) != stage.name:
            raise RehearsalError("This rehearsal was started over. The page shows the new one now.")
        return stage

    def _who(self, wanted: Mapping[str, Any]) -> tuple[Stage, Person]:
        stage = self._stage(wanted)
        return stage, stage.person(wanted.get("as"))


async def _body(request: web.Request) -> Json:
    found = json.loads(await request.text())
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
