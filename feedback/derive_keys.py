"""Keys for one purpose each, made from the installation's secret. Holds no state and draws nothing."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


def derive_key(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """HKDF-SHA256 of RFC 5869, 32 bytes: `purpose` is its `info`."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, purpose).derive(secret)
