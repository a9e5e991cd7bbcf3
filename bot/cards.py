"""What Handrail shows, as plain data.

Rooms build cards, ``bot.chat.render`` turns them into Discord's components, so nothing but
``bot.chat`` knows how Discord draws. Meaning stands in the text, never in a colour, so a
screen reader reads a card top to bottom and misses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Look(Enum):
    """How a button looks. Says nothing its label does not."""

    PLAIN = "plain"
    MAIN = "main"
    QUIET_DANGER = "quiet danger"


@dataclass(frozen=True)
class Button:
    """A button that reaches the router, or a link.

    Attributes:
        label: at most 80 characters, understandable on its own.
        custom_id: ``<feature>:<action>:v<n>:<id>``, at most 100 characters; empty for a link.
        url: an ``https`` address; empty for a button.
    """

    label: str
    custom_id: str = ""
    url: str = ""
    look: Look = Look.PLAIN


@dataclass(frozen=True)
class Choice:
    """One option of a :class:`Select`: label and description at most 100 characters."""

    label: str
    value: str
    description: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Select:
    """A menu of at most 25 choices, one of which can be taken."""

    custom_id: str
    placeholder: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Picture:
    """A picture that is sent with a card and shown in it.

    Attributes:
        alt: says what is to be seen in it, 1 to 1024 characters.
        data: the bytes of the file.
    """

    file_name: str
    alt: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Card:
    """A message: a heading, paragraphs in Discord's markdown, then rows of buttons or a menu.

    Attributes:
        title: a short heading; empty for none.
        paragraphs: at most 4000 characters together with the title.
        rows: each row is up to five buttons or one menu.
        ping_users, ping_roles: ids whose mention in the text may notify; nobody else is.
        silent: Discord sends no notification for it.
        framed: drawn in a frame, so that several cards stay apart.
        picture: shown after the text, in private answers alone.
        file_name: of a file that is sent with the card and shown in it; empty for none.
    """

    paragraphs: tuple[str, ...]
    title: str = ""
    rows: tuple[tuple[Button, ...] | Select, ...] = ()
    ping_users: tuple[int, ...] = ()
    ping_roles: tuple[int, ...] = ()
    silent: bool = False
    framed: bool = True
    picture: Picture | None = None
    file_name: str = ""


class FieldKind(Enum):
    """What a field of a form asks for."""

    SHORT = "short"
    LONG = "long"
    ONE_OF = "one of"
    ANY_OF = "any of"


@dataclass(frozen=True)
class FormField:
    """One question of a form.

    Attributes:
        key: names the answer; letters and underscores.
        label: at most 45 characters.
        description: at most 100 characters.
        choices: for ONE_OF (2 to 10) and ANY_OF (1 to 10).
    """

    key: str
    label: str
    kind: FieldKind
    description: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    max_length: int = 1000
    placeholder: str = ""
    value: str = ""


@dataclass(frozen=True)
class Form:
    """A modal: a title of at most 45 characters, optional text and one to five fields.

    Text above the fields takes the place of one field.
    """

    custom_id: str
    title: str
    fields: tuple[FormField, ...]
    text: str = field(default="")


def custom_id(feature: str, action: str, subject: object = "", version: int = 1) -> str:
    """The address of a button, menu or form: ``<feature>:<action>:v<version>:<subject>``.

    Raises:
        ValueError: it would be longer than Discord's 100 characters.
    """
    made = f"{feature}:{action}:v{version}:{subject}"
    if len(made) > 100:
        raise ValueError(f"custom_id is longer than 100 characters: {made}")
    return made
