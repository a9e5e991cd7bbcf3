"""/cohort create and archive: what is made, who sees it, and what is left when a step fails."""

from __future__ import annotations

import asyncio

import pytest

from bot.rehearsal import permissions
from bot.rehearsal.faults import Trouble
from bot.rehearsal.state import Channel
from tests.product.conftest import MakeHouse
from tests.product.harness import HARMLESS, House, shown

_STEPS = [
    ("POST", r"/guilds/\d+/roles$", 0),
    ("POST", r"/guilds/\d+/channels$", 0),
    ("POST", r"/guilds/\d+/channels$", 1),
    ("POST", r"/guilds/\d+/channels$", 2),
    ("POST", r"/guilds/\d+/channels$", 3),
    ("POST", r"/channels/\d+/messages$", 0),
    ("PUT", r"/pins/\d+$", 0),
]
"""Every call that makes something for a cohort, as method, path and how many went before."""

_NAMES = ["role", "category", "daily", "talk", "staff", "message", "pin"]


def _names(house: House) -> list[str]:
    return sorted(c.name for c in house.guild.channels.values() if c.name != "general")


def _whole(house: House) -> None:
    """A cohort called River stands, once."""
    assert _names(house) == ["River", "daily", "staff", "start-here", "talk"]
    assert [r.name for r in house.guild.roles.values()].count("River") == 1
    assert house.rows("SELECT name, state FROM cohort") == [("River", "active")]
    assert len(house.at("daily").pinned) == 1
    assert len(house.ours(house.at("daily"))) == 1
    assert house.rows("SELECT kind FROM slot ORDER BY kind") == [("check-in",), ("daily",)]


def _nothing(house: House) -> None:
    """Nothing of a cohort called River stands."""
    assert _names(house) == ["start-here"]
    assert "River" not in [r.name for r in house.guild.roles.values()]
    assert house.rows("SELECT * FROM cohort") == []
    assert house.rows("SELECT * FROM slot") == []


async def test_what_is_made(river: House) -> None:
    """A cohort gets a role, a category, three private channels and a pinned message."""
    _whole(river)
    role = river.guild.role("River")
    assert role.permissions == 0
    assert not role.mentionable
    for name in ("daily", "talk"):
        topic = river.at(name).topic or ""
        assert "Not therapy, not an emergency service" in topic
        assert "Mon-Fri 08:00-17:00 (America/Chicago)" in topic
    pinned = river.at("daily").pinned[0]
    assert pinned.buttons == ["See options", "Ask staff to talk to me", "For a hard moment"]


async def test_who_sees_what(river: House) -> None:
    """A cohort sees only itself; its staff, leads and on-call see it; nobody else does."""
    guild = river.guild
    pia = guild.add_person("Pia", roles=[river.clinicians])
    ora = guild.add_person("Ora", roles=[river.on_call])
    await river.cohort("Hill", by=pia)
    ana = await river.member("Ana")
    bo = guild.add_person("Bo")
    await river.ask(pia, "cohort add", cohort="Hill", person=bo)
    await river.choose(bo, bo.notifications[-1])
    outsider = guild.add_person("Otto")

    def open_to(channel: Channel) -> set[str]:
        people = (ana, bo, outsider, river.kim, pia, river.lee, ora, river.owner)
        return {who.name for who in people if who.sees(channel)}

    for name in ("daily", "talk", "staff"):
        for cohort in ("River", "Hill"):
            await river.say(river.lee, HARMLESS, river.at(name, cohort))
    assert open_to(river.at("daily")) == open_to(river.at("talk")) == {"Ana", "Kim", "Lee", "Ora"}
    assert open_to(river.at("daily", "Hill")) == {"Bo", "Pia", "Lee", "Ora"}
    assert open_to(river.at("staff")) == {"Kim", "Lee", "Ora"}
    assert open_to(river.at("staff", "Hill")) == {"Pia", "Lee", "Ora"}


async def test_members_write_and_make_no_private_thread(river: House) -> None:
    """Members write in both channels; a private thread, which staff could not see, is denied."""
    ana = await river.member("Ana")
    for name in ("daily", "talk"):
        own = permissions.of(ana, river.at(name))
        assert own & permissions.SEND_MESSAGES
        assert own & permissions.SEND_MESSAGES_IN_THREADS
        assert not own & permissions.CREATE_PRIVATE_THREADS


@pytest.mark.parametrize("name", ["IOP River", "Sober group", "anxiety", "Tuesday DBT", ""])
async def test_telling_names(bare: House, name: str) -> None:
    """A name that says why people are here is refused before anything is made."""
    await bare.set_up()
    reply = await bare.cohort(name or " ")
    assert "For example: River" in shown(reply).text or "for example: River" in shown(reply).text
    _nothing(bare)


async def test_name_taken(river: House) -> None:
    """The same name in other letters is refused, and the first cohort stays whole."""
    reply = await river.cohort("rIVER")
    assert "already" in shown(reply).text
    _whole(river)


async def test_two_at_once(bare: House) -> None:
    """Two people making the same cohort in the same moment get one cohort and a sentence."""
    await bare.set_up()
    replies = await asyncio.gather(bare.cohort("River"), bare.cohort("River", by=bare.lee))
    texts = sorted(shown(reply).text for reply in replies)
    assert sum("is here" in text for text in texts) == 1
    assert sum("already" in text for text in texts) == 1
    _whole(bare)


@pytest.mark.parametrize(("method", "path", "before"), _STEPS, ids=_NAMES)
async def test_refused_step(bare: House, method: str, path: str, before: int) -> None:
    """Whichever step Discord refuses, all is gone again and the next attempt works."""
    await bare.set_up()
    bare.trouble(method, path, before, Trouble(status=403))
    reply = await bare.cohort("River")
    assert "Discord refused" in shown(reply).text
    _nothing(bare)
    await bare.cohort("River")
    _whole(bare)


@pytest.mark.parametrize(("method", "path", "before"), _STEPS, ids=_NAMES)
async def test_lost_answer(bare: House, method: str, path: str, before: int) -> None:
    """A step that Discord took and whose answer was lost leaves nothing behind or is whole."""
    await bare.set_up()
    bare.trouble(method, path, before, Trouble(lost=True))
    reply = await bare.cohort("River")
    if "is here" not in shown(reply).text:
        _nothing(bare)
        await bare.cohort("River")
    _whole(bare)


@pytest.mark.parametrize(("method", "path", "before"), _STEPS, ids=_NAMES)
async def test_dies_at_a_step(bare: House, method: str, path: str, before: int) -> None:
    """A bot that dies while Discord takes a step finishes the cohort at the next start, once."""
    await bare.set_up()
    held = bare.trouble(method, path, before, Trouble(seconds=0.2))
    await bare.kim.slash("cohort create", bare.general, name="River", zone="America/Chicago")
    await bare.until(lambda: held.reached)
    await bare.kill()
    await bare.until(lambda: not bare.r.rest.in_flight)
    await bare.start()
    _whole(bare)


async def test_archive(river: House) -> None:
    """After archiving members read and cannot write, and nothing is posted any more."""
    ana = await river.member("Ana")
    await river.say(ana, HARMLESS)
    reply = await river.ask(river.lee, "cohort archive", cohort="River", sure="river")
    assert "is archived" in shown(reply).text
    assert ana.sees(river.at("talk"))
    with pytest.raises(Exception, match="cannot write"):
        await ana.say(river.at("talk"), "hello")
    before = len(river.ours(river.at("daily")))
    await river.step(hours=24)
    assert len(river.ours(river.at("daily"))) == before


@pytest.mark.parametrize(
    ("who", "sure", "sentence"),
    [
        ("kim", "River", "Only a lead"),
        ("lee", "Hill", "type its name"),
        ("owner", "River", "staff"),
    ],
)
async def test_archive_refused(river: House, who: str, sure: str, sentence: str) -> None:
    """Only a lead who types the name archives a cohort."""
    reply = await river.ask(getattr(river, who), "cohort archive", cohort="River", sure=sure)
    assert sentence in shown(reply).text
    assert river.rows("SELECT state FROM cohort") == [("active",)]


async def test_deleted_channel_is_made_again(river: House) -> None:
    """A running cohort's channel that somebody deletes comes back, for its own people alone."""
    river.r.world.delete_channel(river.at("staff"))
    await river.r.quiet()
    ana = await river.member("Ana")
    await river.say(river.kim, HARMLESS, river.at("staff"))
    assert river.lee.sees(river.at("staff"))
    assert not ana.sees(river.at("staff"))


async def test_staff_who_left_does_not_stop_mending(river: House) -> None:
    """A channel is made again although one of the cohort's staff has left the server."""
    await river.kim.leave(river.guild)
    await river.r.quiet()
    river.r.world.delete_channel(river.at("talk"))
    await river.r.quiet()
    assert river.at("talk")


async def test_staff_in_and_out(river: House) -> None:
    """One of the staff is let into a cohort by name and taken out again."""
    pia = river.guild.add_person("Pia", roles=[river.peers])
    await river.say(river.lee, HARMLESS)
    assert not pia.sees(river.at("talk"))
    await river.ask(river.kim, "cohort add", cohort="River", person=pia)
    assert pia.sees(river.at("talk"))
    await river.ask(river.kim, "cohort remove", cohort="River", person=pia)
    assert not pia.sees(river.at("talk"))
    assert river.rows("SELECT user_id FROM cohort_staff") == [(river.kim.id,)]


@pytest.mark.parametrize("who", ["pia", "ana", "owner"])
async def test_others_may_not(river: House, who: str) -> None:
    """Another cohort's staff, a member and a manager without a staff role change nothing here."""
    pia = river.guild.add_person("Pia", roles=[river.clinicians])
    person = {"pia": pia, "ana": await river.member("Ana"), "owner": river.owner}[who]
    new = river.guild.add_person("New")
    for command, options in (
        ("cohort add", {"person": new}),
        ("cohort remove", {"person": river.kim}),
        ("cohort show", {}),
        ("prompt skip", {"kind": "daily", "day": "tomorrow"}),
    ):
        reply = await river.ask(person, command, cohort="River", **options)
        assert "Only the staff of River" in shown(reply).text or "for staff" in shown(reply).text
    assert new.notifications == []


async def test_autocomplete(river: House) -> None:
    """Staff are offered their own cohorts and real time zones; a member is offered nothing."""
    pia = river.guild.add_person("Pia", roles=[river.clinicians])
    ana = river.guild.add_person("Ana")
    zones = await river.kim.autocomplete("cohort create", "zone", "chic", channel=river.general)
    assert zones[0].value == "America/Chicago"
    for who, names in ((river.kim, ["River"]), (river.lee, ["River"]), (pia, []), (ana, [])):
        found = await who.autocomplete("cohort show", "cohort", "ri", channel=river.general)
        assert [one.value for one in found] == names


async def test_works_in_many_servers(make_house: MakeHouse) -> None:
    """The same name in two servers makes two cohorts that know nothing of each other."""
    house = await make_house()
    await house.start()
    await house.set_up()
    await house.cohort("River")
    other = house.r.add_guild("Lakeside", permissions=house.asked)
    staff = other.add_role("Staff")
    boss = other.add_person("Boss", roles=[staff, other.add_role("Managers", permissions=1 << 5)])
    place = other.add_channel("general")
    await house.r.quiet()
    await house.ask(
        boss,
        "programme setup",
        place,
        zone="UTC",
        clinicians=staff,
        leads=staff,
        hours="none",
        detection="off",
    )
    reply = await house.ask(boss, "cohort create", place, name="River", zone="UTC")
    assert "River is here" in shown(reply).text
    assert house.rows("SELECT count(*) FROM cohort") == [(2,)]
