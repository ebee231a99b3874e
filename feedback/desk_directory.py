"""Desks by code, kept in memory for a short while, so that rating needs no look-up and outlives a broken database."""

from datetime import date, datetime, timedelta

from feedback.database import TEMPORARY_FAILURES, Connection, Pool
from feedback.record_response import read_local_day
from feedback.tables.desk_views import DeskView, select_desk_view
from feedback.tables.surveys import select_surveys
from surveys.codes import read_desk_code
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
        self.current_surveys: dict[tuple[RaterKind, date], Survey] = {}
        self.views: dict[str, tuple[datetime, DeskView]] = {}

    async def find_desk(self, typed: str, now: datetime) -> DeskView:
        """The desk of a code as it stands in an address or was typed.

        Raises UnknownDeskCodeError, MalformedCodeError or WrongCheckSymbolError; StoreUnavailableError when the
        desk was never seen and cannot be read.
        """
        known = self.views.get(typed)
        if known is not None and now - known[0] < FRESH_FOR:
            return known[1]
        code = read_desk_code(typed)
        known = self.views.get(code)
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
            await self.learn_survey_ids(connection)
            return await select_desk_view(connection, code, read_local_day(now)[0])

    async def learn_survey_ids(self, connection: Connection) -> None:
        """Needed once before `find_survey_by_id` and `read_survey_id`."""
        if not self.survey_ids:
            rows = await select_surveys(connection)
            self.survey_ids = {(row.code, row.version): row.survey_id for row in rows}

    def find_survey(self, rater_kind: RaterKind, day: date) -> Survey:
        """The newest version in force for citizens or for businesses."""
        key = (rater_kind, day)
        if key not in self.current_surveys:
            self.current_surveys = {**self.current_surveys, key: choose_survey(self.surveys, *key)}
        return self.current_surveys[key]

    def find_survey_by_id(self, survey_id: int) -> Survey:
        return next(s for s in self.surveys if self.survey_ids[s.code, s.version] == survey_id)

    def read_survey_id(self, survey: Survey) -> int:
        return self.survey_ids[survey.code, survey.version]
