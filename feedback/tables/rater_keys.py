"""The table `rater_keys`: half of the key of each quarter's chat hashes, until it is destroyed."""

from datetime import date

from feedback.database import Connection


async def insert_rater_key(connection: Connection, quarter: str, key: bytes, destroy_on: date) -> None:
    """Does nothing where the quarter has its key."""
    await connection.execute(
        "INSERT INTO rater_keys (quarter, key, destroy_on) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        quarter,
        key,
        destroy_on,
    )


async def select_rater_keys(connection: Connection, day: date) -> dict[str, bytes]:
    """Quarter to key, newest first, of the keys not yet due to be destroyed on `day`."""
    rows = await connection.fetch(
        "SELECT quarter, key FROM rater_keys WHERE destroy_on > $1 ORDER BY quarter DESC", day
    )
    return {row["quarter"]: row["key"] for row in rows}


async def destroy_rater_keys(connection: Connection, day: date) -> int:
    status = await connection.execute("DELETE FROM rater_keys WHERE destroy_on <= $1", day)
    return int(status.rpartition(" ")[2])


async def rewrite_rater_keys(connection: Connection) -> None:
    """Write the table anew, so that deleted keys do not stay in its file. Not inside a transaction."""
    await connection.execute("VACUUM FULL rater_keys")
