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

from bot.clock import MovedClock
from bot.errors import RehearsalError
from bot.paths import shipped_data
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.script import load_script
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.world import MESSAGE_CONTENT
from tests.rehearsal_scripts.playing import BASE, line_of, play, play_steps

ROOT = Path(__file__).parents[2]
KILLED = Path(__file__).with_name("killed.yaml")


async def test_the_first_week_holds_in_under_a_minute(tmp_path: Path) -> None:
    """Every expectation of the shipped week is met: seven daily posts, three check-ins, care."""
    played = await play(shipped_data() / "rehearsals" / "first-week.yaml", tmp_path, 0.1)
    assert played.status == 0, played.printed[-4000:]
    end = played.events[-1]
    assert end["posts"] == 10
    assert end["care_cards"] >= 7
    assert end["seconds"] < 60


_FALSE = {
    "sees: Today's skill": "Ana should see “Today's skill”, and saw",
    "sees: You are in\n    times: 2": "Ana should see “You are in” twice, and saw it once",
    "not_sees: You are in": "Ana should not see “You are in”, and saw it in start-here/Welcome",
    "sees_nothing: true": "Ana should see nothing new, and saw",
    "sees: [You are in, Nope]": "and saw that without “Nope”",
    "sees: This is a test\n    pinged: no": "Ana should not be notified of “This is a test”",
    "sees: You are in\n    pinged: yes": "Ana should be notified of “You are in”",
    "can_open: River/staff": "Ana should see the channel River/staff and does not",
    "cannot_open: River/talk": "Ana should not see the channel River/talk and does",
}


async def test_every_false_expectation_is_told_with_its_line(tmp_path: Path) -> None:
    """Nothing a script can expect passes whatever happens; the rehearsal ends with 1."""
    steps = "".join(f"  - expect: Ana  # {n}\n    {one}\n" for n, one in enumerate(_FALSE))
    steps += "  - expect: Clinicians\n    sees_nothing: true\n"
    played = await play_steps(steps, tmp_path)
    assert played.status == 1
    for number, sentence in enumerate(_FALSE.values()):
        line = line_of(f"# {number}", tmp_path)
        told = [one for one in played.printed.splitlines() if f"script.yaml:{line}: " in one]
        assert len(told) == 1
        assert sentence in told[0]
    assert "nobody is Clinicians now" in played.printed
    assert [one["line"] for one in played.events if one["kind"] == "not as expected"]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("expect: Ana\n    sees: x\n    in: River/garden", "There is no place 'River/garden'"),
        ("who: Ana\n    click: Fly away", "Ana sees no message with the button [Fly away]"),
        ("who: Zoe\n    say: Hello\n    in: River/talk", "Zoe sees no channel 'River/talk'"),
    ],
)
async def test_a_step_that_cannot_be_done_ends_the_rehearsal(
    step: str, sentence: str, tmp_path: Path
) -> None:
    """It is told with its line, and what rests on it is not played."""
    played = await play_steps(f"  - {step}\n  - {{who: Zoe, dm: Hello}}\n", tmp_path)
    line = line_of(step.splitlines()[1], tmp_path) - 1
    assert played.status == 1
    assert f"script.yaml:{line}: {sentence}" in played.printed
    assert "The rehearsal stops here" in played.printed
    assert not [one for one in played.events if one.get("text") == "Hello"]


async def test_killed_around_a_post_it_comes_once(tmp_path: Path) -> None:
    """kill -9 before, right after, again and again, while away, after a lost answer: once each."""
    played = await play_steps(KILLED.read_text(encoding="utf-8"), tmp_path)
    assert played.status == 0, played.printed[-3000:]
    assert played.events[-1]["posts"] == 6


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
    """Killed right after a care card, the bot still brings it to the lead, once."""
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


async def test_a_lost_connection_loses_no_message(tmp_path: Path) -> None:
    """Whatever way Discord ends a connection, what is said next is heard, and heard once."""
    steps = "".join(
        f"""
  - {{at: {day} 10:00, fault: {fault}}}
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
        for day, fault in (("Mon", "lost connection"), ("Tue", "reconnect"), ("Wed", "new session"))
    )
    played = await play_steps(steps, tmp_path)
    assert played.status == 0, played.printed[-3000:]


async def test_a_picture_is_told_in_words(tmp_path: Path) -> None:
    """The transcript prints the alt text where a picture is shown."""
    steps = """
  - {at: Mon 10:00, who: Ana, slash: /moment}
  - {who: Ana, click: Something to steady me}
  - expect: Ana
    sees: Feet on the floor
"""
    played = await play_steps(steps, tmp_path)
    assert played.status == 0, played.printed[-3000:]
    assert "(a picture: Two feet in shoes, side by side" in played.printed


async def test_the_example_of_the_documentation_plays(tmp_path: Path) -> None:
    """What docs/rehearsal.md shows as a whole script is one."""
    text = (ROOT / "docs" / "rehearsal.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    script = tmp_path / "example.yaml"
    script.write_text(example[1], encoding="utf-8")
    played = await play(script, tmp_path)
    assert played.status == 0, played.printed[-3000:]


async def test_a_bot_that_cannot_start_is_told_with_its_log(tmp_path: Path) -> None:
    """The reason the bot gave stands in the error, so that nobody has to look for it."""
    start = load_script(BASE).scenes[0].at
    async with Rehearsal(MovedClock(start)) as rehearsal:
        rehearsal.world.intents &= ~MESSAGE_CONTENT
        bot = BotProcess(rehearsal, tmp_path, rehearsal.clock)
        await bot.migrate()
        with pytest.raises(RehearsalError, match=r"ended by itself[\s\S]+Message Content Intent"):
            await bot.start()


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
    assert os.listdir(tmp_path) == [".env"]


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
    assert os.listdir(own) == []


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
