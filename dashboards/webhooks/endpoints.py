"""What an operator does with the endpoints of personnel systems: make, rotate, end. Decides nothing about sending."""

from base64 import b32encode
from datetime import date, datetime, timedelta

from dashboards.webhooks.addresses import read_url
from dashboards.webhooks.signatures import derive_signing_key, write_signing_secret
from feedback.database import Connection
from feedback.tables.webhook_deliveries import drop_waiting_deliveries
from feedback.tables.webhook_endpoints import Endpoint, end_endpoint, rotate_endpoint
from surveys.errors import UnknownWebhookError

BOTH_SECRETS_FOR = timedelta(hours=24)
ID_BYTES = 5
SALT_BYTES = 32


def make_endpoint(url: str, holder: str, made_on: date, random_bytes: bytes, *, allow_private: bool) -> Endpoint:
    """From 37 random bytes. Raises BadWebhookAddressError."""
    if len(random_bytes) != ID_BYTES + SALT_BYTES:
        raise ValueError(f"an endpoint is made of {ID_BYTES + SALT_BYTES} bytes")
    return Endpoint(
        endpoint_id=f"wh_{b32encode(random_bytes[:ID_BYTES]).decode().lower()}",
        holder=holder,
        url=str(read_url(url, allow_private=allow_private)),
        salt=random_bytes[ID_BYTES:],
        made_on=made_on,
        allow_private=allow_private,
    )


def write_secret_of(endpoint: Endpoint, secret: str) -> str:
    return write_signing_secret(derive_signing_key(secret, endpoint.endpoint_id, endpoint.salt))


async def rotate(connection: Connection, endpoint_id: str, secret: str, salt: bytes, now: datetime) -> str:
    """The new signing secret; the old one signs beside it for a day. Raises UnknownWebhookError."""
    if not await rotate_endpoint(connection, endpoint_id, salt, now + BOTH_SECRETS_FOR):
        raise UnknownWebhookError(endpoint=endpoint_id)
    return write_signing_secret(derive_signing_key(secret, endpoint_id, salt))


async def end(connection: Connection, endpoint_id: str, day: date, result: str) -> bool:
    """Whether there was such an endpoint in use; what it was still owed is given up, and says `result`."""
    async with connection.transaction():
        if not await end_endpoint(connection, endpoint_id, day):
            return False
        await drop_waiting_deliveries(connection, endpoint_id, result)
    return True
