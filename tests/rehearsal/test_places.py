"""Channels, roles, threads and members, and who may do what with them."""

from __future__ import annotations

import discord
import pytest

from bot.errors import RehearsalError
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import Guild

from .conftest import Bot, running


def guild_of(bot: Bot, guild: Guild) -> discord.Guild:
    found = bot.get_guild(guild.id)
    assert found is not None
    return found


async def test_a_cohort_sees_only_its_own_rooms(rehearsal: Rehearsal) -> None:
    """A private category made by the bot is seen with its role and with nothing else."""
    guild = rehearsal.add_guild("Riverside")
    ana, ben = guild.add_person("Ana"), guild.add_person("Ben")
    async with running(rehearsal) as bot:
        here = guild_of(bot, guild)
        role = await here.create_role(name="Room 7", permissions=discord.Permissions.none())
        overwrites: dict[
            discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite
        ]
        overwrites = {
            here.default_role: discord.PermissionOverwrite(view_channel=False),
            role: discord.PermissionOverwrite(view_channel=True),
            here.me: discord.PermissionOverwrite(view_channel=True),
        }
        category = await here.create_category("Room 7", overwrites=overwrites)
        daily = await here.create_text_channel("daily", category=category, topic="Not a hotline.")
        await daily.send("Good morning")
        await (await here.fetch_member(ana.id)).add_roles(role)
        room = guild.channel("daily")
        assert ([m.text for m in ana.sees(room)], ben.sees(room)) == (["Good morning"], [])
        assert (room.parent, room.topic) == (guild.channel("Room 7"), "Not a hotline.")
        await (await here.fetch_member(ana.id)).remove_roles(role)
        assert ana.sees(room) == []
        other = await here.fetch_member(ben.id)
        await daily.set_permissions(other, view_channel=True)
        assert len(ben.sees(room)) == 1
        await daily.set_permissions(other, overwrite=None)
        assert ben.sees(room) == []
        await daily.edit(name="day by day", topic=None)
        assert (room.name, room.topic) == ("day by day", None)
        await category.delete()
        assert room.parent is None
        await daily.delete()
        await role.delete()
        assert (list(guild.channels), len(guild.roles)) == ([], 2)
        await bot.until("guild_role_delete")
        assert list(here.channels) == []


async def test_the_bot_can_lock_itself_out(rehearsal: Rehearsal) -> None:
    """Hiding a channel from everyone hides it from a bot that is no administrator: 50001."""
    guild = rehearsal.add_guild("Riverside")
    async with running(rehearsal) as bot:
        here = guild_of(bot, guild)
        hidden = {here.default_role: discord.PermissionOverwrite(view_channel=False)}
        channel = await here.create_text_channel("hidden", overwrites=hidden)
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send("anybody?")
        assert refused.value.code == 50001


async def test_a_channel_it_may_only_read(rehearsal: Rehearsal) -> None:
    """Without the permission to send, sending is 50013."""
    guild = rehearsal.add_guild("Riverside")
    place = guild.add_channel("rules")
    async with running(rehearsal) as bot:
        here = guild_of(bot, guild)
        channel = here.get_channel(place.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.set_permissions(here.default_role, send_messages=False)
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send("x")
        assert refused.value.code == 50013


async def test_roles_above_the_bot_are_out_of_reach(rehearsal: Rehearsal) -> None:
    """The bot cannot give, change or delete what stands above it, nor grant what it lacks."""
    guild = rehearsal.add_guild("Riverside")
    ana = guild.add_person("Ana")
    high = guild.add_role("Owners", above_bot=True)
    async with running(rehearsal) as bot:
        here = guild_of(bot, guild)
        member, role = await here.fetch_member(ana.id), here.get_role(high.id)
        assert role is not None
        for call in (member.add_roles(role), role.edit(name="x"), role.delete()):
            with pytest.raises(discord.Forbidden) as refused:
                await call
            assert refused.value.code == 50013
        with pytest.raises(discord.Forbidden):
            await here.create_role(name="x", permissions=discord.Permissions(ban_members=True))
        own = here.me.top_role
        with pytest.raises(discord.HTTPException) as invalid:
            await member.add_roles(own)
        assert invalid.value.code == 50028


async def test_private_threads(rehearsal: Rehearsal) -> None:
    """A private thread is seen by its members and those who manage threads, until it is gone."""
    guild = rehearsal.add_guild("Riverside")
    place = guild.add_channel("general")
    ana, ben = guild.add_person("Ana"), guild.add_person("Ben")
    lea = guild.add_person("Lea", roles=[guild.add_role("Lead", 1 << 34)])
    async with running(rehearsal) as bot:
        channel = guild_of(bot, guild).get_channel(place.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="quiet", invitable=False)
        await thread.add_user(discord.Object(ana.id))
        await thread.send("hello")
        room = guild.channel("quiet")
        assert [len(p.sees(room)) for p in (ana, ben, lea)] == [1, 0, 1]
        await ana.say(room, "hi")
        (message,) = await bot.until("message", 2)
        assert message.channel == thread
        assert {m.id for m in await thread.fetch_members()} == {bot.application_id, ana.id}
        assert [t.id for t in await guild_of(bot, guild).active_threads()] == [thread.id]
        await thread.remove_user(discord.Object(ana.id))
        assert ana.sees(room) == []
        await thread.edit(archived=True)
        assert await guild_of(bot, guild).active_threads() == []
        await thread.delete()
        assert room.deleted


async def test_a_public_thread_on_a_message(rehearsal: Rehearsal) -> None:
    """A thread made from a message has its id; everybody who sees the channel sees it."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    everything = rehearsal.add_guild("Hillside", permissions=1 << 3)
    async with running(rehearsal) as bot:
        channel = guild_of(bot, guild).get_channel(place.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await (await channel.send("topic")).create_thread(name="talk")
        await ana.say(guild.channel("talk"), "in it")
        (message,) = await bot.until("message", 2)
        assert message.channel.id == thread.id
        assert guild_of(bot, everything).me.guild_permissions.administrator


async def test_people_come_and_go(rehearsal: Rehearsal) -> None:
    """Joining and leaving reach the bot; the list of members is read in pages."""
    guild = rehearsal.add_guild("Riverside")
    people = [guild.add_person(f"P{number}") for number in range(3)]
    ben = rehearsal.person("Ben")
    async with running(rehearsal) as bot:
        await ben.join(guild)
        (joined,) = await bot.until("member_join")
        assert joined.id == ben.id
        await people[0].leave(guild)
        (left,) = await bot.until("raw_member_remove")
        assert left.user.id == people[0].id
        here = guild_of(bot, guild)
        listed = {member.id async for member in here.fetch_members(limit=None)}
        assert {ben.id, people[1].id, people[2].id} < listed
        assert people[0].id not in listed


async def test_people_can_only_do_what_the_app_lets_them(rehearsal: Rehearsal) -> None:
    """Writing where one may not, editing others' words and reading on after leaving fail."""
    guild = rehearsal.add_guild("Riverside")
    hidden = guild.add_channel("staff", private_to=[rehearsal.world.bot])
    place, ana, ben = guild.add_channel("general"), guild.add_person("Ana"), guild.add_person("Ben")
    said = await ana.say(place, "hello")
    for attempt in (
        ana.say(hidden, "x"),
        ben.edit(said, "x"),
        ben.delete(said),
        rehearsal.person("Eve").say(place, "x"),
    ):
        with pytest.raises(RehearsalError, match=r"cannot write|did not write|may not delete"):
            await attempt
    await ben.leave(guild)
    assert ben.sees(place) == []
