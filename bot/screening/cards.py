"""What staff see of their detector: a trial of a text, what was changed, and the digest. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Button, Card, FieldKind, Form, FormField, Look, custom_id
from bot.distress.model import Finding
from bot.screening.model import Tally, Tuning

_LEVELS = {
    0: "nothing",
    1: "low distress; staff hear nothing",
    2: "help is offered, staff are told",
    3: "immediate danger",
}
_SHOWN = 20
_OFTEN = 3  # judged this often, an entry is worth a sentence


def trial_card(text: str, finding: Finding) -> Card:
    """What screening makes of a text that one of the staff typed. Only they see it."""
    head = f"**Level {finding.level}**: {_LEVELS[finding.level]}."
    if finding.categories:
        head += f" About: {', '.join(finding.categories)}. Whom: {finding.about}."
    spoke = [f"- `{one.id}`: “{_cut(text, one.span)}”{_view(one.view)}" for one in finding.rules]
    quieted = [f"- `{entry}`, by `{by}`" for entry, by in finding.suppressed]
    return Card(
        paragraphs=_kept(
            head,
            spoke and "**What spoke**\n" + "\n".join(spoke[:_SHOWN]),
            quieted and "**What was quieted, and why**\n" + "\n".join(quieted[:_SHOWN]),
            "Nothing of this is kept. I match words and I can be wrong.",
        ),
        title="A trial",
    )


def tuning_card(tuning: Tuning) -> Card:
    """What this programme changed."""
    own = [
        f"- `{one.id}` (level {one.level}, {one.category}): {' | '.join(one.phrases)}"
        + ("" if one.confirmed else "; **rests until a lead confirms it**")
        for one in tuning.own
    ]
    left = (
        *(f"- category {name}" for name in sorted(tuning.categories)),
        *(f"- language {name}" for name in sorted(tuning.languages)),
        *(f"- `{name}`" for name in sorted(tuning.entries)),
    )
    return Card(
        paragraphs=_kept(
            "**Left out**\n" + ("\n".join(left) or "Nothing. The lexicon is as shipped."),
            own and "**Your own entries**\n" + "\n".join(own[:_SHOWN]),
            "No clinician has reviewed the shipped entries yet. `/distress test` tries a text.",
        ),
        title="What the detector reads here",
    )


def confirm_card(told: str, act: str) -> Card:
    """Asks a lead once more before something urgent is changed."""
    return Card(
        paragraphs=(told, "Nothing has changed yet."),
        title="Are you sure?",
        rows=((Button("Yes, change it", custom_id("distress", "sure", act), look=Look.MAIN),),),
    )


def digest_card(tallies: Sequence[Tally]) -> Card:
    """Which entries spoke in the last months, and what came of it. Counts, no people."""
    if not tallies:
        return Card(("No entry has spoken in the last three months.",), "Digest")
    lines = [
        f"- `{one.rule_id}`: {one.fired}, useful {one.useful}, not needed {one.useless}"
        for one in tallies[:_SHOWN]
    ]
    idle = [
        f"- `{one.rule_id}` was not needed {one.useless} times and useful {one.useful} times"
        for one in tallies
        if one.useless >= _OFTEN and one.useless > 2 * one.useful
    ]
    return Card(
        paragraphs=_kept(
            "How often each entry spoke in about the last three months, and how its care cards "
            "ended. “Useful” means that somebody talked with the person or handed it over.",
            "\n".join(lines),
            idle and "**Look at these.** " + "\n" + "\n".join(idle[:_SHOWN]),
            "One alarm that was not needed is a small price. Mute an entry only if it is wrong "
            "again and again, and never for silence alone.",
        ),
        title="Digest",
    )


def own_form(category: str, level: int) -> Form:
    """Asks for an entry of the programme's own; category and level came with the command."""
    return Form(
        custom_id("distress", "own", f"{category}.{level}"),
        "Your own entry",
        (
            FormField(
                "phrases",
                "What people say",
                FieldKind.LONG,
                "One phrase a line. docs/distress.md tells how to leave words open",
                required=True,
                max_length=600,
            ),
            FormField(
                "forbids",
                "Not when this stands there too",
                FieldKind.LONG,
                "One phrase a line; may stay empty",
                max_length=300,
            ),
            FormField(
                "match",
                "An example that must be noticed",
                FieldKind.SHORT,
                required=True,
                max_length=200,
            ),
            FormField(
                "spare",
                "One that looks alike and must not be",
                FieldKind.SHORT,
                required=True,
                max_length=200,
            ),
        ),
    )


def _cut(text: str, span: tuple[int, int]) -> str:
    return text[slice(*span)].replace("`", "'")


def _view(view: str) -> str:
    return "" if view == "plain" else f" (read as {view})"


def _kept(*paragraphs: str | list[str]) -> tuple[str, ...]:
    return tuple(str(one) for one in paragraphs if one)
