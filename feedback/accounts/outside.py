"""OpenID Connect: what is asked of an identity provider, and how. Knows no accounts, and judges no token.

The `reason` of a refusal is for the audit log, not for the reader.
"""

import asyncio
import base64
import hashlib
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import certifi
import httpx
import msgspec
import structlog
from joserfc.jwk import KeySet

from surveys.errors import OutsideAwayError, OutsideRefusedError

PATIENCE_SECONDS = 5.0
LARGEST_ANSWER = 262_144
SCOPE = "openid profile"
HTTP_OK = 200
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

log = structlog.get_logger()


class Provider(msgspec.Struct, frozen=True):
    """What is used of its discovery document (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Client(msgspec.Struct, frozen=True):
    """How the provider knows this program; `back` is the address that it sends people back to."""

    client_id: str
    client_secret: str
    back: str


class Secrets(msgspec.Struct, frozen=True):
    """Random texts of one sign-in: for the address, the token, and the exchange of the code."""

    state: str
    nonce: str
    verifier: str


def make_tls() -> ssl.SSLContext:
    """Trusts what the machine trusts (an authority's own certificate belongs there) and the public authorities."""
    tls = ssl.create_default_context()
    tls.load_verify_locations(certifi.where())
    return tls


def is_safe(address: str) -> bool:
    """Over TLS, or not leaving this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


async def read_provider(tls: ssl.SSLContext, issuer: str) -> Provider:
    """Raises OutsideAwayError, also for a document of another issuer or with addresses that are not safe."""
    if not is_safe(issuer):
        raise report_away("issuer-not-https")
    content = await ask(tls, "GET", f"{issuer}/.well-known/openid-configuration")
    try:
        provider = msgspec.json.decode(content, type=Provider)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise report_away("unreadable-discovery") from None
    if provider.issuer.rstrip("/") != issuer:
        raise report_away("other-issuer")
    if not all(map(is_safe, (provider.authorization_endpoint, provider.token_endpoint, provider.jwks_uri))):
        raise report_away("unsafe-endpoint")
    return provider


async def read_keys(tls: ssl.SSLContext, provider: Provider) -> KeySet:
    """Raises OutsideAwayError."""
    content = await ask(tls, "GET", provider.jwks_uri)
    try:
        return KeySet.import_key_set(msgspec.json.decode(content))
    except Exception:  # noqa: BLE001 (a key set of another shape makes the library raise much that it does not declare)
        raise report_away("unreadable-keys") from None


def make_address(provider: Provider, client: Client, secrets: Secrets, language: str) -> str:
    """Where the person goes: the code flow (OpenID Connect Core 1.0, 3.1.2.1) with PKCE (RFC 7636)."""
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.back,
        "scope": SCOPE,
        "state": secrets.state,
        "nonce": secrets.nonce,
        "code_challenge": make_code_challenge(secrets.verifier),
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    sign = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return f"{provider.authorization_endpoint}{sign}{urlencode(asked)}"


def make_code_challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


async def fetch_id_token(tls: ssl.SSLContext, provider: Provider, client: Client, code: str, secrets: Secrets) -> str:
    """Exchanges the code. Raises OutsideAwayError, and OutsideRefusedError where the provider takes no such code."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.back,
        "code_verifier": secrets.verifier,
    }
    headers: dict[str, str] = {}
    if "client_secret_basic" in provider.token_endpoint_auth_methods_supported and client.client_secret:
        headers["authorization"] = make_basic(client)
    else:
        secret = {"client_secret": client.client_secret} if client.client_secret else {}
        fields |= {"client_id": client.client_id, **secret}
    content = await ask(tls, "POST", provider.token_endpoint, fields, headers)
    try:
        return msgspec.json.decode(content, type=dict[str, Any])["id_token"]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        raise OutsideRefusedError(reason="no-token") from None


def make_basic(client: Client) -> str:
    """RFC 6749, 2.3.1: each part as in a form."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


async def ask(
    tls: ssl.SSLContext,
    method: str,
    address: str,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """What it answered, within the patience for all of it. Raises OutsideAwayError and OutsideRefusedError (4xx)."""
    content = bytearray()
    headers = {"accept": "application/json", **(headers or {})}
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            httpx.AsyncClient(verify=tls, follow_redirects=False, trust_env=False) as client,
            client.stream(method, address, data=fields, headers=headers) as answer,
        ):
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise report_away("answer-too-large")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
        raise report_away("unreachable") from None
    if method == "POST" and 400 <= answer.status_code < 500:  # noqa: PLR2004 (what HTTP calls the caller's fault)
        raise OutsideRefusedError(reason="code-not-taken")
    if answer.status_code != HTTP_OK:
        raise report_away("wrong-status")
    return bytes(content)


def report_away(why: str) -> OutsideAwayError:
    """For the operator: why; people are told only that it is away."""
    log.warning("identity provider", why=why)
    return OutsideAwayError()
