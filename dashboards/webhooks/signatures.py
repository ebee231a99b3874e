"""Signs what is sent, by Standard Webhooks 1.0 (https://www.standardwebhooks.com), and makes the secrets for it.

A secret is made anew from LANGNGHE_SECRET and the endpoint's salt each time; it is stored nowhere.
"""

import hashlib
import hmac
from base64 import b32encode, b64encode
from collections.abc import Mapping
from datetime import datetime

from feedback.derive_keys import derive_key
from feedback.tables.webhook_endpoints import Endpoint

_ID_BYTES = 15
_SHORTEST_SECRET = 32


def make_message_id(secret: str, kind: str, subject: bytes) -> str:
    """The same for the same subject of this installation, so that a receiver recognises what it has seen."""
    key = derive_key(read_root(secret), b"", b"langnghe webhook message v1")
    digest = hmac.digest(key, kind.encode() + b"|" + subject, hashlib.sha256)
    return f"msg_{b32encode(digest[:_ID_BYTES]).decode().lower()}"


def derive_signing_key(secret: str, endpoint_id: str, salt: bytes) -> bytes:
    """32 bytes; the standard asks for 24 to 64."""
    return derive_key(read_root(secret), salt, b"langnghe webhook v1|" + endpoint_id.encode())


def read_root(secret: str) -> bytes:
    """Raises ValueError for a secret too short to make keys of."""
    root = secret.strip().encode()
    if len(root) < _SHORTEST_SECRET:
        raise ValueError("webhooks need a secret")
    return root


def write_signing_secret(key: bytes) -> str:
    return f"whsec_{b64encode(key).decode()}"


def sign(key: bytes, message_id: str, sent_at: int, body: bytes) -> str:
    """`sent_at` in whole seconds since 1970."""
    signed = f"{message_id}.{sent_at}.".encode() + body
    return f"v1,{b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def make_headers(secret: str, endpoint: Endpoint, message_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """With the signature of the secret before the last rotation too, for as long as it holds."""
    salts = [endpoint.salt]
    if endpoint.earlier_salt is not None and endpoint.earlier_until is not None and now < endpoint.earlier_until:
        salts.append(endpoint.earlier_salt)
    sent_at = int(now.timestamp())
    keys = [derive_signing_key(secret, endpoint.endpoint_id, salt) for salt in salts]
    return {
        "content-type": "application/json",
        "user-agent": "langnghe-webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": f"{sent_at}",
        "webhook-signature": " ".join(sign(key, message_id, sent_at, body) for key in keys),
    }
