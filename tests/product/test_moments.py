"""/ground and /moment: asked for by anybody, at any hour, seen by nobody else, kept nowhere."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.content.loader import load_library
from bot.content.model import Kind
from bot.paths import shipped_data
from bot.rehearsal.components import described, of_types
from tests.product.conftest import MakeHouse
from tests.product.harness import House, shown

LIBRARY = load_library(shipped_data() / "content")
MOMENTS, GROUNDING = LIBRARY.of_kind(Kind.MOMENT), LIBRARY.of_kind(Kind.GROUNDING)


async def test_a_moment_is_picked_from_the_pinned_message(river: House) -> None:
    """The list, the words for it, one small step, and always the way to a person."""
    ana = await river.member("Ana")
    pinned = river.ours(river.at("daily"))[0]
    listed = shown(await river.press(ana, pinned, "For a hard moment"))
    assert listed.ephemeral_for is ana
    reply = await ana.choose(listed, "moment:pick:v1:", [MOMENTS[0].title])
    card = shown(reply)
    assert card.ephemeral_for is ana
    assert MOMENTS[0].body in card.text
    assert MOMENTS[0].practice in card.text
    ways = ["Plain words", "Español"]
    assert card.buttons == ["Something to steady me", "Other moments", "See options", *ways]
    options = shown(await river.press(ana, card, "See options"))
    assert "Support options: United States" in options.text


async def test_one_way_to_steady_oneself_after_the_other(river: House) -> None:
    """*Another one* goes through all of them and begins again."""
    ana = await river.member("Ana")
    card = shown(await river.ask(ana, "ground"))
    seen = []
    for _ in range(len(GROUNDING) + 1):
        seen.append(next(one.id for one in GROUNDING if one.practice in card.text))
        card = shown(await river.press(ana, card, "Another one"))
    assert set(seen) == {one.id for one in GROUNDING}
    assert seen[0] == seen[-1]


async def test_a_card_shows_its_picture_with_words_for_it(river: House) -> None:
    """The picture comes after the text, its file goes along, and a screen reader hears the rest."""
    ana = await river.member("Ana")
    card = shown(await river.ask(ana, "ground"))
    without = with_one = 0
    for _ in range(len(GROUNDING)):
        item = next(one for one in GROUNDING if one.practice in card.text)
        galleries = of_types(card.components, {12})
        if item.picture is None:
            without += 1
            assert (galleries, card.attachments) == ([], [])
        else:
            with_one += 1
            kinds = [part["type"] for part in card.components[0]["components"]]
            assert kinds.index(12) > max(i for i, kind in enumerate(kinds) if kind == 10)
            assert described(card.components) == [item.picture.alt]
            (file,) = card.attachments
            assert (file["filename"], file["description"]) == (item.picture.file, item.picture.alt)
            assert galleries[0]["items"][0]["media"]["url"] == file["url"]
            sent = river.r.world.files[int(file["id"])]
            assert sent == LIBRARY.pictures[item.picture.file]
        card = shown(await river.press(ana, card, "Another one"))
    assert (with_one, without) == (4, len(GROUNDING) - 4)


async def test_nothing_of_it_is_kept_and_nobody_is_told(river: House) -> None:
    """The database is as before, and staff see nothing."""
    ana = await river.member("Ana")
    before = {name: river.rows(f"SELECT * FROM {name}") for name in river.tables()}
    listed = shown(await river.ask(ana, "moment"))
    await ana.choose(listed, "moment:pick:v1:", [MOMENTS[-1].title])
    await river.ask(ana, "ground")
    await river.r.quiet()
    assert {name: river.rows(f"SELECT * FROM {name}") for name in river.tables()} == before
    assert river.cards() == []


async def test_a_moment_that_is_gone_since(river: House) -> None:
    """A list of an older version still opens: it gives way to the list of today."""
    ana = await river.member("Ana")
    listed = shown(await river.ask(ana, "moment"))
    for part in listed.components[0]["components"]:
        for menu in part.get("components", ()):
            for option in menu.get("options", ()):
                option["value"] = "moment-of-last-year"
    again = shown(await ana.choose(listed, "moment:pick:v1:", [MOMENTS[0].title]))
    assert "Pick what fits" in again.text


async def test_without_content_the_way_to_a_person_is_left(
    make_house: MakeHouse, data: Path
) -> None:
    """When no content can be read, the sentence says so and the button is there."""
    broken = data.parent / "without-content"
    shutil.copytree(data, broken, ignore=shutil.ignore_patterns("en"))
    house = await make_house(content_dir=broken)
    await house.start()
    ana = house.guild.add_person("Ana")
    for command in ("moment", "ground"):
        card = shown(await house.ask(ana, command))
        assert "I can't open these cards right now" in card.text
        assert card.buttons == ["See options"]
