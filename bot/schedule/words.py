"""Times and weekdays as staff type them."""

from __future__ import annotations

import re
from datetime import time

_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE)
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {
    "weekdays": "12345",
    "weekends": "67",
    "weekend": "67",
    "daily": "1234567",
    "every day": "1234567",
}
_SHORTEST = 3  # letters that tell one weekday from another


def parse_time(text: str) -> time:
    """A wall-clock time from ``9:00``, ``09:00``, ``9am`` or ``9:30 pm``.

    Raises:
        ValueError: a sentence for the person who typed it. A bare ``9`` is refused, since
            it may mean morning or evening.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None or not (found[2] or found[3]):
        raise ValueError("Please write the time as 09:00 or 9am.")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("With am or pm the hour goes from 1 to 12. Please write 9am or 21:00.")
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("There is no such time of day. Please write one from 00:00 to 23:59.")
    return time(hour, minute)


def parse_days(text: str) -> str:
    """ISO weekdays in order (``"135"``) from ``weekdays``, ``daily``, ``mon,wed`` or ``mon-fri``.

    Raises:
        ValueError: a sentence for the person who typed it, naming the word not understood.
    """
    typed = " ".join(text.lower().split())
    if typed in _SETS:
        return _SETS[typed]
    found: set[int] = set()
    for part in re.sub(r"\s*[-–]\s*", "-", typed).replace(",", " ").split():
        if part in _SETS:
            found.update(int(day) - 1 for day in _SETS[part])
            continue
        first, dash, last = part.partition("-")
        start = _weekday(first)
        end = _weekday(last) if dash else start
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    if not found:
        raise ValueError("Please name the days: weekdays, daily, or some such as mon,wed,fri.")
    return "".join(str(day + 1) for day in sorted(found))


def _weekday(word: str) -> int:
    if len(word) >= _SHORTEST:
        for number, name in enumerate(_NAMES):
            if name.startswith(word) or f"{name}s" == word:
                return number
    raise ValueError(
        f"“{word}” is not a day. Please write weekdays, daily, or days such as mon,wed,fri."
    )
