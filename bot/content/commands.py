"""``handrail content``: what clinicians do with the content outside of Discord.

Each command imports what it needs, so that asking for help is quick.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.content.model import Kind
from bot.errors import Refused
from bot.files import write_whole

if TYPE_CHECKING:
    from bot.content.library import Libraries, Library
    from bot.content.model import Item

content = typer.Typer(help="Look at the content, change it, review it.", no_args_is_help=True)

_Language = Annotated[str, typer.Option(help="Of which language, such as es.")]
_NO_OVERLAY = (
    "Handrail's own files are replaced when you update. Set HANDRAIL_CONTENT_OVERLAY to a folder "
    "of yours, and what you change is kept there."
)
_SKELETON = """\
# An item of our own. Fill in what stands in <angle brackets>, delete what you do not need, then
# type: handrail check. Lines that begin with # are notes and change nothing.
defaults:
  language: {language}
  license: CC-BY-4.0
  attribution: <your programme>, CC BY 4.0
  author: <your programme>
  reviewed_by: null            # handrail content review writes this down
  reviewed_on: null
  version: 1                   # count up whenever the text changes
  translation_of: null
  rolling_ok: true             # it makes sense on somebody's first day

items:
  - id: <a-name-of-its-own>    # small letters and dashes; never used again for anything else
    kind: {kind}
    module: <what it belongs to, such as grounding>
    theme: <a few words>
    week: null                 # a number puts it into that week
    day: null                  # 1 is Monday, 7 is Sunday
    title: <at most 60 characters>
    body: >-
      <the text, at most 90 words; short sentences, an invitation>
{more}    time_minutes: 2
    materials: []
    tags: [<one-word>]
    audience: [participant, mh, sud]
    content_notes: []          # whole sentences, shown as they stand: for whom this may be unwise
    contraindications: []      # why the notes are there, such as [ptsd]
    source:
      - name: "<who wrote the page it rests on, and its title>"
        url: https://<address>
    citation: Own words; background from the page named.
"""
_PRACTICE = "    practice: >-\n      <what to do, at most 200 characters>\n"
_REFLECTION = "    reflection: <one question, at most 180 characters>\n"


@content.command("list")
def list_(
    kind: Annotated[Kind | None, typer.Option(help="Of one kind alone.")] = None,
    language: _Language = "en",
    week: Annotated[int | None, typer.Option(help="Of one week alone.")] = None,
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="Not reviewed yet.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="To be read again, and why.")] = False,
) -> None:
    """List items: id, kind, week, title, review."""
    items = [
        item
        for item in _library(language).items.values()
        if (kind is None or item.kind is kind)
        and (week is None or item.week == week)
        and not (unreviewed and item.reviewed)
    ]
    if overdue:
        _list_overdue(items)
        return
    for item in items:
        place = "" if item.week is None else f"week {item.week}"
        read = f"reviewed by {item.reviewed_by}" if item.reviewed else "not reviewed"
        typer.echo(f"{item.id:<44} {item.kind:<12} {place:<8} {item.title} ({read})")
    typer.echo(f"{len(items)} items.")


@content.command()
def show(item: Annotated[str, typer.Argument(help="Its id.")], language: _Language = "en") -> None:
    """Show one item with all its fields."""
    import yaml

    fields = _item(item, language).model_dump(mode="json")
    typer.echo(yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=88).rstrip())


@content.command()
def new(
    kind: Annotated[Kind, typer.Argument(help="What it is to be.")], language: _Language = "en"
) -> None:
    """Begin an item of your own: a file with a note on every line that wants filling in."""
    file = _overlay() / language / f"own-{kind}.yaml"
    if file.exists():
        raise Refused(f"{file} is there already. Add the item under its items.")
    practice = kind in (Kind.SKILL, Kind.GROUNDING, Kind.MOMENT)
    more = _PRACTICE if practice else _REFLECTION if kind is Kind.REFLECTION else ""
    write_whole(file, _SKELETON.format(kind=kind, language=language, more=more))
    typer.echo(f"Open {file} in a text editor.")


@content.command()
def diff(language: _Language = "es") -> None:
    """Say what a language lacks, what has drifted from English, and what is your own."""
    libraries = _libraries()
    original = libraries["en"].items
    said = {
        name: item
        for name, item in _library(language).items.items()
        if item.language == language != "en"
    }
    for name, item in original.items():
        if language != "en" and name not in said:
            typer.echo(f"not in {language}: {name}")
        elif name in said and (said[name].translates_version or 0) < item.version:
            old = said[name].translates_version
            typer.echo(f"drifted: {name} translates version {old}, {item.version} is in use")
    own = [name for name in _own_ids(language) if name in original]
    for name in own:
        typer.echo(f"yours in place of the shipped one: {name}")
    missing = len(original) - len(said) if language != "en" else 0
    typer.echo(f"{missing} of {len(original)} items are not in {language}; {len(own)} are yours.")


@content.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="A new file, .csv or .xlsx.")],
    language: _Language = "en",
    kind: Annotated[Kind | None, typer.Option(help="Of one kind alone.")] = None,
) -> None:
    """Write the content as a table, to be changed in a spreadsheet program."""
    from bot.content.sheets import write_table

    items = [
        item
        for item in _library(language).items.values()
        if item.language == language and (kind is None or item.kind is kind)
    ]
    typer.echo(f"{write_table(items, file)} items are in {file}.")


@content.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table that was exported and changed.")],
    language: _Language = "en",
) -> None:
    """Take up what was changed in a table. Nothing is written unless every row is good."""
    from bot.content.sheets import read_table, write_own

    overlay = _overlay()
    changed = read_table(file, _library(language).items)
    for one in changed:
        typer.echo(f"{one.item.id}: {', '.join(one.fields)}")
    if not changed:
        typer.echo("The table says what is in use already. Nothing was written.")
        return
    written = write_own(changed, overlay, language)
    typer.echo(f"{len(changed)} items are in {written}, not reviewed. Now type: handrail check")


@content.command()
def review(
    item: Annotated[str, typer.Argument(help="Its id.")],
    by: Annotated[str, typer.Option(help="Who has read it: a name and a licence.")],
    on: Annotated[
        datetime | None, typer.Option(help="On which day; today if left out.", formats=["%Y-%m-%d"])
    ] = None,
    language: _Language = "en",
) -> None:
    """Write down that a clinician has read an item as it is now."""
    from bot.content.reviews import Review, write_review

    found = _item(item, language)
    day = on.date() if on else _today()
    if day > _today():
        raise Refused(f"{day} is not here yet. A review is written down once it is done.")
    read = Review(id=found.id, language=found.language, version=found.version, by=by, on=day)
    write_review(_overlay(), read)
    typer.echo(f"{found.id}, version {found.version}: reviewed by {by} on {day}.")


@content.command()
def book(
    out: Annotated[Path, typer.Option(help="Where to write it.")] = Path("handrail-content.html"),
    language: _Language = "en",
) -> None:
    """Write the whole content as one page to print and read."""
    from bot.content.book import book as made

    write_whole(out, made(_library(language)))
    typer.echo(f"Open {out} in a browser; print it from there.")


def _list_overdue(items: list[Item]) -> None:
    from bot.content.reviews import overdue, read_reviews

    found = overdue(items, read_reviews(_overlay()), _today())
    for one in found:
        typer.echo(f"{one.item.id}: {one.why}")
    typer.echo(f"{len(found)} items are to be read again.")


def _libraries() -> Libraries:
    from bot.content.loader import load_libraries
    from bot.settings import load_settings

    return load_libraries(_folder(), load_settings(needs=()).content_overlay)


def _folder() -> Path:
    from bot.paths import shipped_data
    from bot.settings import load_settings

    return (load_settings(needs=()).content_dir or shipped_data()) / "content"


def _library(language: str) -> Library:
    libraries = _libraries()
    if language not in libraries:
        raise Refused(f"There is no content in {language!r}. There is: {', '.join(libraries)}.")
    return libraries[language]


def _item(name: str, language: str) -> Item:
    found = _library(language).get(name)
    if found is None:
        raise Refused(f"There is no item {name!r}. handrail content list shows them all.")
    return found


def _own_ids(language: str) -> list[str]:
    from bot.content.loader import read_items
    from bot.settings import load_settings

    overlay = load_settings(needs=()).content_overlay
    if overlay is None or not any((overlay / language).glob("*.yaml")):
        return []
    placed = read_items(_folder(), language, overlay)
    return [one.item.id for one in placed if one.sheet.file.is_relative_to(overlay)]


def _overlay() -> Path:
    from bot.settings import load_settings

    overlay = load_settings(needs=()).content_overlay
    if overlay is None:
        raise Refused(_NO_OVERLAY)
    return overlay


def _today() -> date:
    from bot.clock import SystemClock

    return SystemClock().now().date()
