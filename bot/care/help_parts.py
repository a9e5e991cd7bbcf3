"""The sentences, menus and buttons that help cards share. Pure."""

from __future__ import annotations

from bot.cards import Button, Choice, Look, Select, custom_id
from bot.care.crisis_lines import BUILT_IN, CrisisLines, sorting_key
from bot.care.crisis_model import Country, Line
from bot.care.help_lines import emergency_text, in_language, ways_in_writing
from bot.care.help_request import HelpRequest
from bot.care.help_words import may_be_watched
from bot.texts import Translate

_MENU = 25


def emergency_sentence(lines: CrisisLines | None, country: str | None, _: Translate) -> str:
    """Whom to call in danger, for a pinned message or a receipt."""
    found = (lines or BUILT_IN).country(country)
    if found is None:
        return local_emergency(_)
    return _("If you or someone else is in danger now: call {emergency}.").format(
        emergency=emergency_text(found, _)
    )


def country_menus(request: HelpRequest, _: Translate) -> tuple[Select, ...]:
    """The countries by name, in as few menus as Discord's 25 choices allow, evenly filled."""
    names = request.known.countries
    choices = sorted(
        (Choice(label=name.shown(request.language), value=code) for code, name in names.items()),
        key=lambda choice: sorting_key(choice.label),
    )
    pages = -(-len(choices) // _MENU)
    size = -(-len(choices) // pages) if pages else 0
    groups = [choices[i * size : (i + 1) * size] for i in range(pages)]
    return tuple(
        Select(
            custom_id("help", "country", f"{request.subject}.{page}"),
            _("{first} to {last}").format(first=group[0].label, last=group[-1].label),
            tuple(group),
        )
        for page, group in enumerate(groups, start=1)
    )


def if_it_fails(
    lines: tuple[Line, ...], country: Country, request: HelpRequest, _: Translate
) -> str:
    shown = (*lines, *country.emergency)
    if all(entry.verified_on for entry in shown):
        return ""
    return _("If this doesn't connect: {emergency} or {directory}").format(
        emergency=emergency_text(country, _), directory=request.directory
    )


def if_watched(lines: tuple[Line, ...], request: HelpRequest, _: Translate) -> str:
    """What somebody whose phone is looked at may need to know; of bills only what is known."""
    if not may_be_watched(request.topics):
        return ""
    told = _(
        "If someone checks your phone, what you open or call may show there. "
        "Another phone may be safer."
    )
    for line in lines:
        if line.shows_on_bill is not None:
            text = (
                _("Calls to {name} may show on a phone bill.")
                if line.shows_on_bill
                else _("Calls to {name} do not show on a phone bill.")
            )
            told += " " + text.format(name=line.named(request.language))
    return told


def is_it_free(request: HelpRequest, _: Translate) -> str:
    """What is known of the cost, and no more."""
    told = _(
        "Many lines cost nothing. A text may cost what a text costs you. "
        "I can't see your phone plan, so check the website if you are not sure."
    )
    for line in request.here.active if request.here else ():
        if line.free:
            told += " " + _("This one is free: {name}.").format(name=line.named(request.language))
    return told


def in_writing(request: HelpRequest, _: Translate) -> str:
    country = request.here
    lines = in_language(country, request.language) if country else ()
    ways = [
        ways_in_writing(line, request.language, _)
        for line in lines
        if line.written and line.for_anyone_in_crisis
    ]
    if not ways:
        return written_elsewhere(request, _)
    return "\n".join((_("You can write. These take a text, a chat or an email:"), *ways))


def written_elsewhere(request: HelpRequest, _: Translate) -> str:
    return _("- **Without a voice call**: look for text or chat lines at {directory}").format(
        directory=request.directory
    )


def local_emergency(_: Translate) -> str:
    return _("If you or someone else is in danger now: call your local emergency number.")


def who_reads(request: HelpRequest, _: Translate) -> str:
    return f"{program(_)} {request.coverage}".strip()


def program(_: Translate) -> str:
    return _("I'm a program. No person sees this right away.")


def open_button(_: Translate, subject: str = "") -> Button:
    return Button(_("See options"), custom_id("help", "open", subject), look=Look.MAIN)


def back_button(request: HelpRequest, _: Translate) -> Button:
    return Button(_("Back to the options"), custom_id("help", "open", request.subject))


def barriers_button(request: HelpRequest, _: Translate) -> Button:
    named = custom_id("help", "barriers", request.subject)
    return Button(_("What might get in the way?"), named, look=Look.MAIN)


def staff_button(request: HelpRequest, _: Translate) -> Button:
    return Button(_("Ask staff to talk to me"), custom_id("help", "staff", request.subject))


def elsewhere_button(request: HelpRequest, _: Translate) -> Button:
    return Button(_("I'm somewhere else"), custom_id("help", "elsewhere", request.subject))
