"""Names and descriptions of commands in the languages of Discord's members."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.texts import ENGLISH, Texts


class CommandTranslator(app_commands.Translator):
    """Descriptions are translated; names stay, so that staff and members type the same."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The translation, None where there is none."""
        language = self._texts.nearest(locale.value)
        if language == ENGLISH:
            return None
        translated = self._texts.speaking(language)(string.message)
        return translated if translated != string.message else None
