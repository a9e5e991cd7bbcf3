"""The real bot, in a process of its own, plays scripts; the scripts' expectations decide."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import shipped_data
from tests.rehearsal_scripts.playing import BASE, line_of, play, play_steps

ROOT = Path(__file__).parents[2]


async def test_the_first_week_holds_in_under_a_minute(tmp_path: Path) -> None:
    """Every expectation of the shipped week is met: seven daily posts, three check-ins, care."""
    played = await play(shipped_data() / "rehearsals" / "first-week.yaml", tmp_path)
    assert played.status == 0, played.printed[-4000:]
    end = played.events[-1]
    assert end["posts"] == 10
    assert end["care_cards"] >= 7
    assert end["seconds"] < 60


async def test_a_false_expectation_ends_with_1_and_names_its_line(tmp_path: Path) -> None:
    """The sentence says who should have seen what, and the line of the step."""
    steps = "  - expect: Zoe\n    sees: Today's skill\n"
    played = await play_steps(steps, tmp_path)
    line = line_of("expect: Zoe", tmp_path)
    assert played.status == 1
    assert f"script.yaml:{line}: Zoe should see “Today's skill”, and saw" in played.printed


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("expect: Ana\n    sees: You are in\n    times: 2", "“You are in” twice, and saw it once"),
        ("expect: Ana\n    not_sees: You are in", "Ana should not see “You are in”"),
        ("expect: Ana\n    sees_nothing: true", "Ana should see nothing new, and saw"),
        ("expect: Ana\n    sees: [You are in, Nope]", "and saw that without “Nope”"),
        ("expect: Ana\n    sees: This is a test\n    pinged: no", "should not be notified"),
        ("expect: Ana\n    sees: You are in\n    pinged: yes", "should be notified"),
        ("expect: Ana\n    can_open: River/staff", "should see the channel River/staff"),
        ("expect: River\n    cannot_open: River/talk", "Ana should not see the channel River/talk"),
        ("expect: Clinicians\n    sees_nothing: true", "nobody is Clinicians now"),
        ("expect: Ana\n    sees: x\n    in: River/garden", "There is no place 'River/garden'"),
        ("who: Ana\n    click: Fly away", "Ana sees no message and the button [Fly away]"),
        ("who: Zoe\n    say: Hello\n    in: River/talk", "Zoe sees no channel 'River/talk'"),
        ("who: Zoe\n    slash: /nothing", "There is no command /nothing"),
    ],
)
async def test_each_kind_of_step_can_fail(step: str, sentence: str, tmp_path: Path) -> None:
    """Nothing a script can say passes whatever happens."""
    played = await play_steps(f"  - {step}\n", tmp_path)
    assert played.status == 1
    assert sentence in played.printed


_POST = """
  - {at: %s, bot: %s}
%s
  - at: Mon 09:30
    expect: [Ana, Dana]
    sees: Today's skill
    in: River/daily
    since: start
    times: 1
  - at: Mon 17:30
    expect: Ana
    sees: Would you like to take a minute
    in: River/daily
    since: start
    times: 1
"""


@pytest.mark.parametrize(
    ("at", "bot", "then"),
    [
        ("Mon 08:59", "restart", ""),
        ("Mon 09:00", "restart", ""),
        ("Mon 09:00", "restart", "  - {bot: restart}\n  - {bot: restart}\n"),
        ("Mon 08:50", "stop", "  - {at: Mon 09:10, bot: start}\n"),
    ],
    ids=["before", "right-after", "again-and-again", "away-when-due"],
)
async def test_killed_around_a_post_it_comes_once(
    at: str, bot: str, then: str, tmp_path: Path
) -> None:
    """kill -9 before, right after or across the moment a post is due: never none, never two."""
    played = await play_steps(_POST % (at, bot, then), tmp_path)
    assert played.status == 0, played.printed[-3000:]


async def test_killed_after_a_lost_answer_the_post_is_found_again(tmp_path: Path) -> None:
    """Discord posted, the answer was lost, the bot was killed: it finds its post, sends no other."""
    lost = "  - {at: Mon 08:59, fault: lost answer}\n"
    played = await play_steps(lost + _POST % ("Mon 09:00", "restart", ""), tmp_path)
    assert played.status == 0, played.printed[-3000:]


async def test_what_was_said_while_the_bot_was_down_is_not_lost(tmp_path: Path) -> None:
    """A message at risk, written while the bot is down, brings help and one care card after it."""
    steps = """
  - {at: Mon 10:00, bot: stop}
  - {at: Mon 10:02, who: Ana, in: River/talk, say: I want to kill myself tonight.}
  - {at: Mon 10:05, bot: start}
  - expect: Ana
    sees: "Support options: United States"
    in: direct messages
    times: 1
  - expect: Dana
    sees: Please look now
    in: River/staff
    times: 1
  - {at: Mon 10:06, bot: restart}
  - expect: [Ana, Dana]
    not_sees: ["Support options: United States", Please look]
"""
    played = await play_steps(steps, tmp_path)
    assert played.status == 0, played.printed[-3000:]


async def test_a_restart_forgets_no_care_card(tmp_path: Path) -> None:
    """Killed right after a care card, the bot still brings it to the lead, once, and can close it."""
    steps = """
  - {at: Mon 10:00, who: Ana, in: River/talk, say: I want to die.}
  - {bot: restart}
  - at: Mon 10:16
    expect: Dana
    sees: Nobody has claimed this yet
    in: River/staff
    times: 1
    pinged: yes
  - {bot: restart}
  - {who: Dana, click: I've got this, in: River/staff}
  - expect: Dana
    sees: "@Dana has got this"
    in: River/staff
  - at: Mon 12:00
    expect: Dana
    sees_nothing: true
"""
    played = await play_steps(steps, tmp_path)
    assert played.status == 0, played.printed[-3000:]


@pytest.mark.parametrize("fault", ["lost connection", "reconnect", "new session"])
async def test_a_lost_connection_loses_no_message(fault: str, tmp_path: Path) -> None:
    """Whatever way Discord ends a connection, what is said next is heard, and heard once."""
    steps = f"""
  - {{at: Mon 10:00, fault: {fault}}}
  - {{who: Ana, in: River/talk, say: I want to die.}}
  - expect: Ana
    sees: "Support options: United States"
    in: direct messages
    times: 1
  - expect: Dana
    sees: Please look
    in: River/staff
    times: 1
"""
    played = await play_steps(steps, tmp_path)
    assert played.status == 0, played.printed[-3000:]


async def test_nothing_of_the_host_leaks_into_a_rehearsal(tmp_path: Path) -> None:
    """Neither the host's variables nor a .env beside them reach the bot that rehearses."""
    (tmp_path / ".env").write_text("HANDRAIL_DATABASE_URL=sqlite:////nowhere/host.sqlite3\n")
    loud = {"HANDRAIL_DISCORD_TOKEN": "host-token", "HANDRAIL_DATA_DIR": str(tmp_path / "host")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "rehearse", "--script", str(BASE)),
        cwd=tmp_path,
        env={**os.environ, **loud, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    assert "\x1b[" not in printed.decode()
    assert sorted(one.name for one in tmp_path.iterdir()) == [".env"]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to look around")
async def test_ctrl_c_leaves_no_bot_behind(tmp_path: Path) -> None:
    """After Ctrl-C in the middle, no process and no folder of the rehearsal is left."""
    steps = "".join(f"  - {{at: week {n} Wed 10:00}}\n" for n in range(1, 50))
    script = tmp_path / "long.yaml"
    script.write_text(BASE.read_text(encoding="utf-8") + steps, encoding="utf-8")
    own = tmp_path / "own"
    own.mkdir()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "rehearse", "--script", str(script)),
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(own), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        if re.search(rb"has the role River", line):
            break
    assert len(_with(str(own))) == 2
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode != 0
    assert _with(str(own)) == []
    assert list(own.iterdir()) == []


def _with(text: str) -> list[int]:
    """The processes in whose environment ``text`` stands."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and text.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:  # it is gone, or not ours
            continue
    return found
