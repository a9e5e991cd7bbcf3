"""The one way in for every button, menu and form.

A custom_id is ``<feature>:<action>:v<version>:<subject>``. Cogs register a handler for a
feature and action; nothing depends on what a process remembers, so a press works after a
restart, and nothing is handled twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord
import structlog

from bot.cards import Card, Form
from bot.chat import render
from bot.chat.sender import told_apart
from bot.errors import HandrailError, NotAllowed, Refused
from bot.texts import Translate, untranslated

log = structlog.get_logger(__name__)


@dataclass
class Press:
    """Somebody pressed a button, took a choice or sent a form.

    Attributes:
        subject: what stands behind the version in the custom_id.
        values: what was chosen in a menu.
        answers: a form's answers by field; a list for fields with several.
    """

    interaction: discord.Interaction[Any]
    subject: str
    values: tuple[str, ...] = ()
    answers: dict[str, str | list[str] | None] = field(default_factory=dict)

    @property
    def user_id(self) -> int:
        """Who."""
        return self.interaction.user.id

    @property
    def guild_id(self) -> int | None:
        """In which server, None in a direct message."""
        return self.interaction.guild_id

    @property
    def role_ids(self) -> tuple[int, ...]:
        """Their roles in that server."""
        user = self.interaction.user
        return tuple(r.id for r in user.roles) if isinstance(user, discord.Member) else ()

    @property
    def locale(self) -> str:
        """The language of their Discord, such as ``es-419``."""
        return self.interaction.locale.value

    def answer(self, key: str) -> str | None:
        """A form's single answer, None when it was left out."""
        found = self.answers.get(key)
        return found if isinstance(found, str) and found else None

    def chosen(self, key: str) -> list[str]:
        """A form's several answers."""
        found = self.answers.get(key)
        return found if isinstance(found, list) else []

    async def show(self, card: Card) -> None:
        """Answer with a card that only this person sees."""
        await show(self.interaction, card)

    async def ask(self, form: Form) -> None:
        """Answer with a form. Must be the first answer, within three seconds."""
        with told_apart("a form"):
            await self.interaction.response.send_modal(render.modal(form))

    async def replace(self, card: Card) -> None:
        """Put a card in the place of the message the button stands on."""
        with told_apart("a change to a message"):
            await self.interaction.response.edit_message(
                view=render.view(card), allowed_mentions=render.allowed_mentions(card)
            )

    async def wait(self) -> None:
        """Say that the answer takes longer than three seconds. The answer is private."""
        await defer(self.interaction)


Handler = Callable[[Press], Awaitable[None]]


async def defer(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge first, compute after; the answer is private."""
    with told_apart("an answer"):
        await interaction.response.defer(ephemeral=True, thinking=True)


async def show(
    interaction: discord.Interaction[Any], card: Card, files: Sequence[discord.File] = ()
) -> None:
    """Answer an interaction with a card that only this person sees, deferred or not.

    Args:
        files: sent with it, beside the card's own picture.
    """
    sent = [*render.files(card), *files]
    with told_apart("an answer"):
        if interaction.response.is_done():
            await interaction.followup.send(view=render.view(card), ephemeral=True, files=sent)
        else:
            await interaction.response.send_message(
                view=render.view(card), ephemeral=True, files=sent
            )


class Router:
    """Finds the handler for a custom_id."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, str], Handler] = {}

    def on(self, feature: str, action: str, handler: Handler) -> None:
        """Let ``handler`` take ``<feature>:<action>:...``; a second handler is a mistake."""
        if (feature, action) in self._handlers:
            raise ValueError(f"{feature}:{action} has a handler already")
        self._handlers[feature, action] = handler

    async def handle(self, interaction: discord.Interaction[Any]) -> None:
        """Take one interaction; commands are discord.py's own business."""
        kinds = (discord.InteractionType.component, discord.InteractionType.modal_submit)
        if interaction.type not in kinds:
            return
        data: dict[str, Any] = dict(interaction.data or {})
        feature, action, _, subject = (str(data["custom_id"]).split(":", 3) + [""] * 3)[:4]
        handler = self._handlers.get((feature, action))
        press = Press(
            interaction,
            subject,
            tuple(data.get("values", ())),
            _answers(data.get("components", [])),
        )
        try:
            if handler is None:
                raise Refused(
                    untranslated("This button is from an older version. Look for a newer message.")
                )
            await handler(press)
        except (Refused, NotAllowed) as error:
            log.warning("press_refused", kind=f"{feature}:{action}", reason=type(error).__name__)
            await press.show(Card((speech(interaction)(str(error)),)))
        except HandrailError as error:
            log.error("press_failed", kind=f"{feature}:{action}", error=error)
            await press.show(sorry_card(speech(interaction)))
        except Exception:
            log.exception("press_failed", kind=f"{feature}:{action}")
            await press.show(sorry_card(speech(interaction)))


def speech(interaction: discord.Interaction[Any]) -> Translate:
    """The words for whoever pressed or typed, in their language."""
    made: Translate = interaction.client.rooms.texts.speaking(language_of(interaction))
    return made


def language_of(interaction: discord.Interaction[Any]) -> str:
    """The language of whoever pressed or typed: their choice, else that of their Discord."""
    found: str = interaction.client.rooms.language(
        interaction.guild_id, interaction.user.id, interaction.locale.value
    )
    return found


def sorry_card(_: Translate) -> Card:
    """When something failed that is no fault of theirs. What it was stands in the log."""
    return Card(
        (
            _(
                "Something went wrong on my side. Nothing you did caused it. "
                "Please try again in a moment."
            ),
            _(
                "If you need help now, press “See options” in the pinned message, "
                "or type `/support`."
            ),
        )
    )


def _answers(components: list[dict[str, Any]]) -> dict[str, str | list[str] | None]:
    """A form's answers. Each field is wrapped in a label."""
    found: dict[str, str | list[str] | None] = {}
    for component in components:
        inner = component.get("component") or {}
        if "custom_id" in inner:
            found[inner["custom_id"]] = inner["values"] if "values" in inner else inner.get("value")
    return found
