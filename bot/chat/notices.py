"""The pinned messages: put up once, and kept true when staffed hours begin or end."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.cards import Card
from bot.care.help_card import emergency_sentence
from bot.chat.rooms import Rooms
from bot.errors import HandrailError, TryAgain, Undeliverable
from bot.programme.cards import ended_card, support_card
from bot.programme.model import Cohort, CohortState, Programme
from bot.supervisor import Alarm

log = structlog.get_logger(__name__)

_LONGEST_REST = timedelta(hours=1)


def pinned_card(rooms: Rooms, programme: Programme) -> Card:
    """The support options with what is true of staff now."""
    _ = rooms.texts.speaking(programme.language)
    emergency = emergency_sentence(rooms.help.lines, programme.country, _)
    return support_card(rooms.duty.of(programme).sentence(_), emergency, _)


async def pin_start(rooms: Rooms, programme: Programme) -> None:
    """The pinned message of the start channel, put up or brought up to date."""
    channel_id = programme.start_channel_id
    if channel_id is None:
        return
    if programme.start_message_id:
        try:
            await rooms.sender.edit(
                channel_id, programme.start_message_id, pinned_card(rooms, programme)
            )
            return
        except Undeliverable:
            log.info("start_message_gone", guild_id=programme.guild_id)
    message_id = await _pin(rooms, programme, channel_id, f"s:{programme.guild_id}")
    await rooms.programmes.remember_start_message(programme.guild_id, message_id)


async def open_cohort(rooms: Rooms, cohort: Cohort) -> Cohort:
    """The last steps of making a cohort: usual slots, pinned message, doors open."""
    programme = rooms.programmes.programme(cohort.guild_id)
    await rooms.schedule.begin(cohort)
    channel_id = cohort.daily_channel_id or 0
    message_id = await rooms.sender.find(channel_id, "help:staff", cohort.created_at)
    if message_id is None:
        message_id = await _pin(rooms, programme, channel_id, f"s:{cohort.id}")
    await rooms.watermarks.reach(dict.fromkeys(cohort.watched, message_id))
    return await rooms.programmes.open_cohort(cohort.id, message_id)


async def close_cohort(rooms: Rooms, cohort: Cohort) -> None:
    """Say in an archived cohort's pinned message that nobody of the staff looks there now."""
    programme = rooms.programmes.programme(cohort.guild_id)
    _ = rooms.texts.speaking(programme.language)
    emergency = emergency_sentence(rooms.help.lines, programme.country, _)
    if cohort.daily_channel_id and cohort.support_message_id:
        card = ended_card(emergency, _)
        await rooms.sender.edit(cohort.daily_channel_id, cohort.support_message_id, card)


async def finish_cohorts(rooms: Rooms) -> None:
    """After a start: finish the cohorts that a dead process was making."""
    for cohort in list(rooms.roster.snapshot.cohorts.values()):
        if cohort.state is CohortState.MAKING:
            try:
                await open_cohort(rooms, await rooms.programmes.build_cohort(cohort))
            except HandrailError as error:
                log.error("cohort_not_finished", cohort_id=cohort.id, error=error)


async def keep_pinned_true(rooms: Rooms, alarm: Alarm) -> None:
    """Change the pinned messages whenever what they say of staff changes. For the supervisor.

    The alarm is to be rung when the roster changes.
    """
    shown: dict[tuple[int, int], Card] = {}
    while True:
        now = rooms.clock.now()
        changes: list[datetime] = [now + _LONGEST_REST]
        with rooms.supervisor.activity("pinned"):
            for programme in list(rooms.roster.snapshot.programmes.values()):
                change = programme.hours.next_change(now)
                changes += [change] if change else []
                await _bring_up_to_date(rooms, programme, shown)
        await alarm.rest_until(min(changes))


async def _bring_up_to_date(
    rooms: Rooms, programme: Programme, shown: dict[tuple[int, int], Card]
) -> None:
    card = pinned_card(rooms, programme)
    places = {
        cohort.support_message_id: cohort.daily_channel_id
        for cohort in rooms.roster.snapshot.in_guild(programme.guild_id)
        if cohort.support_message_id and cohort.daily_channel_id
    }
    if programme.start_message_id and programme.start_channel_id:
        places[programme.start_message_id] = programme.start_channel_id
    for message_id, channel_id in places.items():
        if shown.get((channel_id, message_id)) == card:
            continue
        try:
            await rooms.sender.edit(channel_id, message_id, card)
        except TryAgain:
            continue
        except HandrailError as error:
            log.warning("pinned_not_changed", channel_id=channel_id, error=error)
            await _pin_again(rooms, programme, message_id)
        shown[channel_id, message_id] = card


async def _pin_again(rooms: Rooms, programme: Programme, lost: int) -> None:
    """Somebody deleted the way to help, or the channel it stood in: put it up again."""
    try:
        if lost == programme.start_message_id and programme.start_channel_id:
            channel_id = programme.start_channel_id
            message_id = await _pin(rooms, programme, channel_id, f"s:{lost}")
            await rooms.programmes.remember_start_message(programme.guild_id, message_id)
            return
        for cohort in list(rooms.roster.snapshot.in_guild(programme.guild_id)):
            if cohort.support_message_id == lost and cohort.daily_channel_id:
                message_id = await _pin(rooms, programme, cohort.daily_channel_id, f"s:{lost}")
                await rooms.programmes.open_cohort(cohort.id, message_id)
    except HandrailError as error:
        log.error("pinned_not_put_up_again", guild_id=programme.guild_id, error=error)


async def _pin(rooms: Rooms, programme: Programme, channel_id: int, nonce: str) -> int:
    posted = await rooms.sender.post(channel_id, pinned_card(rooms, programme), nonce=nonce)
    await rooms.sender.pin(channel_id, posted.message_id)
    return posted.message_id
