"""What an identity provider may say that must not be believed; and what it must say for nothing more to be asked."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import KeySet, RSAKey

from tests.dashboards.forged_provider import CLIENT, KEY, OTHER_KEY, ForgedProvider, run_forged_provider
from tests.dashboards.provider_stage import Walk, find_free_port, open_walk
from tests.dashboards.sign_in_stage import read
from tests.dashboards.ways_stage import open_ways
from tests.staff_people import add_person

LONG_AGO = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
SOON = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
DISCOVERY = "/.well-known/openid-configuration"
MFA = ["pwd", "mfa"]


@pytest.fixture
async def provider() -> AsyncIterator[ForgedProvider]:
    with run_forged_provider() as provider:
        yield provider


@pytest.fixture
async def walk(provider: ForgedProvider, database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    """Of a person whose account is linked with the subject s-1."""
    environment = {"LANGNGHE_OIDC_ISSUER": provider.issuer, "LANGNGHE_OIDC_CLIENT_ID": CLIENT}
    async with open_ways(database_url, tmp_path, environment) as ways, open_walk(ways) as walk:
        await add_person(ways.connection, "lan", "front_supervisor")
        await ways.connection.execute("UPDATE accounts SET outside_id = $1", f"{provider.issuer} s-1")
        yield walk


async def come_back_with(walk: Walk, provider: ForgedProvider, key: RSAKey = KEY, **claims: object) -> httpx.Response:
    address = await walk.go_out("/staff/outside?to=/staff/alerts")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    provider.say(query["nonce"], {"amr": MFA, **claims}, key)
    return await walk.come_back(f"{walk.ways.address}/?state={query['state']}&code=x")


async def read_reason(walk: Walk) -> object:
    return (await walk.ways.list_audit())[-1]


@pytest.mark.parametrize("methods", [["mfa"], ["pwd", "otp"], ["pin", "hwk"], ["kba", "sc", "geo"]])
async def test_where_the_provider_saw_two_factors_nothing_more_is_asked(
    walk: Walk, provider: ForgedProvider, methods: list[str]
) -> None:
    page = await come_back_with(walk, provider, amr=methods)
    assert page.status_code == 200, page.text
    assert 'http-equiv="refresh" content="0; url=/staff/alerts"' in page.text
    assert page.headers["set-cookie"].endswith("; Path=/; Secure; HttpOnly; SameSite=Strict")
    assert await read_reason(walk) == ("sign-in", "done", {"way": "outside", "second_factor": "provider"})


@pytest.mark.parametrize("methods", [None, [], ["pwd"], ["otp"], ["pwd", "sms"], "mfa", ["pwd", 7], {"mfa": 1}])
async def test_what_is_no_word_of_two_factors_asks_for_the_own_device(
    walk: Walk, provider: ForgedProvider, methods: object
) -> None:
    """Which this person has not."""
    page = await come_back_with(walk, provider, amr=methods)
    assert page.status_code == 403
    assert "has no code device yet" in read(page)
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://evil.example"}, "invalid_claim:iss"),
        ({"iss": None}, "missing_claim:iss"),
        ({"aud": "somebody-else"}, "invalid_claim:aud"),
        ({"aud": []}, "invalid_claim:aud"),
        ({"aud": [CLIENT, "somebody-else"]}, "azp"),
        ({"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}, "azp"),
        ({"azp": "somebody-else"}, "azp"),
        ({"exp": LONG_AGO}, "expired_token:exp"),
        ({"exp": None}, "missing_claim:exp"),
        ({"iat": SOON}, "invalid_claim:iat"),
        ({"nonce": "of another sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ["x"]}, "nonce"),
        ({"sub": None}, "missing_claim:sub"),
        ({"sub": 7}, "invalid_claim:sub"),
        ({"sub": "x" * 256}, "subject"),
        ({"sub": "s\x00"}, "subject"),
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    walk: Walk, provider: ForgedProvider, claims: dict[str, object], reason: str
) -> None:
    page = await come_back_with(walk, provider, KEY, **claims)
    assert page.status_code == 403
    assert "set-cookie" not in page.headers
    assert await read_reason(walk) == ("sign-in", "failed", {"way": "outside", "reason": reason})


async def test_a_token_signed_by_another_key_is_refused(walk: Walk, provider: ForgedProvider) -> None:
    assert (await come_back_with(walk, provider, OTHER_KEY)).status_code == 403
    assert await read_reason(walk) == ("sign-in", "failed", {"way": "outside", "reason": "signature"})
    # Also where it calls itself by the name of the right one.
    named = RSAKey.import_key({**OTHER_KEY.as_dict(private=True), "kid": KEY.kid or ""})
    assert (await come_back_with(walk, provider, named)).status_code == 403


async def test_a_token_for_several_that_names_us_is_taken(walk: Walk, provider: ForgedProvider) -> None:
    assert (await come_back_with(walk, provider, aud=[CLIENT, "other"], azp=CLIENT)).status_code == 200


async def test_another_subject_is_another_person(walk: Walk, provider: ForgedProvider) -> None:
    for subject in ("s-2", "S-1", "s-1 ", " s-1"):
        assert (await come_back_with(walk, provider, sub=subject)).status_code == 403


async def test_a_provider_may_change_its_keys(walk: Walk, provider: ForgedProvider) -> None:
    assert (await come_back_with(walk, provider)).status_code == 200
    provider.answers["/keys"] = (200, KeySet([OTHER_KEY]).as_dict())
    assert (await come_back_with(walk, provider, OTHER_KEY)).status_code == 200
    assert (await come_back_with(walk, provider)).status_code == 403
    # Asked for once in each of the three and once more for each key that was not known then.
    assert provider.asked.count("/keys") == 3
    assert provider.asked.count(DISCOVERY) == 1


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", 7, None, ["x"], "e" * 100_000])
async def test_what_is_no_token_is_refused(walk: Walk, provider: ForgedProvider, token: object) -> None:
    address = await walk.go_out()
    state = parse_qs(urlsplit(address).query)["state"][0]
    provider.answers["/token"] = (200, {"id_token": token})
    assert (await walk.come_back(f"{walk.ways.address}/?state={state}&code=x")).status_code == 403


@pytest.mark.parametrize(
    ("path", "answer", "status"),
    [
        ("/token", (500, {}), 503),
        ("/token", (302, {}), 503),
        ("/token", (400, {"error": "invalid_grant"}), 403),
        ("/token", (200, b"["), 403),
        ("/token", (200, b"x" * 300_000), 503),
        ("/keys", (500, {}), 503),
        ("/keys", (200, b"\xff"), 503),
        ("/keys", (200, {"keys": [{"kty": "oct", "k": "AAAA"}, 7]}), 503),
        ("/keys", (200, []), 503),
    ],
)
async def test_a_provider_that_answers_badly_is_away_or_refuses(
    walk: Walk, provider: ForgedProvider, path: str, answer: tuple[int, object], status: int
) -> None:
    address = await walk.go_out()
    query = parse_qs(urlsplit(address).query)
    provider.say(query["nonce"][0], {"amr": MFA})
    provider.answers[path] = answer
    page = await walk.come_back(f"{walk.ways.address}/?state={query['state'][0]}&code=x")
    assert page.status_code == status
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        {},
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "http://[::1"},
    ],
    ids=range(7),
)
async def test_a_discovery_document_that_is_not_the_issuers_own_leads_nowhere(
    walk: Walk, provider: ForgedProvider, document: object
) -> None:
    content = {**provider.describe(), **document} if isinstance(document, dict) and document else document
    provider.answers[DISCOVERY] = (200, content)
    page = await walk.ours.get("/staff/outside")
    assert page.status_code == 503
    assert "does not answer just now" in read(page)


async def test_a_provider_that_is_away_is_said_to_be_away(database_url: str, tmp_path: Path) -> None:
    issuer = f"http://127.0.0.1:{find_free_port()}"
    environment = {"LANGNGHE_OIDC_ISSUER": issuer, "LANGNGHE_OIDC_CLIENT_ID": CLIENT}
    async with open_ways(database_url, tmp_path, environment) as ways, open_walk(ways) as walk:
        page = await walk.ours.get("/staff/outside")
        assert page.status_code == 503
        assert page.headers["retry-after"] == "5"
        assert "does not answer just now" in read(page)


async def test_a_provider_without_https_elsewhere_is_not_asked(database_url: str, tmp_path: Path) -> None:
    environment = {"LANGNGHE_OIDC_ISSUER": "http://provider.example", "LANGNGHE_OIDC_CLIENT_ID": CLIENT}
    async with open_ways(database_url, tmp_path, environment) as ways, open_walk(ways) as walk:
        assert (await walk.ours.get("/staff/outside")).status_code == 503


async def test_without_a_provider_there_is_no_such_way(database_url: str, tmp_path: Path) -> None:
    async with open_ways(database_url, tmp_path) as ways, open_walk(ways) as walk:
        assert (await walk.ours.get("/staff/outside")).status_code == 404
        assert (await walk.ours.get("/staff/outside/back?state=x&code=x")).status_code == 403
        session = {"cookie": await ways.open_session(await add_person(ways.connection, "lan", "official"))}
        assert (await walk.ours.get("/staff/outside/link/begin", headers=session)).status_code == 404
        page = await walk.ours.get("/staff/outside/link?lang=en", headers=session)
        assert "is not set up here" in read(page)
