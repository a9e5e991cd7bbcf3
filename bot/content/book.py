"""The whole content as one page to print and read: for a clinician with a pencil."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape

from bot.cards import Picture
from bot.content.library import Library
from bot.content.model import DAILY, Item, Kind

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMES = {
    Kind.SKILL: "Skill",
    Kind.PSYCHOED: "Worth knowing",
    Kind.REFLECTION: "To think about",
    Kind.GROUNDING: "Grounding cards",
    Kind.MOMENT: "Hard moments",
    Kind.CHECKIN: "Check-in wordings",
    Kind.CONTACT: "Caring contacts",
    Kind.ALUMNI: "Alumni notes",
    Kind.FAMILY: "Family notes",
    Kind.FACILITATOR: "Facilitator notes",
    Kind.ANNOUNCEMENT: "Announcements",
}
_STYLE = """
:root { color-scheme: light }
body { font: 1.05rem/1.6 Georgia, 'Times New Roman', serif; color: #1a1a1a; background: #fff;
  max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
h1, h2, h3, h4 { line-height: 1.25; font-family: system-ui, sans-serif }
h2 { margin-top: 3rem; border-bottom: 2px solid #444; padding-bottom: .2rem; break-before: page }
h3 { margin-top: 2rem } article { margin: 1.2rem 0; break-inside: avoid }
h4 { margin: 0 0 .3rem } p { margin: .3rem 0 } nav ol { columns: 2 }
.practice, .asked { border-left: 3px solid #667; padding-left: .8rem }
.note { font-style: italic } .about { color: #444; font-size: .85rem }
img { max-width: 100%; margin: .3rem 0 }
.plain { background: #f2f2ee; padding: .3rem .6rem }
@media print { body { margin: 0; max-width: none; font-size: 11pt } a { color: inherit } }
"""


def book(library: Library) -> str:
    """One HTML page, without scripts and without anything from elsewhere.

    Args:
        library: of any language; headings are in English, for staff.
    """
    parts = list(_parts(library))
    contents = "".join(
        f'<li><a href="#{anchor}">{escape(title)}</a></li>' for anchor, title, _ in parts
    )
    body = "".join(
        f'<section id="{anchor}"><h2>{escape(title)}</h2>{html}</section>'
        for anchor, title, html in parts
    )
    unread = sum(not item.reviewed for item in library.items.values())
    count = len(library.items)
    return (
        f'<!doctype html><html lang="{escape(library.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Handrail: the content</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>Handrail: the content</h1>"
        f"<p>{count} items. {unread} of them have not been reviewed by a clinician, "
        "who must review what a programme uses.</p>"
        f"<nav><h2>Contents</h2><ol>{contents}</ol></nav>{body}</main></body></html>\n"
    )


def _parts(library: Library) -> Iterator[tuple[str, str, str]]:
    """Anchor, title and HTML of each part, in the order of reading."""
    for week in library.weeks:
        days = [library.for_day(week, day) for day in range(1, 8)]
        again = [library.for_day(week + len(library.weeks), day).reflection for day in range(1, 8)]
        html = "".join(
            f"<h3>{name}</h3>{_articles(library, _unlike(day.items, second))}"
            for name, day, second in zip(_DAYS, days, again, strict=True)
        )
        yield f"week-{week}", f"Week {week}: {days[0].skill.theme}", html
    if spare := library.spare():
        yield "spare", "Spare skills", _articles(library, spare)
    for kind in Kind:
        items = library.of_kind(kind)
        if kind not in DAILY and items:
            yield kind.value, _NAMES[kind], _articles(library, items)


def _unlike(items: tuple[Item, ...], second: Item) -> tuple[Item, ...]:
    return items if second in items else (*items, second)


def _articles(library: Library, items: Iterable[Item]) -> str:
    return "".join(_article(item, library.picture(item)) for item in items)


def _article(item: Item, picture: Picture | None) -> str:
    lines = [
        *(f'<p class="note">{escape(note)}</p>' for note in item.content_notes),
        item.reflection and f'<p class="asked">{escape(item.reflection)}</p>',
        item.body and f"<p>{escape(item.body)}</p>",
        item.practice
        and f'<p class="practice">{escape(item.practice)} ({item.time_minutes} min)</p>',
        _image(picture) if picture else "",
        item.plain and f'<p class="plain">In plain words: {escape(item.plain)}</p>',
        f'<p class="about">{_about(item)}</p>',
    ]
    kind = _NAMES[item.kind] if item.kind in DAILY else ""
    again = " (the second time through)" if item.round == 2 else ""
    title = f"{kind}{again}: {item.title}" if kind else item.title
    inside = "".join(filter(None, lines))
    return f'<article lang="{item.language}"><h4>{escape(title)}</h4>{inside}</article>'


def _image(picture: Picture) -> str:
    data = b64encode(picture.data).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(picture.alt)}">'


def _about(item: Item) -> str:
    sources = "; ".join(
        f'<a href="{escape(one.url)}">{escape(one.name)}</a>' for one in item.source
    )
    review = (
        f"Reviewed by {escape(item.reviewed_by or '')} on {item.reviewed_on}."
        if item.reviewed
        else "Not reviewed yet."
    )
    return f"{escape(item.id)}, version {item.version}. {review} {sources}"
