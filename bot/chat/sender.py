"""Sending cards through discord.py, with its errors turned into ours at this edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, cast

import aiohttp
import discord

from bot.cards import Card
from bot.chat import render
from bot.delivery.pacer import Pacer
from bot.errors import TryAgain, Undeliverable
from bot.ports import Posted

_GONE = {10003, 10008, 10062}  # unknown channel, message, interaction
_HISTORY = 100  # messages looked through for a marker


@contextmanager
def told_apart(what: str) -> Iterator[None]:
    """Turn what discord.py raises into :class:`Undeliverable` or :class:`TryAgain`."""
    try:
        yield
    except (discord.Forbidden, discord.NotFound) as error:
        raise Undeliverable(f"Discord refused {what} (code {error.code}).") from error
    except discord.HTTPException as error:
        if error.status >= 500 or error.status == 429:
            raise TryAgain(f"Discord did not take {what} (status {error.status}).") from error
        raise Undeliverable(f"Discord refused {what} (code {error.code}).") from error
    except (aiohttp.ClientError, TimeoutError, OSError, discord.RateLimited) as error:
        raise TryAgain(f"Discord could not be reached for {what}.") from error


class ChatSender:
    """Answers :class:`bot.ports.Sender` with a discord.py client."""

    def __init__(self, client: discord.Client, pacer: Pacer) -> None:
        self._client = client
        self._pacer = pacer

    async def post(
        self, channel_id: int, card: Card, *, nonce: str, urgent: bool = False
    ) -> Posted:
        """Send to a channel or thread."""
        channel = self._client.get_partial_messageable(channel_id)
        return await self._send(channel, card, nonce, urgent)

    async def direct(self, user_id: int, card: Card, *, nonce: str, urgent: bool = False) -> Posted:
        """Send a direct message to somebody who agreed to it."""
        with told_apart("a direct message"), self._pace(urgent):
            # create_dm wants a User only for its id; a channel it knows costs no call.
            channel = await self._client.create_dm(cast(discord.User, discord.Object(user_id)))
        return await self._send(channel, card, nonce, urgent)

    async def edit(self, channel_id: int, message_id: int, card: Card) -> None:
        """Put another card in the place of one of our own."""
        message = self._message(channel_id, message_id)
        with told_apart("a change to a message"):
            await message.edit(
                view=render.view(card), allowed_mentions=discord.AllowedMentions.none()
            )

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Delete one of our own messages; one that is gone already is no error."""
        with told_apart("the removal of a message"):
            try:
                await self._message(channel_id, message_id).delete()
            except discord.NotFound:
                return

    async def find(self, channel_id: int, marker: str, since: datetime) -> int | None:
        """Our own message since then with a button whose custom_id contains ``marker``."""
        channel = self._client.get_partial_messageable(channel_id)
        with told_apart("a look into a channel"):
            async for message in channel.history(limit=_HISTORY, after=since, oldest_first=False):
                ours = self._client.user is not None and message.author.id == self._client.user.id
                if ours and any(marker in found for found in custom_ids(message)):
                    return message.id
        return None

    async def pin(self, channel_id: int, message_id: int) -> None:
        """Pin a message."""
        with told_apart("a pin"):
            await self._message(channel_id, message_id).pin()

    async def _send(
        self, channel: discord.abc.Messageable, card: Card, nonce: str, urgent: bool
    ) -> Posted:
        with told_apart("a message"), self._pace(urgent):
            message = await channel.send(
                view=render.view(card),
                nonce=nonce,
                silent=card.silent,
                allowed_mentions=render.allowed_mentions(card),
            )
        return Posted(message.channel.id, message.id)

    def _pace(self, urgent: bool) -> AbstractContextManager[None]:
        return self._pacer.urgent() if urgent else nullcontext()

    def _message(self, channel_id: int, message_id: int) -> discord.PartialMessage:
        return self._client.get_partial_messageable(channel_id).get_partial_message(message_id)


def custom_ids(message: discord.Message) -> list[str]:
    """The custom_ids of every component of a message, however deep."""
    found: list[str] = []
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop()
        if custom_id := getattr(component, "custom_id", None):
            found.append(custom_id)
        waiting += getattr(component, "children", [])
        if accessory := getattr(component, "accessory", None):
            waiting.append(accessory)
    return found
