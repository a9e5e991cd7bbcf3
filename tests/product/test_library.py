"""The content in Discord: plain words, another language, and /library for staff."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.content.loader import load_library
from bot.content.model import Item, Kind
from bot.paths import shipped_data
from tests.product.conftest import MakeHouse
from tests.product.harness import DANGER, House, shown

_PLAIN = load_library(shipped_data() / "content").for_day(1, 1).skill.plain


@pytest.fixture
def own_data(data: Path, tmp_path: Path) -> Path:
    """The shipped data, of which the first day's skill and one moment alone are in Spanish."""
    folder = tmp_path / "own-data"
    shutil.copytree(data, folder)
    library = load_library(folder / "content")
    shutil.rmtree(folder / "content" / "es", ignore_errors=True)
    (folder / "content" / "es").mkdir()
    said = [
        _spanish(library.for_day(1, 1).skill, title="Mi lugar", body="Elige un lugar."),
        _spanish(library.of_kind(Kind.MOMENT)[0], title="Pienso en morir", body="Puede pasar."),
        *(_spanish(one, title=f"Un minuto: {one.id}") for one in library.of_kind(Kind.CHECKIN)),
    ]
    (folder / "content" / "es" / "some.yaml").write_text(yaml.safe_dump({"items": said}))
    return folder


def _spanish(item: Item, **texts: str) -> dict[str, object]:
    return item.model_dump(mode="json") | {
        "plain": "",
        "language": "es",
        "translation_of": item.id,
        "translates_version": item.version,
        **texts,
    }


@pytest.fixture
async def house(make_house: MakeHouse, own_data: Path) -> House:
    """A server with one cohort, on its first morning, with that content."""
    made = await make_house(content_dir=own_data)
    await made.start()
    await made.set_up()
    await made.cohort("River")
    return made


async def test_a_day_in_plain_words_and_in_spanish(house: House) -> None:
    """Two buttons under the post show it to the one who pressed, also after a restart."""
    ana = await house.member("Ana")
    await house.ask(house.kim, "prompt now", cohort="River", kind="daily")
    post = house.ours(house.at("daily"))[-1]
    assert post.buttons == ["See options", "Plain words", "Español"]
    plain = shown(await house.press(ana, post, "Plain words"))
    assert plain.ephemeral_for is ana
    assert "In plain words" in plain.text
    assert _PLAIN in plain.text
    await house.restart()
    spanish = shown(await house.press(ana, post, "Español"))
    assert "Mi lugar" in spanish.text
    assert spanish.buttons == ["Ver opciones"]
    assert spanish.ephemeral_for is ana


async def test_a_spanish_programme_gets_its_posts_in_spanish(
    make_house: MakeHouse, own_data: Path
) -> None:
    """What is translated is said in Spanish, the rest as it is, and the way back is English."""
    house = await make_house(content_dir=own_data)
    await house.start()
    await house.set_up(language="es")
    await house.cohort("River")
    ana = await house.member("Ana", locale="es-ES")
    await house.ask(house.kim, "prompt now", cohort="River", kind="daily")
    post = house.ours(house.at("diario"))[-1]
    assert "Mi lugar" in post.text
    assert post.buttons == ["Ver opciones", "En palabras simples", "English"]
    english = shown(await house.press(ana, post, "English"))
    assert "Set up my space" in english.text


async def test_a_moment_in_the_language_of_who_asks(house: House) -> None:
    """/moment lists and shows what there is in somebody's own language, and offers the other."""
    eva = house.guild.add_person("Eva", locale="es-ES")
    listed = shown(await house.ask(eva, "moment"))
    card = shown(await eva.choose(listed, "moment:pick:v1:", ["Pienso en morir"]))
    assert "Puede pasar." in card.text
    assert card.buttons[-1] == "English"
    assert "thoughts of dying" in shown(await house.press(eva, card, "English")).text


async def test_what_is_gone_since(house: House) -> None:
    """A button under an item that is not in the content any more says so and leaves a way."""
    ana = await house.member("Ana")
    listed = shown(await house.ask(ana, "moment"))
    first = load_library(house.options["content_dir"] / "content").of_kind(Kind.MOMENT)[0]
    card = shown(await ana.choose(listed, "moment:pick:v1:", [first.title]))
    _rename(card.components, f"content:said:v1:es:{first.id}", "content:said:v1:es:long-gone")
    gone = shown(await house.press(ana, card, "Español"))
    assert "no está en uso" in gone.text
    assert gone.buttons == ["Ver opciones"]


async def test_staff_find_and_read_items(house: House) -> None:
    """/library search lists, /library show tells sources and review; it is not for members."""
    found = shown(await house.ask(house.kim, "library search", words="set up my space"))
    assert "`w01d1-set-up-my-space`" in found.text
    nothing = shown(await house.ask(house.kim, "library search", words="xyzzy"))
    assert "Nothing found" in nothing.text
    notes = shown(await house.ask(house.kim, "library search", kind="facilitator"))
    assert notes.text.count("`facilitator-") == 12
    item = shown(await house.ask(house.kim, "library show", item="w01d1-set-up-my-space"))
    for part in ("Not yet reviewed", "In es: Mi lugar", _PLAIN, "samhsa.gov", "unsafe-home"):
        assert part in item.text
    missing = shown(await house.ask(house.kim, "library show", item="nothing"))
    assert "/library search" in missing.text
    ana = await house.member("Ana")
    hers = shown(await house.ask(ana, "library show", item="w01d1-set-up-my-space"))
    assert "samhsa" not in hers.text


async def test_a_preview_comes_with_the_note_for_staff(house: House) -> None:
    """/prompt preview shows the week's facilitator note, then the post, to staff alone."""
    [first] = [
        note
        for note in load_library(house.options["content_dir"] / "content").of_kind(Kind.FACILITATOR)
        if note.week == 1
    ]
    reply = await house.ask(house.kim, "prompt preview", cohort="River", day="today")
    note, post = reply.message, shown(reply)
    assert note is not None
    assert first.title in note.text
    assert first.id in note.text
    assert note.ephemeral_for is house.kim
    assert "Preview, for staff" in post.text


async def test_a_check_in_is_asked_in_the_other_language_too(house: House) -> None:
    """The words of the day have a button like any other item; the form stays as it is."""
    ana = await house.member("Ana")
    await house.ask(house.kim, "prompt now", cohort="River", kind="check-in")
    post = house.ours(house.at("daily"))[-1]
    assert post.buttons == ["Check in", "See options", "Español"]
    spanish = shown(await house.press(ana, post, "Español"))
    assert "Un minuto: checkin-" in spanish.text
    assert spanish.buttons == ["Ver opciones"]


async def test_staff_put_a_spare_skill_in_a_days_place(house: House) -> None:
    """It is shown as it will look, posted so, and said in plain words and in Spanish, too."""
    ana = await house.member("Ana")
    choices = await house.kim.autocomplete("prompt swap", "skill", "right", channel=house.general)
    [(name, skill)] = choices
    assert name == "What works, right now"
    reply = await house.ask(house.kim, "prompt swap", cohort="River", day="today", skill=skill)
    assert "What works, right now" in shown(reply).text
    await house.ask(house.kim, "prompt now", cohort="River", kind="daily")
    post = house.ours(house.at("daily"))[-1]
    assert "What works, right now" in post.text
    assert "Set up my space" not in post.text
    plain = shown(await house.press(ana, post, "Plain words"))
    assert "What works, right now" in plain.text
    late = shown(await house.ask(house.kim, "prompt swap", cohort="River", day="today"))
    assert "posted already" in late.text
    hers = shown(await house.ask(ana, "prompt swap", cohort="River", day="today", skill=skill))
    assert "for staff" in hers.text


async def test_a_reload_is_shown_before_it_is_used(house: House) -> None:
    """What would change and for whom is told first; it holds when a lead has pressed the button."""
    file = house.options["content_dir"] / "content" / "en" / "week-01.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Set up my space", "A spot of my own", 1), encoding="utf-8")
    card = shown(await house.ask(house.lee, "library reload"))
    today = house.clock.now() - timedelta(hours=6)
    assert "en/w01d1-set-up-my-space" in card.text
    assert f"River: {today:%a}" in card.text
    before = shown(await house.ask(house.kim, "prompt preview", cohort="River", day="today"))
    assert "Set up my space" in before.text
    assert "Only a lead" in shown(await house.ask(house.kim, "library reload")).text
    kept = shown(await house.press(house.lee, card, "Keep the old"))
    assert "The old content stays" in kept.text
    file.write_text(text.replace("Set up my space", "A spot for me", 1), encoding="utf-8")
    other = shown(await house.press(house.lee, card, "Use the new content"))
    assert "have changed since" in other.text
    file.write_text(text.replace("Set up my space", "A spot of my own", 1), encoding="utf-8")
    assert "Changed" in shown(await house.press(house.lee, card, "Use the new content")).text
    after = shown(await house.ask(house.kim, "prompt preview", cohort="River", day="today"))
    assert "A spot of my own" in after.text
    assert "No change" in shown(await house.ask(house.lee, "library reload")).text


async def test_a_suggestion_goes_before_staff(house: House) -> None:
    """With a name only if its author wants that; nothing of it is in the database."""
    ana = await house.member("Ana")
    for named in ("no", "yes"):
        form = await ana.slash("library suggest", house.general)
        answers = {"about": "Set up my space", "words": "More about buses, please.", "named": named}
        reply = await ana.submit(form, answers)
        await reply.filled()
        await house.r.quiet()
        receipt = shown(reply)
        assert ("without your name" in receipt.text) == (named == "no")
        card = house.ours(house.at("staff"))[-1]
        assert "More about buses" in card.text
        assert (f"<@{ana.id}>" in card.text) == (named == "yes")
    rows = [house.rows(f"SELECT * FROM {name}") for name in house.tables()]
    assert "buses" not in str(rows)


async def test_a_suggestion_with_danger_in_it(house: House) -> None:
    """Help comes first, privately, and staff get a care card; the suggestion arrives as well."""
    ana = await house.member("Ana")
    form = await ana.slash("library suggest", house.general)
    reply = await ana.submit(form, {"words": DANGER, "named": "no"})
    await reply.filled()
    await house.r.quiet()
    texts = [one.text for one in (reply.message, *reply.followups) if one]
    assert any("Support options" in text for text in texts)
    assert "without your name" in texts[-1]
    assert len(house.cards()) == 1


async def test_a_suggestion_that_cannot_be_put_before_staff(house: House) -> None:
    """Its author is told, and gets the words back."""
    ana = await house.member("Ana")
    form = await ana.slash("library suggest", house.general)
    house.r.faults.next("POST", rf"/channels/{house.at('staff').id}/messages", status=403)
    reply = await ana.submit(form, {"words": "More about buses, please.", "named": "no"})
    await reply.filled()
    answer = shown(reply)
    assert "could not put this before staff" in answer.text
    assert "More about buses" in answer.text
    assert answer.ephemeral_for is ana
    assert not any("buses" in one.text for one in house.ours(house.at("staff")))


async def test_suggestions_are_for_members(house: House) -> None:
    """Somebody who is in no group is told so, in a sentence."""
    sam = house.guild.add_person("Sam")
    assert "members of a group" in shown(await house.ask(sam, "library suggest")).text


def _rename(components: list[dict[str, object]], old: str, new: str) -> None:
    for part in components:
        if part.get("custom_id") == old:
            part["custom_id"] = new
        inner = part.get("components")
        if isinstance(inner, list):
            _rename(inner, old, new)
