"""The fields a rehearsal script is made of, and which of them go together.

:mod:`bot.rehearsal.script` reads them from a file and checks them against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Fault = Literal[
    "lost connection",
    "reconnect",
    "new session",
    "refused connections",
    "server error",
    "rate limit",
    "lost answer",
    "slow answer",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonSheet(_Strict):
    """One person.

    Attributes:
        roles: of the programme's roles.
        zone: where they are, so that times are shown to them in their own; None: as the calendar.
        locale: of their Discord, such as ``es-ES``.
        manages: they may manage the server.
        here: False for somebody who joins the server later.
    """

    roles: list[str] = []
    zone: str | None = None
    locale: str = "en-US"
    manages: bool = False
    here: bool = True


class ProgrammeSheet(_Strict):
    """The server as it is before the first step.

    Attributes:
        zone: of the calendar; every time of the script is in it.
        starts: the first day of week 1 of the script.
        channels: ordinary channels that everybody sees.
    """

    name: str
    zone: str
    starts: date
    roles: list[str] = []
    channels: list[str] = Field(default=["lobby"], min_length=1)


class Step(_Strict):
    """One step: when, who, one thing done or expected, and what belongs to it."""

    at: str | None = None
    who: str | None = None

    say: str | None = None
    dm: str | None = None
    edit: str | None = None
    delete: str | None = None
    forward: str | None = None
    slash: str | None = None
    menu: str | None = None
    click: str | None = None
    choose: str | None = None
    submit: dict[str, str | list[str]] | None = None
    join: Literal[True] | None = None
    leave: Literal[True] | None = None
    close_dms: Literal[True] | None = None
    open_dms: Literal[True] | None = None
    bot: Literal["restart", "stop", "start"] | None = None
    fault: Fault | None = None
    expect: list[str] | None = None

    place: str | None = Field(None, alias="in")
    to: str | None = None
    options: dict[str, Any] = Field({}, alias="with")
    message: str | None = None
    times: int | None = Field(None, ge=0)
    sees: list[str] | None = None
    not_sees: list[str] | None = None
    sees_nothing: Literal[True] | None = None
    pinged: bool | None = None
    since: Literal["today", "start"] | None = None
    except_: list[str] = Field([], alias="except")
    can_open: list[str] | None = None
    cannot_open: list[str] | None = None

    @field_validator(
        "expect", "sees", "not_sees", "except_", "can_open", "cannot_open", mode="before"
    )
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        found = [value] if isinstance(value, str) else value
        if isinstance(found, list) and any(isinstance(one, dict) for one in found):
            raise ValueError("holds a colon, which YAML takes for itself; put the text in quotes")
        return found

    @field_validator("options", mode="before")
    @classmethod
    def _plain_values(cls, value: Any) -> Any:
        """YAML reads a bare 2026-03-08 as a date; in a command it is typed as it stands."""
        if not isinstance(value, dict):
            return value
        if any(isinstance(one, list | dict | float | None) for one in value.values()):
            raise ValueError("each option takes one word, number or text in quotes")
        return {k: str(v) if isinstance(v, date) else v for k, v in value.items()}

    @field_validator("submit", mode="before")
    @classmethod
    def _yes_and_no(cls, value: Any) -> Any:
        """YAML reads a bare Yes as true; in a form it is the word."""
        words = {True: "Yes", False: "No"}
        if not isinstance(value, dict):
            return value
        return {k: words[v] if isinstance(v, bool) else v for k, v in value.items()}

    @property
    def action(self) -> str:
        """The name of what is done; ``wait`` for a step that has only a time."""
        return next((name for name in ACTIONS if getattr(self, name, None) is not None), "wait")


@dataclass(frozen=True)
class Rule:
    """What may stand beside an action; what must is in ``needs``."""

    may: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    who: bool = True


ACTIONS = {
    "say": Rule(needs=("in",)),
    "dm": Rule(),
    "edit": Rule(("in",), needs=("to",)),
    "delete": Rule(("in",)),
    "forward": Rule(needs=("in",)),
    "slash": Rule(("in", "with")),
    "menu": Rule(("in",), needs=("message",)),
    "click": Rule(("in", "message")),
    "choose": Rule(("in", "message")),
    "submit": Rule(),
    "join": Rule(),
    "leave": Rule(),
    "close_dms": Rule(),
    "open_dms": Rule(),
    "bot": Rule(who=False),
    "fault": Rule(("times",), who=False),
    "expect": Rule(
        (
            *("in", "times", "sees", "not_sees", "sees_nothing"),
            *("pinged", "since", "except", "can_open", "cannot_open"),
        ),
        who=False,
    ),
}
ASKED = ("sees", "not_sees", "sees_nothing", "can_open", "cannot_open")


class Sheet(_Strict):
    """A whole script."""

    title: str
    content_note: str | None = None
    programme: ProgrammeSheet
    people: dict[str, PersonSheet] = Field(min_length=1)
    steps: list[Step] = Field(min_length=1)
