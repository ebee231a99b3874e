import msgspec
import pytest

from feedback.database import Connection
from feedback.register_surveys import register_surveys
from feedback.tables.surveys import select_surveys
from surveys.errors import PublishedSurveyChangedError
from surveys.survey_files import load_surveys


async def test_a_survey_keeps_the_id_it_was_published_under(connection: Connection) -> None:
    ids = await register_surveys(connection, load_surveys())
    assert {"citizen@1", "business@1"} <= ids.keys()
    assert await register_surveys(connection, load_surveys()) == ids
    assert len(await select_surveys(connection)) == len(ids)


async def test_a_published_survey_that_changed_is_refused_and_nothing_new_is_published(
    connection: Connection,
) -> None:
    first, *others = load_surveys()
    await register_surveys(connection, [first])
    changed = msgspec.structs.replace(first, digest="00" * 32)
    with pytest.raises(PublishedSurveyChangedError, match=f"{first.code}@{first.version}"):
        await register_surveys(connection, [*others, changed])
    assert [row.code for row in await select_surveys(connection)] == [first.code]


async def test_a_next_version_is_published_beside_the_first(connection: Connection) -> None:
    first = load_surveys()[0]
    following = msgspec.structs.replace(first, version=first.version + 1, digest="11" * 32)
    ids = await register_surveys(connection, [first, following])
    assert len(set(ids.values())) == 2
