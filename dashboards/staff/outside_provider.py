"""The identity provider that this installation is set up for, remembered for a while. Knows no accounts."""

import ssl
from functools import partial

from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from dashboards.short_memory import ShortMemory
from feedback.accounts.id_tokens import OutsidePerson, read_id_token
from feedback.accounts.outside import (
    Client,
    Provider,
    Secrets,
    fetch_id_token,
    make_address,
    make_tls,
    read_keys,
    read_provider,
)
from feedback.settings import Settings
from feedback.web.bodies import Request
from surveys.errors import OutsideOffError, OutsideRefusedError

BACK = "/staff/outside/back"
FRESH_SECONDS = 600.0


class ProviderMemory:
    def __init__(self) -> None:
        self.tls: ssl.SSLContext = make_tls()
        self.providers: ShortMemory[Provider] = ShortMemory(FRESH_SECONDS)
        self.keys: ShortMemory[KeySet] = ShortMemory(FRESH_SECONDS)


def find_memory(request: Request) -> ProviderMemory:
    if "outside" not in request.app.state:
        request.app.state["outside"] = ProviderMemory()
    return request.app.state["outside"]


def insist_issuer(settings: Settings) -> str:
    """Raises OutsideOffError."""
    if settings.oidc_issuer is None or not settings.oidc_client_id:
        raise OutsideOffError
    return settings.oidc_issuer


def describe_client(settings: Settings) -> Client:
    return Client(settings.oidc_client_id, settings.oidc_client_secret, f"{settings.base_url}{BACK}")


async def find_provider(request: Request) -> Provider:
    """Raises OutsideOffError and OutsideAwayError."""
    issuer, memory = insist_issuer(request.app.state.settings), find_memory(request)
    return await memory.providers.recall(issuer, partial(read_provider, memory.tls, issuer))


async def find_way_out(request: Request, secrets: Secrets, language: str) -> str:
    """The address at the provider. Raises OutsideOffError and OutsideAwayError."""
    provider = await find_provider(request)
    return make_address(provider, describe_client(request.app.state.settings), secrets, language)


async def ask_who_came_back(request: Request, code: str, issuer: str, secrets: Secrets) -> OutsidePerson:
    """`issuer` is what the answer names (RFC 9207), or empty. Raises OutsideOffError, -AwayError, -RefusedError."""
    provider = await find_provider(request)
    if issuer not in {"", provider.issuer}:
        raise OutsideRefusedError(reason="other-issuer")
    client = describe_client(request.app.state.settings)
    token = await fetch_id_token(find_memory(request).tls, provider, client, code, secrets)
    return await read_person(request, provider, token, secrets.nonce)


async def read_person(request: Request, provider: Provider, token: str, nonce: str) -> OutsidePerson:
    """Where the key is not known, the keys are read once more: the provider may have changed them."""
    memory = find_memory(request)
    read = partial(
        read_id_token,
        token,
        issuer=provider.issuer,
        client_id=request.app.state.settings.oidc_client_id,
        nonce=nonce,
        now=request.app.state.read_now(),
    )
    read_new_keys = partial(read_keys, memory.tls, provider)
    try:
        return read(await memory.keys.recall(provider.jwks_uri, read_new_keys))
    except InvalidKeyIdError:
        memory.keys.readings.pop(provider.jwks_uri, None)
    try:
        return read(await memory.keys.recall(provider.jwks_uri, read_new_keys))
    except InvalidKeyIdError:
        raise OutsideRefusedError(reason="signature") from None
