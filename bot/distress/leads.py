"""Works out which words lead to which phrases, so that few phrases are tried on a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

from bot.distress.compiled import Leads, PhraseLeads, Rule
from bot.distress.needs import Need, Needs
from bot.distress.tree import Gap, Node, nodes

Template = tuple[str, str]  # its language, and how it is written
_Key = TypeVar("_Key", str, int)


class _Way(NamedTuple):
    """A way in which a phrase can match, and what it needs, the rarest first."""

    phrase: int
    far: bool
    rarest: Need
    others: list[Need]


class LeadBuilder:
    """Works out what leads to the phrases of rules, and numbers the needs."""

    def __init__(
        self, trees: Mapping[Template, Node], needs: Needs, sets: list[list[Rule]]
    ) -> None:
        self._trees = trees
        self._needs = needs
        self._ways = [self._ways_of(rules) for rules in sets]
        self._also = [[self._asked_besides(rule) for rule in rules] for rules in sets]
        every = [way.others for ways in self._ways for way in ways]
        # Those that decide first and most often have low numbers, which are quick to ask for.
        first = Counter(others[0] for others in every if others)
        self.numbers: dict[Need, int] = {frozenset(): 0}
        for need in (
            *(need for need, _ in first.most_common()),
            *(need for others in every for need in others),
            *(need for also in self._also for need in also),
        ):
            self.numbers.setdefault(need, len(self.numbers))

    def written(self) -> Iterator[PhraseLeads]:
        """What leads to each set of rules, by words and numbers."""
        for ways, also in zip(self._ways, self._also, strict=True):
            near: dict[str, dict[int, list[int]]] = {}
            far: dict[str, dict[int, list[int]]] = {}
            written: dict[str, int] = {}
            for way in ways:
                first, *others = [self.numbers[need] for need in way.others] or [0]
                text = " ".join(map(str, (way.phrase, *others)))
                number = written.setdefault(text, len(written))
                for word in way.rarest:
                    opened = (far if way.far else near).setdefault(word, {})
                    opened.setdefault(first, []).append(number)
            asked = [self.numbers[need] for need in also]
            yield PhraseLeads(list(written), _grouped(near), _grouped(far), asked)

    def needs(self) -> Leads:
        """The needs that each word meets."""
        met: dict[str, list[int]] = {}
        for need, number in self.numbers.items():
            for word in need:
                met.setdefault(word, []).append(number)
        return _joined(met)

    def _ways_of(self, rules: list[Rule]) -> list[_Way]:
        trees = [self._trees[rule.language, phrase] for rule in rules for phrase in rule.phrases]
        far = [any(isinstance(n, Gap) and n.far for n in nodes([tree])) for tree in trees]
        return [
            _Way(place, far[place], rarest, others)
            for place, tree in enumerate(trees)
            for rarest, *others in self._needs.of(tree)
        ]

    def _asked_besides(self, rule: Rule) -> Need:
        return self._needs.of_any(self._trees[rule.language, one] for one in rule.also)


def _joined(lists: dict[_Key, list[int]]) -> dict[_Key, str]:
    return {word: " ".join(map(str, dict.fromkeys(each))) for word, each in sorted(lists.items())}


def _grouped(groups: dict[str, dict[int, list[int]]]) -> Leads:
    return {
        word: ",".join(f"{need} {ways}" for need, ways in _joined(each).items())
        for word, each in sorted(groups.items())
    }
