"""The check-in as people see it: the invitation, the form, the receipt. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards import Button, Card, Choice, FieldKind, Form, FormField, Look, custom_id
from bot.care.coverage import stamp
from bot.checkins.model import Answers, CheckIn, ReachOut, Sleep
from bot.content.model import Item
from bot.texts import Translate, untranslated

_LINES = 25  # a cohort is smaller than this; the card stays within Discord's limit

MOOD_WORDS = {
    1: untranslated("1, very hard"),
    2: untranslated("2, hard"),
    3: untranslated("3, in between"),
    4: untranslated("4, okay"),
    5: untranslated("5, good"),
}
SLEEP_WORDS = {
    Sleep.POOR: untranslated("Poor"),
    Sleep.OK: untranslated("Okay"),
    Sleep.GOOD: untranslated("Good"),
}
REACH_OUT_WORDS = {
    ReachOut.NO: untranslated("No, thank you"),
    ReachOut.WHEN_YOU_CAN: untranslated("Yes, when they can"),
    ReachOut.TODAY: untranslated("Yes, today"),
}


def invitation_card(
    delivery_id: str, _: Translate, wording: Item | None = None, ways: Sequence[Button] = ()
) -> Card:
    """The scheduled message. It notifies nobody and counts nothing.

    Args:
        wording: the day's own words for it, so that it is not the same sentence every day.
        ways: to the same in plain words, or in another language.
    """
    asked = _("Would you like to take a minute to see how you are?")
    return Card(
        title=_("Check-in"),
        paragraphs=(
            f"**{wording.title}**\n{wording.body}" if wording else asked,
            _("Only you see the form. You can skip it, or any question in it."),
        ),
        rows=(
            (
                Button(_("Check in"), custom_id("checkin", "open", delivery_id), look=Look.MAIN),
                Button(_("See options"), custom_id("help", "open")),
                *ways,
            ),
        ),
        silent=True,
    )


def consent_card(subject: str, _: Translate) -> Card:
    """Comes before the form when the programme stores check-ins and has not asked this member."""
    return Card(
        title=_("Before you check in"),
        paragraphs=(
            _(
                "Your programme lets me keep your check-ins for the staff of your group, who can "
                "read the last one before group. They are locked, and gone after 30 days. This "
                "is your choice."
            ),
        ),
        rows=(
            (
                Button(_("Yes, keep mine"), custom_id("checkin", "yes", subject), look=Look.MAIN),
                Button(_("No, keep nothing"), custom_id("checkin", "no", subject)),
            ),
        ),
    )


def form(
    subject: str, skills: tuple[tuple[str, str], ...], _: Translate, *, screened: bool = True
) -> Form:
    """The form: five questions, under a minute, none of them required.

    Args:
        skills: id and title of this week's skills, at most 10.
        screened: whether the programme looks at words for signs of danger.
    """
    fields = [
        FormField(
            "mood",
            _("How are you?"),
            FieldKind.ONE_OF,
            choices=tuple(Choice(_(word), str(n)) for n, word in MOOD_WORDS.items()),
        ),
        FormField(
            "sleep",
            _("How was your sleep?"),
            FieldKind.ONE_OF,
            choices=tuple(Choice(_(word), value.value) for value, word in SLEEP_WORDS.items()),
        ),
    ]
    if skills:
        fields.append(
            FormField(
                "skills",
                _("Which skills did you use?"),
                FieldKind.ANY_OF,
                description=_("Any, or none. Both are fine"),
                choices=tuple(Choice(title, skill_id) for skill_id, title in skills),
            )
        )
    fields += [
        FormField(
            "reach_out",
            _("Would you like staff to reach out?"),
            FieldKind.ONE_OF,
            choices=tuple(Choice(_(word), value.value) for value, word in REACH_OUT_WORDS.items()),
        ),
        FormField(
            "words",
            _("In your own words, for yourself"),
            FieldKind.LONG,
            description=(
                _("Nobody reads this and it is not kept. I only look for signs of danger")
                if screened
                else _("Nobody reads this and it is not kept")
            ),
        ),
    ]
    return Form(custom_id("checkin", "send", subject), _("Check-in"), tuple(fields))


def staff_card(
    checkins: Sequence[CheckIn], skills: Mapping[str, str], member_count: int, _: Translate
) -> Card:
    """What staff read before group: the last check-in of each member who keeps theirs.

    Args:
        skills: titles by id, as far as they are known.
        member_count: of the cohort, so that silence is not read as absence.
    """
    lines = [
        f"- <@{one.user_id}>, {stamp(one.created_at)}: {_told(one, skills, _)}" for one in checkins
    ]
    count = _("{n} of {all} members have checked in during the last week and keep theirs.")
    return Card(
        title=_("Check-ins"),
        paragraphs=(
            count.format(n=len(checkins), all=member_count),
            "\n".join(lines[:_LINES]),
            _("This is a moment, not a measure. To skip a check-in means nothing by itself."),
        ),
    )


def _told(checkin: CheckIn, skills: Mapping[str, str], _: Translate) -> str:
    answers = checkin.answers
    parts = [
        _(MOOD_WORDS[answers.mood]) if answers.mood else "",
        _("sleep: {word}").format(word=_(SLEEP_WORDS[answers.sleep])) if answers.sleep else "",
        ", ".join(skills.get(skill, skill) for skill in answers.skills),
        _("asks you to reach out") if answers.reach_out is not ReachOut.NO else "",
    ]
    return "; ".join(filter(None, parts)) or _("nothing filled in")


def receipt_card(answers: Answers, kept: bool | None, coverage: str | None, _: Translate) -> Card:
    """Says what became of the answers, who reads them and when.

    Args:
        kept: True stored, False nothing kept, None could not be saved.
        coverage: who of the staff reads alerts now; empty when nobody was asked for, None when
            they could not be told.
    """
    if kept is None:
        fate = _("I could not save your answers, and nothing is kept. You can try again later.")
    elif kept:
        fate = _(
            "Your answers are kept, locked, for 30 days. Staff of your group can read the last "
            "one before group. Nobody reads it right away."
        )
    else:
        fate = _("Nothing is kept, and nobody reads it. It was for you.")
    paragraphs = [_("Thank you for taking a moment."), fate]
    if coverage is None:
        paragraphs.append(
            _(
                "I could not reach staff just now. No one has seen this. "
                "Please try again, or write to them yourself."
            )
        )
    elif answers.reach_out is not ReachOut.NO:
        asked = (
            _("I asked staff to reach out today.")
            if answers.reach_out is ReachOut.TODAY
            else _("I asked staff to reach out when they can.")
        )
        paragraphs.append(f"{asked} {coverage}".strip())
    return Card(
        title=_("Check-in"),
        paragraphs=tuple(paragraphs),
        rows=((Button(_("See options"), custom_id("help", "open")),),),
    )
