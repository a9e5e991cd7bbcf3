"""The benchmarks run, count honestly and say what they measured."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.compare import Measured, Verdict, verdicts
from benchmarks.contestants import Memory
from benchmarks.latency import percentile

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.0, 1.0), (0.981, 99.0)]
)
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    """Of 100 waits the 99th percentile is the second longest; nothing is interpolated."""
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_the_median_of_the_runs_counts() -> None:
    """One disturbed run out of three changes nothing."""
    calm, disturbed = [0.001] * 99 + [0.002] * 2, [0.5] * 101
    measured = Measured(
        starts=[1.0, 9.0, 2.0],
        waits={"reply": [calm, disturbed, calm]},
        memory=[Memory(10, 5), Memory(90, 80), Memory(20, 6)],
    )
    assert measured.wait("reply", 0.99) == 0.002
    assert (measured.start(), measured.resident(), measured.unique()) == (2.0, 20, 6)


def test_every_cost_has_its_target() -> None:
    """Three times the wait, two and a half times the memory, twice the start."""
    echo = Measured([1.0], {"reply": [[0.001]]}, [Memory(40, 30)])
    handrail = Measured([2.5], {"help card": [[0.003]], "line": [[0.002]]}, [Memory(90, 80)])
    found = verdicts(handrail, echo)
    assert [(round(one.ratio, 3), one.target, one.held) for one in found] == [
        (3.0, 3, True),
        (2.0, 3, True),
        (2.25, 2.5, True),
        (2.5, 2, False),
    ]


def test_a_target_is_met_up_to_its_very_value() -> None:
    """At most, not less than."""
    assert Verdict("x", 6, 2, "ms", 3).held
    assert not Verdict("x", 6.1, 2, "ms", 3).held


def test_a_short_run_prints_each_ratio_and_what_it_was_measured_on() -> None:
    """Both real bots, a handful of messages; the exit status tells whether all targets held."""
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--messages", "3", "--runs", "1", "--starts", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = ended.stdout.splitlines()
    assert len(lines) == 11, ended.stderr
    assert lines[0].startswith("Median of 1 runs of 3 messages, 12 a second, and of 1 starts")
    assert re.match(r"Measured on \d+ CPUs \(.+\), Python 3\.\d+.*, discord\.py 2\.", lines[1])
    ratios = [
        re.match(r"(ok    |MISSED) (.+): [\d.]+ x the echo bot's, at most ([\d.]+) \(", line)
        for line in lines[-4:]
    ]
    assert all(ratios), lines
    assert [(one[2], one[3]) for one in ratios if one] == [
        ("message to help card, p99", "3"),
        ("message to neutral line, p99", "3"),
        ("resident memory after it", "2.5"),
        ("start to ready", "2"),
    ]
    assert ended.returncode == int(any(one[1] == "MISSED" for one in ratios if one))
