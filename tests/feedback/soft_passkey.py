"""An authenticator in software: makes passkeys and signs with them, rightly or with one thing forged."""

import base64
import hashlib
import json
import os
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

# WebAuthn level 3, 6.1: user present, user verified, attested credential data included.
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "===")


class SoftPasskey:
    """`origin` is what the browser would say; `handle` is filled when the passkey is made."""

    def __init__(self, origin: str, site: str = "localhost") -> None:
        self.origin = origin
        self.site = site
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(16)
        self.sign_count = 0
        self.handle = b""

    def describe(self, kind: str, challenge: str, /, **changes: object) -> bytes:
        """The client data, as the browser would write it."""
        client_data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **changes}
        return json.dumps(client_data).encode()

    def show_state(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4)

    def write_public_key(self) -> bytes:
        """COSE (RFC 9053): kty EC2, alg ES256, curve P-256."""
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def make(self, options: str, *, flags: int = PRESENT | VERIFIED | ATTESTED, **changes: object) -> dict[str, str]:
        """What navigator.credentials.create() would answer, as the script sends it."""
        asked: dict[str, Any] = json.loads(options)
        self.handle = decode(asked["user"]["id"])
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self.write_public_key()
        attestation = {"fmt": "none", "attStmt": {}, "authData": self.show_state(flags) + attested}
        return {
            "credential": encode(self.credential_id),
            "client_data": encode(self.describe("webauthn.create", asked["challenge"], **changes)),
            "attestation": encode(cbor2.dumps(attestation)),
        }

    def show(self, options: str, *, flags: int = PRESENT | VERIFIED, **changes: object) -> dict[str, str]:
        """What navigator.credentials.get() would answer; each time counts."""
        self.sign_count += 1
        client_data = self.describe("webauthn.get", json.loads(options)["challenge"], **changes)
        state = self.show_state(flags)
        signature = self.key.sign(state + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return {
            "credential": encode(self.credential_id),
            "client_data": encode(client_data),
            "authenticator_data": encode(state),
            "signature": encode(signature),
            "user_handle": encode(self.handle),
        }
