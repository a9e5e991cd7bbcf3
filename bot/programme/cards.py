"""The cards by which people come in: start here, the invitation, the join card, its form. Pure."""

from __future__ import annotations

from bot.cards import Button, Card, Choice, FieldKind, Form, FormField, Look, custom_id
from bot.content.on_demand import moment_button
from bot.programme.model import (
    CheckIns,
    Choices,
    Cohort,
    Detection,
    Member,
    Programme,
    Route,
)
from bot.texts import Translate, untranslated

ROUTES = {
    Route.DIRECT: (
        untranslated("A direct message from this bot"),
        untranslated("I test it now. If one ever fails, I post the line in the channel"),
    ),
    Route.CHANNEL: (
        untranslated("A line in the channel with a button"),
        untranslated("It names nobody, but others may guess who it is for"),
    ),
    Route.BUTTON: (
        untranslated("Only the pinned button"),
        untranslated("I post nothing. You press the button when you want to"),
    ),
}


def support_buttons(_: Translate) -> tuple[Button, ...]:
    """The two buttons that are the same everywhere, every day."""
    return (
        Button(_("See options"), custom_id("help", "open"), look=Look.MAIN),
        Button(_("Ask staff to talk to me"), custom_id("help", "staff")),
    )


def support_card(coverage: str, emergency: str, _: Translate) -> Card:
    """The pinned message: where help is, and who may see a call for it."""
    return Card(
        title=_("Support options"),
        paragraphs=(
            _("Help is here any time, for any reason. Press “See options”. Only you see it."),
            coverage,
            emergency,
            _(
                "This is a place for support and skills between groups. It is not therapy, medical "
                "care or an emergency service. Staff do not read it day and night."
            ),
        ),
        rows=((*support_buttons(_), moment_button(_)),),
    )


def ended_card(emergency: str, _: Translate) -> Card:
    """What the pinned message of an archived cohort says."""
    return Card(
        title=_("This group has ended"),
        paragraphs=(_("No one of the staff looks here any more. You can still read."), emergency),
        rows=((Button(_("See options"), custom_id("help", "open"), look=Look.MAIN),),),
    )


def topic(programme: Programme, _: Translate) -> str:
    """What stands under a channel's name: the limits, in one breath (at most 1024 characters)."""
    return _(
        "Support and skills between groups. Not therapy, not an emergency service. {hours} "
        "Press “See options” in the pinned message for help."
    ).format(hours=_staffed_hours(programme, _))


def _staffed_hours(programme: Programme, _: Translate) -> str:
    hours = programme.hours.told(_)
    if not hours:
        return _("Staff have no set hours here. No one may see your post.")
    return _("Staffed hours: {hours} ({zone}). Outside them no one may see your post.").format(
        hours=hours, zone=programme.zone
    )


def invitation_card(cohort: Cohort, user_id: int, _: Translate) -> Card:
    """What waits in a private thread for somebody who is invited; notifies them alone."""
    return Card(
        title=_("You are invited"),
        paragraphs=(
            f"<@{user_id}>",
            _(
                "Your programme invites you to a small private group here. Take your time. "
                "Read first, then choose. Nothing about you is saved before you say yes."
            ),
        ),
        rows=(
            (
                Button(
                    "Read and choose",
                    custom_id("join", "read", f"{cohort.id}.en.{user_id}"),
                    look=Look.MAIN,
                ),
                Button(
                    "Leer y elegir (español)",
                    custom_id("join", "read", f"{cohort.id}.es.{user_id}"),
                ),
            ),
        ),
        ping_users=(user_id,),
    )


def join_card(programme: Programme, cohort: Cohort, language: str, _: Translate) -> Card:
    """What somebody reads before they say yes, in week 5 as on day 1.

    Says what section 6.4 of privacy-and-platform asks for: what this is, who sees what, alerts,
    limits of confidentiality, choice, data, age, contact.
    """
    paragraphs = [
        _(
            "**What this is.** A small group for support and skills between sessions. You can "
            "join at any week. It is not therapy, medical care or an emergency service."
        ),
        _("**When staff look.** {hours}").format(hours=_staffed_hours(programme, _)),
        _(
            "**Who sees what.** The people in this group and its staff see what you post. "
            "Discord can read it too. Others in this server can see your name and your role "
            "“{name}”. Anyone who shares a server with you can see that on your profile."
        ).format(name=cohort.name),
        _(
            "**The group’s agreement.** Be kind. What is said here stays here. No screenshots. "
            "Tell your own story, not somebody else’s. Ask before you give advice. Leave out "
            "details of use or harm. You can pass at any time. You don’t have to fix each other: "
            "in the menu of a message anybody here can choose “Let staff know”."
        ),
        _(
            "**Discord is not a private medical system.** Please don’t post diagnoses, medicines, "
            "full names, addresses or photos of others."
        ),
        _alerts(programme, _),
        _(
            "**Limits.** Staff may have to act if somebody is in danger. That is also so if a "
            "child is harmed, or an adult who needs care."
        ),
        _(
            "**What I keep.** Your Discord number, your group, and your choices. If you say yes: "
            "your check-ins, for 30 days. If staff are asked to look: when, where and what kind, "
            "until 30 days after it is done. Who of the staff looked, for a year. Not what you "
            "write. See it with `/my-data`. Delete it with `/forget-me`. Change a choice with "
            "`/my-choices`."
        ),
        _("**Your choice.** Saying no, or leaving later, does not change your care."),
        _(
            "**Help.** “See options” in the pinned message, or type `/support`. If you or someone "
            "else is in danger now, call your local emergency number."
        ),
        _("**Questions or a complaint.** Ask the staff who invited you, at any time."),
    ]
    subject = f"{cohort.id}.{language}"
    return Card(
        title=_("Before you join"),
        paragraphs=tuple(paragraphs),
        rows=(
            (
                Button(_("Make my choices"), custom_id("join", "choose", subject), look=Look.MAIN),
                Button(_("No, thank you"), custom_id("join", "decline", subject)),
            ),
        ),
    )


def _alerts(programme: Programme, _: Translate) -> str:
    if programme.detection is Detection.OFF:
        return _(
            "**Alerts.** I am a program, and here I do not look at what you write. I tell staff "
            "nothing unless you press “Ask staff to talk to me”."
        )
    if programme.detection is Detection.DRY_RUN:
        return _(
            "**Alerts.** I am a program. For now I only count, without names, which words come "
            "up here. Nothing follows: I offer no help by myself and tell staff nothing, unless "
            "you press “Ask staff to talk to me”."
        )
    alerts = _(
        "**Alerts.** I am a program. I match some words, miss things and can be wrong. When some "
        "words appear I offer you help, in the way you choose. If you say yes, I also ask staff "
        "to look. I never quote you to them."
    )
    if programme.level_3_always:
        alerts += " " + _(
            "This programme has one rule. When the words say that a life is in danger, staff "
            "are asked to look, whatever you choose."
        )
    return alerts


def choices_form(
    programme: Programme, subject: str, _: Translate, now: Choices | None = None
) -> Form:
    """The separate choices. ``now`` is what a member chose before, when they change it."""
    fields = [
        FormField(
            "route",
            _("How should help reach you?"),
            FieldKind.ONE_OF,
            choices=tuple(
                Choice(_(label), route.value, _(hint), now is not None and now.help_route is route)
                for route, (label, hint) in ROUTES.items()
            ),
            required=True,
        ),
        FormField(
            "staff_told",
            _("If you seem in danger, may I tell staff?"),
            FieldKind.ONE_OF,
            description=_("They see who and where, never your words"),
            choices=_yes_no(_, now.staff_told if now else None),
            required=True,
        ),
    ]
    if programme.checkins is CheckIns.STORED:
        fields.append(
            FormField(
                "checkins_stored",
                _("May I keep your check-ins for staff?"),
                FieldKind.ONE_OF,
                description=_("Locked, for 30 days. If no, nothing is kept"),
                choices=_yes_no(_, now.checkins_stored if now else None),
                required=True,
            )
        )
    if now is None:
        fields.append(
            FormField(
                "agree",
                _("Do you agree?"),
                FieldKind.ANY_OF,
                choices=(
                    Choice(_("I am 18 or older"), "adult"),
                    Choice(_("I will keep the group’s agreement"), "agreement"),
                ),
                required=True,
            )
        )
    action = "change" if now else "accept"
    return Form(custom_id("join", action, subject), _("Your choices"), tuple(fields))


def _yes_no(_: Translate, chosen: bool | None) -> tuple[Choice, Choice]:
    return (
        Choice(_("Yes"), "yes", chosen=chosen is True),
        Choice(_("No"), "no", chosen=chosen is False),
    )


def trial_message(_: Translate) -> Card:
    """The direct message that shows a member that this way works."""
    return Card(
        paragraphs=(
            _("This is a test. Help can reach you here, as you chose."),
            _("To stop direct messages from me, press the button."),
        ),
        rows=((stop_button(_),),),
    )


def stop_button(_: Translate) -> Button:
    """Ends direct messages, one tap, under every one of them."""
    return Button(_("Stop direct messages"), custom_id("join", "stop"))


def choices_card(programme: Programme, cohort: Cohort, member: Member, _: Translate) -> Card:
    """What a member has chosen, with the ways to change it, and what has changed since."""
    mine = member.choices
    changed = [
        text
        for text, since in (
            (
                _("It screens messages for words of distress."),
                programme.detection is Detection.IN_MEMORY
                and not member.may_be_screened(programme),
            ),
            (
                _("Staff are always asked to look when a life may be in danger."),
                programme.level_3_always and not member.told_level_3,
            ),
        )
        if since
    ]
    yes, no = _("yes"), _("no")
    lines = [
        _("Your group: {name}").format(name=cohort.name),
        _("Help reaches you by: {route}").format(route=_(ROUTES[mine.help_route][0])),
        _("Staff are told when you seem in danger: {answer}").format(
            answer=yes if mine.staff_told else no
        ),
    ]
    if programme.checkins is CheckIns.STORED:
        kept = _("Your check-ins are kept for staff: {answer}")
        lines.append(kept.format(answer=yes if mine.checkins_stored else no))
    if changed:
        lines.append(
            _(
                "Your programme has changed since you joined: {now}. For you it stays as it was "
                "until you press Change and send the form."
            ).format(now=" ".join(changed))
        )
    elif programme.level_3_always and not mine.staff_told:
        lines.append(_("This programme tells staff when a life may be in danger, even so."))
    return Card(
        title=_("Your choices"),
        paragraphs=("\n".join(f"- {line}" for line in lines),),
        rows=(
            (
                Button(_("Change"), custom_id("join", "again"), look=Look.MAIN),
                Button(
                    "English" if mine.language != "en" else "Español",
                    custom_id("join", "language", "en" if mine.language != "en" else "es"),
                ),
                Button(_("Leave this group"), custom_id("join", "leave"), look=Look.QUIET_DANGER),
            ),
        ),
    )
