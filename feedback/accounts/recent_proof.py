"""What must not happen in a session that somebody else took over: it asks for a sign-in of the last minutes."""

from datetime import datetime, timedelta

from feedback.accounts.powers import SignedIn
from surveys.errors import OldProofError

# Own choice: long enough to fetch a security key from the drawer, short enough for a screen left unlocked.
PROOF_HOLDS = timedelta(minutes=10)


def is_proof_recent(signed_in: SignedIn, now: datetime) -> bool:
    return now - signed_in.proved_at <= PROOF_HOLDS


def insist_recent_proof(signed_in: SignedIn, now: datetime) -> None:
    """Raises OldProofError."""
    if not is_proof_recent(signed_in, now):
        raise OldProofError
