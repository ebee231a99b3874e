"""What visit slips need of the installation's secret: a key for each desk, tokens of ratings, hashes of references."""

import hashlib
import hmac

import msgspec

from feedback.derive_keys import derive_key
from surveys.codes import TOKEN_BYTES, make_token

_SHORTEST_SECRET = 32


class SlipSecrets(msgspec.Struct, frozen=True):
    """What slips need of the installation's secret."""

    root: bytes
    ratings: bytes
    references: bytes

    def derive_desk_key(self, desk_id: int, epoch: int, salt: bytes) -> bytes:
        """The key of one desk's slips; without the desk's own `salt` the secret gives no key."""
        return derive_key(self.root, salt, b"langnghe visit slip v1|%d|%d" % (desk_id, epoch))

    def make_rating_token(self, slip_id: int, nonce: bytes) -> str:
        """The one token, and receipt, of the rating that spends the slip; nobody can make it without the nonce."""
        return make_token(hmac.digest(self.ratings, b"%d|" % slip_id + nonce, hashlib.sha256)[:TOKEN_BYTES])

    def hash_reference(self, issuer: str, unit_id: int, reference: str) -> bytes:
        """What is kept of an issuer's own reference."""
        text = "\0".join((issuer, f"{unit_id}", reference))
        return hmac.digest(self.references, text.encode(), hashlib.sha256)


def make_slip_secrets(secret: str) -> SlipSecrets:
    """Raises ValueError for a secret too short to make keys of."""
    root = secret.strip().encode()
    if len(root) < _SHORTEST_SECRET:
        raise ValueError("slips need a secret")
    return SlipSecrets(
        root,
        derive_key(root, b"", b"langnghe rating of a visit slip v1"),
        derive_key(root, b"", b"langnghe reference of a slip's issuer v1"),
    )
