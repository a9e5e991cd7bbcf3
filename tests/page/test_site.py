"""Who may use the site, and what it refuses with a sentence."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.errors import RehearsalError
from bot.rehearsal.page.clockwork import changes, later
from bot.rehearsal.page.page import Page
from bot.rehearsal.page.site import Site
from tests.page.browsing import HERE, READY

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The page, its bot not waited for."""
    page = Page(HERE / "scripts", READY)
    async with Site(page, 0) as made:
        await page.open()
        yield made
        await page.close()


async def test_it_answers_to_its_own_address_alone(site: Site) -> None:
    """A name of somebody else's that leads to this machine gets nothing."""
    async with aiohttp.ClientSession() as session:
        for host in ("evil.example", "localhost.evil.example", "127.0.0.1"):
            async with session.get(site.address, headers={"Host": host}) as answer:
                assert answer.status == 421
        port = site.address.rsplit(":", 1)[1].strip("/")
        async with session.get(site.address, headers={"Host": f"localhost:{port}"}) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_it_takes_posts_from_its_own_pages_alone(site: Site) -> None:
    """A foreign page, a form and a request of another site cannot do anything."""
    foreign = {"Origin": "http://evil.example"}
    async with aiohttp.ClientSession() as session:
        for headers, status in (
            ({"Content-Type": "application/json"} | foreign, 403),
            ({"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, 403),
            ({"Content-Type": "text/plain"}, 403),
            ({"Content-Type": "application/x-www-form-urlencoded"}, 403),
            ({"Content-Type": "application/json"}, 200),
        ):
            data = b'{"what": "drop"}'
            address = f"{site.address}page/trouble"
            async with session.post(address, data=data, headers=headers) as answer:
                assert answer.status == status


async def test_it_listens_on_loopback_alone(site: Site) -> None:
    """The address it listens on is 127.0.0.1, whatever the machine's others are."""
    assert site.address.startswith("http://127.0.0.1:")
    assert {one[0] for one in site._runner.addresses} == {"127.0.0.1"}


async def test_a_taken_port_is_told() -> None:
    """The sentence names the port and the way out."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RehearsalError, match=f"Port {port} is taken.*--port"):
            async with Site(Page(HERE / "scripts", READY), port):
                pass


async def test_what_is_refused_is_a_sentence(site: Site) -> None:
    """Unknown people, places, scripts, deeds and times each get an answer for people."""
    wrong = [
        ("page/do/say", {"as": "Nobody", "channel": "1", "text": "hi"}, "nobody called Nobody"),
        ("page/do/say", {"as": "Ana", "channel": "1", "text": "hi"}, "does not see that channel"),
        ("page/do/fly", {"as": "Ana"}, "Nobody can 'fly'"),
        ("page/do/say", {"as": "Ana"}, "left out 'channel'"),
        ("page/start", {"script": "../../etc/passwd"}, "There is no script"),
        ("page/start", {"script": "broken"}, "This script has mistakes"),
        ("page/start", {"script": "ready", "until": 99}, "steps 0 to 0"),
        ("page/time", {"to": "2001-01-01T09:00"}, "runs forward only"),
        ("page/time", {"to": "2099-01-01T09:00"}, "more than 400 days"),
        ("page/time", {"to": "soon"}, "cannot read that date"),
        ("page/trouble", {"what": "fire"}, "trouble 'fire'"),
        ("page/trouble", {"what": "drop", "stage": "old"}, "was started over"),
        ("page/trouble", {}, "Load it again"),
    ]
    async with aiohttp.ClientSession() as session:
        for path, body, sentence in wrong:
            async with session.post(site.address + path, json=body) as answer:
                assert answer.status in (400, 422), path
                assert sentence in (await answer.json())["error"], (path, body)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("now", "2026-03-07T10:30"),
        ("hour", "2026-03-07T11:30"),
        ("morning", "2026-03-08T09:00"),
        ("day", "2026-03-08T10:30"),
        ("week", "2026-03-14T10:30"),
        ("2026-03-08T02:30", "2026-03-08T03:00"),
    ],
)
def test_moves_keep_to_the_clock_on_the_wall(wanted: str, expected: str) -> None:
    """Over the night in which clocks go forward, a morning stays nine and a day keeps its time."""
    now = datetime(2026, 3, 7, 10, 30, tzinfo=CHICAGO).astimezone(UTC)
    found = later(wanted, now, CHICAGO).astimezone(CHICAGO)
    assert f"{found:%Y-%m-%dT%H:%M}" == expected


def test_days_on_which_clocks_change_are_found() -> None:
    """An hour is gained in March, lost in November, and half an hour on Lord Howe Island."""
    assert changes(CHICAGO, date(2026, 3, 1), 10) == ((date(2026, 3, 8), 60),)
    assert changes(CHICAGO, date(2026, 10, 30), 10) == ((date(2026, 11, 1), -60),)
    island = ZoneInfo("Australia/Lord_Howe")
    assert changes(island, date(2026, 4, 1), 10) == ((date(2026, 4, 5), -30),)
    assert changes(ZoneInfo("Asia/Kolkata"), date(2026, 1, 1), 366) == ()


def test_static_files_ask_nothing_of_anybody_else() -> None:
    """No file of the page names an address on the internet."""
    static = Path(__file__).parents[2] / "bot" / "rehearsal" / "page" / "static"
    own = ("discord\\.com", "www.w3.org/2000/svg", "(?:")
    for file in static.iterdir():
        text = file.read_text("utf-8")
        for place in (part for part in text.split("://")[1:]):
            assert file.suffix in (".svg", ".js"), file
            assert any(word in place[:40] for word in own) or place.startswith(("[", "\\", "/")), (
                file,
                place[:40],
            )
