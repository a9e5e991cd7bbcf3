"""hikari takes commands, buttons, selects and modals of the rehearsal Discord."""

from __future__ import annotations

import asyncio

import hikari
from hikari.impl import AutocompleteChoiceBuilder, MessageActionRowBuilder, ModalActionRowBuilder

from tests.rehearsal_hikari.conftest import Stage

PRIVATE = hikari.MessageFlag.EPHEMERAL


async def register(stage: Stage) -> None:
    rest = stage.bot.rest
    find = rest.slash_command_builder("find", "Find a skill")
    find.add_option(
        hikari.CommandOption(
            type=hikari.OptionType.STRING,
            name="skill",
            description="Which one",
            is_required=True,
            autocomplete=True,
        )
    )
    find.add_option(
        hikari.CommandOption(type=hikari.OptionType.USER, name="for", description="For whom")
    )
    menu = rest.context_menu_command_builder(hikari.CommandType.MESSAGE, "Let staff know")
    me = stage.bot.get_me()
    assert me is not None
    made = await rest.set_application_commands(me.id, [find, menu], stage.guild.id)
    assert {command.name for command in made} == {"find", "Let staff know"}
    listed = await rest.fetch_application_commands(me.id, stage.guild.id)
    assert {command.id for command in listed} == {command.id for command in made}


async def test_a_command_with_autocomplete_and_a_deferred_private_answer(stage: Stage) -> None:
    """Choices are offered; the answer is deferred, filled, followed up, edited and taken back."""
    await register(stage)
    asked = asyncio.create_task(
        stage.ana.autocomplete("find", "skill", "brea", channel=stage.channel)
    )
    asking = (await stage.inbox.next(hikari.AutocompleteInteractionCreateEvent)).interaction
    assert [option.value for option in asking.options if option.is_focused] == ["brea"]
    await asking.create_response([AutocompleteChoiceBuilder("Breathing", "breathing")])
    assert [choice.name for choice in (await asked)] == ["Breathing"]

    call = asyncio.create_task(
        stage.ana.slash("find", stage.channel, skill="breathing", **{"for": stage.ana})
    )
    interaction = (await stage.inbox.next(hikari.CommandInteractionCreateEvent)).interaction
    assert interaction.resolved is not None
    assert stage.ana.id in interaction.resolved.users
    await interaction.create_initial_response(
        hikari.ResponseType.DEFERRED_MESSAGE_CREATE, flags=PRIVATE
    )
    reply = await call
    await interaction.edit_initial_response("Breathe in for four.")
    await reply.filled()
    assert reply.message is not None
    assert reply.message.text == "Breathe in for four."
    assert reply.message.ephemeral_for is stage.ana
    follow_up = await interaction.execute("And out for six.", flags=PRIVATE)
    await interaction.edit_message(follow_up.id, "And out for eight.")
    assert [message.text for message in reply.followups] == ["And out for eight."]
    read = await interaction.fetch_initial_response()
    assert read.content == "Breathe in for four."
    await interaction.delete_message(follow_up.id)
    await interaction.delete_initial_response()
    assert stage.ana.sees(stage.channel) == []


async def test_a_button_opens_a_form_and_the_form_is_answered(stage: Stage) -> None:
    """A button press opens a modal; what Ana writes comes back and is answered privately."""
    row = MessageActionRowBuilder().add_interactive_button(
        hikari.ButtonStyle.PRIMARY, "checkin:open:v1:1", label="Check in"
    )
    await stage.bot.rest.create_message(stage.channel.id, "How are you?", component=row)
    post = stage.ana.sees(stage.channel)[-1]
    press = asyncio.create_task(stage.ana.click(post, "Check in"))
    pressed = (await stage.inbox.next(hikari.ComponentInteractionCreateEvent)).interaction
    assert pressed.custom_id == "checkin:open:v1:1"
    form = ModalActionRowBuilder().add_text_input("words", "In your words", required=False)
    await pressed.create_modal_response("Check in", "checkin:done:v1:1", component=form)
    opened = await press
    sending = asyncio.create_task(stage.ana.submit(opened, {"words": "better than Monday"}))
    submitted = (await stage.inbox.next(hikari.ModalInteractionCreateEvent)).interaction
    assert [field.value for field in submitted.components[0]] == ["better than Monday"]
    await submitted.create_initial_response(
        hikari.ResponseType.MESSAGE_CREATE, "Thank you.", flags=PRIVATE
    )
    reply = await sending
    assert reply.message is not None
    assert reply.message.text == "Thank you."
    read = await submitted.fetch_initial_response()
    assert read.interaction_metadata is not None


async def test_selects_hand_over_values_and_people(stage: Stage) -> None:
    """A text select gives its values, a user select gives resolved people; the post is updated."""
    words = MessageActionRowBuilder()
    menu = words.add_text_menu("mood", placeholder="How is it?", min_values=1)
    menu.add_option("Steady", "4").add_option("Low", "2")
    people = MessageActionRowBuilder().add_select_menu(
        hikari.ComponentType.USER_SELECT_MENU, "who", placeholder="Who?"
    )
    await stage.bot.rest.create_message(stage.channel.id, "Choose", components=[words, people])
    post = stage.ana.sees(stage.channel)[-1]
    for custom_id, value, expected in (("mood", "Low", "2"), ("who", "Ana", str(stage.ana.id))):
        choosing = asyncio.create_task(stage.ana.choose(post, custom_id, [value]))
        chosen = (await stage.inbox.next(hikari.ComponentInteractionCreateEvent)).interaction
        assert list(chosen.values) == [expected]
        await chosen.create_initial_response(
            hikari.ResponseType.MESSAGE_UPDATE, f"{custom_id} noted"
        )
        await choosing
        assert post.text == f"{custom_id} noted"


async def test_a_message_menu_carries_the_message(stage: Stage) -> None:
    """A context menu on a message resolves that message for hikari."""
    await register(stage)
    said = await stage.ana.say(stage.channel, "today was hard")
    asking = asyncio.create_task(stage.ana.menu("Let staff know", said))
    interaction = (await stage.inbox.next(hikari.CommandInteractionCreateEvent)).interaction
    assert interaction.resolved is not None
    assert interaction.resolved.messages[hikari.Snowflake(said.id)].content == "today was hard"
    await interaction.create_initial_response(
        hikari.ResponseType.MESSAGE_CREATE, "Staff will see this.", flags=PRIVATE
    )
    reply = await asking
    assert reply.message is not None
    assert reply.message.ephemeral_for is stage.ana
