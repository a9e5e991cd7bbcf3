"""What can be made to go wrong, on order: answers, connections, lost responses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.rehearsal.gateway import Gateway


@dataclass
class _Order:
    """One fault for the next ``times`` requests that match."""

    method: str
    path: re.Pattern[str]
    times: int
    status: int = 0
    retry_after: float = 0.0
    everywhere: bool = False
    seconds: float = 0.0
    lost: bool = False

    def takes(self, method: str, path: str) -> bool:
        if self.times <= 0 or self.method not in ("*", method) or not self.path.search(path):
            return False
        self.times -= 1
        return True


class Faults:
    """Orders for trouble. ``path_regex`` is searched in the path after ``/api/v10``."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._orders: list[_Order] = []

    def drop_sockets(self) -> None:
        """Cut every gateway connection without a goodbye; sessions can be resumed."""
        self._gateway.drop()

    def reconnect(self) -> None:
        """Ask every session to reconnect and resume (op 7)."""
        self._gateway.send_all({"op": 7, "d": None})

    def invalid_session(self, resumable: bool = False) -> None:
        """Tell every session that it is invalid (op 9); not resumable: what it missed is lost."""
        self._gateway.invalidate(resumable)

    def refuse_connections(self, times: int) -> None:
        """Refuse the next ``times`` gateway connections with 503."""
        self._gateway.refusing = times

    def next(
        self,
        method: str,
        path_regex: str,
        status: int = 500,
        times: int = 1,
        retry_after: float = 0.2,
        is_global: bool = False,
    ) -> None:
        """Answer the next ``times`` matching requests with ``status``; they are not executed."""
        path = re.compile(path_regex)
        order = _Order(method, path, times, status, retry_after, everywhere=is_global)
        self._orders.append(order)

    def slow(self, path_regex: str, seconds: float, times: int = 1) -> None:
        """Hold the next ``times`` matching requests for real ``seconds`` before executing them."""
        self._orders.append(_Order("*", re.compile(path_regex), times, seconds=seconds))

    def lose_response(self, method: str, path_regex: str, times: int = 1) -> None:
        """Execute the next ``times`` matching requests, then cut the connection unanswered."""
        self._orders.append(_Order(method, re.compile(path_regex), times, lost=True))

    def take(self, method: str, path: str) -> Trouble:
        """What is to go wrong with this request."""
        trouble = Trouble()
        for order in self._orders:
            if order.takes(method, path):
                trouble.seconds += order.seconds
                trouble.lost = trouble.lost or order.lost
                if order.status and not trouble.status:
                    trouble.status = order.status
                    trouble.retry_after = order.retry_after
                    trouble.everywhere = order.everywhere
        return trouble


@dataclass
class Trouble:
    """The faults that befall one request; status 0 means it is executed."""

    status: int = 0
    retry_after: float = 0.0
    everywhere: bool = False
    seconds: float = 0.0
    lost: bool = False
