"""The content as staff look at it: what there is, one item whole, what a reload would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.cards import Button, Card, Look, custom_id
from bot.content.changes import Changes
from bot.content.model import Item

MOST = 20  # items that one answer lists
_NAMED = 10  # items of each sort that a reload names


def found_card(items: Sequence[Item]) -> Card:
    """What a search found."""
    if not items:
        told = "Nothing in the content has these words. Try fewer, or leave them out."
        return Card((told,), "Nothing found")
    lines = [f"- `{item.id}`: {item.title} ({_place(item)})" for item in items[:MOST]]
    more = len(items) - MOST
    if more > 0:
        lines.append(f"... and {more} more. Add a word, or a kind.")
    return Card(("\n".join(lines), "/library show shows one of them whole."), "In the content")


def item_card(item: Item, others: Sequence[Item]) -> Card:
    """One item as members read it, and what staff should know of it.

    Args:
        others: the same item in other languages.
    """
    text = [
        item.reflection and f"**{item.reflection}**",
        item.body,
        item.practice and f"**Try it ({item.time_minutes} min):** {item.practice}",
        *(f"*{note}*" for note in item.content_notes),
    ]
    about = [f"`{item.id}`, {_place(item)}, version {item.version}. {_review(item)}"]
    if item.contraindications:
        about.append(f"Cautions: {', '.join(item.contraindications)}.")
    about += [f"In {one.language}: {one.title}. {_review(one)}" for one in others]
    about += [f"- {source.name} <{source.url}>" for source in item.source]
    plain = (f"**In plain words:** {item.plain}",) if item.plain else ()
    return Card(("\n".join(filter(None, text)), *plain, "\n".join(about)), item.title)


def reload_card(found: Changes, cohorts: Mapping[str, Sequence[date]], mark: str) -> Card:
    """What a reload would change, and a button that does it.

    Args:
        cohorts: the days of the next week on which each cohort would get another post.
        mark: of the new content, so that the button uses what is told here and nothing else.
    """
    if not found:
        return Card(
            ("The files say what I know already. There is nothing to change.",), "No change"
        )
    parts = [
        f"**{word}: {len(names)}**\n" + "\n".join(f"- {name}" for name in names[:_NAMED])
        for word, names in (("New", found.added), ("Changed", found.changed), ("Gone", found.gone))
        if names
    ]
    days = [
        f"- {name}: {', '.join(f'{day:%a %-d %b}' for day in dates)}"
        for name, dates in cohorts.items()
        if dates
    ]
    within = "In the next seven days other posts come to:\n" + "\n".join(days)
    parts.append(within if days else "No post of the next seven days changes.")
    use = Button("Use the new content", custom_id("library", "use", mark), look=Look.MAIN)
    keep = Button("Keep the old", custom_id("library", "keep"))
    return Card((*parts, "Nothing has changed yet."), "What would change", rows=((use, keep),))


def _place(item: Item) -> str:
    if item.week is None:
        return item.kind.value
    day = f", day {item.day}" if item.day else ""
    again = ", second time" if item.round == 2 else ""
    return f"{item.kind}, week {item.week}{day}{again}"


def _review(item: Item) -> str:
    if item.reviewed:
        return f"Reviewed by {item.reviewed_by} on {item.reviewed_on}."
    return "Not yet reviewed by a clinician."
