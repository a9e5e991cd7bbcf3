"""The help card: what a member sees, privately, when help is offered or asked for. Pure.

A card names its country and can be told at once that the member is somewhere else. At level 3
the emergency number comes first. There is always a way without a voice call. The first card
is short; what may keep somebody from calling is answered on a second one, since answering it
helps more than one more number does (Jaroszewski, Morris and Nock 2019).

``custom_id`` of the buttons: ``help:<action>:v1:<subject>``; :func:`place_of` reads the
subject back. ``help:country`` is a menu whose value is a country's code.
"""

from __future__ import annotations

from bot.cards import Button, Card, custom_id
from bot.care.crisis_lines import is_country
from bot.care.help_lines import choose, emergency_text, everything, line_text
from bot.care.help_parts import (
    back_button,
    barriers_button,
    country_menus,
    elsewhere_button,
    emergency_sentence,
    if_it_fails,
    if_watched,
    in_writing,
    is_it_free,
    local_emergency,
    open_button,
    program,
    staff_button,
    who_reads,
    written_elsewhere,
)
from bot.care.help_request import HelpPlace, HelpRequest, place_of
from bot.care.help_words import opening
from bot.texts import Translate

__all__ = [
    "HelpPlace",
    "HelpRequest",
    "agreement_card",
    "barriers_card",
    "coping_card",
    "country_menu",
    "direct_message_reply",
    "emergency_sentence",
    "help_card",
    "more_lines_card",
    "neutral_line",
    "place_of",
]

_PLACES = 4  # points on the first card, the emergency number among them
_URGENT = 3
_EMERGENCY_FIRST = {"overdose", "medical"}


def help_card(request: HelpRequest, _: Translate) -> Card:
    """The first card."""
    country = request.here
    if country is None:
        return _card_without_country(request, _)
    lines = choose(country, request.topics, request.language, _PLACES - 1)
    if any(line.written for line in lines):
        points = [line_text(line, request.language, _) for line in lines]
    else:
        points = [line_text(line, request.language, _) for line in lines[: _PLACES - 2]]
        points.append(written_elsewhere(request, _))
    danger = emergency_sentence(request.lines, request.country, _)
    words = [opening(request.level, request.topics, _)]
    if _emergency_first(request):
        words.insert(0, danger)
    else:
        points.append(f"- {danger}")
    return Card(
        title=_("Support options: {country}").format(country=request.country_name),
        paragraphs=_kept(
            *words,
            "\n".join(points),
            if_it_fails(lines, country, request, _),
            if_watched(lines, request, _),
            who_reads(request, _),
        ),
        rows=(
            (
                barriers_button(request, _),
                Button(_("More lines"), custom_id("help", "more", request.subject)),
                staff_button(request, _),
                elsewhere_button(request, _),
            ),
        ),
    )


def country_menu(request: HelpRequest, _: Translate) -> Card:
    """Asks which country to show; each menu's value is the country's code."""
    if not request.known.countries:
        return _card_without_country(request, _)
    return Card(
        title=_("Which country are you in?"),
        paragraphs=(
            _("Pick one below, and I show what I have for it."),
            _(
                "Is it not in the list? In danger, call your local emergency number. "
                "For lines near you: {directory}"
            ).format(directory=request.directory),
        ),
        rows=country_menus(request, _),
    )


def barriers_card(request: HelpRequest, _: Translate) -> Card:
    """Short honest answers to what may get in the way of reaching out."""
    answers = (
        (
            _("Will police come?"),
            _(
                "Most talks end as a talk. If they think a life is in danger right now, some "
                "lines may send help. You can ask about this first, before you say more."
            ),
        ),
        (
            _("Is it free?"),
            is_it_free(request, _),
        ),
        (_("I don't want to talk out loud."), in_writing(request, _)),
        (
            _("My problem isn't bad enough."),
            _("You don't have to be in danger to get in touch. If it weighs on you, it counts."),
        ),
        (
            _("I don't want to be a burden."),
            _("The people who answer chose to do this. A talk with you is what the line is for."),
        ),
    )
    return Card(
        title=_("What might get in the way?"),
        paragraphs=tuple(f"**{question}**\n{answer}" for question, answer in answers),
        rows=((back_button(request, _), staff_button(request, _)),),
    )


def more_lines_card(request: HelpRequest, _: Translate) -> Card:
    """Every line of the country, and the directories."""
    country = request.here
    more = [f"- **{entry.name}**: {entry.url}" for entry in request.known.directory]
    directories = "\n".join((_("Lists of lines in many countries:"), *more))
    if country is None:
        return Card(
            title=_("More lines"),
            paragraphs=(local_emergency(_), directories),
            rows=((back_button(request, _),),),
        )
    name = request.country_name
    lines = everything(country)
    return Card(
        title=_("More lines: {country}").format(country=name),
        paragraphs=_kept(
            _("In danger now: call {emergency}.").format(emergency=emergency_text(country, _)),
            "\n".join(line_text(line, request.language, _) for line in lines),
            if_it_fails(lines, country, request, _),
            directories,
        ),
        rows=((back_button(request, _), elsewhere_button(request, _)),),
    )


def neutral_line(_: Translate) -> Card:
    """The public line: the same for every level and everybody, a reply to nobody."""
    return Card(
        paragraphs=(_("Support options are here any time. Only you see what opens."),),
        rows=((open_button(_, "line"),),),
        silent=True,
        framed=False,
    )


def coping_card(_: Translate) -> Card:
    """Level 1, private: two small things to try, and the way to more."""
    return Card(
        title=_("A small pause, if you like"),
        paragraphs=(
            _("Some words made me offer this. I can be wrong. You can skip it."),
            _(
                "- Let your feet touch the floor. Look around and name five things you see.\n"
                "- Or hold something cool, and let each breath out be a bit longer than the one in."
            ),
            _("If you would like to talk with someone, the button shows ways. Only you see them."),
            program(_),
        ),
        rows=((open_button(_),),),
    )


def agreement_card(_: Translate) -> Card:
    """For somebody whose words may have wounded a peer: the group agreement, without blame."""
    return Card(
        title=_("A word on our group agreement"),
        paragraphs=(
            _(
                "Some of your words may hurt the person they were meant for. I can be wrong. "
                "In this group we speak with care, also when we are angry."
            ),
            _(
                "Would you like to change or delete the message? Staff may look at it. "
                "If something weighs on you, there are ways to talk about it too."
            ),
            program(_),
        ),
        rows=((open_button(_),),),
    )


def direct_message_reply(_: Translate) -> Card:
    """The answer to every direct message."""
    return Card(
        paragraphs=(
            _("I'm a program. No person reads this."),
            _("If you would like support, the button shows your options."),
        ),
        rows=((open_button(_),),),
    )


def _card_without_country(request: HelpRequest, _: Translate) -> Card:
    known = request.known.countries
    missing = ""
    if not known:
        missing = _("I can't open my list of lines right now. These pages have lines to choose:")
    elif is_country((request.country or "").upper()):
        missing = _("I have no lines for {country} yet. These pages may have some:").format(
            country=request.country_name
        )
    pages = [f"- **{entry.name}**: {entry.url}" for entry in request.known.directory[: _PLACES - 2]]
    question = _("Which country are you in? Pick it below, and I show what I have for it.")
    return Card(
        title=_("Support options"),
        paragraphs=_kept(
            local_emergency(_),
            opening(request.level, request.topics, _),
            missing or _("These pages list lines to call, text or chat with, by country:"),
            "\n".join(pages),
            question if known else "",
            if_watched((), request, _),
            who_reads(request, _),
        ),
        rows=(
            *country_menus(request, _),
            (barriers_button(request, _), staff_button(request, _)),
        ),
    )


def _emergency_first(request: HelpRequest) -> bool:
    return request.level >= _URGENT or not _EMERGENCY_FIRST.isdisjoint(request.topics)


def _kept(*paragraphs: str) -> tuple[str, ...]:
    return tuple(paragraph for paragraph in paragraphs if paragraph)
