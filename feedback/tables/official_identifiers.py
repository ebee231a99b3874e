"""The table `official_identifiers`: what the personnel system of a key holder calls an official."""

from collections.abc import Mapping, Sequence

from feedback.database import Connection


async def select_official_ids(connection: Connection, codes: Sequence[str]) -> dict[str, int]:
    """The ids of those codes that are known."""
    rows = await connection.fetch("SELECT code, official_id FROM officials WHERE code = ANY ($1::text[])", codes)
    return {row["code"]: row["official_id"] for row in rows}


async def replace_identifiers(connection: Connection, holder: str, identifiers: Mapping[int, str]) -> None:
    """For the officials named by id; what stood for them, or under these identifiers, at this holder goes."""
    ids, texts = list(identifiers), list(identifiers.values())
    await connection.execute(
        "DELETE FROM official_identifiers WHERE holder = $1"
        " AND (official_id = ANY ($2::integer[]) OR identifier = ANY ($3::text[]))",
        holder,
        ids,
        texts,
    )
    await connection.execute(
        "INSERT INTO official_identifiers (holder, official_id, identifier)"
        " SELECT $1, * FROM unnest($2::integer[], $3::text[])",
        holder,
        ids,
        texts,
    )


async def select_identified_official(connection: Connection, holder: str, identifier: str) -> str | None:
    """The code of the official whom the holder calls so."""
    return await connection.fetchval(
        "SELECT o.code FROM official_identifiers JOIN officials AS o USING (official_id)"
        " WHERE holder = $1 AND identifier = $2",
        holder,
        identifier,
    )
