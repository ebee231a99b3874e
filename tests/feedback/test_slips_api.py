import json
import logging
from collections.abc import AsyncIterator, Iterator

import httpx
import msgspec
import pytest
import structlog

from feedback.api_keys import Reach
from feedback.logs import set_up_logs
from tests.feedback.slip_stage import VISIT, add_key, open_form, open_slip_site, run_sql
from tests.feedback.test_rate_page import HOSTILE

SLIPS = "/api/v1/slips"
WISH = msgspec.to_builtins(VISIT)


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_slip_site(database_url) as client:
        yield client


@pytest.fixture
async def headers(site: httpx.AsyncClient, database_url: str) -> dict[str, str]:
    assert site
    return await add_key(database_url)


@pytest.fixture
def usual_logs() -> Iterator[None]:
    """Whatever a test does to the logs is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def set_up_loud_logs() -> None:
    """As at the level debug, but for the libraries of the browser, which is none of ours."""
    set_up_logs("debug")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


async def test_one_wish_gets_one_slip_that_can_be_rated(
    site: httpx.AsyncClient, headers: dict[str, str], database_url: str
) -> None:
    answer = await site.post(SLIPS, json=WISH, headers=headers)
    assert answer.status_code == 201
    slip = answer.json()
    assert slip.keys() == {"token", "address", "code", "pin", "valid_to", "sms"}
    assert slip["address"] == f"HTTPS://DG.TINH.GOV.VN/V/{slip['token']}"
    assert slip["sms"]["parts"] == 1
    form = await open_form(site, slip["token"])
    rated = await site.post(f"/V/{slip['token']}", data={"token": form, "score": "5"})
    assert rated.status_code == 201
    assert await run_sql(database_url, "SELECT proof_class FROM responses") == [(b"A",)]


async def test_a_batch_answers_each_in_order(site: httpx.AsyncClient, headers: dict[str, str]) -> None:
    wishes = [WISH, {**WISH, "desk": "9"}, {**WISH, "official": None}]
    answer = await site.post(SLIPS, json=wishes, headers=headers | {"accept-language": "en"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["issued"], said["refused"]) == (2, 1)
    assert said["slips"][1] == {
        "refused": {
            "field": "desk",
            "reason": "no-such-desk",
            "detail": "the unit has no such desk on that day",
        }
    }
    assert {"token", "code", "pin"} <= said["slips"][2].keys()


async def test_a_thousand_fit_and_one_more_does_not(site: httpx.AsyncClient, headers: dict[str, str]) -> None:
    wishes = [{**WISH, "reference": f"000.01.96.H12-261120-{number:04}"} for number in range(1001)]
    answer = await site.post(SLIPS, json=wishes[:1000], headers=headers)
    assert answer.json()["issued"] == 1000
    answer = await site.post(SLIPS, json=wishes, headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (413, "batch-too-large")


async def test_sending_again_after_a_lost_answer_gives_the_same_slips(
    site: httpx.AsyncClient, headers: dict[str, str], database_url: str
) -> None:
    wishes = [{**WISH, "reference": f"dossier {number}"} for number in range(20)]
    first, second = [(await site.post(SLIPS, json=wishes, headers=headers)).json() for _ in range(2)]
    assert first == second
    assert await run_sql(database_url, "SELECT count(*) FROM visit_slips") == [(20,)]


async def test_the_key_of_another_province_issues_nothing_here(site: httpx.AsyncClient, database_url: str) -> None:
    headers = await add_key(database_url, 2, reach=Reach(provinces=("01",)))
    answer = await site.post(SLIPS, json=WISH, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "unit")
    assert await run_sql(database_url, "SELECT count(*) FROM visit_slips") == [(0,)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**WISH, "citizen": "Nguyễn Văn A"}, 400),
        ({"unit": "32041"}, 400),
        ({**WISH, "desk": 1}, 400),
        ({**WISH, "unit": "a\0b"}, 400),
        ({**WISH, "reference": "\0"}, 400),
        ({**WISH, "reference": ""}, 422),
        ({**WISH, "reference": "x" * 201}, 422),
        ({**WISH, "official": "demo-3"}, 422),
        ("slips", 400),
        (7, 400),
        ([[WISH]], 400),
    ],
)
async def test_a_wish_that_cannot_be_read_says_where(
    site: httpx.AsyncClient, headers: dict[str, str], database_url: str, body: object, status: int
) -> None:
    answer = await site.post(SLIPS, content=json.dumps(body), headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Nguyễn" not in answer.text
    assert await run_sql(database_url, "SELECT count(*) FROM visit_slips") == [(0,)]


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_bodies_are_refused(site: httpx.AsyncClient, headers: dict[str, str], name: str) -> None:
    body, content_type, status = HOSTILE[name]
    for path in (SLIPS, "/api/v1/dossier-counts"):
        answer = await site.post(path, content=body, headers={**headers, "content-type": content_type})
        # Batches may be larger than a form: 64 KiB are read here, and found to be no wish.
        wanted = {415} if not content_type.startswith("application/json") else {400, status} - {413}
        assert answer.status_code in wanted


async def test_a_body_of_a_megabyte_is_not_read_to_its_end(site: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await site.post(SLIPS, content=b" " * 1_000_000 + b"[]", headers=headers)
    assert answer.status_code == 413


@pytest.mark.usefixtures("usual_logs")
async def test_no_log_holds_a_key_a_reference_or_a_token(
    site: httpx.AsyncClient,
    headers: dict[str, str],
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_loud_logs()
    wish = {**WISH, "reference": "000.01.96.H12-261120-9999"}
    slip = (await site.post(SLIPS, json=wish, headers=headers)).json()
    await site.post(SLIPS, json=wish, headers={**headers, "authorization": headers["authorization"][:-3] + "zzz"})
    await site.post(SLIPS, content=b"[", headers=headers)
    await site.get(f"/V/{slip['token']}")
    await site.post("/V", data={"code": slip["code"], "pin": slip["pin"]})
    # A fault is logged whole: take away what the key's look-up needs.
    await run_sql(database_url, "ALTER TABLE api_keys RENAME TO gone")
    assert (await site.post(SLIPS, json=wish, headers=headers)).status_code == 500
    structlog.get_logger().warning("still heard")
    written = capsys.readouterr()
    assert "still heard" in written.err
    secret = headers["authorization"].split("_")[2]
    for hidden in (secret, wish["reference"], slip["token"], slip["pin"] + '"'):
        assert hidden not in written.err + written.out
