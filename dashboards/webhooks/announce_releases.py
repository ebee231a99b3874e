"""Makes one message a release and owes it to every endpoint in use. A message names the release and holds no figure."""

from datetime import datetime, timedelta

import msgspec

from dashboards.webhooks.signatures import make_message_id
from feedback.database import Connection
from feedback.tables.webhook_deliveries import (
    Message,
    UnannouncedRelease,
    insert_message,
    owe_message,
    select_unannounced_releases,
)

RELEASE_PUBLISHED = "release.published"
OWED_FOR = timedelta(days=3)


class PublishedRelease(msgspec.Struct, frozen=True):
    """`content_digest` in hexadecimal."""

    release: str
    url: str
    method_version: str
    content_digest: str


class Announcement(msgspec.Struct, frozen=True):
    type: str
    timestamp: datetime
    data: PublishedRelease


async def announce_releases(connection: Connection, secret: str, base_url: str, now: datetime) -> None:
    """Of several senders the first announces a release; the others find it announced."""
    for release in await select_unannounced_releases(connection, RELEASE_PUBLISHED):
        message = make_message(release, secret, base_url, now)
        async with connection.transaction():
            if await insert_message(connection, message):
                await owe_message(connection, message.message_id, now, now + OWED_FOR)


def make_message(release: UnannouncedRelease, secret: str, base_url: str, now: datetime) -> Message:
    data = PublishedRelease(
        release=release.code,
        url=f"{base_url}/api/v1/releases/{release.code}",
        method_version=release.method_version,
        content_digest=release.content_digest.hex(),
    )
    body = msgspec.json.encode(Announcement(RELEASE_PUBLISHED, now.replace(microsecond=0), data)).decode()
    subject = release.code.encode() + b"|" + release.content_digest
    message_id = make_message_id(secret, RELEASE_PUBLISHED, subject)
    return Message(message_id, RELEASE_PUBLISHED, release.release_id, body, now)
