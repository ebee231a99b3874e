"""Desks by code, kept in memory for a short while, so that rating needs no look-up and outlives a broken database."""

from datetime import datetime, timedelta

from feedback.database import TEMPORARY_FAILURES, Pool
from feedback.record_response import read_local_day
from feedback.tables.desk_views import DeskView, select_desk_view
from feedback.tables.surveys import select_surveys
from surveys.errors import StoreUnavailableError, UnknownDeskCodeError
from surveys.survey import RaterKind, Survey
from surveys.survey_files import choose_survey

FRESH_FOR = timedelta(seconds=15)


class DeskDirectory:
    """Only codes that exist are kept, so its size is bounded by the number of desks."""

    def __init__(self, pool: Pool, surveys: tuple[Survey, ...]) -> None:
        self.pool = pool
        self.surveys = surveys
        self.survey_ids: dict[tuple[str, int], int] = {}
        self.views: dict[str, tuple[datetime, DeskView]] = {}

    async def find_desk(self, code: str, now: datetime) -> DeskView:
        """Raises UnknownDeskCodeError; StoreUnavailableError when the desk was never seen and cannot be read."""
        known = self.views.get(code)
        if known is not None and now - known[0] < FRESH_FOR:
            return known[1]
        try:
            view = await self.read_desk(code, now)
        except TEMPORARY_FAILURES:
            if known is None:
                raise StoreUnavailableError from None
            return known[1]
        if view is None:
            self.views.pop(code, None)
            raise UnknownDeskCodeError
        self.views[code] = (now, view)
        return view

    async def read_desk(self, code: str, now: datetime) -> DeskView | None:
        async with self.pool.acquire(timeout=3) as connection:
            if not self.survey_ids:
                self.survey_ids = {
                    (row.code, row.version): row.survey_id for row in await select_surveys(connection)
                }
            return await select_desk_view(connection, code, read_local_day(now)[0])

    def find_survey(self, rater_kind: RaterKind, now: datetime) -> Survey:
        """The newest version in force for citizens or for businesses."""
        return choose_survey(self.surveys, rater_kind, read_local_day(now)[0])

    def find_survey_by_id(self, survey_id: int) -> Survey:
        return next(s for s in self.surveys if self.survey_ids[s.code, s.version] == survey_id)

    def read_survey_id(self, survey: Survey) -> int:
        return self.survey_ids[survey.code, survey.version]
