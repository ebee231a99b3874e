"""How often one caller may do a thing. A caller is a keyed hash whose key lives in memory for one day."""

import hashlib
import hmac
import secrets
from datetime import date

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from feedback.web.bodies import Request
from surveys.errors import TooManyRequestsError


class Limits:
    def __init__(self, desk_limit: str, trusted_proxy: str | None) -> None:
        self.desk_limit = parse(desk_limit)
        self.trusted_proxy = trusted_proxy
        self.limiter = MovingWindowRateLimiter(MemoryStorage())
        self.day: date | None = None
        self.key = b""

    def check_desk(self, code: str) -> None:
        """Never by the caller: two hundred people may stand behind one address."""
        if not self.limiter.hit(self.desk_limit, "desk", code):
            raise TooManyRequestsError

    def check_caller(self, route: str, limit: str, address: str, day: date) -> None:
        if day != self.day:
            self.day, self.key = day, secrets.token_bytes(32)
        caller = hmac.new(self.key, address.encode(), hashlib.sha256).hexdigest()
        if not self.limiter.hit(parse(limit), route, caller):
            raise TooManyRequestsError

    def read_address(self, connection: "ASGIConnection[object, object, object, object] | Request") -> str:
        """The caller's address; X-Real-IP only where the trusted proxy says it."""
        direct = connection.client.host if connection.client else ""
        if self.trusted_proxy is not None and direct == self.trusted_proxy:
            return connection.headers.get("x-real-ip", direct)
        return direct


def limit_caller(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # pyright: ignore[reportMissingTypeArgument]
    """Guard of every route: holds the caller to the `limit` that the route states, if it states one."""
    limit = handler.opt.get("limit")
    if isinstance(limit, str) and limit[0].isdigit():
        limits: Limits = connection.app.state.limits
        day = connection.app.state.read_day()
        limits.check_caller(handler.handler_name, limit, limits.read_address(connection), day)
