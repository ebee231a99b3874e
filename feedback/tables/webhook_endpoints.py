"""The table `webhook_endpoints`: the programs that are told of releases. Their signing secrets are not in it."""

from datetime import date, datetime

import msgspec

from feedback.database import Connection


class Endpoint(msgspec.Struct, frozen=True):
    """`salt` and LANGNGHE_SECRET give the signing secret; the earlier one signs too, before `earlier_until`."""

    endpoint_id: str
    holder: str
    url: str
    salt: bytes
    made_on: date
    allow_private: bool = False
    ended_on: date | None = None
    earlier_salt: bytes | None = None
    earlier_until: datetime | None = None


ENDPOINT = Endpoint.__struct_fields__


async def insert_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    places = ", ".join(f"${place}" for place in range(1, len(ENDPOINT) + 1))
    await connection.execute(
        f"INSERT INTO webhook_endpoints ({', '.join(ENDPOINT)}) VALUES ({places})",
        *(getattr(endpoint, name) for name in ENDPOINT),
    )


async def select_endpoints(connection: Connection) -> list[Endpoint]:
    """All that were ever made, by holder, oldest first."""
    rows = await connection.fetch(
        f"SELECT {', '.join(ENDPOINT)} FROM webhook_endpoints ORDER BY holder, made_on, endpoint_id"
    )
    return [Endpoint(**dict(row)) for row in rows]


async def select_endpoint(connection: Connection, endpoint_id: str) -> Endpoint | None:
    """One that is in use."""
    row = await connection.fetchrow(
        f"SELECT {', '.join(ENDPOINT)} FROM webhook_endpoints WHERE endpoint_id = $1 AND ended_on IS NULL", endpoint_id
    )
    return None if row is None else Endpoint(**dict(row))


async def rotate_endpoint(connection: Connection, endpoint_id: str, salt: bytes, earlier_until: datetime) -> bool:
    """Whether there is such an endpoint in use; its salt becomes the earlier one."""
    status = await connection.execute(
        "UPDATE webhook_endpoints SET earlier_salt = salt, earlier_until = $3, salt = $2"
        " WHERE endpoint_id = $1 AND ended_on IS NULL",
        endpoint_id,
        salt,
        earlier_until,
    )
    return status == "UPDATE 1"


async def end_endpoint(connection: Connection, endpoint_id: str, day: date) -> bool:
    """Whether there was such an endpoint in use."""
    status = await connection.execute(
        "UPDATE webhook_endpoints SET ended_on = $2 WHERE endpoint_id = $1 AND ended_on IS NULL", endpoint_id, day
    )
    return status == "UPDATE 1"
