"""The bot gets by with what it asks for, and asks for nothing it does not need."""

from __future__ import annotations

import pytest

from bot.chat.permissions import NEEDED, invite_permissions
from bot.rehearsal import permissions as rehearsed
from tests.product.conftest import MakeHouse
from tests.product.harness import WORRYING, House, shown


async def test_a_day_within_them(river: House) -> None:
    """A whole day of work, with exactly the permissions asked for, meets no refusal."""
    ana = await river.member("Ana", route="channel")
    await river.say(ana, WORRYING)
    await river.ask(ana, "my-data")
    await river.press(river.kim, river.cards()[0], "No action needed")
    await river.ask(river.kim, "prompt now", cohort="River", kind="daily")
    await river.ask(river.kim, "cohort remove", cohort="River", person=ana)
    await river.ask(river.lee, "cohort archive", cohort="River", sure="River")
    refused = [one for one in river.r.exchanges if one.status in (401, 403)]
    assert refused == []
    assert not [one for one in river.r.exchanges if one.status >= 400]


@pytest.mark.parametrize("name", sorted(set(NEEDED) - {"view_channel"}))
async def test_each_is_asked_for_by_name(make_house: MakeHouse, name: str) -> None:
    """Whichever is missing, the set-up names it with its reason before it makes anything."""
    house = await make_house()
    role = next(one for one in house.guild.roles.values() if one.managed)
    role.permissions = invite_permissions().value & ~getattr(rehearsed, name.upper())
    house.guild.everyone.permissions &= ~getattr(rehearsed, name.upper())
    await house.start()
    reply = await house.set_up()
    assert NEEDED[name] in shown(reply).text
    assert [c.name for c in house.guild.channels.values()] == ["general"]


def test_what_the_rehearsal_grants() -> None:
    """The rehearsal Discord's own list has everything that is asked for."""
    assert not invite_permissions().value & ~rehearsed.HANDRAIL
