"""A member's idea for the content: the form, what staff see, the receipt. Pure."""

from __future__ import annotations

from bot.cards import Card, Choice, FieldKind, Form, FormField, custom_id
from bot.content.other_ways import options_button
from bot.texts import Translate

LONGEST = 1000  # characters


def suggestion_form(_: Translate) -> Form:
    """What to change or add, and whether one's name may stand with it."""
    return Form(
        custom_id("library", "suggest"),
        _("Suggest something"),
        (
            FormField(
                "about",
                _("Is it about a text? Its title, if you like"),
                FieldKind.SHORT,
                max_length=100,
            ),
            FormField(
                "words",
                _("What would you change, or like to read?"),
                FieldKind.LONG,
                description=_(
                    "Staff of your group read this. It stays in their channel until they delete it"
                ),
                required=True,
                max_length=LONGEST,
            ),
            FormField(
                "named",
                _("May your name stand with it?"),
                FieldKind.ONE_OF,
                choices=(Choice(_("No"), "no"), Choice(_("Yes"), "yes")),
            ),
        ),
    )


def suggestion_card(about: str, words: str, user_id: int | None, _: Translate) -> Card:
    """What staff see. It calls nobody.

    Args:
        user_id: who suggests it; None when they chose not to say.
    """
    who = f"<@{user_id}>" if user_id else _("A member who chose not to be named")
    parts = (_("From: {who}").format(who=who), about, words)
    return Card(tuple(filter(None, parts)), _("A suggestion for the content"))


def sent_card(named: bool, _: Translate) -> Card:
    """The receipt."""
    told = _("Staff of your group can read it now, with your name.")
    bare = _("Staff of your group can read it now, without your name.")
    return Card((told if named else bare, _("Thank you.")), rows=((options_button(_),),))


def unsent_card(words: str, _: Translate) -> Card:
    """Nobody has it. Its author gets the words back, so that they are not lost."""
    told = _("I could not put this before staff. You can try again later, or tell them yourself.")
    return Card((told, _("What you wrote:"), words), rows=((options_button(_),),))
