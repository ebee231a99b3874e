"""Publishes surveys: gives each version its id once, and refuses a version whose words changed afterwards."""

from collections.abc import Sequence

from feedback.database import Connection
from feedback.tables.surveys import insert_survey, select_surveys
from surveys.errors import PublishedSurveyChangedError
from surveys.survey import Survey


async def register_surveys(connection: Connection, surveys: Sequence[Survey]) -> dict[str, int]:
    """The id of each survey by `code@version`; what was published before keeps its id.

    Raises PublishedSurveyChangedError; then nothing is published.
    """
    async with connection.transaction():
        known = {(row.code, row.version) for row in await select_surveys(connection)}
        for survey in surveys:
            if (survey.code, survey.version) not in known:
                await insert_survey(
                    connection, survey.code, survey.version, survey.rater_kind, bytes.fromhex(survey.digest)
                )
        published = {(row.code, row.version): row for row in await select_surveys(connection)}
        for survey in surveys:
            if published[survey.code, survey.version].digest.hex() != survey.digest:
                raise PublishedSurveyChangedError(survey=name_survey(survey))
    return {name_survey(survey): published[survey.code, survey.version].survey_id for survey in surveys}


def name_survey(survey: Survey) -> str:
    return f"{survey.code}@{survey.version}"
