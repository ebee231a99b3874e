"""How often one caller may do a thing. A caller is a keyed hash whose key lives in memory for one day."""

import hashlib
import hmac
import secrets
from datetime import date
from typing import Any

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from surveys.errors import TooManyRequestsError

Caller = ASGIConnection[Any, Any, Any, Any]


class Limits:
    def __init__(self, desk_limit: str, trusted_proxy: str | None) -> None:
        self.desk_limit = parse(desk_limit)
        self.trusted_proxy = trusted_proxy
        self.limiter = FixedWindowRateLimiter(MemoryStorage())
        self.day: date | None = None
        self.key = b""
        # Keys of other programs that were right since this program began: no flood of wrong ones shuts them out.
        self.right_keys: set[str] = set()

    async def check_desk(self, code: str) -> None:
        """Never by the caller: two hundred people may stand behind one address."""
        if not await self.limiter.hit(self.desk_limit, "desk", code):
            raise TooManyRequestsError

    async def check_caller(self, route: str, limit: str, address: str, day: date) -> None:
        if not await self.limiter.hit(parse(limit), route, self.hash_caller(address, day)):
            raise TooManyRequestsError

    async def has_room(self, route: str, limit: str, address: str, day: date) -> bool:
        """Whether the caller has not used the limit up; does not count."""
        return await self.limiter.test(parse(limit), route, self.hash_caller(address, day))

    def hash_caller(self, address: str, day: date) -> str:
        if day != self.day:
            self.day, self.key = day, secrets.token_bytes(32)
        return hmac.new(self.key, address.encode(), hashlib.sha256).hexdigest()

    def read_address(self, connection: Caller) -> str:
        """The caller's address; X-Real-IP only where the trusted proxy says it."""
        direct = connection.client.host if connection.client else ""
        if self.trusted_proxy is not None and direct == self.trusted_proxy:
            return connection.headers.get("x-real-ip", direct)
        return direct


async def limit_caller(connection: Caller, handler: BaseRouteHandler) -> None:
    """Guard: holds the caller to the `limit` that the route states; the framework's own OPTIONS states none."""
    if "limit" not in handler.opt:
        return
    limits: Limits = connection.app.state.limits
    day = connection.app.state.read_day()
    address = limits.read_address(connection)
    await limits.check_caller(handler.handler_name, handler.opt["limit"], address, day)
