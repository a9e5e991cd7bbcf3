"""Lexicons made ready to read with: words, phrases as they were written, and what leads to them.

All of it is flat, since it is read from a cache at every start; trees of phrases are made when a
message first needs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.distress.template import Reader, meaning

Leads = dict[str, str]  # a word to numbers


@dataclass
class Rule:
    """An entry or a context rule, ready to run.

    Attributes:
        phrases: templates.
        also, never: templates of which one must, or none may, be found in the same message.
        about, level, category and the rest: as in the lexicon.
    """

    id: str
    language: str
    phrases: list[str]
    also: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    category: str = ""
    level: int = 0
    about: str = "self"
    beside: list[str] = field(default_factory=list)
    past_counts: bool = False
    firm: bool = False
    claims: bool = False
    ignores: list[str] = field(default_factory=list)
    kind: str = ""
    where: str = ""
    within: int = 0
    only: list[str] = field(default_factory=list)


@dataclass
class PhraseLeads:
    """What leads to a set of rules.

    Attributes:
        ways: how phrases can match: the number of a phrase and of what else it needs.
        near, far: each word to the ways that it opens: a need and the numbers of all ways that
            need it too, the next after a comma. Near are phrases within a sentence, far those
            that reach further.
        also: for each rule the need that what it asks for besides cannot do without.
    """

    ways: list[str] = field(default_factory=list)
    near: Leads = field(default_factory=dict)
    far: Leads = field(default_factory=dict)
    also: list[int] = field(default_factory=list)


@dataclass
class Compiled:
    """Everything screening needs.

    Attributes:
        vocabulary: the words that templates use, stems as ``word*``, sorted.
        spellings: typed form to its view and its words.
        stops: words that no gap may skip.
        slots: of each language.
        needs: each word to the needs it meets, by number. A need is a set of words of which a text
            must have one; every text meets the first, which is empty.
        need_count: how many needs there are.
        entries, context: the rules.
        entry_leads, context_leads: what leads to them.
        complete: languages that are always read.
        weights: the table of ``bot.distress.weighing``; empty where nothing is weighed.
    """

    vocabulary: list[str]
    spellings: dict[str, list[Any]]
    common: list[str]
    anchors: list[str]
    not_typos: list[str]
    stops: list[str]
    slots: dict[str, dict[str, list[str]]]
    needs: Leads
    need_count: int
    entries: list[Rule]
    context: list[Rule]
    entry_leads: PhraseLeads
    context_leads: PhraseLeads
    complete: list[str]
    weights: dict[str, list[Any]] = field(default_factory=dict)

    def readers(self) -> dict[str, Reader]:
        """What reads the templates of each language."""
        spelled = {typed: tuple(words) for typed, (_, words) in self.spellings.items()}
        meant = meaning(self.vocabulary)
        return {
            language: Reader(slots, lambda typed: spelled.get(typed, (typed,)), meant)
            for language, slots in self.slots.items()
        }
