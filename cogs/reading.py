"""Plain words, and another language: buttons under posts and cards. Private, and kept nowhere."""

from __future__ import annotations

from bot.cards import Card
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import Press
from bot.content.model import Item
from bot.content.other_ways import day_named, gone_card, plain_card, said_card


class Reading:
    """Answers from memory alone, like the cards these buttons stand under."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def plain(self, press: Press) -> None:
        """*Plain words*."""
        language, items = self._items(press)
        _ = self._rooms.texts.speaking(language)
        await press.show(plain_card(items, _) if items else gone_card(_))

    async def said(self, press: Press) -> None:
        """*Español*, *English*."""
        language, items = self._items(press)
        _ = self._rooms.texts.speaking(language)
        card: Card = said_card(items, _) if items else gone_card(_)
        await press.show(card)

    def _items(self, press: Press) -> tuple[str, tuple[Item, ...]]:
        """The language a button names, and what it stands for; nothing when that is gone."""
        language, _, name = (press.subject or "").partition(":")
        holder = self._rooms.library
        if holder is None:
            return language, ()
        library = holder.speaking(language)
        if place := day_named(name):
            week, day, swapped = place
            return language, library.with_skill(library.for_day(week, day), swapped).items
        item = library.get(name)
        return language, (item,) if item else ()


async def setup(bot: Handrail) -> None:
    """Answer the buttons."""
    reading = Reading(bot.rooms)
    bot.router.on("content", "plain", reading.plain)
    bot.router.on("content", "said", reading.said)
