"""Messages: sending, editing, reading back, pinning, and whom they reach."""

from __future__ import annotations

import io
from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.clock import MovedClock
from bot.rehearsal.server import Rehearsal

from .conftest import Bot, running


def channel_of(bot: Bot, channel_id: int) -> discord.TextChannel:
    found = bot.get_channel(channel_id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_history_pages_both_ways(rehearsal: Rehearsal) -> None:
    """History comes newest first, cut by before, after, around and limit."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    said = [await ana.say(place, str(number)) for number in range(6)]
    async with running(rehearsal) as bot:
        channel = channel_of(bot, place.id)

        async def texts(**query: object) -> list[str]:
            return [m.content async for m in channel.history(**query)]  # type: ignore[arg-type]

        assert await texts() == ["5", "4", "3", "2", "1", "0"]
        assert await texts(limit=2) == ["5", "4"]
        assert await texts(before=discord.Object(said[2].id)) == ["1", "0"]
        assert await texts(after=discord.Object(said[3].id)) == ["4", "5"]
        assert await texts(around=discord.Object(said[3].id), limit=3) == ["4", "3", "2"]


async def test_the_same_nonce_sends_once(rehearsal: Rehearsal, clock: MovedClock) -> None:
    """With enforce_nonce a repeated nonce gives the first message back, for five minutes."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal) as bot:
        channel = channel_of(bot, place.id)
        first = await channel.send("help", nonce="h:1")
        again = await channel.send("help", nonce="h:1")
        assert again.id == first.id
        clock.move_to(clock.now() + timedelta(minutes=6))
        later = await channel.send("help", nonce="h:1")
        assert later.id != first.id
        assert len(ana.sees(place)) == 2
        assert [m.nonce async for m in channel.history()] == [None, None]


@pytest.mark.parametrize(
    ("content", "code"), [("x" * 2001, 50035), ("", 50006)], ids=["too long", "empty"]
)
async def test_bad_content_is_refused(rehearsal: Rehearsal, content: str, code: int) -> None:
    """A text over 2000 characters and an empty message are refused with Discord's codes."""
    place = rehearsal.add_guild("Riverside").add_channel("general")
    async with running(rehearsal) as bot:
        with pytest.raises(discord.HTTPException) as refused:
            await channel_of(bot, place.id).send(content)
        assert refused.value.code == code
    assert place.messages == {}


def _buttons(*ids: str) -> discord.ui.View:
    view = discord.ui.View()
    for one in ids:
        view.add_item(discord.ui.Button(label=one, custom_id=one))
    return view


async def test_duplicate_custom_ids_are_refused(rehearsal: Rehearsal) -> None:
    """Two components with one custom id are refused, which the schema does not say."""
    place = rehearsal.add_guild("Riverside").add_channel("general")
    async with running(rehearsal) as bot:
        with pytest.raises(discord.HTTPException, match="duplicated"):
            await channel_of(bot, place.id).send("x", view=_buttons("a", "a"))


async def test_components_v2_and_content_exclude_each_other(rehearsal: Rehearsal) -> None:
    """A message with the components v2 flag has no content, also not after an edit."""
    place = rehearsal.add_guild("Riverside").add_channel("general")
    view = discord.ui.LayoutView().add_item(discord.ui.TextDisplay("calm"))
    async with running(rehearsal) as bot:
        channel = channel_of(bot, place.id)
        plain = await channel.send("words")
        with pytest.raises(discord.HTTPException, match="IS_COMPONENTS_V2"):
            await plain.edit(view=view)
        await plain.edit(content=None, view=view)
        assert [m.text for m in place.messages.values()] == ["calm"]


async def test_a_card_is_read_top_to_bottom(rehearsal: Rehearsal) -> None:
    """People read containers, sections and buttons in order, and discord.py reads them back."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
    box.add_item(discord.ui.TextDisplay("one")).add_item(discord.ui.Separator())
    box.add_item(discord.ui.Section("two", accessory=discord.ui.Button(label="A", custom_id="a")))
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    row.add_item(discord.ui.Button(label="B", custom_id="b"))
    row.add_item(discord.ui.Button(label="Web", url="https://example.org"))
    box.add_item(row)
    async with running(rehearsal) as bot:
        sent = await channel_of(bot, place.id).send(view=discord.ui.LayoutView().add_item(box))
        (seen,) = ana.sees(place)
        assert (seen.text, seen.buttons) == ("one\ntwo", ["A", "B", "Web"])
        read = await channel_of(bot, place.id).fetch_message(sent.id)
        assert discord.ui.LayoutView.from_message(read).total_children_count == 9


async def test_edits_and_deletes_reach_both_sides(rehearsal: Rehearsal) -> None:
    """The bot hears edits and deletions of messages it never cached, people see the bot's."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    old = await ana.say(place, "before the bot came")
    async with running(rehearsal) as bot:
        await ana.edit(old, "changed")
        (edit,) = await bot.until("raw_message_edit")
        assert edit.data["content"] == "changed"
        assert edit.data["edited_timestamp"] is not None
        await ana.delete(old)
        (gone,) = await bot.until("raw_message_delete")
        assert gone.message_id == old.id
        mine = await channel_of(bot, place.id).send("mine")
        await mine.edit(content="better")
        assert [(m.text, m.edited) for m in ana.sees(place)] == [("better", True)]
        await mine.delete()
        assert ana.sees(place) == []


async def test_the_bot_cannot_edit_others_messages(rehearsal: Rehearsal) -> None:
    """Editing another's message is 50005; deleting it needs the permission (50013)."""
    guild = rehearsal.add_guild("Riverside", permissions=0)
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    said = await ana.say(place, "mine")
    async with running(rehearsal) as bot:
        partial = channel_of(bot, place.id).get_partial_message(said.id)
        with pytest.raises(discord.Forbidden) as refused:
            await partial.edit(content="yours")
        assert refused.value.code == 50005
        with pytest.raises(discord.Forbidden) as refused:
            await partial.delete()
        assert refused.value.code == 50013


async def test_attachments_come_back_from_loopback(rehearsal: Rehearsal) -> None:
    """A file sent with its alt text is served from this machine, byte for byte."""
    guild = rehearsal.add_guild("Riverside")
    place = guild.add_channel("general")
    async with running(rehearsal) as bot:
        file = discord.File(io.BytesIO(b"\x89PNG"), "plot.png", description="a line going up")
        sent = await channel_of(bot, place.id).send("see", file=file)
        (one,) = sent.attachments
        assert one.url.startswith("http://127.0.0.1:")
        assert one.description == "a line going up"
        assert await one.read() == b"\x89PNG"


async def test_embeds_and_replies_are_kept(rehearsal: Rehearsal) -> None:
    """An embed is read by people; a reply points at its message and pings nobody unasked."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    said = await ana.say(place, "hello")
    async with running(rehearsal) as bot:
        channel = channel_of(bot, place.id)
        embed = discord.Embed(title="Plan").add_field(name="Monday", value="walk")
        sent = await channel.send(embed=embed, reference=channel.get_partial_message(said.id))
        assert sent.reference is not None
        assert sent.reference.message_id == said.id
        assert ana.sees(place)[-1].text == "Plan\nMonday\nwalk"
        assert ana.notifications == []
        await channel.send("yes", reference=sent, mention_author=True)


async def test_mentions_ping_only_whom_they_may(rehearsal: Rehearsal) -> None:
    """Allowed mentions decide who is notified; silent messages and hidden channels never do."""
    guild = rehearsal.add_guild("Riverside")
    staff = guild.add_role("Clinicians", mentionable=True)
    place = guild.add_channel("general")
    hidden = guild.add_channel("staff", private_to=[staff, rehearsal.world.bot])
    ana, ben = guild.add_person("Ana"), guild.add_person("Ben", roles=[staff])
    text = f"{ana.mention} {staff.mention}"
    async with running(rehearsal) as bot:
        channel = channel_of(bot, place.id)
        await channel.send(text)
        assert (ana.notifications, ben.notifications) == ([], [])
        roles = discord.AllowedMentions(
            everyone=False, users=False, roles=[discord.Object(staff.id)]
        )
        pinging = await channel.send(text, allowed_mentions=roles)
        assert [m.id for m in ben.notifications] == [pinging.id]
        both = discord.AllowedMentions(everyone=False, users=True, roles=True)
        await channel.send(text, allowed_mentions=both, silent=True)
        await channel_of(bot, hidden.id).send(text, allowed_mentions=both)
        assert ana.notifications == []
        assert len(ben.notifications) == 2


async def test_forwards_carry_a_snapshot(rehearsal: Rehearsal) -> None:
    """A forwarded message reaches the bot with its words in a snapshot, not in the content."""
    guild = rehearsal.add_guild("Riverside")
    here, there = guild.add_channel("here"), guild.add_channel("there")
    ana = guild.add_person("Ana")
    async with running(rehearsal) as bot:
        await ana.forward(await ana.say(here, "hard day"), there)
        (message,) = await bot.until("message", 2)
        assert message.content == ""
        assert message.message_snapshots[0].content == "hard day"
        assert message.reference.type is discord.MessageReferenceType.forward
        assert ana.sees(there)[0].text == "hard day"


async def test_pins_are_listed_and_announced(rehearsal: Rehearsal) -> None:
    """A pin is listed until it is taken away, and the channel says that it was pinned."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal) as bot:
        channel = channel_of(bot, place.id)
        sent = await channel.send("Support options")
        await sent.pin()
        assert [m.id async for m in channel.pins()] == [sent.id]
        assert [m.id for m in place.pinned] == [sent.id]
        assert ana.sees(place)[-1].text == "Handrail pinned a message to this channel."
        await sent.unpin()
        assert [m.id async for m in channel.pins()] == []


async def test_closed_direct_messages_are_refused(rehearsal: Rehearsal) -> None:
    """50007 when somebody closed their direct messages, 50278 when no server is shared."""
    guild = rehearsal.add_guild("Riverside")
    ana = guild.add_person("Ana")
    async with running(rehearsal) as bot:
        user = await bot.fetch_user(ana.id)
        await user.send("hello")
        assert [m.text for m in ana.notifications] == ["hello"]
        ana.close_dms()
        with pytest.raises(discord.Forbidden) as refused:
            await user.send("hello?")
        assert refused.value.code == 50007
        ana.open_dms()
        await ana.leave(guild)
        with pytest.raises(discord.Forbidden) as refused:
            await user.send("hello?")
        assert refused.value.code == 50278
    assert len(ana.dms()) == 1


async def test_without_the_intent_content_is_empty(rehearsal: Rehearsal) -> None:
    """Without the message content intent only mentions, direct and own messages have text."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal, intents=discord.Intents.default()) as bot:
        await ana.say(place, "secret")
        await ana.say(place, f"hello {rehearsal.world.bot.mention}")
        await ana.dm("to you")
        await channel_of(bot, place.id).send("my own")
        await bot.until("message", 4)
        heard = [message.content for (message,) in bot.events("message")]
        assert heard == ["", f"hello <@{rehearsal.world.bot.id}>", "to you", "my own"]


async def test_unknown_things_have_their_codes(rehearsal: Rehearsal) -> None:
    """Unknown message, channel, member and user answer 10008, 10003, 10007 and 10013."""
    guild = rehearsal.add_guild("Riverside")
    place, ben = guild.add_channel("general"), rehearsal.person("Ben")
    async with running(rehearsal) as bot:
        here = bot.get_guild(guild.id)
        assert here is not None
        calls = {
            10008: channel_of(bot, place.id).fetch_message(1),
            10003: bot.fetch_channel(1),
            10007: here.fetch_member(ben.id),
            10013: bot.fetch_user(1),
        }
        for code, call in calls.items():
            with pytest.raises(discord.NotFound) as refused:
                await call
            assert refused.value.code == code


async def test_a_wrong_token_does_not_log_in(rehearsal: Rehearsal) -> None:
    """The token is checked, on REST as on the gateway."""
    url = f"{rehearsal.api}/users/@me"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, answer.content_type) == (401, "application/json")
