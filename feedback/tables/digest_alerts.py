"""What a digest says of open alerts, read behind the second wall: codes of officials, never names."""

from datetime import date, datetime

import msgspec

from feedback.database import Connection
from feedback.tables.supervision_alerts import AlertKind


class DigestCounts(msgspec.Struct, frozen=True):
    """`heaviest` is the greatest weight among the open ones, 0 without any."""

    open: int
    new: int
    heaviest: int


class DigestAlert(msgspec.Struct, frozen=True):
    """`desk_number` and `official_code` are empty where the alert is not about one; `evidence` is JSON."""

    alert_id: int
    kind: AlertKind
    weight: int
    day: date
    evidence: str
    unit_id: int
    unit_name: str
    desk_number: str
    official_id: int
    official_code: str


async def count_open_alerts(connection: Connection, since: datetime | None) -> DigestCounts:
    """New is what was raised, woken or opened again after `since`; without it, everything."""
    row = await connection.fetchrow(
        "SELECT count(*) AS open, count(*) FILTER (WHERE $1::timestamptz IS NULL OR changed_at > $1) AS new,"
        " coalesce(max(weight), 0) AS heaviest FROM supervision_alerts WHERE state = 'open'",
        since,
    )
    return DigestCounts(0, 0, 0) if row is None else DigestCounts(row["open"], row["new"], row["heaviest"])


async def select_heaviest_alerts(connection: Connection, most: int) -> list[DigestAlert]:
    """Heaviest first, then newest, of the units that the connection reaches."""
    rows = await connection.fetch(
        "SELECT s.alert_id, s.kind, s.weight, s.day, s.evidence, s.unit_id, u.name AS unit_name,"
        " coalesce(d.number, '') AS desk_number, s.official_id, coalesce(o.code, '') AS official_code"
        " FROM supervision_alerts AS s JOIN units AS u USING (unit_id)"
        " LEFT JOIN desks AS d ON d.desk_id = s.desk_id LEFT JOIN officials AS o ON o.official_id = s.official_id"
        " WHERE s.state = 'open' ORDER BY s.weight DESC, s.day DESC, s.alert_id LIMIT $1",
        most,
    )
    return [DigestAlert(**dict(row)) for row in rows]
