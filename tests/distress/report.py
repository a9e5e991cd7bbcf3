"""How good the detector is on a corpus, as one table, by one command.

    python -m tests.distress.report tests/distress/corpus/dev-*.jsonl [--misses]

Flagged means level 2 or 3, urgent level 3. Shares are cut to two places, never rounded up in our
favour: found is rounded down, wrongly flagged is rounded up.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.distress.fragments import FragmentWindow
from bot.distress.model import Finding
from bot.distress.screen import Screener
from bot.paths import shipped_data


@dataclass
class Tally:
    """Counts of one kind of message."""

    danger: int = 0
    found: int = 0
    harmless: int = 0
    wrong: int = 0
    urgent: int = 0
    urgent_found: int = 0
    calm: int = 0
    urgent_wrong: int = 0
    about: int = 0
    about_right: int = 0
    misses: list[str] = field(default_factory=list)


def screened(screener: Screener, row: dict[str, Any]) -> Finding:
    """The highest finding of a row's text, or of its messages one by one."""
    if "messages" not in row:
        return screener.screen(row["text"])
    window = FragmentWindow(screener)
    findings = [
        window.feed(1, 1, index, text, float(index)) for index, text in enumerate(row["messages"])
    ]
    return max(findings, key=lambda finding: finding.level)


def tally(screener: Screener, files: list[Path]) -> dict[str, Tally]:
    """Screen every row of the files and count by kind."""
    kinds: dict[str, Tally] = defaultdict(Tally)
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            _count(kinds[row["kind"]], row, screened(screener, row))
    return kinds


def _count(kind: Tally, row: dict[str, Any], finding: Finding) -> None:
    level, flagged, urgent = row["level"], finding.level >= 2, finding.level == 3
    if level >= 2:
        kind.danger += 1
        kind.found += flagged
        if flagged:
            kind.about += 1
            kind.about_right += finding.about == row["about"]
    else:
        kind.harmless += 1
        kind.wrong += flagged
    if level == 3:
        kind.urgent += 1
        kind.urgent_found += urgent
    else:
        kind.calm += 1
        kind.urgent_wrong += urgent
    if flagged != (level >= 2) or urgent != (level == 3):
        rules = ",".join(dict.fromkeys(rule.id for rule in finding.rules))
        quiet = ",".join(f"{entry}<{by}" for entry, by in finding.suppressed)
        text = row.get("text") or row.get("messages")
        kind.misses.append(f"{row['id']} {level}->{finding.level} [{rules}] ({quiet}) {text}")


def _share(part: int, whole: int, *, down: bool) -> str:
    if not whole:
        return "-"
    cut = math.floor if down else math.ceil
    return f"{cut(part * 100 / whole) / 100:.2f}"


def table(kinds: dict[str, Tally]) -> str:
    """The counts as a Markdown table, the worst found first, with a last row for all."""
    whole = Tally()
    for kind in kinds.values():
        for name in vars(whole):
            setattr(whole, name, getattr(whole, name) + getattr(kind, name))
    lines = [
        "| kind | should flag | found | harmless | wrongly flagged | urgent | found at 3 "
        "| others at 3 | right about |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, k in [*sorted(kinds.items()), ("**all**", whole)]:
        lines.append(
            f"| {name} | {k.danger} | {_share(k.found, k.danger, down=True)} "
            f"| {k.harmless} | {_share(k.wrong, k.harmless, down=False)} "
            f"| {k.urgent} | {_share(k.urgent_found, k.urgent, down=True)} "
            f"| {_share(k.urgent_wrong, k.calm, down=False)} "
            f"| {_share(k.about_right, k.about, down=True)} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--misses", action="store_true", help="list what was missed, by kind")
    parser.add_argument("--lexicon", type=Path, default=shipped_data() / "distress")
    options = parser.parse_args()
    kinds = tally(Screener.load(options.lexicon), options.files)
    sys.stdout.write(table(kinds) + "\n")
    if options.misses:
        for name, kind in sorted(kinds.items()):
            sys.stdout.write("".join(f"\n{name}: {miss}" for miss in kind.misses))


if __name__ == "__main__":
    main()
