"""The table `catalogue_uploads`: a workbook between its dry run and its import, for half an hour, one an account."""

from datetime import datetime, timedelta

import msgspec

from feedback.database import Connection

KEPT_FOR = timedelta(minutes=30)


class CatalogueUpload(msgspec.Struct, frozen=True):
    name: str
    content: bytes


async def keep_upload(
    connection: Connection, upload_id: bytes, account_id: int, upload: CatalogueUpload, now: datetime, oldest: datetime
) -> None:
    """In place of what the account kept before; whatever came before `oldest` goes too, whosever it is."""
    await connection.execute(
        "DELETE FROM catalogue_uploads WHERE account_id = $1 OR uploaded_at < $2", account_id, oldest
    )
    await connection.execute(
        "INSERT INTO catalogue_uploads (upload_id, account_id, name, content, uploaded_at) VALUES ($1, $2, $3, $4, $5)",
        upload_id,
        account_id,
        upload.name,
        upload.content,
        now,
    )


async def select_upload(
    connection: Connection, upload_id: bytes, account_id: int, oldest: datetime
) -> CatalogueUpload | None:
    """None also where another account brought it, or it is too old."""
    row = await connection.fetchrow(
        "SELECT name, content FROM catalogue_uploads WHERE upload_id = $1 AND account_id = $2 AND uploaded_at >= $3",
        upload_id,
        account_id,
        oldest,
    )
    return None if row is None else CatalogueUpload(row["name"], row["content"])


async def forget_uploads(connection: Connection, now: datetime) -> int:
    """How many are gone that nobody imported in time."""
    status = await connection.execute("DELETE FROM catalogue_uploads WHERE uploaded_at < $1", now - KEPT_FOR)
    return int(status.removeprefix("DELETE "))


async def delete_upload(connection: Connection, upload_id: bytes) -> None:
    await connection.execute("DELETE FROM catalogue_uploads WHERE upload_id = $1", upload_id)
