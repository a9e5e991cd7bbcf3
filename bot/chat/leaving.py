"""The last step of going: the channels close."""

from __future__ import annotations

from bot.chat.rooms import Rooms
from bot.errors import Refused, TryAgain, Undeliverable
from bot.programme.model import Member
from bot.texts import Translate


async def close_doors(rooms: Rooms, member: Member, _: Translate) -> None:
    """Take the role from somebody whose data is deleted.

    Raises:
        Refused: Discord did not take it; the sentence tells them whom to ask.
    """
    try:
        await rooms.joining.close_doors(member)
    except (Undeliverable, TryAgain) as error:
        raise Refused(
            _(
                "What I kept about you is deleted, but I could not close the channels for "
                "you. Please tell the staff."
            )
        ) from error
