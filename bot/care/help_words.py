"""The opening words of a help card: what is said before the lines, by what it is about.

They offer, they do not judge: a program matched some words and may be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.texts import Translate, untranslated

# The first of these that is there chooses the words; bodies in danger come first.
PRIORITY = (
    "overdose",
    "medical",
    "sexual-violence",
    "abuse",
    "violence",
    "stalking",
    "dependent-at-risk",
    "third-party",
    "harassment",
    "suicide",
    "self-harm",
    "intrusive-thoughts",
    "psychosis",
    "eating",
    "substance",
    "bereavement",
    "severe-distress",
)
_BODY_IN_DANGER = PRIORITY[:2]
_WHOM = {"other": "third-party", "died": "bereavement", "target": "harassment"}

_HARM_BY_SOMEONE = untranslated(
    "No one should be treated like this, and it is not your fault. "
    "You choose what to do, and when. You can ask a line below what your options are."
)
_HARD_TIME = untranslated(
    "Some words made me offer this. I can be wrong. If this is a very hard time, you are not "
    "the only one. Many people get through such times with help. You can pick one, or none."
)
_OPENINGS = {
    "overdose": untranslated(
        "If you or someone near you took too much, a call now is the safe step, even if it feels "
        "fine so far."
    ),
    "medical": untranslated(
        "Some signs in the body need care soon. A call now is a good next step. "
        "It can help to have someone near you while you wait."
    ),
    "sexual-violence": _HARM_BY_SOMEONE,
    "abuse": _HARM_BY_SOMEONE,
    "violence": _HARM_BY_SOMEONE,
    "stalking": _HARM_BY_SOMEONE,
    "dependent-at-risk": untranslated(
        "If a child or someone in your care may not be safe, a call can help you both. "
        "Asking for help with this is a caring thing to do."
    ),
    "third-party": untranslated(
        "Are you worried about someone? You don't have to fix it, and you don't have to carry it "
        "alone. You can ask a line below what to do next."
    ),
    "harassment": untranslated(
        "Words that wound have no place in this group. You did not deserve them. "
        "If they hit a sore spot, you can talk with someone."
    ),
    "suicide": _HARD_TIME,
    "self-harm": _HARD_TIME,
    "severe-distress": _HARD_TIME,
    "intrusive-thoughts": untranslated(
        "Many people get thoughts they do not want and that scare them. A thought like that is "
        "not a wish and not a plan. Doctors and therapists hear of it often, and help works. "
        "Would you like to tell one of them?"
    ),
    "psychosis": untranslated(
        "If things feel unreal, or voices are hard to bear, care can help. "
        "Is there someone you trust who could sit with you for a while?"
    ),
    "eating": untranslated(
        "Worries about food and the body can be very hard. You don't have to look a certain way "
        "or weigh a certain number to ask for help. You can pick one, or none."
    ),
    "substance": untranslated(
        "To be open about use takes strength. Help with it is care, not blame. "
        "You can pick one, or none."
    ),
    "bereavement": untranslated(
        "To lose someone hurts. There is no right way to feel and no date when it should be over. "
        "If you would like to talk with someone, here are some ways."
    ),
}
_BY_CHOICE = untranslated("Here are some ways to reach someone. You can pick one, or none.")

# Asking does not put it in somebody's mind (Dazzi and others 2014).
_ASK_THEM = untranslated(
    "You can ask them if they think of suicide. To ask does not put the thought in their head."
)

_WATCHED = {"sexual-violence", "abuse", "violence", "stalking"}
_MAY_ASK = {"suicide", "self-harm"}


def by_priority(categories: Iterable[str]) -> tuple[str, ...]:
    """The known categories, the one that chooses the words first."""
    known = set(categories)
    return tuple(name for name in PRIORITY if name in known)


def topics_of(categories: Iterable[str], about: str) -> tuple[str, ...]:
    """The categories with whom it is about among them, the one that chooses the words first.

    Words about somebody else, somebody who died or a peer who was hurt come before the
    categories, which are theirs; only a body in danger comes before those.
    """
    whom = _WHOM.get(about)
    if whom is None:
        return by_priority(categories)
    rest = [name for name in by_priority(categories) if name != whom]
    first = [name for name in rest if name in _BODY_IN_DANGER and about == "other"]
    return (*first, whom, *(name for name in rest if name not in first))


def opening(level: int, topics: tuple[str, ...], _: Translate) -> str:
    """What the card says first, by the first topic; without one, by whether it was asked for."""
    if not topics:
        return _(_HARD_TIME) if level >= 2 else _(_BY_CHOICE)
    words = _(_OPENINGS[topics[0]])
    if topics[0] == "third-party" and not _MAY_ASK.isdisjoint(topics):
        words += " " + _(_ASK_THEM)
    return words


def may_be_watched(topics: Iterable[str]) -> bool:
    """Whether somebody else may look at this person's phone."""
    return not _WATCHED.isdisjoint(topics)
