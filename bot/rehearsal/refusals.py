"""How the rehearsal Discord says no: HTTP status, Discord's code, Discord's sentence.

Codes and sentences: Discord's documentation, topics/opcodes-and-status-codes.
"""

from __future__ import annotations

from typing import Any

_UNKNOWN = {
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "Overwrite": 10009,
    "Role": 10011,
    "User": 10013,
    "Webhook": 10015,
    "interaction": 10062,
}


class Refusal(Exception):
    """A request is refused.

    Attributes:
        status: the HTTP status.
        code: Discord's JSON error code, 0 for a general error.
        message: Discord's sentence.
        errors: for 50035, the tree of field errors.
    """

    def __init__(
        self, status: int, code: int, message: str, errors: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @property
    def body(self) -> dict[str, Any]:
        """The JSON Discord answers with."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


def unknown(what: str) -> Refusal:
    """404: there is no such ``Channel``, ``Message``, ... (or the bot may not know of it)."""
    return Refusal(404, _UNKNOWN[what], f"Unknown {what}")


def missing_access() -> Refusal:
    """403: the bot cannot see the channel."""
    return Refusal(403, 50001, "Missing Access")


def missing_permissions() -> Refusal:
    """403: the bot sees the channel but may not do this in it."""
    return Refusal(403, 50013, "Missing Permissions")


class FormProblems:
    """Collects what is wrong with a body and refuses it once, as 50035."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note one problem at a dotted ``path`` such as ``embeds.0.title``."""
        node = self._tree
        for part in path.split("."):
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def at_most(self, path: str, text: object, limit: int) -> None:
        """Note a text longer than ``limit`` characters."""
        if isinstance(text, str) and len(text) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def between(self, path: str, text: object, low: int, high: int) -> None:
        """Note a text outside ``low`` to ``high`` characters, or no text at all."""
        if not isinstance(text, str) or not text:
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not low <= len(text) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def refuse(self) -> None:
        """Raise if anything was noted."""
        if self._tree:
            raise Refusal(400, 50035, "Invalid Form Body", self._tree)


def invalid(path: str, code: str, message: str) -> Refusal:
    """50035 with a single field error."""
    problems = FormProblems()
    problems.add(path, code, message)
    return Refusal(400, 50035, "Invalid Form Body", problems._tree)


class NotBuilt(Exception):
    """Handrail has not needed this part of Discord yet: answered 501 and noted."""
