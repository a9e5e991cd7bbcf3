"""Cards that somebody asks for: something to steady oneself, and words for a hard moment. Pure.

Nobody is told who asked, and nothing of it is kept. Each card has the way to a person on it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Button, Card, Choice, Look, Picture, Select, custom_id
from bot.content.model import Item
from bot.content.other_ways import way_buttons
from bot.texts import Translate

MOST = 25  # choices that a menu of Discord's holds


def moments_card(moments: Sequence[Item], _: Translate) -> Card:
    """The list of hard moments, to pick one from; what is not there is not far either."""
    if not moments:
        return _nothing_card(_)
    choices = tuple(Choice(one.title, one.id) for one in moments[:MOST])
    return Card(
        title=_("For a hard moment"),
        paragraphs=(
            _("Pick what fits, and I show a few words for it. Only you see it. I tell nobody."),
        ),
        rows=(
            Select(custom_id("moment", "pick"), _("What is it right now?"), choices),
            (_steady_button(_), _options_button(_)),
        ),
    )


def moment_card(
    item: Item, _: Translate, others: Sequence[str] = (), picture: Picture | None = None
) -> Card:
    """One hard moment: what may be true of it, and one small next step.

    Args:
        others: the languages it is also written in.
        picture: what is shown under the text.
    """
    step = _("One small step:")
    return Card(
        title=item.title,
        paragraphs=tuple(
            text
            for text in (
                item.body,
                *item.content_notes,
                item.practice and f"**{step}** {item.practice}",
                _program(_),
            )
            if text
        ),
        picture=picture,
        rows=_rows(
            (_steady_button(_), _others_button(_), _options_button(_)),
            way_buttons(item.id, [item], item.language, others, _),
        ),
    )


def ground_card(
    item: Item | None,
    turn: int,
    _: Translate,
    others: Sequence[str] = (),
    picture: Picture | None = None,
) -> Card:
    """One way to steady oneself; None when none can be read.

    Args:
        turn: how many somebody has looked at.
        others: the languages it is also written in.
        picture: what is shown under the text.
    """
    if item is None:
        return _nothing_card(_)
    how_long = _("Try it ({minutes} min):").format(minutes=item.time_minutes)
    another = Button(_("Another one"), custom_id("moment", "ground", turn + 1), look=Look.MAIN)
    return Card(
        title=item.title,
        paragraphs=tuple(
            text
            for text in (item.body, *item.content_notes, f"**{how_long}** {item.practice}")
            if text
        ),
        picture=picture,
        rows=_rows(
            (another, _others_button(_), _options_button(_)),
            way_buttons(item.id, [item], item.language, others, _),
        ),
    )


def moment_button(_: Translate) -> Button:
    """Opens the list; stands under the pinned message."""
    return Button(_("For a hard moment"), custom_id("moment", "open"))


def _rows(*rows: tuple[Button, ...]) -> tuple[tuple[Button, ...], ...]:
    """The rows that have a button."""
    return tuple(filter(None, rows))


def _nothing_card(_: Translate) -> Card:
    told = _("I can't open these cards right now. The button shows ways to reach a person.")
    return Card((told,), rows=((_options_button(_),),))


def _program(_: Translate) -> str:
    return _("I'm a program, and these are words for many people. You can skip what does not fit.")


def _steady_button(_: Translate) -> Button:
    return Button(_("Something to steady me"), custom_id("moment", "ground", 0), look=Look.MAIN)


def _others_button(_: Translate) -> Button:
    return Button(_("Other moments"), custom_id("moment", "open"))


def _options_button(_: Translate) -> Button:
    return Button(_("See options"), custom_id("help", "open"))
