"""``python -m benchmarks``: prints each ratio, its target and what it was measured on.

Ends with exit status 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks.compare import Comparison, Plan, verdicts
from benchmarks.latency import RATE


def main() -> None:
    """Measure and print."""
    plan = _plan()
    with tempfile.TemporaryDirectory(prefix="handrail-bench-") as folder:
        comparison = Comparison(plan, Path(folder), lambda text: print(text, file=sys.stderr))
        asyncio.run(comparison.run())
    handrail, echo = comparison.handrail, comparison.echo
    print(_measured_on(plan))
    for name, measured, way in (
        ("echo bot, reply", echo, "reply"),
        ("Handrail, help card", handrail, "help card"),
        ("Handrail, neutral line", handrail, "line"),
    ):
        shares = ", ".join(
            f"p{share * 100:g} {measured.wait(way, share) * 1000:.1f} ms"
            for share in (0.5, 0.9, 0.99)
        )
        print(f"  {name}: {shares}")
    print(f"  memory of their own: {handrail.unique():.0f} and {echo.unique():.0f} MiB")
    print(f"  handrail migrate, before the very first start: {comparison.migrated:.1f} s")
    results = verdicts(handrail, echo)
    for one in results:
        mark = "ok    " if one.held else "MISSED"
        print(
            f"{mark} {one.what}: {one.ratio:.2f} x the echo bot's, at most {one.target:g}"
            f" ({one.ours:.1f} to {one.theirs:.1f} {one.unit})"
        )
    sys.exit(0 if all(one.held for one in results) else 1)


def _plan() -> Plan:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Handrail's cost beside a bare discord.py bot."
    )
    parser.add_argument("--messages", type=int, default=500, help="in each run (500)")
    parser.add_argument("--runs", type=int, default=3, help="whose median counts (3)")
    parser.add_argument("--starts", type=int, default=5, help="whose median counts (5)")
    parser.add_argument("--rate", type=float, default=RATE, help=f"messages a second ({RATE:g})")
    return Plan(**vars(parser.parse_args()))


def _measured_on(plan: Plan) -> str:
    packages = ("discord.py", "aiohttp", "SQLAlchemy", "pydantic")
    return (
        f"Median of {plan.runs} runs of {plan.messages} messages, {plan.rate:g} a second, and of"
        f" {plan.starts} starts, one bot after the other on the same rehearsal Discord, without"
        f" its rate limits.\nMeasured on {os.cpu_count()} CPUs ({platform.machine()},"
        f" {platform.system()}), Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in packages)
        + "."
    )


if __name__ == "__main__":
    main()
