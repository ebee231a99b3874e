"""Lets other programs in by their key: who asks, for what, how often. The secret is compared and forgotten."""

from limits import RateLimitItemPerMinute

from feedback.api_keys import ApiKey, Scope, ShownKey, check_key, is_same_secret, read_authorization
from feedback.database import TEMPORARY_FAILURES
from feedback.tables.api_keys import note_key_used, select_api_key
from feedback.web.limits import Caller, Limits
from surveys.errors import (
    ApiKeyEndedError,
    ApiKeyNeededError,
    ApiUnavailableError,
    QuotaUsedUpError,
    TooManyRequestsError,
    UnknownApiKeyError,
)

# Of one caller. No key at all costs nothing to refuse.
WRONG_KEYS = "60/minute"
MISSING_KEYS = "600/minute"


async def authorize(request: Caller, scope: Scope) -> ApiKey:
    """The key behind a request, if it opens `scope` from here today and has not used up its minute.

    Raises ApiKeyNeededError, UnknownApiKeyError or ApiKeyEndedError (401), ApiKeyWaitingError, ApiKeyTooNarrowError
    or UnlistedAddressError (403), QuotaUsedUpError or TooManyRequestsError (429), ApiUnavailableError (503).
    """
    header = request.headers.get("authorization", "")
    limits: Limits = request.app.state.limits
    address, day = limits.read_address(request), request.app.state.read_day()
    try:
        key = await find_key(request, read_authorization(header))
        check_key(key, scope, address, day)
    except (ApiKeyNeededError, UnknownApiKeyError, ApiKeyEndedError):
        kind, limit = ("wrong keys", WRONG_KEYS) if header else ("missing keys", MISSING_KEYS)
        await limits.check_caller(kind, limit, address, day)
        raise
    if not await limits.limiter.hit(RateLimitItemPerMinute(key.quota), "key", key.key_id):
        raise QuotaUsedUpError(quota=key.quota)
    return key


async def find_key(request: Caller, shown: ShownKey) -> ApiKey:
    """The key, noted as used today; UnknownApiKeyError where the id or the secret is of nobody.

    A caller who brought too many wrong keys is not looked up again in this minute, unless the key was right before.
    """
    limits: Limits = request.app.state.limits
    day = request.app.state.read_day()
    if shown.key_id not in limits.right_keys and not await limits.has_room(
        "wrong keys", WRONG_KEYS, limits.read_address(request), day
    ):
        raise TooManyRequestsError
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            key = await select_api_key(connection, shown.key_id)
            if key is None or not is_same_secret(shown, key):
                raise UnknownApiKeyError
            if key.last_used_on != day:
                await note_key_used(connection, key.key_id, day)
    except TEMPORARY_FAILURES:
        raise ApiUnavailableError from None
    limits.right_keys.add(key.key_id)
    return key
