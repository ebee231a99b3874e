"""Whether a case can be passed up: only to a level at which somebody can take it over. Reads only."""

from dashboards.cases.hold_case import raise_level
from feedback.database import Connection
from feedback.tables.case_views import select_is_front_there
from feedback.tables.supervision_cases import SupervisionCase


async def has_next_level(connection: Connection, case: SupervisionCase) -> bool:
    """False at the nation, and where nobody would hold the case one level up: here it stays."""
    above = raise_level(case.level)
    return above != case.level and await select_is_front_there(connection, case.unit_id, above)
