"""How fast the detector is, beside a keyword list: ``python -m benchmarks.distress FILE...``.

The files are JSON Lines with a ``text`` each: ordinary messages. All contestants read the same
texts in one run on one core, and the ratios are what counts; absolute numbers are the machine's.
"""

from __future__ import annotations

import json
import multiprocessing
import platform
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bot.distress.screen import Screener
from bot.paths import shipped_data

_LEXICONS = shipped_data() / "distress"
# What bots commonly match on: a plain list, as one pattern and as a censor's look-up by words.
_KEYWORDS = [
    *("kill myself", "killing myself", "kms", "kys", "suicide", "suicidal", "end my life"),
    *("end it all", "want to die", "wanna die", "unalive", "sewerslide", "self harm", "self-harm"),
    *("cut myself", "cutting myself", "overdose", "better off dead", "better off without me"),
    *("no reason to live", "hang myself", "shoot myself", "took pills", "i relapsed"),
    *("he hits me", "raped", "hopeless", "worthless", "hate myself", "can't go on"),
]
_LOOKALIKES = {"a": "a@4", "e": "e3", "i": "i1!", "o": "o0", "s": "s$5", "t": "t7"}


def keyword_pattern() -> Callable[[str], bool]:
    """A plain list of keywords as one regular expression."""
    found = re.compile(r"\b(?:" + "|".join(map(re.escape, _KEYWORDS)) + r")\b", re.IGNORECASE)
    return lambda text: found.search(text) is not None


def censor() -> Callable[[str], bool]:
    """A censor's way: every spelling of every keyword in a set, words looked up in runs."""
    spelled: set[str] = set()
    for keyword in _KEYWORDS:
        forms = [""]
        for letter in keyword:
            forms = [form + other for form in forms for other in _LOOKALIKES.get(letter, letter)]
            if len(forms) > 256:
                forms = forms[:256]
        spelled.update(forms)
    most = max(keyword.count(" ") for keyword in _KEYWORDS) + 1

    def contains(text: str) -> bool:
        words = text.lower().split()
        return any(
            " ".join(words[start : start + size]).strip(".,!?") in spelled
            for start in range(len(words))
            for size in range(1, most + 1)
        )

    return contains


def rate(read: Callable[[str], object], texts: list[str]) -> float:
    """Texts a second, the best of five rounds, in time of this process alone."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for text in texts:
            read(text)
        best = min(best, time.process_time() - start)
    return len(texts) / best


def hostile(length: int) -> list[str]:
    """Texts made to be slow."""
    chance = random.Random(7)
    words = sorted(Screener.load(_LEXICONS).compiled.vocabulary)
    soup = " ".join(chance.choice(words).strip("*\n\0") for _ in range(length))
    pieces = ["i want to die ", "k i l l ", "k1ll ", "k*ll ", "a-", "x ", "\"'", "*_", "我", "> \n"]
    return [soup[:length], *((piece * length)[:length] for piece in pieces)]


def _milliseconds(read: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        read(text)
        best = min(best, time.process_time() - start)
    return best * 1000


def _load(cache: Path) -> float:
    start = time.perf_counter()
    Screener.load(_LEXICONS, cache)
    return time.perf_counter() - start


def main(files: list[Path]) -> None:
    """Measure and print."""
    texts = [json.loads(line)["text"] for file in files for line in file.read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "distress.json"
        # A process of its own, so that what compiling used up is not counted as memory kept.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            cold = pool.apply(_load, (cache,))
        before = psutil.Process().memory_info().rss
        start = time.perf_counter()
        screener = Screener.load(_LEXICONS, cache)
        warm = time.perf_counter() - start
        loaded = (psutil.Process().memory_info().rss - before) / 1e6
    ours = rate(screener.screen, texts)
    memory = (psutil.Process().memory_info().rss - before) / 1e6
    each = sorted(_milliseconds(screener.screen, text) for text in texts)
    print(f"{len(texts)} texts, Python {platform.python_version()}, {platform.machine()}, one core")
    print(f"screening            {ours:10.0f} texts/s   target 20000")
    print(f"99 % of texts under  {each[int(len(each) * 0.99)]:10.3f} ms        target 1")
    for name, contestant in (("keyword pattern", keyword_pattern()), ("censor", censor())):
        other = rate(contestant, texts)
        print(f"{name:20} {other:10.0f} texts/s   {other / ours:.2f} times ours")
    slowest = max(_milliseconds(screener.screen, text) for text in hostile(4_000))
    print(f"4000 hostile letters {slowest:10.2f} ms        target 10")
    print(f"load, compiled       {cold:10.2f} s         target 2")
    print(f"load, from cache     {warm * 1000:10.0f} ms        target 150")
    print(f"memory when loaded   {loaded:10.1f} MB        target 40")
    print(f"  after these texts  {memory:10.1f} MB")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
