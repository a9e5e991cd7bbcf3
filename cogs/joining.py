"""Coming in, choosing, changing one's mind, going."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.cards import Button, Card, Look, custom_id
from bot.chat.client import Handrail
from bot.chat.leaving import close_doors
from bot.chat.rooms import Rooms
from bot.chat.router import Press, show
from bot.errors import HandrailError, Refused, TryAgain, Undeliverable
from bot.programme.cards import choices_card, choices_form, join_card, trial_message
from bot.programme.model import Choices, Cohort, Member, Route
from bot.texts import Translate, untranslated

log = structlog.get_logger(__name__)

_ACTIONS = (
    "read",
    "choose",
    "decline",
    "accept",
    "change",
    "again",
    "language",
    "stop",
    "leave",
    "gone",
)


class Joining(commands.Cog):
    """A private card, separate choices, and a yes before anything is kept."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def read(self, press: Press) -> None:
        """*Read and choose*: the join card, in the language of the button."""
        cohort, language = self._invitation(press)
        programme = self._rooms.programmes.programme(cohort.guild_id)
        _ = self._rooms.texts.speaking(language)
        await press.show(join_card(programme, cohort, language, _))

    async def choose(self, press: Press) -> None:
        """*Make my choices*: the form."""
        cohort, language = self._invitation(press)
        programme = self._rooms.programmes.programme(cohort.guild_id)
        await press.ask(
            choices_form(programme, press.subject, self._rooms.texts.speaking(language))
        )

    async def decline(self, press: Press) -> None:
        """*No, thank you*: nothing was kept, and the door stays open."""
        _ = self._rooms.texts.speaking(self._invitation(press)[1])
        told = _("That is fine. Nothing about you was saved, and your care does not change.")
        again = _("If you change your mind, the button above still works.")
        await press.show(Card((told, again)))

    async def accept(self, press: Press) -> None:
        """The form was sent: a yes, if they agreed to the two things it asks."""
        await press.wait()
        cohort, language = self._invitation(press)
        _ = self._rooms.texts.speaking(language)
        if set(press.chosen("agree")) != {"adult", "agreement"}:
            raise Refused(
                _(
                    "This group is for adults who keep its agreement, so I need both ticks. "
                    "Nothing was saved."
                )
            )
        choices = _chosen(press, language, None)
        try:
            member = await self._rooms.joining.accept(cohort, press.user_id, choices)
        except (Undeliverable, TryAgain) as error:
            raise Refused(
                _(
                    "I could not open the channels for you. Nothing was saved. "
                    "Please tell the staff."
                )
            ) from error
        await self._note(press, member, "consent-given")
        member, told = await self._try_route(member, _)
        where = _("You are in. Your group is in <#{daily}> and <#{talk}>.").format(
            daily=cohort.daily_channel_id, talk=cohort.talk_channel_id
        )
        await press.show(Card(tuple(filter(None, (where, told))), _("Welcome")))

    async def change(self, press: Press) -> None:
        """The form was sent again, with other choices."""
        await press.wait()
        member = self._member(press)
        _ = self._rooms.texts.speaking(member.choices.language)
        before = member.choices
        chosen = _chosen(press, before.language, before)
        member = await self._rooms.joining.change(member, chosen, consent=True)
        await self._note(press, member, "consent-changed")
        told = ""
        if before.help_route is not member.choices.help_route:
            member, told = await self._try_route(member, _)
        await press.show(Card(tuple(filter(None, (_("Your choices are saved."), told)))))

    async def again(self, press: Press) -> None:
        """*Change*: the form with what they chose before."""
        member = self._member(press)
        programme = self._rooms.programmes.programme(member.guild_id)
        _ = self._rooms.texts.speaking(member.choices.language)
        await press.ask(choices_form(programme, "", _, member.choices))

    async def language(self, press: Press) -> None:
        """*Español* or *English*: from now on in that language."""
        member = self._member(press)
        chosen = replace(member.choices, language=press.subject)
        member = await self._rooms.joining.change(member, chosen)
        await press.show(self._card(member))

    async def stop(self, press: Press) -> None:
        """*Stop direct messages*: the button under every direct message, one tap."""
        _ = self._rooms.speech(None, press.user_id, press.locale)
        for member in self._rooms.roster.snapshot.everywhere(press.user_id):
            if member.choices.help_route is Route.DIRECT:
                stopped = replace(member.choices, help_route=Route.BUTTON)
                await self._rooms.joining.change(member, stopped)
        told = _("I will not send you direct messages any more. The pinned button is always there.")
        await press.show(Card((told,)))

    async def leave(self, press: Press) -> None:
        """*Leave this group*: ask once."""
        member = self._member(press)
        _ = self._rooms.texts.speaking(member.choices.language)
        told = _(
            "If you leave, the channels close for you and I delete what I keep about you. "
            "Your messages stay in Discord. Your care does not change."
        )
        button = Button(_("Leave"), custom_id("join", "gone"), look=Look.QUIET_DANGER)
        await press.show(Card((told,), rows=((button,),)))

    async def gone(self, press: Press) -> None:
        """*Leave*: everything kept is deleted, the role goes."""
        await press.wait()
        member = self._member(press)
        _ = self._rooms.texts.speaking(member.choices.language)
        await self._rooms.privacy.erase(member.guild_id, member.user_id)
        told = _("You have left, and what I kept about you is deleted. Go well.")
        await press.show(Card((told,)))  # first, since it goes with the channel it stands in
        await close_doors(self._rooms, member, _)

    @app_commands.command(
        name="my-choices", description=untranslated("See and change what you chose here")
    )
    @app_commands.guild_only()
    async def my_choices(self, interaction: discord.Interaction[Any]) -> None:
        """The choices, with the ways to change them."""
        member = self._rooms.roster.snapshot.member(interaction.guild_id, interaction.user.id)
        if member is None:
            _ = self._rooms.speech(
                interaction.guild_id, interaction.user.id, interaction.locale.value
            )
            raise Refused(_("You are not in a group here, so I keep no choices of yours."))
        await show(interaction, self._card(member))

    @commands.Cog.listener()
    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Somebody left the server: forget what was kept about them (privacy P14)."""
        await self._left(payload.guild_id, payload.user.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After a start or a gap: look who has left meanwhile."""
        snapshot = self._rooms.roster.snapshot
        people = list(snapshot.members)
        people += [(c.guild_id, who) for c in snapshot.cohorts.values() for who in c.staff]
        for guild_id, user_id in dict.fromkeys(people):
            try:
                here = await self._rooms.places.is_here(guild_id, user_id)
            except HandrailError as error:
                log.warning("not_known_who_left", user_id=user_id, error=error)
                continue
            if not here:
                await self._left(guild_id, user_id)

    async def _left(self, guild_id: int, user_id: int) -> None:
        try:
            if self._rooms.roster.snapshot.member(guild_id, user_id):
                await self._rooms.privacy.forget(guild_id, user_id)
            await self._rooms.programmes.staff_left(guild_id, user_id)
        except HandrailError as error:
            log.error("leaver_not_forgotten", user_id=user_id, error=error)

    async def _try_route(self, member: Member, _: Translate) -> tuple[Member, str]:
        """Test a direct message, if that is their way; otherwise say what will happen."""
        if member.choices.help_route is not Route.DIRECT:
            return member, ""
        try:
            # A nonce is compared across all channels, so two who join at once need two.
            nonce = f"j:{member.user_id % 10**10}:{int(self._rooms.clock.now().timestamp())}"
            posted = await self._rooms.sender.direct(member.user_id, trial_message(_), nonce=nonce)
        except HandrailError as error:
            log.info("direct_test_failed", user_id=member.user_id, reason=type(error).__name__)
            chosen = replace(member.choices, help_route=Route.BUTTON)
            member = await self._rooms.joining.change(member, chosen)
            return member, _(
                "I could not send you a direct message. For now, help is in the pinned button "
                "only. You can allow direct messages for this server and press Change in "
                "`/my-choices`. Or choose another way there."
            )
        await self._rooms.watermarks.reach({posted.channel_id: posted.message_id})
        return member, _("I sent you a test message, so you can see that it works.")

    def _card(self, member: Member) -> Card:
        programme = self._rooms.programmes.programme(member.guild_id)
        cohort = self._rooms.roster.snapshot.cohorts[member.cohort_id]
        _ = self._rooms.texts.speaking(member.choices.language)
        return choices_card(programme, cohort, member, _)

    def _invitation(self, press: Press) -> tuple[Cohort, str]:
        """The cohort and language an invitation's button names, if it still holds for them."""
        cohort_id, language, invited = [*press.subject.split("."), ""][:3]
        _ = self._rooms.texts.speaking(language)
        if invited and int(invited) != press.user_id:
            raise Refused(_("This invitation is for someone else."))
        cohort = self._rooms.roster.snapshot.cohorts.get(int(cohort_id))
        gone = _("This invitation does not hold any more. Please ask the staff.")
        if cohort is None or cohort.guild_id != press.guild_id:
            raise Refused(gone)
        if self._rooms.roster.snapshot.member(press.guild_id, press.user_id):
            raise Refused(_("You are in a group already. `/my-choices` shows it."))
        try:
            self._rooms.joining.check_open(cohort, press.user_id)
        except Refused as error:  # its sentence is for the staff
            raise Refused(gone) from error
        return cohort, language

    def _member(self, press: Press) -> Member:
        member = self._rooms.roster.snapshot.member(press.guild_id, press.user_id)
        if member is None:
            _ = self._rooms.speech(press.guild_id, press.user_id, press.locale)
            raise Refused(_("You are not in a group here, so I keep no choices of yours."))
        return member

    async def _note(self, press: Press, member: Member, action: str) -> None:
        await self._rooms.privacy.note(
            member.guild_id, press.user_id, action, press.user_id, member.cohort_id
        )


def _chosen(press: Press, language: str, before: Choices | None) -> Choices:
    stored = press.answer("checkins_stored")
    kept = before.checkins_stored if before else None
    return Choices(
        help_route=Route(press.answer("route") or Route.BUTTON),
        staff_told=press.answer("staff_told") == "yes",
        checkins_stored=kept if stored is None else stored == "yes",
        language=language,
        country=before.country if before else None,
    )


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Joining(bot.rooms)
    for action in _ACTIONS:
        bot.router.on("join", action, getattr(cog, action))
    await bot.add_cog(cog)
