"""Whatever is sent to whatever address: refused with a 4xx, never a fault of ours."""

import json
from collections.abc import AsyncIterator
from itertools import count
from urllib.parse import quote, urlencode

import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.check import check_store
from feedback.database import Connection, open_connection
from feedback.web.bodies import FORM, JSON
from surveys.codes import make_token
from tests.feedback.conftest import serve
from tests.stores import Stores, name_database
from tests.wired import list_handlers, wire_program
from tests.world import BUSY_DESK, make_world

POSTS = sorted({path for path, handler in list_handlers() if "POST" in handler.http_methods})
GETS = sorted({path for path, handler in list_handlers() if "GET" in handler.http_methods})
NAMES = ("token", "score", "official", "procedure", "rater", "lang", "receipt", "unit", "comment", "access")
# Well formed, and of no slip.
SLIP_TOKEN = "7K3MQ9XW4D2NR8TA"
PARTS = {
    "code": BUSY_DESK,
    "bot": "1000",
    "method": "sendMessage",
    "token": SLIP_TOKEN,
    "release": "2026-Q3",
    "official": "demo-1",
    "unit": "32041",
    "review": "1",
    "session": "0" * 16,
    "account": "1",
    "appointment": "1",
    "alert": "1",
    "verb": "dismiss",
    "area": "u-32041",
    "view": "trend",
    "file": "chart.svg",
    "version": "2026.1",
    "case": "1",
    "check": "1",
    "place": "1",
    "batch": "1",
    "form": "1",
    "report": "1",
    "survey": "citizen@1",
    "upload": "0" * 32,
    "key": "0123456789",
    "name": "kiosk_reset_seconds",
    "proposal": "1",
    "day": "2026-12-24",
    "kiosk": "1",
    "secret": "0" * 24,
}
CALLERS = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count())
EXAMPLES = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["\0", "\ud800", "\u202e", "9" * 400, "-1", "1e999", "NaN", "'; --", "{0.__class__}", "%s"]),
    st.just(make_token(bytes(15))),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
fields = st.dictionaries(st.sampled_from(NAMES) | texts, values, max_size=8)
flat_fields = st.dictionaries(st.sampled_from(NAMES) | texts, texts, max_size=8)
bodies = st.one_of(
    st.binary(max_size=200),
    values.map(lambda value: json.dumps(value).encode()),
    fields.map(lambda body: json.dumps(body).encode()),
    fields.map(lambda body: json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    flat_fields.map(lambda body: urlencode(body, errors="surrogatepass").encode()),
    st.integers(1, 100_000).map(lambda deep: b"[" * deep),
    st.integers(1, 60_000).map(lambda deep: b'{"score":' * (deep // 9 + 1)),
)
content_types = st.one_of(
    st.sampled_from(
        [
            JSON,
            FORM,
            f"{JSON}; charset=utf-16",
            f"{FORM};charset=latin-1",
            "application/json, text/html",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/plain",
            "application/x-msgpack",
            "",
            ";",
            "/",
        ]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40),
)


@pytest.fixture(scope="module")
async def stage(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[httpx.AsyncClient, Connection]]:
    """Without limits that matter here: a limit would answer for the code that is meant to.

    One for all addresses: what is refused leaves nothing behind, and `site` looks after each test whether it did.
    """
    copy = await stores.lend()
    database_url = name_database(stores.server_url, copy.name)
    connection = await open_connection(database_url)
    await make_world(connection)
    app = wire_program(
        database_url,
        tmp_path_factory.mktemp("home"),
        LANGNGHE_TRUSTED_PROXY="127.0.0.1",
        LANGNGHE_DESK_LIMIT="1000000 per 1 second",
    )
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, http="httptools")  # pyright: ignore[reportArgumentType]
    async for address in serve(uvicorn.Server(config)):
        async with httpx.AsyncClient(base_url=address) as client:
            yield client, connection
    await connection.close()
    await stores.take_back(copy)


@pytest.fixture
async def site(stage: tuple[httpx.AsyncClient, Connection]) -> AsyncIterator[httpx.AsyncClient]:
    client, connection = stage
    yield client
    assert await check_store(connection) == []


def test_the_addresses_that_take_something_are_those_tried_here() -> None:
    assert set(POSTS) >= {"/Q/{code}", "/R", "/R/more", "/R/again", "/R/answers", "/R/change"}


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
@pytest.mark.parametrize("path", POSTS)
@EXAMPLES
@given(body=bodies, content_type=content_types)
async def test_no_body_brings_a_fault(
    site: httpx.AsyncClient, path: str, accept: str, body: bytes, content_type: str
) -> None:
    headers = {"content-type": content_type, "accept": accept, "x-real-ip": next(CALLERS)}
    answer = await site.post(path.format_map(PARTS), content=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text


@pytest.mark.parametrize("name", NAMES)
@EXAMPLES
@given(value=values)
async def test_no_single_field_brings_a_fault(site: httpx.AsyncClient, name: str, value: object) -> None:
    good: dict[str, object] = {"token": make_token(bytes(15)), "score": 5}
    body = json.dumps({**good, name: value})
    headers = {"content-type": JSON, "x-real-ip": next(CALLERS)}
    answer = await site.post(f"/Q/{BUSY_DESK}", content=body, headers=headers)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("path", GETS)
@EXAMPLES
@given(part=st.text(max_size=40), query=st.text(max_size=40), language=st.text(max_size=10))
async def test_no_address_brings_a_fault(
    site: httpx.AsyncClient, path: str, part: str, query: str, language: str
) -> None:
    quoted = quote(part.encode("utf-8", "surrogatepass"), safe="")
    address = path.replace(path[path.find("{") : path.find("}") + 1] or "{}", quoted)
    question = urlencode({"lang": language, "code": query, "rater": query, "width": query}, errors="surrogatepass")
    headers = {"x-real-ip": next(CALLERS), "accept": "text/html"}
    answer = await site.get(f"{address}?{question}", headers=headers)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("path", ["/Q/%FF", "/U/%FF%00", "/P/%00", "/static/%2e%2e%2fsettings.py", "/R?lang=%FF"])
async def test_bytes_that_are_no_text_bring_no_fault(site: httpx.AsyncClient, path: str) -> None:
    assert (await site.get(path)).status_code in {200, 404}
