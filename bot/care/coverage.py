"""Who of the staff reads alerts now: the one true sentence shown everywhere. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.programme.model import Programme
from bot.texts import Translate


@dataclass(frozen=True)
class Coverage:
    """Whether an alert raised now is read, and by whom.

    Attributes:
        staffed_until: the end of the staffed hours under way, None outside them.
        back_at: when the next staffed hours begin, None when there are none.
        on_call: whether somebody is paged outside staffed hours.
    """

    staffed_until: datetime | None
    back_at: datetime | None
    on_call: bool

    @classmethod
    def of(cls, programme: Programme, now: datetime, on_call: bool) -> Coverage:
        """The coverage of a programme at an instant."""
        hours = programme.hours
        return cls(hours.staffed_until(now), hours.next_start(now), on_call)

    def sentence(self, _: Translate) -> str:
        """Who may see an alert and when, where nobody has been told of anything yet."""
        on_call = _("You can ask the person on call with “Ask staff to talk to me”.")
        return self._told(on_call, _)

    def receipt(self, _: Translate) -> str:
        """The same, for somebody who has just asked staff."""
        return self._told(_("One person on call is told."), _)

    def _told(self, on_call: str, _: Translate) -> str:
        if self.staffed_until:
            return _("Staff look at alerts here until {time}.").format(
                time=stamp(self.staffed_until)
            )
        told = [_("No one may see this tonight.")]
        if self.on_call:
            told.append(on_call)
        if self.back_at:
            told.append(_("Staff are back {time}.").format(time=stamp(self.back_at)))
        return " ".join(told)


def stamp(instant: datetime, style: str = "f") -> str:
    """An instant as Discord shows it in each reader's own zone; ``R`` is relative."""
    return f"<t:{int(instant.timestamp())}:{style}>"
