"""A key that reads scores of officials takes two administrators, as a role that reads them does."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from feedback.tables.staff_rows import take_reach
from tests.dashboards.settings_stage import Desk, minutes_ago, open_desk, read_text

LIST = "/staff/keys?lang=en"
SHOWN = re.compile(r"<code>(lnk_([0-9a-z]{10})_[0-9a-z]{59})</code>")
# The dossiers are there so that the answers of an address in this process tell whether the key opens anything.
FORM = {
    "holder": "Sở Nội vụ (mẫu)",
    "scope_evaluation": "yes",
    "scope_dossiers": "yes",
    "everywhere": "yes",
    "days": "365",
    "quota": "60",
}
KEY = """
INSERT INTO api_keys (key_id, holder, secret_hash, scopes, everywhere, province_codes, commune_codes, unit_codes,
                      networks, quota, made_on, expires_on, proposed_by, approved_by, approved_at)
VALUES ('0123456789', 'Mẫu', sha256(''), ARRAY [$1::text], true, '{}', '{}', '{}', '{}', 60, '2026-11-20',
        '2027-11-20', $2, $3, $4)
"""


@pytest.fixture(scope="module")
async def office(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with open_desk(server_url, template, tmp_path_factory.mktemp("home")) as desk:
        yield desk


@pytest.fixture
async def desk(office: Desk) -> Desk:
    await office.begin()
    return office


async def make_key(desk: Desk) -> tuple[str, str]:
    """The whole key and its id, made by the first administrator."""
    made = await desk.post(desk.first, "/staff/keys", **FORM)
    assert made.status_code == 201
    [found] = SHOWN.findall(made.text)
    return found


async def try_key(desk: Desk, text: str) -> tuple[int, str]:
    headers = {"authorization": f"Bearer {text}", "content-type": "application/json", "accept": "application/json"}
    answer = await desk.client.post("/api/v1/dossier-counts", content="[]", headers=headers)
    return answer.status_code, answer.text


async def write_as(desk: Desk, account_id: int, statement: str, *values: str | int | datetime | None) -> str:
    """As the page of that administrator would, but with a statement of its own."""
    async with desk.connection.transaction():
        await take_reach(desk.connection, account_id, ["administrator"], "administer_keys", "langnghe_administrator")
        return await desk.connection.execute(statement, *values)


async def test_a_key_that_reads_scores_opens_nothing_before_another_administrator_approves(desk: Desk) -> None:
    text, key_id = await make_key(desk)
    status, said = await try_key(desk, text)
    assert (status, "api-key-waiting" in said) == (403, True), said
    own = await desk.post(desk.first, f"/staff/keys/{key_id}/approve")
    assert (own.status_code, "another administrator must approve it" in own.text) == (422, True)
    mine, theirs = [(await desk.get(person, LIST)).text for person in (desk.first, desk.second)]
    assert ["/approve" in page for page in (mine, theirs)] == [False, True]
    approved = await desk.post(desk.second, f"/staff/keys/{key_id}/approve")
    assert (approved.status_code, f"lnk_{key_id} was approved" in approved.text) == (200, True)
    assert (await try_key(desk, text))[0] == 200
    seen = read_text(await desk.get(desk.first, LIST))
    assert re.search(r"in use Proposed by .+, 20 Nov 2026\. Approved by ", seen), seen
    again = await desk.post(desk.second, f"/staff/keys/{key_id}/approve")
    assert (again.status_code, "waits for nobody" in again.text) == (422, True)
    assert [await desk.count(action) for action in ("key-proposed", "key-approved", "key-made")] == [1, 1, 0]
    assert await desk.count("key-approved", "denied") == 2


async def test_a_key_without_scores_needs_one_administrator(desk: Desk) -> None:
    made = await desk.post(desk.first, "/staff/keys", **{**FORM, "scope_evaluation": ""})
    [(text, key_id)] = SHOWN.findall(made.text)
    assert (await try_key(desk, text))[0] == 200
    assert (await desk.post(desk.second, f"/staff/keys/{key_id}/approve")).status_code == 422


async def test_after_thirty_days_a_key_is_not_approved_any_more(desk: Desk) -> None:
    """Made on 21 October it may be approved until 19 November; on 20 November it is too late."""
    text, key_id = await make_key(desk)
    for day, status in (("2026-10-21", 422), ("2026-10-22", 200)):
        await desk.connection.execute(f"UPDATE api_keys SET made_on = '{day}', expires_on = '2026-12-01'")  # noqa: S608 (fixed days)
        answer = await desk.post(desk.second, f"/staff/keys/{key_id}/approve")
        assert (answer.status_code, "make a new key" in answer.text) == (status, status == 422)
    assert (await try_key(desk, text))[0] == 200


async def test_whoever_refuses_a_key_revokes_it(desk: Desk) -> None:
    text, key_id = await make_key(desk)
    assert (await desk.post(desk.second, f"/staff/keys/{key_id}/revoke")).status_code == 200
    answer = await desk.post(desk.second, f"/staff/keys/{key_id}/approve")
    assert (answer.status_code, "revoked before" in answer.text) == (422, True)
    assert (await try_key(desk, text))[0] == 401


async def test_an_old_sign_in_approves_no_key(desk: Desk) -> None:
    text, key_id = await make_key(desk)
    headers = await desk.sign_in(desk.second, minutes_ago(11))
    answer = await desk.client.post(f"/staff/keys/{key_id}/approve", data={"lang": "en"}, headers=headers)
    assert (answer.status_code, "sign in once more" in answer.text) == (422, True)
    assert (await try_key(desk, text))[0] == 403


@pytest.mark.parametrize("part", ["0123456789", "lnk_x", "9" * 400, "%00", "%E2%80%AE"])
async def test_what_can_be_no_key_is_an_unknown_page(desk: Desk, part: str) -> None:
    assert (await desk.post(desk.first, f"/staff/keys/{part}/approve")).status_code == 404


async def test_the_store_takes_no_key_that_one_administrator_would_make_alone(desk: Desk) -> None:
    """Whatever the page would do: not without a proposal, not approved at once, not as if by somebody else."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    for approval in ((None, None, None), (desk.second, None, None), (desk.second, desk.first, now)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await write_as(desk, desk.first, KEY, "evaluation", *approval)
    with pytest.raises(asyncpg.CheckViolationError):
        await desk.connection.execute(KEY, "evaluation", desk.first, desk.first, now)
    assert await desk.connection.fetchval("SELECT count(*) FROM api_keys") == 0


async def test_the_store_lets_nobody_approve_the_own_key_or_in_another_name(desk: Desk) -> None:
    await desk.connection.execute(KEY, "evaluation", desk.first, None, None)
    statement, now = "UPDATE api_keys SET approved_by = $1, approved_at = $2", datetime(2026, 11, 20, tzinfo=UTC)
    with pytest.raises(asyncpg.CheckViolationError):
        await write_as(desk, desk.first, statement, desk.first, now)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await write_as(desk, desk.first, statement, desk.second, now)
    assert await write_as(desk, desk.second, statement, desk.second, now) == "UPDATE 1"
