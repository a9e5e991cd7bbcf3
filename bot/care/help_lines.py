"""Which crisis lines stand on a help card, in which order, and how one is put in words.

Numbers go from the file to the card as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from babel import Locale

from bot.care.crisis_model import Audience, Country, Kind, Line, Number
from bot.texts import Translate, untranslated

_AUDIENCE_OF = {
    "abuse": (Audience.DV,),
    "violence": (Audience.DV,),
    "stalking": (Audience.DV,),
    "sexual-violence": (Audience.SV, Audience.DV),
    "overdose": (Audience.POISON,),
    "substance": (Audience.SUBSTANCE,),
    "eating": (Audience.EATING,),
    "intrusive-thoughts": (Audience.PERINATAL,),
}

# Lines of one group of people: on "More lines" for whoever looks for them, never guessed.
_GROUPS = {
    Audience.VETERANS,
    Audience.LGBTQ,
    Audience.TRANS,
    Audience.INDIGENOUS,
    Audience.YOUTH,
}

_AUDIENCES = {
    Audience.VETERANS: untranslated("veterans"),
    Audience.LGBTQ: untranslated("LGBTQ+ people"),
    Audience.TRANS: untranslated("trans people"),
    Audience.DV: untranslated("abuse by someone close"),
    Audience.SV: untranslated("sexual violence"),
    Audience.SUBSTANCE: untranslated("alcohol and drugs"),
    Audience.EATING: untranslated("eating"),
    Audience.POISON: untranslated("poison and overdose"),
    Audience.PERINATAL: untranslated("pregnancy and new parents"),
    Audience.INDIGENOUS: untranslated("Indigenous people"),
    Audience.YOUTH: untranslated("young people"),
}

_NOT_A_CRISIS_LINE = {
    Kind.WARMLINE: untranslated("A line to talk. Not a crisis line."),
    Kind.REFERRAL: untranslated("Helps you find care. Not a crisis line."),
    Kind.INFORMATION: untranslated("Gives information. Not a crisis line."),
}

_WHO = {
    "ambulance": untranslated("{number} (ambulance)"),
    "police": untranslated("{number} (police)"),
    "mobile": untranslated("{number} (mobile phone)"),
}


def choose(
    country: Country, categories: Iterable[str], language: str, places: int
) -> tuple[Line, ...]:
    """The lines for the first card, at most ``places``, the fitting ones first.

    At most two lines of the categories' own, then crisis lines for anyone: those that speak
    the reader's language first, then those for the whole country, then those known to be
    open day and night, else in the file's order. One that can be written to is kept among
    them if there is any.
    """
    lines = in_language(country, language)
    wanted = [audience for name in categories for audience in _AUDIENCE_OF.get(name, ())]
    fitting = [
        line
        for audience in dict.fromkeys(wanted)
        for line in lines
        if audience in line.audience
        and line.kind in (Kind.CRISIS, Kind.REFERRAL)
        and not _GROUPS.intersection(line.audience)
    ]
    everyone = sorted(
        (line for line in lines if line.for_anyone_in_crisis),
        key=lambda line: (
            language not in line.languages,
            line.region is not None,
            not line.is_24_7,
        ),
    )
    ordered = list({line.id: line for line in (*fitting[:2], *everyone)}.values())
    chosen = ordered[:places]
    if not any(line.written for line in chosen):
        in_writing = [line for line in ordered[places:] if line.written]
        chosen = chosen[: places - len(in_writing[:1])] + in_writing[:1]
    return tuple(chosen)


def in_language(country: Country, language: str) -> tuple[Line, ...]:
    """The active lines, a variant in the reader's language standing in for its original."""
    variants = {
        line.variant_of: line
        for line in country.active
        if line.variant_of and line.languages[0] == language
    }
    return tuple(variants.get(line.id, line) for line in country.active if not line.variant_of)


def everything(country: Country) -> tuple[Line, ...]:
    """Every active line, crisis lines for anyone first and what is no crisis line last."""
    return tuple(
        sorted(
            country.active,
            key=lambda line: (line.kind is not Kind.CRISIS, not line.for_anyone_in_crisis),
        )
    )


def one_or_other(items: Sequence[str], _: Translate) -> str:
    """``a or b or c``."""
    text = items[0]
    for item in items[1:]:
        text = _("{first} or {second}").format(first=text, second=item)
    return text


def emergency_text(country: Country, _: Translate) -> str:
    """The emergency numbers, with who answers where that is known: ``192 (ambulance) or …``."""
    return one_or_other(
        [
            _(_WHO[entry.who]).format(number=entry.dial) if entry.who else entry.dial
            for entry in country.emergency
        ],
        _,
    )


def line_text(line: Line, language: str, _: Translate) -> str:
    """One line as a point of a list: name, for whom, every way to reach it, hours, language."""
    ways = [*_ways(line, language, _), *_remarks(line, language, _)]
    address = _address(line, _)
    if address:
        ways.append(address)
    named = f"**{line.named(language)}**"
    whom = []
    if Audience.ANYONE not in line.audience:
        whom = [_(_AUDIENCES[audience]) for audience in line.audience]
    if line.region:
        whom.append(line.region)
    if whom:
        named += f" ({', '.join(whom)})"
    return f"- {named}: {' '.join(ways)}"


def ways_in_writing(line: Line, language: str, _: Translate) -> str:
    """How to reach a line without a voice call, as a point of a list."""
    ways = [*_text_ways(line, _)]
    if line.chat_url:
        ways.append(_address(line, _))
    return f"- **{line.named(language)}**: {' '.join(ways)}"


def _ways(line: Line, language: str, _: Translate) -> list[str]:
    ways = [_call(line.numbers, language, _)] if line.numbers else []
    ways += _text_ways(line, _)
    ways.insert(1, _hours(line, _))
    if line.tty:
        ways.append(_("TTY: {number}.").format(number=line.tty))
    return ways


def _call(numbers: tuple[Number, ...], language: str, _: Translate) -> str:
    shown = one_or_other([number.shown(language) for number in numbers], _)
    return _("Call {number}.").format(number=shown)


def _text_ways(line: Line, _: Translate) -> list[str]:
    ways = []
    if line.text_to and line.keywords:
        word = one_or_other(line.keywords, _)
        ways.append(_("Text {word} to {number}.").format(word=word, number=line.text_to))
    elif line.text_to:
        ways.append(_("Text {number}.").format(number=line.text_to))
    if line.whatsapp and line.whatsapp_hours:
        text = _("WhatsApp {number} ({hours}).")
        ways.append(text.format(number=line.whatsapp, hours=line.whatsapp_hours))
    elif line.whatsapp:
        ways.append(_("WhatsApp {number}.").format(number=line.whatsapp))
    if line.email:
        ways.append(_("Email {address}.").format(address=line.email))
    return ways


def _hours(line: Line, _: Translate) -> str:
    if line.is_24_7:
        return _("Open day and night.")
    if line.hours:
        return _("Open {hours}, local time.").format(hours=line.hours)
    if line.website or line.chat_url:
        return _("Hours vary: check the website.")
    return _("Hours vary.")


def _remarks(line: Line, language: str, _: Translate) -> list[str]:
    remarks = []
    if line.languages and language not in line.languages:
        names = Locale(language).languages
        spoken = ", ".join(names.get(tag, tag) for tag in line.languages)
        remarks.append(_("Languages: {languages}.").format(languages=spoken))
    if line.kind in _NOT_A_CRISIS_LINE:
        remarks.append(_(_NOT_A_CRISIS_LINE[line.kind]))
    return remarks


def _address(line: Line, _: Translate) -> str:
    """The web address, last in its line so that no full stop sticks to it."""
    if line.chat_url and line.chat_limited:
        return _("Chat (limited hours): {url}").format(url=line.chat_url)
    if line.chat_url:
        return _("Chat: {url}").format(url=line.chat_url)
    return _("Website: {url}").format(url=line.website) if line.website else ""
