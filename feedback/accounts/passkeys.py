"""Passkeys (WebAuthn): what a browser is asked to sign, and whether what came back proves who signs in.

A passkey that verified its person is both factors. The `reason` of a refusal is for the audit log, not for the reader.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from feedback.accounts.challenges import hand_out_challenge, take_back_challenge
from feedback.accounts.powers import Account
from feedback.database import Connection
from feedback.tables.account_passkeys import (
    Passkey,
    insert_passkey,
    select_passkey,
    select_passkeys,
    update_passkey_used,
)
from feedback.tables.sign_in_challenges import Purpose
from surveys.errors import PasskeyRefusedError, PasskeysOffError, TooManyPasskeysError

LIFETIME = timedelta(minutes=5)
TIMEOUT_MILLISECONDS = 300_000
MOST_PASSKEYS = 10
LONGEST_NAME = 60
HANDLE_BYTES = 8
SITE = "Lắng Nghe"


class RelyingParty(msgspec.Struct, frozen=True):
    """`id` is the host that passkeys are made for; `origin` is where pages may ask for them."""

    id: str
    origin: str


def find_relying_party(base_url: str) -> RelyingParty | None:
    """None where browsers allow no passkeys: at an address of digits, and over http unless the host is localhost."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").lower()
    if not host or is_ip_address(host) or (parts.scheme.lower() != "https" and host != "localhost"):
        return None
    return RelyingParty(host, f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}")


def insist_relying_party(base_url: str) -> RelyingParty:
    """Raises PasskeysOffError."""
    party = find_relying_party(base_url)
    if party is None:
        raise PasskeysOffError
    return party


def is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def make_handle(account_id: int) -> bytes:
    """What the authenticator keeps of the account: its number here, which means nothing elsewhere."""
    return account_id.to_bytes(HANDLE_BYTES)


def tidy_name(text: str, usual: str) -> str:
    """The name as it can be kept: printable, 60 letters at most; `usual` where nothing is left."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:LONGEST_NAME].strip() or usual


def encode_id(credential_id: bytes) -> str:
    return base64.urlsafe_b64encode(credential_id).decode().rstrip("=")


def decode_bytes(text: str) -> bytes:
    """What a script sent as base64url. Raises PasskeyRefusedError."""
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise PasskeyRefusedError(reason="unreadable") from None


async def offer_enrolment(connection: Connection, party: RelyingParty, account: Account, now: datetime) -> str:
    """The options of navigator.credentials.create(), as JSON. Raises TooManyPasskeysError."""
    known = await select_passkeys(connection, account.account_id)
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeysError(most=MOST_PASSKEYS)
    challenge = await hand_out_challenge(connection, "passkey-made", now, LIFETIME, account_id=account.account_id)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=SITE,
        user_id=make_handle(account.account_id),
        user_name=account.sign_in_name,
        user_display_name=account.display_name,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
    )
    return options_to_json(options)


async def enrol_passkey(
    connection: Connection, party: RelyingParty, account_id: int, name: str, shown: Mapping[str, str], now: datetime
) -> Passkey:
    """`shown`: credential, client_data and attestation. Raises PasskeyRefusedError and TooManyPasskeysError."""
    client_data = decode_bytes(shown["client_data"])
    challenge = await take_back(connection, client_data, "passkey-made", now, account_id)
    made = verify_made(party, challenge, client_data, shown)
    if len(await select_passkeys(connection, account_id)) >= MOST_PASSKEYS:
        raise TooManyPasskeysError(most=MOST_PASSKEYS)
    passkey = Passkey(made.credential_id, account_id, name, made.credential_public_key, made.sign_count, made_at=now)
    if not await insert_passkey(connection, passkey):
        raise PasskeyRefusedError(reason="known", account_id=account_id)
    return passkey


async def offer_sign_in(connection: Connection, party: RelyingParty, now: datetime) -> str:
    """The options of navigator.credentials.get(), as JSON: for whoever it is, so no name is asked or told."""
    challenge = await hand_out_challenge(connection, "passkey-shown", now, LIFETIME)
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def prove_passkey(
    connection: Connection, party: RelyingParty, shown: Mapping[str, str], now: datetime, day: date
) -> Passkey:
    """`shown`: credential, client_data, authenticator_data, signature, user_handle. Raises PasskeyRefusedError."""
    client_data = decode_bytes(shown["client_data"])
    challenge = await take_back(connection, client_data, "passkey-shown", now, None)
    passkey = await select_passkey(connection, decode_bytes(shown["credential"]))
    if passkey is None:
        raise PasskeyRefusedError(reason="unknown")
    if decode_bytes(shown["user_handle"]) != make_handle(passkey.account_id):
        raise PasskeyRefusedError(reason="other-account", account_id=passkey.account_id)
    sign_count = verify_shown(party, challenge, client_data, shown, passkey)
    if not await update_passkey_used(connection, passkey.credential_id, sign_count, day):
        raise PasskeyRefusedError(reason="sign-count", account_id=passkey.account_id)
    return passkey


async def take_back(
    connection: Connection, client_data: bytes, purpose: Purpose, now: datetime, account_id: int | None
) -> bytes:
    """The challenge that was signed, if it was handed out for this and is not used up. Raises PasskeyRefusedError."""
    try:
        parsed = parse_client_data_json(client_data)
        challenge = bytes(parsed.challenge)
    except Exception:  # noqa: BLE001 (hostile bytes make the library raise much that it does not declare)
        raise PasskeyRefusedError(reason="unreadable") from None
    if parsed.cross_origin:
        raise PasskeyRefusedError(reason="cross-origin")
    if await take_back_challenge(connection, challenge, purpose, now, account_id=account_id) is None:
        raise PasskeyRefusedError(reason="challenge")
    return challenge


def verify_made(
    party: RelyingParty, challenge: bytes, client_data: bytes, shown: Mapping[str, str]
) -> VerifiedRegistration:
    """Raises PasskeyRefusedError."""
    response = AuthenticatorAttestationResponse(
        client_data_json=client_data, attestation_object=decode_bytes(shown["attestation"])
    )
    raw_id = decode_bytes(shown["credential"])
    try:
        verified = verify_registration_response(
            credential=RegistrationCredential(id=shown["credential"], raw_id=raw_id, response=response),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 (hostile bytes make the library raise much that it does not declare)
        raise PasskeyRefusedError(reason="not-verified") from None
    if verified.credential_id != raw_id:
        raise PasskeyRefusedError(reason="not-verified")
    return verified


def verify_shown(
    party: RelyingParty, challenge: bytes, client_data: bytes, shown: Mapping[str, str], passkey: Passkey
) -> int:
    """The sign count that was signed. Raises PasskeyRefusedError."""
    response = AuthenticatorAssertionResponse(
        client_data_json=client_data,
        authenticator_data=decode_bytes(shown["authenticator_data"]),
        signature=decode_bytes(shown["signature"]),
    )
    try:
        verified = verify_authentication_response(
            credential=AuthenticationCredential(
                id=encode_id(passkey.credential_id), raw_id=passkey.credential_id, response=response
            ),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # compared by the database, where two at once cannot both be first
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 (hostile bytes make the library raise much that it does not declare)
        raise PasskeyRefusedError(reason="not-verified", account_id=passkey.account_id) from None
    return verified.new_sign_count
