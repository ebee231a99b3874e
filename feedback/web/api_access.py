"""Lets other programs in by their key: who asks, for what, how often. The secret is compared and forgotten."""

from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute

from feedback.api_keys import ApiKey, Scope, ShownKey, check_key, is_basic, is_same_secret, read_authorization
from feedback.database import TEMPORARY_FAILURES
from feedback.tables.api_keys import note_key_used, select_api_key
from feedback.web.limits import Caller, Limits
from surveys.errors import (
    ApiKeyEndedError,
    ApiKeyNeededError,
    ApiUnavailableError,
    ForeignPageError,
    QuotaUsedUpError,
    TooManyRequestsError,
    UnknownApiKeyError,
)

# Of one caller. No key at all costs nothing to refuse, and every browser begins so before it asks for one.
WRONG_KEYS = "60/minute"
MISSING_KEYS = "600/minute"


async def authorize(request: Caller, scope: Scope) -> ApiKey:
    """The key behind a request, if it opens `scope` from here today and has not used up its minute.

    Raises ApiKeyNeededError, UnknownApiKeyError or ApiKeyEndedError (401), ApiKeyTooNarrowError, UnlistedAddressError
    or ForeignPageError (403), QuotaUsedUpError or TooManyRequestsError (429), ApiUnavailableError (503).
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
    if is_basic(header):
        check_origin(request)
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


def check_origin(request: Caller) -> None:
    """A browser repeats the key of its prompt for any page that sends it here: what changes something must be ours.

    Raises ForeignPageError. Programs send neither header; on our own pages the origin is "null" (no-referrer), so
    where the browser says the site, that alone counts.
    """
    if request.scope.get("method") in {"GET", "HEAD"}:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = {request.headers.get("host"), urlsplit(request.app.state.settings.base_url).netloc}
    is_own = urlsplit(origin).netloc in own if origin is not None else True
    if site not in {"same-origin", "none"} if site is not None else not is_own:
        raise ForeignPageError
