"""Codes of a person's device (RFC 6238: six digits, a new one every 30 seconds), and the secret behind them, sealed."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyotp.totp import TOTP

from feedback.derive_keys import derive_key

ISSUER = "Lắng Nghe"
STEP_SECONDS = 30
DRIFT = (0, -1, 1)  # RFC 6238, 5.2: one step either way
SECRET_BYTES = 20  # RFC 4226, 4: 160 bits
NONCE_BYTES = 12
GROUP = 4
SHORTEST_ROOT = 32


def make_root(secret: str) -> bytes:
    """Raises ValueError for an installation's secret too short to make keys of."""
    root = secret.strip().encode()
    if len(root) < SHORTEST_ROOT:
        raise ValueError("accounts need a secret")
    return root


def derive_invited_secret(secret: str, token: str, browser: str) -> bytes:
    """What the device of an invitation gets: the same each time this browser opens its page, and never chosen by it.

    Another in each browser: whoever handed the link over, and opened it before, does not know the person's device.
    """
    key = derive_key(make_root(secret), b"", b"langnghe code device of an invitation v1")
    opened = f"{token}\0{browser}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, opened, hashlib.sha256)[:SECRET_BYTES]


def seal_secret(secret: str, account_id: int, totp_secret: bytes) -> bytes:
    """Opens for this account only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + make_cipher(secret).encrypt(nonce, totp_secret, b"%d" % account_id)


def open_secret(secret: str, account_id: int, sealed: bytes) -> bytes | None:
    """None where the installation's secret is another one now, or the bytes are of another account."""
    nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return make_cipher(secret).decrypt(nonce, content, b"%d" % account_id)
    except InvalidTag:
        return None


def make_cipher(secret: str) -> AESGCM:
    return AESGCM(derive_key(make_root(secret), b"", b"langnghe code device v1"))


def find_step(totp_secret: bytes, code: str, now: datetime) -> int | None:
    """The time step whose code this is; None where it is wrong. All steps are compared, whichever fits."""
    device = TOTP(encode_secret(totp_secret))
    step = int(now.timestamp()) // STEP_SECONDS
    typed = "".join(code.split()).encode("utf-8", "surrogatepass")
    fitting = [
        step + drift for drift in DRIFT if hmac.compare_digest(device.generate_otp(step + drift).encode(), typed)
    ]
    return fitting[0] if fitting else None


def make_code(totp_secret: bytes, now: datetime) -> str:
    """What the device shows; for tests and the demo."""
    return TOTP(encode_secret(totp_secret)).generate_otp(int(now.timestamp()) // STEP_SECONDS)


def encode_secret(totp_secret: bytes) -> str:
    return base64.b32encode(totp_secret).decode()


def print_secret(totp_secret: bytes) -> str:
    """For those who type it into the device: groups of four letters."""
    text = encode_secret(totp_secret)
    return " ".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def make_enrolment_address(totp_secret: bytes, sign_in_name: str) -> str:
    """otpauth://…, which devices read from a square."""
    return TOTP(encode_secret(totp_secret), name=sign_in_name, issuer=ISSUER).provisioning_uri()
