"""Cards and forms as discord.py's components.

Every message is made of components V2: text first, buttons after, nothing said by colour.
Views are drawn, never listened to: they are stopped before they are sent, so discord.py keeps
none of them, and every press reaches the one router whatever this process remembers.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.cards import Button, Card, Choice, FieldKind, Form, FormField, Look, Select

_STYLES = {
    Look.PLAIN: discord.ButtonStyle.secondary,
    Look.MAIN: discord.ButtonStyle.primary,
    Look.QUIET_DANGER: discord.ButtonStyle.danger,
}

TEXT_LIMIT = 4000
"""Characters of all text of one message (Discord, components reference)."""


def view(card: Card) -> ui.LayoutView:
    """A card as a message."""
    made = ui.LayoutView(timeout=None)
    parts: list[ui.Item[Any]] = []
    heading = [f"### {card.title}"] if card.title else []
    parts += [ui.TextDisplay(text) for text in (*heading, *card.paragraphs) if text]
    if card.picture:
        address, alt = _address(card.picture.file_name), card.picture.alt
        parts.append(ui.MediaGallery(discord.MediaGalleryItem(address, description=alt)))
    if card.file_name:
        parts.append(ui.File(_address(card.file_name)))
    for row in card.rows:
        parts.append(_row(row))
    if card.framed:
        made.add_item(ui.Container(*parts))
    else:
        for part in parts:
            made.add_item(part)
    made.stop()
    return made


def files(card: Card) -> list[discord.File]:
    """What has to be sent with a card: its picture, if it has one."""
    picture = card.picture
    if picture is None:
        return []
    stream = BytesIO(picture.data)
    return [discord.File(stream, picture.file_name, description=picture.alt)]


def allowed_mentions(card: Card) -> discord.AllowedMentions:
    """Who may be notified: the card's own list, nobody else."""
    return discord.AllowedMentions(
        everyone=False,
        users=[discord.Object(user) for user in card.ping_users],
        roles=[discord.Object(role) for role in card.ping_roles],
        replied_user=False,
    )


def modal(form: Form) -> ui.Modal:
    """A form as a modal."""
    made = ui.Modal(title=form.title, custom_id=form.custom_id, timeout=None)
    if form.text:
        made.add_item(ui.TextDisplay(form.text))
    for question in form.fields:
        made.add_item(
            ui.Label(
                text=question.label,
                description=question.description or None,
                component=_field(question),
            )
        )
    made.stop()
    return made


def _address(file_name: str) -> str:
    return f"attachment://{file_name}"


def _row(row: tuple[Button, ...] | Select) -> ui.ActionRow[Any]:
    if isinstance(row, Select):
        options = [_option(choice) for choice in row.choices]
        return ui.ActionRow(
            ui.Select(custom_id=row.custom_id, placeholder=row.placeholder, options=options)
        )
    return ui.ActionRow(*map(_button, row))


def _button(button: Button) -> ui.Button[Any]:
    if button.url:
        return ui.Button(label=button.label, url=button.url)
    return ui.Button(label=button.label, custom_id=button.custom_id, style=_STYLES[button.look])


def _option(choice: Choice) -> discord.SelectOption:
    return discord.SelectOption(
        label=choice.label,
        value=choice.value,
        description=choice.description or None,
        default=choice.chosen,
    )


def _field(question: FormField) -> ui.Item[Any]:
    if question.kind is FieldKind.ONE_OF:
        radio: ui.RadioGroup[Any] = ui.RadioGroup(
            custom_id=question.key, required=question.required
        )
        for choice in question.choices:
            radio.add_option(
                label=choice.label,
                value=choice.value,
                description=choice.description or None,
                default=choice.chosen,
            )
        return radio
    if question.kind is FieldKind.ANY_OF:
        boxes: ui.CheckboxGroup[Any] = ui.CheckboxGroup(
            custom_id=question.key,
            required=question.required,
            min_values=len(question.choices) if question.required else 0,
            max_values=len(question.choices),
        )
        for choice in question.choices:
            boxes.add_option(
                label=choice.label, value=choice.value, description=choice.description or None
            )
        return boxes
    long = question.kind is FieldKind.LONG
    return ui.TextInput(
        custom_id=question.key,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        required=question.required,
        max_length=question.max_length,
        placeholder=question.placeholder or None,
        default=question.value or None,
    )
