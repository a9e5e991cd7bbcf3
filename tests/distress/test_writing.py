"""However it is written: every way to hide a word, each found, and what only looks like one."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files

import pytest

from bot.distress.fragments import FragmentWindow
from bot.distress.screen import Screener

FOUND = {
    "leet": [
        "i w4nt t0 d1e", "k!ll my$elf thoughts", "5uic1d4l again", "1 w4nt 2 h4ng my53lf",
        "|<ill myself", "pl3ase k1ll m3", "qu13r0 m0r1r", "k1llmys3lf",
    ],
    "signs between letters": [
        "k i l l  m y s e l f", "thinking about s.u.i.c.i.d.e", "k/i/l/l myself", "s~u~i~c~i~d~e",
        "k🔪i🔪l🔪l myself", "i . w a n t . t o . d i e", "i   w a n t   t o   d i e",
        "s\nu\ni\nc\ni\nd\ne", "⒦⒤⒧⒧ myself", "i want to d-i-e", "k>i>l>l myself",
    ],
    "parts of words": [
        "ki ll my self", "im going to over dose tonight", "su-ici-de thoughts",
        "wanna k ill my self", "un alive my self", "sui cidal thoughts",
        "i want to k\\ill myself",
    ],
    "run together": [
        "iwanttodie", "#iwanttodie", "i.want.to.die", "i_want_to_die", "idontwannabehereanymore",
        "nobodywouldcareifidied", "wanna killmyself", "mequieromatar",
    ],
    "censored": [
        "i want to k*** myself", "k*ll myself", "k##l myself", "su***de thoughts", "s**cidal",
        "i was r*ped", "s*lf-h*rm urges", "k██l myself", "s@icide thoughts", "unal!ve thoughts",
        "i want to be d*d", "*ill myself", "sl*t my wr*sts",
    ],
    "without vowels": [
        "kll myslf", "i wnt to kll myslf", "kxll myself",
    ],
    "code": [
        "kermit sewer slide tonight", "unaliv thoughts", "s/h urges", "sui thoughts",
        "ctb tonight", "i want to self delete", "krill myself", "kmsing tomorrow", "he graped me",
        "got sa'd by my ex", "the forever nap sounds good", "self d word",
        "uninstalling life soon", "grippy socks again soon",
    ],
    "signs for words": [
        "i want to ☠️", "🔫 to my head", "me ➡️ ⚰️ tonight", "💊💊💊 all of them 👋", "🔪🩸 again",
        "nobody would care if i ⚰️", "🪢 is ready", "i want to :skull: myself :gun:",
    ],
    "slips": [
        "i wnat to kill mysefl", "suiicide", "sucidial thougths", "hnag myself",
        "i overdsoed last nite", "i want ot die", "he chocked me til i passed out",
        "wihs i was nevr born", "dont wana liv anymor",
    ],
    "stretched": [
        "i want to dieeee so baddd", "kiiiiill meeee i want to", "suiciiiidal", "killl meee pls",
    ],
    "dictation": [
        "i want two die", "i just want to dye", "thinking about sue aside",
        "eye want to end my life", "don't want to be hear anymore",
        "every one would be better off with out me", "i want to die full stop",
        "i wanna um kill uh myself", "i'm suicide all again",
    ],
    "discord": [
        "||kill myself|| is all i think", "i want to d||i||e", "ki**ll** myself",
        "`suicide` thoughts", "```\ni want to die\n```", "ki<:blob:123456789012345678>ll myself",
        "# i want to die", "-# i want to die", "[i want to die](https://example.com/a)",
        "sui`cide` plans",
    ],
    "letters": [
        "𝖎 𝖜𝖆𝖓𝖓𝖆 𝖉𝖎𝖊", "ѕυιcι∂αℓ", "ꜱᴜɪᴄɪᴅᴀʟ", "🅺🅸🅻🅻 🅼🆈🆂🅴🅻🅵", "ŠǗĪĈĪĎÊ thoughts", "ｋｙｓ",
        "k̷i̷l̷l̷ m̷y̷s̷e̷l̷f̷", "🇰 🇮 🇱 🇱 myself", "Ꭵ ᏇᏗᏁᎿ ᎿᎧ ᎴᎥᏋ", "ꓗꓲꓡꓡ myself",
        "su\u00adi\u200dci\u2060de",
    ],
}  # fmt: skip
ORDINARY = [
    "my v8 sounds like it is dying, mechanic quoted me $1,200",
    "k8s pods are down again, b4 group", "gr8 job m8", "1v1 me on rust, you won't",
    "c++ templates are longer than my thesis", "uploaded it to s3 with the wrong acl",
    "i18n strings are due friday", "chmod +x run.sh", "put it in /usr/local/bin as deploy.sh",
    "OD appointment at 3, -2.75 both eyes", "order #A4-77821-K shipped, ETA 12/04",
    "555-0139 ext. 42 is the front desk", "lol :-) see u @ 7 <3 <3 xD ¯\\_(ツ)_/¯",
    "kill -9 the pid, it's a zombie", "m*a*s*h reruns all weekend",
    "f*** this weather, holy sh*t, h*ll no", "h.a.l.t. hungry angry lonely tired",
    "y e s and c o n g r a t s", "2day is 2 yrs sober, 4ever grateful 4 this group",
    "my hrt appointment went great", "shh the baby's asleep", "i want to dye my hair",
    "kermit the frog is my support amphibian", "self-care, self-help, well-being",
    "||snape kills dumbledore||", "for (int i=0; i<n; i++) sum += a[i];",
    "wannabe is stuck in my head", "that meme 💀💀", "💊 reminder set for 8am",
    "🔪🥕 meal prep sunday", "Привет всем, как дела", "hi all 👋 new here",
    "b*tch please, pineapple belongs on pizza", "he is a rapper, not a diet", "¡qué día!",
]  # fmt: skip
# Arabic, which has a lexicon of its own, and an accent that takes the place of a space.
_LEFT_AS_THEY_ARE = {*map(chr, range(0x600, 0x700)), "\u037a"}
CORE = ["i want to kill myself", "i am suicidal", "i want to die", "thinking about suicide"]


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=f"{way}-{text}") for way, texts in FOUND.items() for text in texts],
)
def test_every_way_of_writing_is_heard(screener: Screener, text: str) -> None:
    """What would be found in plain spelling is found in this one too."""
    assert screener.screen(text).level >= 2


@pytest.mark.parametrize("text", ORDINARY)
def test_signs_and_digits_in_ordinary_talk_hide_nothing(screener: Screener, text: str) -> None:
    """Codes, prices, smileys, swearing and programs are no disguise."""
    assert screener.screen(text).level < 2


def _leet(table: str) -> Callable[[str], str]:
    return lambda text: text.translate(
        str.maketrans(dict(zip(table[::2], table[1::2], strict=True)))
    )


def _apart(sign: str) -> Callable[[str], str]:
    return lambda text: " ".join(
        sign.join(word) if len(word) > 2 else word for word in text.split()
    )


@pytest.mark.parametrize(
    "disguise",
    [
        *(_leet(table) for table in ("a4e3i1o0", "a@e3i!s$", "i|o0s5t7", "a^l1e3", "i1s5o0t+")),
        *(_apart(sign) for sign in " .-_~/|,+:=^·♡»"),
        *(
            _apart(sign)
            for sign in ("\u200b", "\u200d", "\u2060", "\u00ad", "\u0336", "\u20dd", "||")
        ),
        lambda text: text.replace(" ", "_"),
        lambda text: text.replace(" ", ""),
        lambda text: " ".join(text.replace(" ", "")),
        lambda text: "\n".join(text.split()),
        lambda text: " ".join(f"**{word}**" for word in text.split()),
        str.upper,
        str.title,
    ],
)
@pytest.mark.parametrize("text", CORE)
def test_one_rule_for_every_sentence(
    screener: Screener, text: str, disguise: Callable[[str], str]
) -> None:
    """A disguise works on whole sentences as well as on one word."""
    assert screener.screen(disguise(text)).level >= 2


def test_every_letter_that_unicode_holds_for_confusable_is_read(screener: Screener) -> None:
    """Any one letter of a word may come from anywhere; Arabic is left to its own lexicon."""
    table = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    missed = []
    for place, letter in enumerate(word := "suicidal"):
        for row in (*table[letter], *table[letter.upper()]):
            other = row["c"]
            if len(other) > 1 or not other.isalpha() or other in _LEFT_AS_THEY_ARE:
                continue
            if screener.screen(f"i am {word[:place]}{other}{word[place + 1 :]}").level < 2:
                missed.append(other)
    assert missed == []


def test_real_words_are_not_taken_for_mistyped_ones(screener: Screener) -> None:
    """The lists of real words hold: none of them is read as another word."""
    speller = screener._speller
    listed = {*screener.compiled.not_typos, *screener.compiled.common}
    assert [word for word in sorted(listed) if speller.read(word)[1] in ("typo", "joined")] == []


@pytest.mark.parametrize(
    "pieces",
    [
        ["i wanna", "ki", "ll", "myself"],
        ["i want", "t", "o", "d", "i", "e"],
        ["i", "really", "really", "just", "want", "to", "go", "and", "kill", "myself", "tonight"],
        ["cant stop thinking about", "sui", "cide"],
        ["wish", "i", "was", "never", "born"],
    ],
)
def test_pieces_of_any_size_are_put_together(screener: Screener, pieces: list[str]) -> None:
    """Sentences and words broken over many messages are heard."""
    window = FragmentWindow(screener)
    levels = [window.feed(1, 1, i, piece, float(i)).level for i, piece in enumerate(pieces)]
    assert max(levels) >= 2


def test_what_is_quiet_when_read_whole_is_not_glued_into_something_else(
    screener: Screener,
) -> None:
    """An idiom over two messages stays an idiom."""
    window = FragmentWindow(screener)
    pieces = ["i want", "to die laughing", "at this meme"]
    assert {window.feed(1, 1, i, piece, float(i)).level for i, piece in enumerate(pieces)} == {0}
