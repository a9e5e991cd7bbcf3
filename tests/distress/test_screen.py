"""What screening says about single texts: levels, context, whom it is about, spellings."""

from __future__ import annotations

import pytest

from bot.distress.model import NOTHING
from bot.distress.screen import Screener


@pytest.mark.parametrize(
    ("text", "level", "category", "about"),
    [
        ("i want to die", 2, "suicide", "self"),
        ("they'd be free without me", 2, "suicide", "self"),
        ("I'm going to kill myself tonight", 3, "suicide", "self"),
        ("i want to cut so bad right now", 2, "self-harm", "self"),
        ("took all my pills", 3, "overdose", "self"),
        ("i used and im scared", 2, "substance", "self"),
        ("slipped last night, called my sponsor, day 1 again", 1, "substance", "self"),
        ("he hits me", 2, "abuse", "self"),
        ("he put his hands round my throat", 3, "abuse", "self"),
        ("he said hes going to kill me if i leave", 3, "violence", "self"),
        ("im going to kill him when he comes home", 3, "violence", "other"),
        ("i was raped", 2, "sexual-violence", "self"),
        ("somebody put a tracker on my car", 2, "stalking", "self"),
        ("purging every meal again", 2, "eating", "self"),
        ("passed out in the shower, havent eaten in four days", 3, "eating", "self"),
        ("the voices are telling me to do it", 3, "psychosis", "self"),
        ("i left my 4 year old on his own in the flat to go score", 2, "dependent-at-risk", "self"),
        ("feeling kind of hopeless today", 1, "severe-distress", "self"),
        ("my friend keeps saying she wants to die", 2, "third-party", "other"),
        ("my sister died by suicide last spring and i miss her", 1, "bereavement", "died"),
        ("just kill yourself already nobody likes you", 2, "harassment", "target"),
        ("day 2 off booze and i just had a seizure", 3, "medical", "self"),
    ],
)
def test_a_statement_has_its_level_category_and_person(
    screener: Screener, text: str, level: int, category: str, about: str
) -> None:
    """Each kind of statement comes out as the issue of the detector has it."""
    finding = screener.screen(text)
    assert (finding.level, finding.about) == (level, about)
    assert category in finding.categories


def test_feared_thoughts_of_harm_are_never_violence(screener: Screener) -> None:
    """A parent with unwanted pictures of harm gets the card for that, not an alarm."""
    finding = screener.screen("i have horrible pictures of hurting my baby. i'd die before i did")
    assert finding.categories[0] == "intrusive-thoughts"
    assert "violence" not in finding.categories
    assert finding.level == 2


@pytest.mark.parametrize(
    ("quiet", "loud"),
    [
        ("i'm not suicidal, just tired", "not gonna lie i'm suicidal"),
        ("i don't want to kill myself", "i can't promise i won't kill myself tonight"),
        ("five years ago i wanted to kill myself", "i want to kill myself again"),
        ('the article said "i want to die" is common to hear', "> i want to die\nthat's me"),
        ("the training covers suicidal thoughts", "the training was fine and i want to die"),
        ("kms this queue lol", "i want to kms tonight"),
        ("i died 14 times on that boss", "i want to actually die not in game"),
        ("where is the suicide prevention group", "i want to kill myself, where is group"),
        ("my phone is dying", "i am dying to be gone, i want to die"),
        ("cut myself shaving, classic", "i cut myself again last night"),
    ],
)
def test_context_quiets_one_and_not_its_pair(screener: Screener, quiet: str, loud: str) -> None:
    """For every way to be harmless there is the one that looks like it and is not."""
    assert screener.screen(quiet).level < 2
    assert screener.screen(loud).level >= 2


@pytest.mark.parametrize(
    "text",
    [
        "lol i am going to kill myself tonight",
        "the slide said hi. i am not safe with myself",
        "in the game tomorrow, and i just tried to hang myself last night",
    ],
)
def test_nothing_quiets_stated_intent_with_time_or_an_attempt_just_now(
    screener: Screener, text: str
) -> None:
    """Laughing, teaching and games around it do not hide it."""
    assert screener.screen(text).level == 3


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("i want to k1ll myself", "leet"),
        ("i want to k*ll myself", "censored"),
        ("k i l l  m y s e l f", "spaced"),
        ("i want to dieeeee", "stretched"),
        ("i am suicdial", "typo"),
        ("iwanttodie", "joined"),
        ("i want to unalive myself", "plain"),
        ("sewerslide is on my mind", "algospeak"),
        ("su icide is on my mind", "plain"),
        ("i want to ki\u200bll mys\u2060elf", "plain"),
        ("і wаnt tо dіе", "plain"),
        ("ｉ ｗａｎｔ ｔｏ ｄｉｅ", "plain"),
        ("i want to **d**ie ||myself||, i want to ki||ll|| myself", "plain"),
    ],
)
def test_evasions_are_read_and_say_how(screener: Screener, text: str, view: str) -> None:
    """However it is spelled, it is found, and the view says how it was read."""
    finding = screener.screen(text)
    assert finding.level >= 2
    assert view in {rule.view for rule in finding.rules}


def test_spans_point_at_the_original_text(screener: Screener) -> None:
    """A span is in code points of what was typed, whatever was folded away before it."""
    text = "\u200b\u200b𝓱𝓲 😀 I want to kill m\u0301yself"
    spans = {text[slice(*rule.span)] for rule in screener.screen(text).rules}
    assert "want to kill m\u0301yself" in spans


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("je veux mourir", "fr"),
        ("eu quero morrer", "pt"),
        ("ich will sterben", "de"),
        ("voglio morire", "it"),
        ("ik wil dood", "nl"),
        ("gusto ko nang mamatay", "tl"),
        ("我想死", "zh"),
        ("أريد أن أموت", "ar"),
        ("me quiero morir", "es"),
    ],
)
def test_other_languages_are_heard_with_and_without_being_told(
    screener: Screener, text: str, language: str
) -> None:
    """The language may be given or not; an unknown one hides nothing."""
    assert screener.screen(text).level >= 2
    assert screener.screen(text, language).level >= 2
    assert screener.screen(text, "xx").level >= 2


def test_a_small_lexicon_is_not_read_when_the_language_is_another(screener: Screener) -> None:
    """A known language spares the false friends of the small lexicons."""
    assert screener.screen("je veux mourir", "en") == NOTHING


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\u200b", "?!", "😀"])
def test_blank_text_says_nothing(screener: Screener, text: str) -> None:
    """Blank text is level 0, without a rule."""
    assert screener.screen(text) == NOTHING


def test_an_entry_that_is_off_does_not_fire(screener: Screener) -> None:
    """A programme can mute an entry; the rest goes on."""
    ids = {rule.id for rule in screener.screen("he hits me").rules}
    assert screener.without(ids).screen("he hits me") == NOTHING
    assert screener.without(ids).screen("i want to die").level == 2
