"""The same text in plain words, or in another language: behind a button, for whoever pressed it.

Pure. The buttons name what they stand under, never a message: they work on old posts, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.cards import Button, Card, Look, custom_id
from bot.content.model import Item
from bot.texts import Translate

NAMES = {"en": "English", "es": "Español"}
"""What speakers of a language call it."""


def day_name(week: int, day: int, swapped: str | None = None) -> str:
    """How a button names a cohort's day: the week counts on after the last week of content.

    Args:
        swapped: the id of the skill that stands there instead of the day's own.
    """
    return f"{week}-{day}" if swapped is None else f"{week}-{day}.{swapped}"


def day_named(name: str) -> tuple[int, int, str | None] | None:
    """Week, day and what is swapped in, of a name; None for the name of a single item."""
    found = re.fullmatch(r"(\d+)-(\d)(?:\.(.+))?", name)
    return (int(found[1]), int(found[2]), found[3]) if found else None


def way_buttons(
    name: str, items: Iterable[Item], language: str, others: Iterable[str], _: Translate
) -> tuple[Button, ...]:
    """The buttons under a text, as far as there is something behind them.

    Args:
        name: an item's id, or :func:`day_name`.
        items: what stands there.
        language: the one it is shown in.
        others: the languages there are translations in.
    """
    plain = [Button(_("Plain words"), custom_id("content", "plain", f"{language}:{name}"))]
    return (
        *(plain if any(item.plain for item in items) else ()),
        *(
            Button(NAMES.get(other, other), custom_id("content", "said", f"{other}:{name}"))
            for other in dict.fromkeys(others)
            if other != language
        ),
    )


def plain_card(items: Sequence[Item], _: Translate) -> Card:
    """Each text in the plainest words it has; notes of caution stay as they are."""
    return Card(
        title=_("In plain words"),
        paragraphs=tuple(_told(item, item.plain or _whole(item)) for item in items),
        rows=((options_button(_),),),
    )


def said_card(items: Sequence[Item], _: Translate) -> Card:
    """The texts in the language that was asked for; ``_`` speaks it, too."""
    return Card(
        title=items[0].theme,
        paragraphs=tuple(_told(item, _whole(item)) for item in items),
        rows=((options_button(_),),),
    )


def gone_card(_: Translate) -> Card:
    """The content has changed, and what the button stood under is not there any more."""
    told = _("This text is not in use any more. The next post has the new ones.")
    return Card((told,), rows=((options_button(_),),))


def _told(item: Item, text: str) -> str:
    return "\n".join([f"### {item.title}", *item.content_notes, text])


def _whole(item: Item) -> str:
    asked = item.reflection and f"**{item.reflection}**"
    done = item.practice and f"**{item.practice}**"
    return "\n".join(filter(None, (asked, item.body, done)))


def options_button(_: Translate) -> Button:
    """To where help is; it stands under every card."""
    return Button(_("See options"), custom_id("help", "open"), look=Look.MAIN)
