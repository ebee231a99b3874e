"""The token under which a form's rating is stored: the same form of a batch is one rating, however often sent."""

import hashlib
import hmac

from feedback.derive_keys import derive_key
from surveys.codes import TOKEN_BYTES, make_token
from surveys.errors import StaffPagesUnavailableError

SHORTEST_SECRET = 32


def make_form_token(secret: str, batch_id: int, form_number: int, turn: int = 1) -> str:
    """Nobody makes it without the installation's secret. Turn 2 is for what the second entry corrects.

    Raises StaffPagesUnavailableError where no secret is set.
    """
    root = secret.strip().encode()
    if len(root) < SHORTEST_SECRET:
        raise StaffPagesUnavailableError
    key = derive_key(root, b"", b"langnghe rating of a paper form v1")
    return make_token(hmac.digest(key, b"%d|%d|%d" % (batch_id, form_number, turn), hashlib.sha256)[:TOKEN_BYTES])
