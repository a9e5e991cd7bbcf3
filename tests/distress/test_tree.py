"""Templates as trees: they find what the regular expression of the same meaning finds."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.distress.screen import Screener
from bot.distress.template import Reader
from bot.distress.tree import EDGE, Either, Gap, Maybe, Node, Pattern, Row, Text, Word
from bot.distress.words import TOKEN, stream

WORDS = "abcn"  # one letter each; no gap skips the n
SLOTS = {
    "two": ["a b", "c", "a"],
    "open": ["b?", "{two} c", ".. a"],
    "long": ["a b", "a b c", "a .. c"],
}


def expression(node: Node) -> str:
    """A regular expression over one letter for each word."""
    if isinstance(node, Word):
        return f"[{''.join(sorted(node.words))}]"
    if isinstance(node, Row):
        return "".join(map(expression, node.parts))
    if isinstance(node, Either):
        return f"(?:{'|'.join(map(expression, node.parts))})"
    if isinstance(node, Maybe):
        return f"(?:{expression(node.part)})?"
    assert isinstance(node, Gap)
    return f"(?:{'.' if node.far else f'[^n{EDGE}]'}){{0,{node.most}}}"


def found(node: Node, words: str) -> list[tuple[int, int]]:
    """Where the regular expression stands, without edges around it."""
    spans = []
    for match in re.finditer(expression(node), words, re.DOTALL):
        start = match.start() + len(match[0]) - len(match[0].lstrip(EDGE))
        if match[0].strip(EDGE):
            spans.append((start, start + len(match[0].strip(EDGE))))
    return spans


PARTS = st.recursive(
    st.sampled_from([*WORDS, "..", "...", "~", "<", ">", "{two}", "{open}", "{long}"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map(" ".join)
        | st.lists(inner, min_size=2, max_size=3).map(lambda ways: f"({'|'.join(ways)})")
        | inner.map(lambda phrase: f"({phrase})?")
    ),
    max_leaves=8,
)
PHRASES = st.tuples(PARTS, st.sampled_from(WORDS), PARTS).map(" ".join)  # one word must be there
TEXTS = st.lists(st.text(WORDS + "x", max_size=8), min_size=1, max_size=4).map(
    lambda sentences: EDGE + EDGE.join(filter(None, sentences)) + EDGE
)


@given(PHRASES, TEXTS)
@settings(deadline=None, max_examples=300)
def test_a_tree_finds_what_the_regular_expression_finds(phrase: str, words: str) -> None:
    """The same places in the same order, whatever is nested in what."""
    words = re.sub(f"{EDGE}+", EDGE, words)
    node = Reader(SLOTS, lambda typed: (typed,)).read(phrase)
    assert Pattern(node).spans(Text(words, {"n", EDGE})) == found(node, words)


@given(st.text("ab .,!?\n\"'->15…💀", max_size=60) | st.text(max_size=60))
@settings(deadline=None, max_examples=500)
def test_the_quick_row_of_words_is_that_of_the_stream(screener: Screener, text: str) -> None:
    """Where nothing is spelled oddly, words are the same with and without their places."""
    tokens = screener._tokens
    row = stream(text.lower(), tokens)
    assert tokens.row(TOKEN.findall(text.lower())) == row.words
    assert len(row.places) == len(row.words)
