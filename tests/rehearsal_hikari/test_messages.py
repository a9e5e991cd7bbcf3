"""hikari reads servers, messages, threads, channels and people of the rehearsal Discord."""

from __future__ import annotations

import hikari
import pytest
from hikari.impl import ContainerComponentBuilder, MessageActionRowBuilder

from tests.rehearsal_hikari.conftest import Stage


async def test_it_starts_and_knows_the_server(stage: Stage) -> None:
    """After the start hikari's cache holds the server, its channel, its roles and its people."""
    await stage.bot.request_guild_members(stage.guild.id)
    chunk = await stage.inbox.next(hikari.MemberChunkEvent)
    guild = stage.bot.cache.get_guild(stage.guild.id)
    assert guild is not None
    assert guild.name == "Riverside"
    assert [c.name for c in guild.get_channels().values()] == ["general"]
    assert "Clinicians" in {role.name for role in guild.get_roles().values()}
    assert "Ana" in {member.display_name for member in chunk.members.values()}


async def test_a_message_arrives_and_is_answered_with_components(stage: Stage) -> None:
    """What Ana says reaches hikari; its answer with a container and a button reaches Ana."""
    await stage.ana.say(stage.channel, "good morning")
    event = await stage.inbox.next(hikari.GuildMessageCreateEvent)
    assert event.content == "good morning"
    container = ContainerComponentBuilder(accent_color=hikari.Color(0x336699))
    container.add_text_display("Hello, Ana.").add_separator()
    row = MessageActionRowBuilder().add_interactive_button(
        hikari.ButtonStyle.SECONDARY, "help:open:v1:1", label="See options"
    )
    container.add_component(row)
    sent = await event.message.respond(
        component=container, flags=hikari.MessageFlag.IS_COMPONENTS_V2
    )
    assert sent.components[0].type == hikari.ComponentType.CONTAINER
    seen = stage.ana.sees(stage.channel)[-1]
    assert "Hello, Ana." in seen.text
    assert seen.buttons == ["See options"]


async def test_embeds_replies_and_attachments_come_back_as_sent(stage: Stage) -> None:
    """An answer with an embed and a file is read back whole, the file from loopback."""
    first = await stage.ana.say(stage.channel, "may I see the plan?")
    embed = hikari.Embed(title="Plan", description="Week one").add_field("Monday", "Breathing")
    sent = await stage.bot.rest.create_message(
        stage.channel.id,
        "Here it is.",
        embed=embed,
        attachment=hikari.Bytes(b"monday: breathing", "plan.txt"),
        reply=first.id,
    )
    read = await stage.bot.rest.fetch_message(stage.channel.id, sent.id)
    assert read.embeds[0].fields[0].value == "Breathing"
    assert read.referenced_message is not None
    assert read.referenced_message.id == first.id
    assert await read.attachments[0].read() == b"monday: breathing"


async def test_edits_deletes_history_and_pins(stage: Stage) -> None:
    """Edits, deletions, the history and the pins look the same from both sides."""
    said = await stage.ana.say(stage.channel, "one")
    await stage.inbox.next(hikari.GuildMessageCreateEvent)
    await stage.ana.edit(said, "two")
    changed = await stage.inbox.next(hikari.GuildMessageUpdateEvent)
    assert changed.content == "two"
    mine = await stage.bot.rest.create_message(stage.channel.id, "three")
    await stage.bot.rest.edit_message(stage.channel.id, mine.id, "four")
    await stage.bot.rest.pin_message(stage.channel.id, mine.id)
    await stage.inbox.next(hikari.GuildPinsUpdateEvent)
    pins = [pin.message.content async for pin in stage.bot.rest.fetch_pins(stage.channel.id)]
    assert pins == ["four"]
    history = await stage.bot.rest.fetch_messages(stage.channel.id).limit(10)
    assert [m.content for m in reversed(history) if m.content] == ["two", "four"]
    await stage.ana.delete(said)
    gone = await stage.inbox.next(hikari.GuildMessageDeleteEvent)
    assert gone.message_id == said.id
    await stage.bot.rest.delete_message(stage.channel.id, mine.id)
    assert mine.id not in {message.id for message in stage.ana.sees(stage.channel)}


async def test_direct_messages_both_ways_and_closed_ones(stage: Stage) -> None:
    """A direct message arrives on both sides; closed ones are refused with code 50007."""
    await stage.ana.dm("hello")
    event = await stage.inbox.next(hikari.DMMessageCreateEvent)
    await event.message.respond("I'm a program.")
    assert [message.text for message in stage.ana.dms()] == ["hello", "I'm a program."]
    stage.ana.close_dms()
    with pytest.raises(hikari.ForbiddenError) as refused:
        await event.message.respond("Are you there?")
    assert refused.value.code == 50007


async def test_a_private_thread_from_start_to_end(stage: Stage) -> None:
    """A private thread is made, joined, written in by both, listed, archived and deleted."""
    rest = stage.bot.rest
    thread = await rest.create_thread(
        stage.channel.id,
        hikari.ChannelType.GUILD_PRIVATE_THREAD,
        "quiet room",
        invitable=False,
    )
    await stage.inbox.next(hikari.GuildThreadCreateEvent)
    await rest.add_thread_member(thread.id, stage.ana.id)
    await stage.inbox.next(hikari.ThreadMembersUpdateEvent)
    members = [member.user_id async for member in rest.fetch_thread_members(thread.id)]
    assert stage.ana.id in members
    room = stage.guild.channel("quiet room")
    await stage.ana.say(room, "is this private?")
    event = await stage.inbox.next(hikari.GuildMessageCreateEvent)
    assert event.channel_id == thread.id
    assert [one.id for one in await rest.fetch_active_threads(stage.guild.id)] == [thread.id]
    closed = await rest.edit_channel(thread.id, archived=True, locked=True)
    assert isinstance(closed, hikari.GuildThreadChannel)
    assert closed.is_archived
    await rest.delete_channel(thread.id)
    await stage.inbox.next(hikari.GuildThreadDeleteEvent)


async def test_rooms_and_roles_of_a_cohort(stage: Stage) -> None:
    """A category, a channel only one role sees, and the role given, moved and taken away."""
    rest = stage.bot.rest
    role = await rest.create_role(stage.guild.id, name="Room 7")
    category = await rest.create_guild_category(stage.guild.id, "Room 7")
    made = await rest.create_guild_text_channel(
        stage.guild.id, "daily", category=category.id, topic="Not an emergency service."
    )
    me = stage.bot.get_me()
    assert me is not None
    await rest.add_role_to_member(stage.guild.id, me.id, role.id)
    of_role, sight = hikari.PermissionOverwriteType.ROLE, hikari.Permissions.VIEW_CHANNEL
    # First in, then the door: without its role the bot would lock itself out.
    await rest.edit_permission_overwrite(made.id, role.id, target_type=of_role, allow=sight)
    await rest.edit_permission_overwrite(made.id, stage.guild.id, target_type=of_role, deny=sight)
    room = stage.guild.channel("daily")
    await rest.create_message(made.id, "Welcome.")
    assert stage.ana.sees(room) == []
    await rest.add_role_to_member(stage.guild.id, stage.ana.id, role.id)
    assert [message.text for message in stage.ana.sees(room)] == ["Welcome."]
    member = await rest.fetch_member(stage.guild.id, stage.ana.id)
    assert role.id in member.role_ids
    renamed = await rest.edit_channel(made.id, name="day-by-day", parent_category=None)
    assert renamed.name == "day-by-day"
    await rest.remove_role_from_member(stage.guild.id, stage.ana.id, role.id)
    await rest.delete_channel(made.id)
    await rest.delete_channel(category.id)
    await rest.delete_role(stage.guild.id, role.id)
    await stage.inbox.next(hikari.RoleDeleteEvent)


async def test_people_come_and_go(stage: Stage) -> None:
    """Joining and leaving reach hikari with the person's name."""
    ben = stage.rehearsal.person("Ben")
    await ben.join(stage.guild)
    came = await stage.inbox.next(hikari.MemberCreateEvent)
    assert came.user.global_name == "Ben"
    await ben.leave(stage.guild)
    left = await stage.inbox.next(hikari.MemberDeleteEvent)
    assert left.user_id == ben.id


async def test_asked_to_reconnect_it_resumes_and_misses_nothing(stage: Stage) -> None:
    """After op 7 the session is resumed; what was said meanwhile arrives, once."""
    stage.rehearsal.faults.reconnect()
    await stage.ana.say(stage.channel, "still here?")
    event = await stage.inbox.next(hikari.GuildMessageCreateEvent)
    assert event.content == "still here?"
    await stage.inbox.next(hikari.ShardResumedEvent)
    await stage.rehearsal.quiet()
    again = [e for e in stage.inbox.events if isinstance(e, hikari.GuildMessageCreateEvent)]
    assert again == []
