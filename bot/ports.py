"""What the rooms need from Discord, said without knowing Discord.

``bot.chat`` answers these protocols. Every call raises :class:`bot.errors.Undeliverable` when
Discord will never take it and :class:`bot.errors.TryAgain` when it may later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cards import Card
from bot.programme.model import Cohort, Programme


@dataclass(frozen=True)
class Posted:
    """Where a message stands."""

    channel_id: int
    message_id: int


class Sender(Protocol):
    """Puts cards where people see them.

    A nonce (25 characters at most) makes a repeated call within a few minutes return the first
    message instead of sending a second one. Urgent calls never wait behind others.
    """

    async def post(
        self, channel_id: int, card: Card, *, nonce: str, urgent: bool = False
    ) -> Posted:
        """Send to a channel or thread."""

    async def direct(self, user_id: int, card: Card, *, nonce: str, urgent: bool = False) -> Posted:
        """Send a direct message. Only to somebody who agreed to it (Developer Policy, rule 5)."""

    async def edit(self, channel_id: int, message_id: int, card: Card) -> None:
        """Put another card in the place of one of our own."""

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Delete one of our own messages; one that is gone already is no error."""

    async def find(self, channel_id: int, marker: str, since: datetime) -> int | None:
        """Our own message since then with a button whose custom_id contains ``marker``."""

    async def pin(self, channel_id: int, message_id: int) -> None:
        """Pin a message; one that is pinned stays so."""


Record = Callable[[str, int], Awaitable[None]]
"""Saves one id under its column's name, before the next thing is made."""


class Places(Protocol):
    """Makes and unmakes what a programme needs in its server. Every step can be repeated."""

    async def build_start(self, programme: Programme) -> int:
        """The channel everybody sees, in which people are welcomed. Returns its id."""

    async def build_cohort(self, programme: Programme, cohort: Cohort, record: Record) -> None:
        """The cohort's role, category and channels, each recorded as soon as it stands."""

    async def renew_cohort(self, before: Programme, after: Programme, cohort: Cohort) -> None:
        """Let the cohort's channels follow a change of the programme's lead, on-call or hours."""

    async def remove_cohort(self, cohort: Cohort) -> None:
        """Delete what :meth:`build_cohort` made, as far as it is there."""

    async def close_cohort(self, cohort: Cohort) -> None:
        """Members keep reading, nobody writes any more."""

    async def admit_staff(self, cohort: Cohort, user_id: int) -> None:
        """Let one of the staff into the cohort's channels."""

    async def dismiss_staff(self, cohort: Cohort, user_id: int) -> None:
        """Take that back."""

    async def admit(self, cohort: Cohort, user_id: int) -> None:
        """Give a member the cohort's role."""

    async def dismiss(self, cohort: Cohort, user_id: int) -> None:
        """Take the role back; somebody who left the server already is no error."""

    async def invite(self, programme: Programme, cohort: Cohort, user_id: int, card: Card) -> int:
        """Open a private thread for one person with a card in it. Returns the thread's id."""

    async def withdraw_invitation(self, programme: Programme, user_id: int) -> bool:
        """Delete the person's private thread; False when there is none."""

    async def is_here(self, guild_id: int, user_id: int) -> bool:
        """Whether somebody is in the server; True as long as that is not known."""

    def somebody_has(self, guild_id: int, role_id: int) -> bool:
        """Whether anybody holds this role; yes while that is not known for certain."""
