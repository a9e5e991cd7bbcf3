"""Scripts are read and refused before anything is started."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.paths import shipped_data
from bot.rehearsal.script import Script, load_script

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
ABOVE = (
    "title: T\nprogramme: {name: R, zone: America/Chicago, starts: 2026-03-04}\npeople: {A: {}}\n"
)


def _load(folder: Path, *times: str) -> Script:
    steps = "".join(f"  - {{at: {one}}}\n" for one in times)
    file = folder / "times.yaml"
    text = f"{ABOVE}steps:\n{steps}"
    file.write_text(text, encoding="utf-8")
    return load_script(file)


@pytest.mark.parametrize("file", BROKEN, ids=[file.stem for file in BROKEN])
def test_each_mistake_is_refused_with_its_line_and_a_sentence(file: Path) -> None:
    """The first line of each broken script says which line is named and what is told."""
    wanted = re.match(r"# line (\d+): (.+)", file.read_text(encoding="utf-8"))
    assert wanted
    with pytest.raises(DataError) as refused:
        load_script(file)
    told = [(one.line, one.sentence) for one in refused.value.problems]
    assert any(line == int(wanted[1]) and wanted[2] in sentence for line, sentence in told), told


def test_the_shipped_script_has_no_mistake() -> None:
    """The first week can be read, and runs over seven days."""
    script = load_script(shipped_data() / "rehearsals" / "first-week.yaml")
    days = {scene.at.astimezone(script.zone).date() for scene in script.scenes}
    assert len(days) == 7


def test_a_day_name_means_the_day_of_the_week_that_begins_with_the_start(tmp_path: Path) -> None:
    """A script that starts on a Wednesday has its Monday five days later."""
    script = _load(tmp_path, "Wed 09:00", "Mon 09:00", "week 2 Wed 09:00")
    local = [scene.at.astimezone(script.zone) for scene in script.scenes]
    assert [f"{one:%m-%d %H:%M}" for one in local] == ["03-04 09:00", "03-09 09:00", "03-11 09:00"]


def test_times_follow_the_clocks_of_the_zone(tmp_path: Path) -> None:
    """Nine in the morning stays nine where clocks go forward; UTC moves."""
    script = _load(tmp_path, "Sat 09:00", "Sun 09:00")
    assert [scene.at.hour for scene in script.scenes] == [15, 14]


def test_a_wait_adds_up_its_parts(tmp_path: Path) -> None:
    """A wait of one hour five minutes is 65 minutes after the step above."""
    script = _load(tmp_path, "2026-03-05 10:00", "+1 hour 5 minutes")
    assert (script.scenes[1].at - script.scenes[0].at).total_seconds() == 65 * 60


def test_yes_and_no_in_a_form_need_no_quotes(tmp_path: Path) -> None:
    """YAML makes true of a bare Yes; the form still gets the word."""
    script = load_script(HERE / "base.yaml")
    answers = script.scenes[-1].step.submit or {}
    assert answers["If you seem in danger, may I tell staff?"] == "Yes"
