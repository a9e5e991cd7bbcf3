"""Interactions: commands, buttons, menus and forms, and what may be answered to them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from bot.clock import MovedClock
from bot.errors import RehearsalError
from bot.rehearsal.people import Person
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import Channel, Guild

from .conftest import Bot, running

Interaction = discord.Interaction[Bot]


class Stage:
    """One server with Ana and Ben in it."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.guild: Guild = rehearsal.add_guild("Riverside")
        self.place: Channel = self.guild.add_channel("general")
        self.ana: Person = self.guild.add_person("Ana", locale="es-ES")
        self.ben: Person = self.guild.add_person("Ben")


@pytest.fixture
def stage(rehearsal: Rehearsal) -> Stage:
    return Stage(rehearsal)


class Cohort(app_commands.Group, name="cohort", description="Cohorts"):
    """Commands of every shape."""

    @app_commands.command(description="Make one")
    @app_commands.choices(kind=[app_commands.Choice(name="Rolling", value="r")])
    async def create(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, 10],
        kind: app_commands.Choice[str],
        size: int = 5,
        lead: discord.Member | None = None,
        role: discord.Role | None = None,
        place: discord.TextChannel | None = None,
    ) -> None:
        told = f"{name} {kind.value} {size} {lead} {role} {place} {interaction.locale.value}"
        await interaction.response.send_message(told, ephemeral=True)

    @create.autocomplete("name")
    async def names(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}!", value=typed)]


async def commanded(bot: Bot, *commands: Any) -> None:
    for command in commands:
        bot.tree.add_command(command)
    await bot.tree.sync()


async def test_a_slash_command_arrives_with_all_its_options(
    rehearsal: Rehearsal, stage: Stage
) -> None:
    """Words, numbers, choices, people, roles and channels arrive; the answer is the asker's."""
    role = stage.guild.add_role("Red")
    async with running(rehearsal) as bot:
        await commanded(bot, Cohort())
        options = {"kind": "Rolling", "lead": stage.ben, "role": role, "place": "general"}
        reply = await stage.ana.slash("cohort create", stage.place, name="North", **options)
        assert reply.message is not None
        assert reply.message.text == "North r 5 ben Red general es-ES"
        assert reply.message.ephemeral_for is stage.ana
        assert [m.text for m in stage.ana.sees(stage.place)] == [reply.message.text]
        assert stage.ben.sees(stage.place) == []
        channel = bot.get_channel(stage.place.id)
        assert isinstance(channel, discord.TextChannel)
        assert [m async for m in channel.history()] == []


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("cohort make", {}, "There is no command /cohort make in Riverside. There is: /cohort"),
        ("cohort create", {"name": "N"}, "needs the option 'kind'"),
        ("cohort create", {"name": "N", "kind": "Closed"}, "'Closed' is not among the choices"),
        ("cohort create", {"name": "N" * 11, "kind": "r"}, "is outside 1 to 10"),
        ("cohort create", {"name": "N", "kind": "r", "colour": 1}, "has no option 'colour'"),
        ("cohort create", {"name": "N", "kind": "r", "size": "big"}, "is not what this option"),
    ],
)
async def test_a_wrongly_filled_command_is_refused_by_the_app(
    rehearsal: Rehearsal, stage: Stage, command: str, options: dict[str, Any], sentence: str
) -> None:
    """What Discord's app would not let through never reaches the bot, and a sentence says why."""
    async with running(rehearsal) as bot:
        await commanded(bot, Cohort())
        with pytest.raises(RehearsalError, match=sentence):
            await stage.ana.slash(command, stage.place, **options)
        assert bot.events("interaction") == []


async def test_suggestions_come_while_typing(rehearsal: Rehearsal, stage: Stage) -> None:
    """Autocomplete hands what was typed to the bot and its choices back."""
    async with running(rehearsal) as bot:
        await commanded(bot, Cohort())
        choices = await stage.ana.autocomplete("cohort create", "name", "No", channel=stage.place)
        assert choices == [("No!", "No")]


async def test_commands_respect_permissions_and_places(rehearsal: Rehearsal, stage: Stage) -> None:
    """Default member permissions hide a command; a guild-only one is not there in messages."""

    @app_commands.command(description="Staff only")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def close(interaction: Interaction) -> None:
        await interaction.response.send_message("closed")

    lead = stage.guild.add_person("Lea", roles=[stage.guild.add_role("Lead", 1 << 5)])
    async with running(rehearsal) as bot:
        await commanded(bot, close)
        with pytest.raises(RehearsalError, match="does not see the command"):
            await stage.ana.slash("close", stage.place)
        with pytest.raises(RehearsalError, match="in direct messages"):
            await lead.slash("close")
        assert (await lead.slash("close", stage.guild)).text == "closed"


async def test_a_button_changes_its_message_and_says_more(
    rehearsal: Rehearsal, stage: Stage
) -> None:
    """A press can update the message in place and send private follow-ups."""

    async def press(interaction: Interaction) -> None:
        await interaction.response.edit_message(content="claimed", view=None)
        sent = await interaction.followup.send("only you", ephemeral=True, wait=True)
        await sent.edit(content="only you see this")

    view = discord.ui.View(timeout=None)
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="Take", custom_id="c:1")
    button.callback = press  # type: ignore[assignment]
    view.add_item(button)
    async with running(rehearsal) as bot:
        channel = bot.get_channel(stage.place.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send("care card", view=view)
        reply = await stage.ana.click(stage.ana.sees(stage.place)[0], "Take")
        await rehearsal.quiet()
        assert [m.text for m in stage.ben.sees(stage.place)] == ["claimed"]
        assert [m.text for m in reply.followups] == ["only you see this"]
        with pytest.raises(RehearsalError, match="There is no 'Take'"):
            await stage.ben.click(stage.ben.sees(stage.place)[0], "Take")
        with pytest.raises(RehearsalError, match="does not see that message"):
            await stage.ben.click(reply.followups[0], "Take")


async def test_a_deferred_answer_is_filled_read_and_deleted(
    rehearsal: Rehearsal, stage: Stage
) -> None:
    """A deferred answer shows as loading until it is filled, and is no edit then."""

    @app_commands.command(description="Slow")
    async def slow(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("here")
        assert (await interaction.original_response()).content == "here"
        await interaction.edit_original_response(content="here it is")
        await interaction.followup.send("bye", ephemeral=True)
        bot.dispatch("done")

    async with running(rehearsal) as bot:
        await commanded(bot, slow)
        reply = await stage.ana.slash("slow", stage.place)
        await (await reply.filled()).filled()
        await bot.until("done")
        assert reply.message is not None
        assert (reply.message.text, reply.message.ephemeral_for) == ("here it is", stage.ana)
        assert reply.text == "here it is\nbye"
        assert stage.ben.sees(stage.place) == []


async def test_a_picture_fills_a_deferred_answer(rehearsal: Rehearsal, stage: Stage) -> None:
    """A gallery shows the file that was sent with it; one that was not sent is refused."""
    refused: list[str] = []

    def gallery() -> ui.LayoutView:
        shown = discord.MediaGalleryItem("attachment://wall.png", description="A plain wall.")
        return ui.LayoutView().add_item(ui.MediaGallery(shown))

    @app_commands.command(description="Shows one")
    async def look(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            await interaction.followup.send(view=gallery(), ephemeral=True)
        except discord.HTTPException as error:
            refused.append(error.text)
        file = discord.File(BytesIO(b"png"), "wall.png", description="A plain wall.")
        await interaction.followup.send(view=gallery(), file=file, ephemeral=True)

    async with running(rehearsal) as bot:
        await commanded(bot, look)
        reply = await (await stage.ana.slash("look", stage.place)).filled()
    message = reply.message
    assert message is not None
    assert message.ephemeral_for is stage.ana
    assert "Not attached." in refused[0]
    (file,) = message.attachments
    (item,) = message.components[0]["items"]
    assert (item["description"], item["media"]["url"]) == ("A plain wall.", file["url"])
    assert rehearsal.world.files[int(file["id"])] == b"png"


async def test_menus_give_values_and_people(rehearsal: Rehearsal, stage: Stage) -> None:
    """A text menu gives its value, a member menu the member; numbers of choices are kept."""
    chosen: list[Any] = []

    async def choose(interaction: Interaction) -> None:
        chosen.extend(words.values or people.values)
        await interaction.response.defer()

    view = discord.ui.View(timeout=None)
    options = [discord.SelectOption(label="One", value="1"), discord.SelectOption(label="Two")]
    words: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        placeholder="Pick", custom_id="w", options=options
    )
    people: discord.ui.UserSelect[discord.ui.View] = discord.ui.UserSelect(custom_id="p")
    for one in (words, people):
        one.callback = choose  # type: ignore[method-assign, assignment]
        view.add_item(one)
    async with running(rehearsal) as bot:
        channel = bot.get_channel(stage.place.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send("x", view=view)
        message = stage.ana.sees(stage.place)[0]
        await stage.ana.choose(message, "Pick", ["One"])
        words._values = []
        await stage.ana.choose(message, "p", [stage.ben])
        assert [getattr(one, "id", one) for one in chosen] == ["1", stage.ben.id]
        with pytest.raises(RehearsalError, match="takes 1 to 1 choices, not 2"):
            await stage.ana.choose(message, "Pick", ["One", "Two"])


async def test_forms_ask_for_people_roles_and_channels(rehearsal: Rehearsal, stage: Stage) -> None:
    """Menus of people, roles and channels in a form are filled by name and arrive resolved."""
    role = stage.guild.add_role("Red")
    picked: list[int] = []
    menus: list[Any] = [
        discord.ui.UserSelect(custom_id="who"),
        discord.ui.RoleSelect(custom_id="role"),
        discord.ui.ChannelSelect(custom_id="where"),
    ]

    class Choose(discord.ui.Modal, title="Choose"):
        async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
            picked.extend(menu.values[0].id for menu in menus)
            await interaction.response.defer(ephemeral=True, thinking=False)
            await interaction.followup.send("done", ephemeral=True)

    @app_commands.command(description="Open it")
    async def choose(interaction: Interaction) -> None:
        form = Choose()
        for menu in menus:
            form.add_item(discord.ui.Label(text=menu.custom_id, component=menu))
        await interaction.response.send_modal(form)

    async with running(rehearsal) as bot:
        await commanded(bot, choose)
        opened = await stage.ana.slash("choose", stage.place)
        answers = {"who": "Ben", "role": role, "where": "general"}
        reply = await stage.ana.submit(opened, answers)
        await rehearsal.quiet()
        assert (picked, reply.text) == ([stage.ben.id, role.id, stage.place.id], "done")


class Form(discord.ui.Modal, title="Check in"):
    """Every kind of field."""

    note = discord.ui.TextDisplay("Nobody has to answer.")
    words: discord.ui.Label[Form] = discord.ui.Label(
        text="In your words", component=discord.ui.TextInput(custom_id="words", required=False)
    )
    mood: discord.ui.Label[Form] = discord.ui.Label(
        text="How are you",
        component=discord.ui.RadioGroup(
            custom_id="mood",
            options=[
                discord.RadioGroupOption(label="Low", value="1"),
                discord.RadioGroupOption(label="Fine", value="2"),
            ],
        ),
    )
    skills: discord.ui.Label[Form] = discord.ui.Label(
        text="Skills",
        component=discord.ui.CheckboxGroup(
            custom_id="skills",
            required=False,
            options=[
                discord.CheckboxGroupOption(label="Walk", value="walk"),
                discord.CheckboxGroupOption(label="Call", value="call", default=True),
            ],
        ),
    )
    reach: discord.ui.Label[Form] = discord.ui.Label(
        text="Reach out", component=discord.ui.Checkbox(custom_id="reach")
    )

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        values = {}
        for name in ("words", "mood", "skills", "reach"):
            item: Any = getattr(self, name).component
            values[name] = item.values if name == "skills" else item.value
        await interaction.response.send_message(str(values), ephemeral=True)


async def test_a_form_with_every_field(rehearsal: Rehearsal, stage: Stage) -> None:
    """Fields are filled by label or custom id, defaults stay, and required ones are required."""

    @app_commands.command(description="Open it")
    async def checkin(interaction: Interaction) -> None:
        await interaction.response.send_modal(Form())

    async with running(rehearsal) as bot:
        await commanded(bot, checkin)
        opened = await stage.ana.slash("checkin", stage.place)
        assert opened.modal is not None
        assert opened.modal.labels == ["In your words", "How are you", "Skills", "Reach out"]
        assert "Nobody has to answer." in opened.text
        with pytest.raises(RehearsalError, match="'How are you' takes 1 to 1 choices, not 0"):
            await stage.ana.submit(opened, {"words": "ok"})
        with pytest.raises(RehearsalError, match="has no field 'Sleep'"):
            await stage.ana.submit(opened, {"How are you": "Low", "Sleep": "8"})
        with pytest.raises(RehearsalError, match="cannot send the form of Ana"):
            await stage.ben.submit(opened, {"How are you": "Low"})
        reply = await stage.ana.submit(
            opened, {"In your words": "ok", "mood": "Low", "Reach out": True}
        )
        assert reply.text == "{'words': 'ok', 'mood': '1', 'skills': ['call'], 'reach': True}"


async def test_a_message_menu_hands_over_the_message(rehearsal: Rehearsal, stage: Stage) -> None:
    """An entry of the message menu arrives with the message it was used on."""

    @app_commands.context_menu(name="Let staff know")
    async def tell(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content, ephemeral=True)

    async with running(rehearsal) as bot:
        await commanded(bot, tell)
        said = await stage.ben.say(stage.place, "rough night")
        assert (await stage.ana.menu("Let staff know", said)).text == "rough night"


async def test_a_second_first_answer_is_refused(rehearsal: Rehearsal, stage: Stage) -> None:
    """Answering twice is 40060; a form in answer to a form is refused."""
    codes: list[int] = []

    @app_commands.command(description="Twice")
    async def twice(interaction: Interaction) -> None:
        await interaction.response.send_message("one")
        interaction.response._response_type = None
        try:
            await interaction.response.send_message("two")
        except discord.HTTPException as error:
            codes.append(error.code)
        bot.dispatch("done")

    async with running(rehearsal) as bot:
        await commanded(bot, twice)
        await stage.ana.slash("twice", stage.place)
        await bot.until("done")
        assert codes == [40060]
        assert [m.text for m in stage.ana.sees(stage.place)] == ["one"]


async def test_three_seconds_and_fifteen_minutes(clock: MovedClock) -> None:
    """Too late for a first answer is 10062, too late for a follow-up 50027."""
    async with Rehearsal(clock, limits=False, patience=0.1) as rehearsal:
        stage = Stage(rehearsal)
        late: list[int] = []

        @app_commands.command(description="Never in time")
        async def never(interaction: Interaction) -> None:
            await bot.until("too_late")
            try:
                await interaction.response.send_message("at last")
            except discord.HTTPException as error:
                late.append(error.code)
            bot.dispatch("done")

        @app_commands.command(description="In time, then late")
        async def later(interaction: Interaction) -> None:
            await interaction.response.send_message("first", ephemeral=True)
            clock.move_to(clock.now() + timedelta(minutes=15))
            try:
                await interaction.followup.send("second")
            except discord.HTTPException as error:
                late.append(error.code)
            bot.dispatch("done")

        async with running(rehearsal) as bot:
            await commanded(bot, never, later)
            reply = await stage.ana.slash("never", stage.place)
            assert reply.failed == "The application did not respond."
            bot.dispatch("too_late")
            await bot.until("done")
            assert (await stage.ana.slash("later", stage.place)).failed is None
            await bot.until("done", 2)
        assert late == [10062, 50027]


async def test_commands_work_in_direct_messages(rehearsal: Rehearsal, stage: Stage) -> None:
    """A command used in direct messages is answered there."""

    @app_commands.command(description="Lines")
    async def support(interaction: Interaction) -> None:
        assert interaction.guild is None
        await interaction.response.send_message("here")

    async with running(rehearsal) as bot:
        await commanded(bot, support)
        await stage.ana.slash("support")
        assert [m.text for m in stage.ana.dms()] == ["here"]


async def test_a_bad_form_is_refused(rehearsal: Rehearsal, stage: Stage) -> None:
    """A form with more than five parts is refused with 50035, which the schema allows."""
    codes: list[int] = []

    @app_commands.command(description="Too much")
    async def much(interaction: Interaction) -> None:
        form = discord.ui.Modal(title="Six", custom_id="six")
        for number in range(5):
            form.add_item(discord.ui.TextInput(label=f"{number}", custom_id=f"{number}"))
        parts = form.to_dict()
        parts["components"].append({"type": 10, "content": "six"})
        form.to_dict = lambda: parts  # type: ignore[method-assign]
        try:
            await interaction.response.send_modal(form)
        except discord.HTTPException as error:
            codes.append(error.code)
        await interaction.response.send_message("sorry")

    async with running(rehearsal) as bot:
        await commanded(bot, much)
        assert (await stage.ana.slash("much", stage.place)).text == "sorry"
        assert codes == [50035]
