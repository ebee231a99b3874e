"""Whether an ID token is the provider's word, to us, about this sign-in (OpenID Connect Core 1.0, 3.1.3.7). Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from surveys.errors import OutsideRefusedError

LEEWAY_SECONDS = 60
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, 2: ASCII, 255 characters at most
LONGEST_NAME = 100
# Signatures by a key that only the provider has: neither "none" nor a secret that both sides know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
# RFC 8176: what the person knows, and what the person holds. A message over the telephone network is neither.
KNOWN, HELD = {"pwd", "pin", "kba"}, {"otp", "hwk", "swk", "sc", "pop"}
SEVERAL = "mfa"


class OutsidePerson(msgspec.Struct, frozen=True):
    """`outside_id` is issuer and subject; `name` is for reading only: nobody is recognised by it."""

    outside_id: str
    name: str
    has_two_factors: bool


def read_id_token(token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now: datetime) -> OutsidePerson:
    """Raises OutsideRefusedError with the reason; InvalidKeyIdError where no key of the set has the name it gives."""
    claims = verify_signature(token, keys)
    check_claims(claims, issuer=issuer, client_id=client_id, nonce=nonce, now=now)
    return OutsidePerson(
        outside_id=f"{issuer} {claims['sub']}",
        name=read_name(claims),
        has_two_factors=names_two_factors(claims.get("amr")),
    )


def verify_signature(token: str, keys: KeySet) -> Mapping[str, Any]:
    try:
        return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise OutsideRefusedError(reason="signature") from None


def check_claims(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: datetime) -> None:
    registry = jwt.JWTClaimsRegistry(
        int(now.timestamp()),
        LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except JoseError as error:
        raise OutsideRefusedError(reason=f"{error.error}:{getattr(error, 'claim', '')}") from None
    if claims.get("nonce") != nonce:
        raise OutsideRefusedError(reason="nonce")
    if not is_for(client_id, claims):
        raise OutsideRefusedError(reason="azp")
    subject = claims["sub"]
    if not (subject and subject.isascii() and subject.isprintable() and len(subject) <= LONGEST_SUBJECT):
        raise OutsideRefusedError(reason="subject")


def is_for(client_id: str, claims: Mapping[str, Any]) -> bool:
    """A token for several must name the one it was given to."""
    audience = claims["aud"]
    is_for_several = isinstance(audience, list) and len(audience) > 1  # pyright: ignore[reportUnknownArgumentType]
    return claims.get("azp", None if is_for_several else client_id) == client_id


def names_two_factors(methods: object) -> bool:
    """Whether the provider says so: several factors, or one that the person knows and one that the person holds."""
    if not isinstance(methods, list):
        return False
    said = {method for method in methods if isinstance(method, str)}  # pyright: ignore[reportUnknownVariableType]
    return SEVERAL in said or bool(said & KNOWN and said & HELD)


def read_name(claims: Mapping[str, Any]) -> str:
    """By which the person knows the account of the organisation; the subject where it says nothing more."""
    for claim in ("preferred_username", "name", "sub"):
        text = claims.get(claim)
        if isinstance(text, str) and text.isprintable() and text.strip():
            return text.strip()[:LONGEST_NAME]
    return ""
