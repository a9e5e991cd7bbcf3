"""Checks that content is safe, kind and easy to read. Runs in ``handrail check``, not at start.

Each rule has an id; what it says ends with the way out. Rules about words stand in
``data/content/wording-<language>.yaml``; the ones here look at an item as a whole.

The reading grade is taken over everything members read of an item together, because a grade
of a short text is noisy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean
from urllib.parse import urlsplit

from bot.content.loader import Placed, load_library, read_items
from bot.content.model import Item, Kind
from bot.content.reading import ease, grade, words
from bot.content.wording import finds, lint_wording, shipped_rules
from bot.errors import Problem

MAX_WORDS = 90
MAX_WEEKEND_WORDS = 45
MAX_GRADE = 8.5
MAX_MEAN_GRADE = 6.5
MAX_PLAIN_GRADE = 4.5
MIN_EASE = 65  # in Spanish, on the INFLESZ scale: fairly easy
MIN_MEAN_EASE = 70
MIN_PLAIN_EASE = 75
MAX_SKILL_MINUTES = 5
NEAR_TWIN = 0.25  # of the runs of five words that two items have together
_TEXTS = ("title", "body", "practice", "reflection")
_LINES = {
    "en": re.compile(
        r"(crisis|help) line|see options|emergency number|button below", re.IGNORECASE
    ),
    "es": re.compile(r"líneas? |ver opciones|número de emergencias|botón de abajo", re.IGNORECASE),
}
_OF_A_PICTURE = re.compile(
    r"(an? |una? )?(picture|image|photo|drawing|imagen|foto|dibujo) (of|de)\b", re.IGNORECASE
)
_HELD = ("theme", *_TEXTS, "plain", "content_notes", "materials")


@dataclass(frozen=True, order=True)
class Fault:
    """One breach of a rule, with the place."""

    problem: Problem
    rule: str

    def __str__(self) -> str:
        return f"{self.problem} [{self.rule}]"


_Told = Iterator[tuple[str, str, str]]
"""Rule, field and sentence."""


def lint_folder(folder: Path, language: str = "en", deny: Iterable[str] = ()) -> list[Fault]:
    """Load the content of a language and lint it.

    Args:
        folder: holds one folder per language.
        deny: strings that may stand nowhere, such as dead telephone numbers.

    Raises:
        DataError: it cannot even be loaded.
    """
    load_library(folder, language)
    return lint(read_items(folder, language), deny)


def lint(placed: Iterable[Placed], deny: Iterable[str] = ()) -> list[Fault]:
    """Every breach of a rule in these items, sorted by place."""
    placed = list(placed)
    denied = tuple(deny)
    faults = [
        Fault(one.problem(field, sentence), rule)
        for one in placed
        for check in _CHECKS
        for rule, field, sentence in check(one.item)
    ]
    for one in placed:
        for rule, field, sentence in _denied(one.item, denied):
            faults.append(Fault(one.problem(field, sentence), rule))
    return sorted([*faults, *_twins(placed), *_near_twins(placed), *_mean(placed)])


def reading_grade(item: Item) -> float:
    """The school grade (US) at which everything members read of an item can be read."""
    return grade(_read(item))


def _read(item: Item) -> str:
    texts = [getattr(item, field).strip() for field in _TEXTS]
    return " ".join(t if t.endswith((".", "?", ":")) else f"{t}." for t in texts if t)


def _wording(item: Item) -> _Told:
    for field, text in _held(item):
        for slip in lint_wording(text, language=item.language, item=True):
            yield slip.rule, field, slip.sentence


def _cautions(item: Item) -> _Told:
    text = " ".join(text for _, text in _strings(item, _TEXTS))
    for rule in shipped_rules(item.language).cautions:
        if item.kind not in rule.kinds or not rule.missing_in(item.contraindications):
            continue
        if found := finds(rule.when, text):
            yield rule.id, "contraindications", f'says "{found[0]}"; {rule.say}'
    if item.content_notes and not item.contraindications:
        sentence = "is empty though there is a note; name the reason of the note here"
        yield "note-reason", "contraindications", sentence


def _suicide_line(item: Item) -> _Told:
    """Whoever reads the word reads where help is (responding-to-distress, 2.2)."""
    said = " ".join(text for _, text in _held(item))
    if re.search(r"\bsuicid", said, re.IGNORECASE) and not _LINES[item.language].search(said):
        sentence = "names suicide and no help line; say where one is, as in 'under \"See options\"'"
        yield "suicide-line", "body", sentence


def _length(item: Item) -> _Told:
    count = len(words(item.body))
    if count > MAX_WORDS:
        yield "words", "body", f"has {count} words; {MAX_WORDS} are the limit, so keep one idea"
    elif item.week and item.day in (6, 7) and count > MAX_WEEKEND_WORDS:
        sentence = f"has {count} words; weekends are light, {MAX_WEEKEND_WORDS} at most"
        yield "weekend-light", "body", sentence


def _reading(item: Item) -> _Told:
    return _ease(item) if item.language == "es" else _grade(item)


def _grade(item: Item) -> _Told:
    if item.plain and (found := grade(item.plain)) > MAX_PLAIN_GRADE:
        sentence = f"reads at grade {found}; {MAX_PLAIN_GRADE} is the limit for plain words"
        yield "plain-words", "plain", sentence
    if item.reading_override or (found := reading_grade(item)) <= MAX_GRADE:
        return
    sentence = (
        f"reads at grade {found}; {MAX_GRADE} is the limit. Use shorter sentences and words, "
        "or give the reason in reading_override"
    )
    yield "reading-grade", "body" if item.body else "reflection", sentence


def _ease(item: Item) -> _Told:
    """The same in Spanish, by a Spanish formula: an English one counts its syllables wrongly."""
    texts = [("plain-words", "plain", item.plain, MIN_PLAIN_EASE)]
    if not item.reading_override:
        texts.append(("reading-ease", "body", _read(item), MIN_EASE))
    for rule, field, text, least in texts:
        if (found := ease(text)) < least:
            sentence = f"reads at {found} on the INFLESZ scale; {least} is the least"
            yield rule, field, f"{sentence}. Use shorter sentences and words"


def _sources(item: Item) -> _Told:
    if not item.source:
        yield "source", "source", "is empty; name at least one page that this rests on"
        return
    hosts = {one.url: urlsplit(one.url).hostname or "" for one in item.source}
    known = shipped_rules(item.language).standing
    good = [u for u, h in hosts.items() if any(h == k or h.endswith(f".{k}") for k in known)]
    if item.kind is Kind.PSYCHOED and len(good) < 2:
        sentence = (
            f"has {len(good)} of standing; a snippet needs two different pages, "
            "such as from nimh.nih.gov, samhsa.gov or va.gov"
        )
        yield "source-standing", "source", sentence


def _shape(item: Item) -> _Told:
    if item.kind is Kind.SKILL and item.time_minutes > MAX_SKILL_MINUTES:
        sentence = f"is {item.time_minutes}; {MAX_SKILL_MINUTES} at most, so make it smaller"
        yield "five-minutes", "time_minutes", sentence
    if item.kind is Kind.REFLECTION and not item.reflection.endswith("?"):
        yield "asks-a-question", "reflection", "does not end with a question mark; ask one question"
    prefix = f"w{item.week:02}d{item.day}-" if item.week and item.day else ""
    if not item.id.startswith(prefix):
        yield "id-form", "id", f'does not begin with "{prefix}"; the id says week and day'
    if not prefix and re.match(r"w\d\dd\d-", item.id):
        yield "id-form", "id", "names a week and day that the item does not have; choose another"


def _alt_text(item: Item) -> _Told:
    """A screen reader says by itself that there is a picture."""
    if item.picture and (found := _OF_A_PICTURE.match(item.picture.alt)):
        sentence = f'begins with "{found[0]}"; begin with what is to be seen'
        yield "alt-text", "picture.alt", sentence


_CHECKS: tuple[Callable[[Item], _Told], ...] = (
    _wording,
    _cautions,
    _suicide_line,
    _length,
    _reading,
    _sources,
    _shape,
    _alt_text,
)


def _denied(item: Item, denied: tuple[str, ...]) -> _Told:
    sources = [(f"source[{i}]", f"{s.name} {s.url}") for i, s in enumerate(item.source)]
    for field, text in [*_held(item), *sources]:
        for string in denied:
            if _holds(text, string):
                sentence = f'holds "{string}", which is known to be wrong or dead; take it out'
                yield "deny-list", field.partition("[")[0], sentence


def _holds(text: str, string: str) -> bool:
    """Whether a denied string stands in a text; a number also when it is spaced otherwise."""
    spaces = r"[\s().\-‐-–]*"
    letters = [re.escape(letter) for letter in re.sub(r"[\s().\-‐-–]", "", string)]
    as_number = sum(map(str.isdigit, string)) >= 3 and not re.search(r"[^\W\d]", string)
    pattern = spaces.join(letters) if as_number else re.escape(string)
    return re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) is not None


def _held(item: Item) -> Iterator[tuple[str, str]]:
    """Everything that members read or hear of an item."""
    yield from _strings(item, _HELD)
    if item.picture:
        yield "picture.alt", item.picture.alt


def _strings(item: Item, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    for field in fields:
        value = getattr(item, field)
        for text in [value] if isinstance(value, str) else value:
            yield field, text


def _twins(placed: list[Placed]) -> Iterator[Fault]:
    """The same text in two items is a slip of the hand."""
    for field in ("title", "body", "practice", "reflection"):
        seen: dict[tuple[object, str], str] = {}
        for one in placed:
            text = " ".join(getattr(one.item, field).casefold().split())
            kind = one.item.kind if field == "title" else None
            first = seen.setdefault((kind, text), one.item.id)
            if text and first != one.item.id:
                sentence = f"is the same as in {first!r}; write another, or drop one of the items"
                yield Fault(one.problem(field, sentence), "twin")


def _near_twins(placed: list[Placed]) -> Iterator[Fault]:
    """Two items that share a quarter of their runs of five words say the same thing twice."""
    having: dict[tuple[str, ...], list[int]] = {}
    runs = [_runs(one.item) for one in placed]
    for index, each in enumerate(runs):
        for run in each:
            having.setdefault(run, []).append(index)
    shared = Counter(
        pair for indexes in having.values() for pair in combinations(sorted(indexes), 2)
    )
    for (first, second), count in shared.items():
        if count >= NEAR_TWIN * len(runs[first] | runs[second]):
            item, other = placed[second].item, placed[first].item
            if item.body != other.body or item.practice != other.practice:  # that is a twin
                sentence = f"says almost the same as {other.id!r}; write it anew, or drop one"
                yield Fault(placed[second].problem("body", sentence), "near-twin")


def _runs(item: Item) -> set[tuple[str, ...]]:
    said = words(" ".join(getattr(item, field) for field in ("body", "practice", "reflection")))
    return set(zip(*(said[start:] for start in range(5)), strict=False))


def _mean(placed: list[Placed]) -> Iterator[Fault]:
    if not placed:
        return
    if placed[0].item.language == "es":
        eases = [ease(_read(one.item)) for one in placed]
        if (mean := round(fmean(eases), 1)) < MIN_MEAN_EASE:
            hardest = placed[eases.index(min(eases))]
            sentence = (
                f"all items together read at {mean} on the INFLESZ scale; {MIN_MEAN_EASE} is the "
                "least. This one is the hardest; begin here"
            )
            yield Fault(hardest.problem("body", sentence), "reading-mean")
        return
    mean = round(fmean(reading_grade(one.item) for one in placed), 2)
    if mean > MAX_MEAN_GRADE:
        hardest = max(placed, key=lambda one: reading_grade(one.item))
        sentence = (
            f"all items together read at grade {mean}; {MAX_MEAN_GRADE} is the limit. "
            "This one is the hardest; begin here"
        )
        yield Fault(hardest.problem("body", sentence), "reading-mean")
