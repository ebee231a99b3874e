"""The table `surveys`: which versions have been published, each with the digest of its file."""

import msgspec

from feedback.database import Connection


class SurveyRow(msgspec.Struct, frozen=True):
    survey_id: int
    code: str
    version: int
    rater_kind: str
    digest: bytes


async def select_surveys(connection: Connection) -> list[SurveyRow]:
    rows = await connection.fetch(
        "SELECT survey_id, code, version, rater_kind, digest FROM surveys ORDER BY code, version"
    )
    return [SurveyRow(**dict(row)) for row in rows]


async def insert_survey(connection: Connection, code: str, version: int, rater_kind: str, digest: bytes) -> None:
    """A version that is there already stays as it is."""
    await connection.execute(
        "INSERT INTO surveys (code, version, rater_kind, digest) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (code, version) DO NOTHING",
        code,
        version,
        rater_kind,
        digest,
    )
