"""The care card: what staff see. Who, where and how urgent; never the member's words. Pure."""

from __future__ import annotations

from bot.cards import Button, Card, Look, custom_id
from bot.care.coverage import stamp
from bot.care.model import URGENT, Episode, Kind, MessageState, Outcome, State
from bot.texts import Translate, untranslated

_CATEGORIES = {
    "suicide": untranslated("thoughts of suicide"),
    "self-harm": untranslated("self-harm"),
    "overdose": untranslated("overdose"),
    "substance": untranslated("substance use"),
    "abuse": untranslated("violence or control by someone close"),
    "sexual-violence": untranslated("sexual violence"),
    "stalking": untranslated("stalking"),
    "violence": untranslated("violence"),
    "eating": untranslated("eating"),
    "psychosis": untranslated("unusual experiences"),
    "severe-distress": untranslated("severe distress"),
    "intrusive-thoughts": untranslated("unwanted thoughts"),
    "medical": untranslated("a medical sign"),
    "dependent-at-risk": untranslated("a child or dependent adult at risk"),
    "third-party": untranslated("worry about somebody else"),
    "bereavement": untranslated("loss of somebody"),
    "harassment": untranslated("harmful words to a peer"),
}

_OUTCOMES = {
    Outcome.TALKED: untranslated("{who} has talked with them, {time}."),
    Outcome.NO_ACTION: untranslated("No action needed, says {who}, {time}."),
    Outcome.HANDED_OVER: untranslated("Handed over by {who}, {time}."),
}


def jump_link(guild_id: int | None, channel_id: int, message_id: int) -> str:
    """Discord's address of a message; ``@me`` stands for direct messages."""
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"


def care_card(
    episode: Episode, _: Translate, page_roles: tuple[int, ...] = (), *, erased: bool = False
) -> Card:
    """The card staff act on. ``page_roles`` are pinged with it.

    ``erased``: the member has left or deleted their data; nothing can be noted any more.
    """
    paragraphs = [_ask(episode, _)]
    where = _where(episode, _)
    if where:
        paragraphs.append(where)
    if erased:
        paragraphs.append(
            _("They have left or deleted their data. If nobody has looked yet, please look.")
        )
    else:
        paragraphs.append(_standing(episode, _))
    if page_roles:
        paragraphs.append(" ".join(f"<@&{role}>" for role in page_roles))
    return Card(
        title=_("Please look now") if episode.level >= URGENT else _("Please look"),
        paragraphs=tuple(paragraphs),
        rows=() if erased else _buttons(episode, _),
        ping_roles=page_roles,
    )


def _ask(episode: Episode, _: Translate) -> str:
    when = stamp(episode.last_at, "R")
    if episode.kind is Kind.REQUEST:
        if episode.level >= 2:
            asks = _("<@{who}> asks that staff reach out today ({when}).")
        else:
            asks = _("<@{who}> asks that staff reach out when they can ({when}).")
        return asks.format(who=episode.user_id, when=when)
    if episode.kind is Kind.REPORT:
        asks = _("Somebody here asks that you look at what <@{who}> wrote ({when}).")
        return asks.format(who=episode.user_id, when=when)
    if episode.level >= URGENT:
        text = _("Some words of <@{who}> may mean danger right now ({when}).")
    else:
        text = _("Some words of <@{who}> may mean they need somebody ({when}).")
    return text.format(who=episode.user_id, when=when)


def _where(episode: Episode, _: Translate) -> str:
    if episode.message_state is MessageState.DELETED:
        return _("The message was deleted. Please look all the same.")
    if not episode.channel_id or not episode.message_id:
        return _("It was in a private answer or message to me, so there is nothing to open.")
    link = _("The message: {link}").format(
        link=jump_link(episode.guild_id, episode.channel_id, episode.message_id)
    )
    if episode.message_state is MessageState.EDITED:
        link += "\n" + _("It was changed since. Please look all the same.")
    return link


def _standing(episode: Episode, _: Translate) -> str:
    if episode.state is State.CLOSED and episode.outcome and episode.closed_at:
        text = _(_OUTCOMES[episode.outcome])
        return text.format(who=_staff(episode.closed_by, _), time=stamp(episode.closed_at, "R"))
    if episode.state is State.CLAIMED and episode.claimed_at:
        text = _("{who} has got this, {time}.")
        return text.format(who=_staff(episode.claimed_by, _), time=stamp(episode.claimed_at, "R"))
    if episode.outcome is Outcome.HANDED_OVER:
        return _("Handed over to a clinician or lead. Nobody has claimed it yet.")
    return _("Nobody has claimed it yet.")


def _staff(user_id: int | None, _: Translate) -> str:
    """One of the staff; who has deleted their own data has no name any more."""
    return f"<@{user_id}>" if user_id else _("one of the staff")


def _buttons(episode: Episode, _: Translate) -> tuple[tuple[Button, ...], ...]:
    if episode.state is State.CLOSED:
        return ()
    first = (
        Button(_("We talked"), custom_id("care", "talked", episode.id), look=Look.MAIN)
        if episode.state is State.CLAIMED
        else Button(_("I’ve got this"), custom_id("care", "claim", episode.id), look=Look.MAIN)
    )
    buttons = [
        first,
        Button(_("No action needed"), custom_id("care", "none", episode.id)),
        Button(_("Handed over"), custom_id("care", "over", episode.id)),
    ]
    if episode.kind is Kind.FINDING:
        buttons.append(Button(_("What is it about?"), custom_id("care", "about", episode.id)))
    return (tuple(buttons),)


def about_card(episode: Episode, _: Translate) -> Card:
    """The categories, for the one who pressed. A program matched words; it does not judge risk."""
    names = ", ".join(_(_CATEGORIES[c]) for c in episode.categories if c in _CATEGORIES)
    return Card(
        paragraphs=(
            _("Words that may mean: {categories}.").format(categories=names or _("distress")),
            _("I match words and I can be wrong. I cannot judge risk. Please read it yourself."),
        )
    )


def reminder_card(episode: Episode, roles: tuple[int, ...], _: Translate) -> Card:
    """Asks the lead, or on-call, to look at a care card nobody has claimed.

    Whoever has claimed it is asked too when it has become more urgent since.
    """
    link = jump_link(episode.guild_id, episode.care_channel_id or 0, episode.care_message_id or 0)
    people = (episode.claimed_by,) if episode.claimed_by else ()
    told = (
        _("This has become more urgent. Please look: {link}")
        if people
        else _("Nobody has claimed this yet. Please look: {link}")
    )
    mentions = [*(f"<@{who}>" for who in people), *(f"<@&{role}>" for role in roles)]
    return Card(
        paragraphs=(told.format(link=link), " ".join(mentions)),
        ping_users=people,
        ping_roles=roles,
    )


def unsaved_card(
    user_id: int,
    link: str,
    urgent: bool,
    roles: tuple[int, ...],
    _: Translate,
    *,
    kind: Kind = Kind.FINDING,
) -> Card:
    """A care card when the database does not answer: nothing can be claimed, so it says so."""
    told = {
        Kind.FINDING: _("Some words of <@{who}> may mean they need somebody."),
        Kind.REQUEST: _("<@{who}> asks that staff reach out."),
        Kind.REPORT: _("Somebody here asks that you look at what <@{who}> wrote."),
    }[kind]
    return Card(
        title=_("Please look now") if urgent else _("Please look"),
        paragraphs=tuple(
            filter(
                None,
                (
                    told.format(who=user_id),
                    link and _("The message: {link}").format(link=link),
                    _(
                        "I cannot save anything right now, so nobody can claim this here. Agree "
                        "with each other who looks. Nobody is reminded."
                    ),
                    " ".join(f"<@&{role}>" for role in roles),
                ),
            )
        ),
        ping_roles=roles,
    )
