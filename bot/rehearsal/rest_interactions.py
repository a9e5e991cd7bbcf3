"""REST: answers to interactions, and the webhook routes that follow them."""

from __future__ import annotations

from bot.rehearsal import payloads
from bot.rehearsal.interactions import Interaction
from bot.rehearsal.refusals import unknown
from bot.rehearsal.rest import TRUE, Call, own_json, route
from bot.rehearsal.state import Json, Message

_HOOK = "/webhooks/{webhook_id}/{webhook_token}"


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", open=True)
def answer(call: Call) -> Json | None:
    number, token = call.number("interaction_id"), call.params["interaction_token"]
    told = call.interactions.answer(number, token, own_json(call.body), call.files)
    return told if call.query.get("with_response") in TRUE else None


def _later(call: Call) -> Interaction:
    if call.number("webhook_id") != call.bot.id:
        raise unknown("Webhook")
    return call.interactions.later(call.params["webhook_token"])


def _message(call: Call) -> tuple[Interaction, Message]:
    one = _later(call)
    return one, call.interactions.message(one, call.params.get("message_id", "@original"))


@route("POST", _HOOK, open=True)
def follow_up(call: Call) -> Json:
    return payloads.message(
        call.interactions.follow_up(_later(call), own_json(call.body), call.files)
    )


@route("GET", _HOOK + "/messages/@original", open=True)
@route("GET", _HOOK + "/messages/{message_id}", open=True)
def read(call: Call) -> Json:
    return payloads.message(_message(call)[1])


@route("PATCH", _HOOK + "/messages/@original", open=True)
@route("PATCH", _HOOK + "/messages/{message_id}", open=True)
def change(call: Call) -> Json:
    one, message = _message(call)
    call.interactions.change(one, message, own_json(call.body), call.files)
    return payloads.message(message)


@route("DELETE", _HOOK + "/messages/@original", open=True)
@route("DELETE", _HOOK + "/messages/{message_id}", open=True)
def delete(call: Call) -> None:
    call.interactions.delete(*_message(call))
