"""The table `case_files`: what was sent with a case, only ever added to. The policies know whose eyes it is for."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedback.database import Connection
from feedback.tables.supervision_cases import Audience, Side


class CaseFile(msgspec.Struct, frozen=True):
    """A file without its content; `size` in bytes."""

    file_id: int
    case_id: int
    name: str
    kind: str
    size: int
    audience: Audience
    side: Side
    added_at: datetime


class NewFile(msgspec.Struct, frozen=True):
    case_id: int
    unit_id: int
    name: str
    kind: str
    content: bytes
    digest: bytes
    audience: Audience
    side: Side
    added_by: int
    added_at: datetime


FILE = "file_id, case_id, name, kind, length(content) AS size, audience, side, added_at"
NEW = NewFile.__struct_fields__


async def hold_case_files(connection: Connection, case_id: int) -> None:
    """One at a time adds files to a case, until the transaction ends: so that they can be counted."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('case_files'), $1)", case_id)


async def insert_case_file(connection: Connection, file: NewFile) -> int | None:
    """The file_id; None where the case has a file of this content for the same eyes."""
    return await connection.fetchval(
        f"INSERT INTO case_files ({', '.join(NEW)})"
        f" VALUES ({', '.join(f'${place}' for place in range(1, len(NEW) + 1))})"
        " ON CONFLICT (case_id, digest, audience) DO NOTHING RETURNING file_id",
        *msgspec.structs.astuple(file),
    )


async def select_case_files(connection: Connection, case_id: int) -> Sequence[CaseFile]:
    """Oldest first, those that the connection may see."""
    rows = await connection.fetch(f"SELECT {FILE} FROM case_files WHERE case_id = $1 ORDER BY file_id", case_id)
    return [CaseFile(**dict(row)) for row in rows]


async def select_case_file(connection: Connection, case_id: int, file_id: int) -> tuple[CaseFile, bytes] | None:
    row = await connection.fetchrow(
        f"SELECT {FILE}, content FROM case_files WHERE case_id = $1 AND file_id = $2", case_id, file_id
    )
    if row is None:
        return None
    values = dict(row)
    content = values.pop("content")
    return CaseFile(**values), content
