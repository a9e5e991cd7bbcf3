"""/programme: who may set a server up, what is saved, and when check-ins may be stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.product.conftest import MakeHouse
from tests.product.harness import EVENING, House, shown


async def test_saves_what_was_chosen(bare: House) -> None:
    """One command saves the programme and shows what was saved."""
    reply = await bare.set_up(danger="always")
    text = shown(reply).text
    assert "Mon-Fri 08:00-17:00 (America/Chicago, now 09:30)" in text
    assert "Staff hear of level 3: always" in text
    assert bare.rows("SELECT country, detection, checkins, level_3_always FROM programme") == [
        ("US", "in-memory", "prompt-only", 1)
    ]


async def test_makes_a_start_channel(bare: House) -> None:
    """Everybody can read the start channel, nobody but the bot can write there."""
    await bare.set_up()
    ana = bare.guild.add_person("Ana")
    start = bare.guild.channel("start-here")
    pinned = [m for m in ana.sees(start) if m.pinned]
    assert [m.text.split("\n")[0] for m in pinned] == ["### Support options"]
    assert pinned[0].buttons == ["See options", "Ask staff to talk to me", "For a hard moment"]
    with pytest.raises(Exception, match="cannot write"):
        await ana.say(start, "hello")


async def test_second_setup_changes_and_doubles_nothing(bare: House) -> None:
    """Setting up again changes the programme and makes no second start channel or message."""
    await bare.set_up()
    await bare.set_up(hours="Sat 10:00-12:00")
    starts = [c for c in bare.guild.channels.values() if c.name == "start-here"]
    assert len(starts) == 1
    assert len(starts[0].pinned) == 1
    assert bare.rows("SELECT count(*) FROM programme") == [(1,)]


async def test_second_setup_keeps_what_is_left_out(bare: House) -> None:
    """Changing the hours alone does not take on-call, level 3 or stored check-ins away."""
    await bare.set_up(danger="always", checkins="stored", language="es")
    await bare.accept_limits()
    before = bare.rows(
        "SELECT on_call_role_id, peer_role_id, level_3_always, checkins, language, country "
        "FROM programme"
    )
    await bare.set_up(hours="none", on_call=None, peers=None, country=None)
    after = bare.rows(
        "SELECT on_call_role_id, peer_role_id, level_3_always, checkins, language, country "
        "FROM programme"
    )
    assert after == before
    assert before[0][3:] == ("stored", "es", "US")


async def test_new_hours_reach_the_topic(river: House) -> None:
    """The staffed hours under a channel's name change with the programme's."""
    await river.set_up(hours="Sat 10:00-12:00")
    for channel in (river.guild.channel("start-here"), river.at("daily"), river.at("talk")):
        assert "Sat 10:00-12:00" in (channel.topic or ""), channel.name


async def test_new_roles_reach_the_channels(river: House) -> None:
    """An on-call role chosen later sees the care cards; a role that is lead no more does not."""
    bosses = river.guild.add_role("Bosses")
    night = river.guild.add_role("Night")
    bea = river.guild.add_person("Bea", roles=[bosses])
    nik = river.guild.add_person("Nik", roles=[night])
    await river.set_up(leads=bosses, on_call=night)
    await river.say(river.kim, "hello", river.at("staff"))
    assert bea.sees(river.at("staff"))
    assert nik.sees(river.at("staff"))
    assert not river.lee.sees(river.at("staff"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"hours": "nine to five"}, "Write them like this"),
        ({"hours": "Mon-Fri 17:00-09:00"}, "end before they start"),
        ({"hours": "Mon-Fri 25:00-26:00"}, "could not read"),
        ({"hours": "Mon-Fri 09:00 - 24:30"}, "could not read"),
        ({"hours": "Blursday 09:00-10:00"}, "do not know the day"),
        ({"zone": "Narnia/Lamppost"}, "do not know the time zone"),
        ({"country": "Narnia"}, "Pick a country from the list"),
    ],
)
async def test_refused_with_the_way_out(bare: House, options: Any, sentence: str) -> None:
    """Hours, zones and countries that cannot be understood are refused with the way out."""
    reply = await bare.set_up(**options)
    assert sentence in shown(reply).text
    assert bare.rows("SELECT * FROM programme") == []


async def test_everyone_is_not_staff(bare: House) -> None:
    """@everyone cannot be made the role of staff, or everybody could close care cards."""
    reply = await bare.set_up(clinicians=bare.guild.everyone)
    assert "everybody" in shown(reply).text.lower()
    assert bare.rows("SELECT * FROM programme") == []


async def test_only_a_manager(bare: House) -> None:
    """Somebody who does not manage the server is told so, and nothing is saved."""
    reply = await bare.ask(
        bare.kim,
        "programme setup",
        zone="UTC",
        clinicians=bare.clinicians,
        leads=bare.leads,
        hours="none",
        detection="off",
    )
    assert "manage" in shown(reply).text.lower()
    assert "wrong on my side" not in shown(reply).text
    assert bare.rows("SELECT * FROM programme") == []


async def test_not_set_up_yet(bare: House) -> None:
    """Before the set-up every staff command says what to type first."""
    for command, options in (
        ("cohort create", {"name": "River", "zone": "UTC"}),
        ("programme show", {}),
        ("prompt list", {"cohort": "River"}),
    ):
        reply = await bare.ask(bare.kim, command, **options)
        assert "/programme setup" in shown(reply).text, command


async def test_show_is_for_staff(bare: House) -> None:
    """Staff can read the settings, others are sent to /support."""
    await bare.set_up()
    assert "Staffed hours" in shown(await bare.ask(bare.kim, "programme show")).text
    ana = bare.guild.add_person("Ana")
    assert "/support" in shown(await bare.ask(ana, "programme show")).text


async def test_missing_permission_is_named(make_house: MakeHouse) -> None:
    """A permission the bot lacks is named with its reason before anything is made."""
    house = await make_house()
    role = next(one for one in house.guild.roles.values() if one.managed)
    role.permissions &= ~(1 << 28)
    await house.start()
    reply = await house.set_up()
    assert "“Manage Roles”" in shown(reply).text
    assert [c.name for c in house.guild.channels.values()] == ["general"]


async def test_stored_only_after_a_lead_accepts(bare: House) -> None:
    """Asked to store check-ins, the bot keeps to prompt-only until a lead accepts both limits."""
    await bare.set_up(checkins="stored")
    assert bare.rows("SELECT checkins FROM programme") == [("prompt-only",)]
    reply = await bare.accept_limits()
    assert "stored from now on" in shown(reply).text
    assert bare.rows("SELECT checkins, limits_accepted_by FROM programme") == [
        ("stored", bare.lee.id)
    ]
    assert bare.rows("SELECT action, actor_id FROM audit") == [("limits-accepted", bare.lee.id)]


async def test_only_a_lead_accepts(bare: House) -> None:
    """The manager who set the server up cannot accept the limits without the lead role."""
    setup = await bare.set_up(checkins="stored")
    reply = await bare.press(bare.owner, shown(setup), "Read the limits")
    assert "lead role" in shown(reply).text
    assert bare.rows("SELECT checkins FROM programme") == [("prompt-only",)]


async def test_unverified_lines_warn_staff(bare: House) -> None:
    """Staff are told that nobody has checked the help lines yet."""
    assert "have not been checked by a person" in shown(await bare.set_up()).text


async def test_nobody_reads_alerts_is_said(bare: House) -> None:
    """No staffed hours and nobody on call is said to staff in plain words."""
    assert "Nobody reads alerts" in shown(await bare.set_up(hours="none", on_call=None)).text


async def test_pinned_follows_the_hours(make_house: MakeHouse) -> None:
    """The pinned message says when staff are there, and when no one may see a call."""
    house = await make_house()
    await house.start()
    await house.set_up()
    start = house.guild.channel("start-here")
    assert "Staff look at alerts here until <t:" in start.pinned[0].text
    await house.r.step_to(EVENING)
    assert "No one may see this tonight." in start.pinned[0].text


async def test_pinned_after_a_start_in_the_evening(make_house: MakeHouse) -> None:
    """After a restart the pinned message knows who is on call."""
    house = await make_house(EVENING)
    house.guild.add_person("Ora", roles=[house.on_call])
    await house.start()
    await house.set_up()
    start = house.guild.channel("start-here")
    assert "You can ask the person on call" in start.pinned[0].text
    await house.restart()
    assert "You can ask the person on call" in start.pinned[0].text
