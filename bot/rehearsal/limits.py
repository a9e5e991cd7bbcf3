"""Discord's rate limits: buckets per route and major parameter, and 50 requests a second in all.

Discord does not publish bucket sizes; these are plausible, and every client must follow the
headers whatever they say (topics/rate-limits). All windows are real time.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock, SystemClock

_SIZES = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "POST /users/@me/channels": (10, 10.0),
    "PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}": (10, 10.0),
    "DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}": (10, 10.0),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
}
_OTHER = (10, 5.0)
_GLOBAL = (50, 1.0)
# The windows are real time, so the instant a bucket resets at is told by the machine's clock.
_REAL = SystemClock()
_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass
class _Window:
    """A fixed window: ``left`` requests until the real instant ``ends``."""

    left: int
    ends: float


@dataclass(frozen=True)
class Verdict:
    """What the limits say of one request.

    Attributes:
        headers: to send with the answer.
        wait: seconds to wait when it is refused, else None.
        everywhere: refused by the global limit.
    """

    headers: dict[str, str]
    wait: float | None = None
    everywhere: bool = False


class Limits:
    """Counts requests; ``scale`` shortens every window (0.1: a tenth)."""

    def __init__(self, clock: Clock, scale: float) -> None:
        self._clock = clock
        self._scale = scale
        self._windows: dict[str, _Window] = {}

    def take(self, method: str, template: str, params: dict[str, str]) -> Verdict:
        """Count one request and say whether it may go on."""
        route = f"{method} {template}"
        if template.startswith("/interactions/"):
            return Verdict({})  # exempt from the global limit, and without headers of a bucket
        if not template.startswith("/webhooks/"):
            everywhere = self._window("global", *_GLOBAL)
            if everywhere.left <= 0:
                wait = everywhere.ends - self._clock.monotonic()
                headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
                return Verdict(headers, max(wait, 0.001), everywhere=True)
            everywhere.left -= 1
        limit, seconds = _SIZES.get(route, _OTHER)
        major = "+".join(params[name] for name in _MAJOR if name in params)
        window = self._window(f"{route} {major}", limit, seconds)
        after = max(window.ends - self._clock.monotonic(), 0.001)
        refused = window.left <= 0
        window.left = max(window.left - 1, 0)
        headers = {
            "X-RateLimit-Bucket": f"{hash_of(route):016x}",
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{_REAL.now().timestamp() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
        }
        return Verdict(headers, after) if refused else Verdict(headers)

    def _window(self, key: str, limit: int, seconds: float) -> _Window:
        now = self._clock.monotonic()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(limit, now + seconds * self._scale)
        return window


def hash_of(route: str) -> int:
    """A stable name for a bucket (Python's own hash changes with every process)."""
    value = 0
    for character in route:
        value = (value * 131 + ord(character)) % (1 << 64)
    return value
