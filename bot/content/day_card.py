"""How a day's content looks: the same shape every day, top to bottom, meaning in the text.

The limits of :mod:`bot.content.model` keep the longest possible day inside the 4000 characters
that Discord allows; a test lays that day out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.cards import Button, Card
from bot.content.model import DayContent, Item

MAX_CHARACTERS = 4000
Translate = Callable[[str], str]


def day_card(
    day: DayContent,
    *,
    translate: Translate,
    support_button: Button,
    weekend: bool,
    ways: Sequence[Button] = (),
) -> Card:
    """What members see: a skill, something worth knowing, a question. It notifies nobody.

    At weekends the texts are short (lint sees to it), and the card says that less is fine.

    Args:
        translate: gettext of the cohort's language, for what is not content.
        support_button: the same button every day; carries the mark of the delivery.
        ways: to the same in plain words, or in another language.
    """
    _ = translate
    skip = (
        _("Weekends are light. One part is plenty, and you can skip this.")
        if weekend
        else _("You can skip this, or pick just one part. Nobody expects an answer.")
    )
    return Card(
        title=_("Today: {theme}").format(theme=day.psychoed.theme),
        paragraphs=(
            _part(_("Today's skill"), day.skill, *_doing(day.skill, translate)),
            _part(_("Worth knowing"), day.psychoed, *_telling(day.psychoed)),
            _part(_("To think about"), day.reflection, *_asking(day.reflection)),
            skip,
        ),
        rows=((support_button, *ways),),
        silent=True,
    )


def preview_card(
    day: DayContent,
    *,
    translate: Translate,
    support_button: Button,
    weekend: bool,
    ways: Sequence[Button] = (),
) -> Card:
    """What staff see before members do: the same card, who reviewed it and what it rests on.

    Sources that would not fit are left out from the end; every item keeps its review line.
    """
    _ = translate
    card = day_card(
        day, translate=translate, support_button=support_button, weekend=weekend, ways=ways
    )
    review = "\n".join(
        [_("**Preview, for staff**"), *(_review(one, translate) for one in day.items)]
    )
    left = MAX_CHARACTERS - len("\n".join([card.title, review, *card.paragraphs, ""]))
    sources = [_("Sources:")]
    for name in dict.fromkeys(f"- {s.name} <{s.url}>" for one in day.items for s in one.source):
        if len("\n".join([*sources, name])) <= left:
            sources.append(name)
    more = ("\n".join(sources),) if len(sources) > 1 else ()
    return replace(card, paragraphs=(review, *card.paragraphs, *more))


def _part(heading: str, item: Item, *lines: str) -> str:
    """A heading that says which part this is, and its lines, empty ones left out."""
    return "\n".join([f"### {heading}: {item.title}", *filter(None, lines)])


def _doing(item: Item, translate: Translate) -> Iterator[str]:
    """The cautions stand before what they warn of, each on its own line."""
    _ = translate
    yield item.body
    yield from item.content_notes
    if item.materials:
        yield _("Good to have: {things}.").format(things=", ".join(item.materials))
    how_long = _("Try it ({minutes} min):").format(minutes=item.time_minutes)
    yield f"**{how_long}** {item.practice}"


def _telling(item: Item) -> Iterator[str]:
    yield from item.content_notes
    yield item.body


def _asking(item: Item) -> Iterator[str]:
    yield from item.content_notes
    yield f"**{item.reflection}**"
    yield item.body


def _review(item: Item, translate: Translate) -> str:
    _ = translate
    if item.reviewed:
        text = _("{id}: reviewed by {name} on {date}.")
        return text.format(id=item.id, name=item.reviewed_by, date=item.reviewed_on)
    return _("{id}: not yet reviewed by a clinician.").format(id=item.id)
