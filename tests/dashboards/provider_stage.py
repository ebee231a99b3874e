"""Starts the real identity provider beside the pages, and walks to it and back like a browser without scripts."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import msgspec

from tests.dashboards import run_identity_provider
from tests.dashboards.run_identity_provider import CLIENT, CLIENT_SECRET, NAME, PASSWORD
from tests.dashboards.ways_stage import Ways, open_ways

PROGRAM = "tests.dashboards.run_identity_provider"
ROOT = Path(run_identity_provider.__file__).parents[2]
STEPS = 12


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as port:
        return int(port.getsockname()[1])


@contextmanager
def run_provider(port: int, back: str, home: Path) -> Generator[None]:
    """Authlib, on which the provider stands, wants https but for this one setting of its own process."""
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    with (home / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, str(port), back], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


async def wait_for(address: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                if (await client.get(address)).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise TimeoutError(address)


class Walk(msgspec.Struct, frozen=True):
    """A browser of one person: its pages of ours, and its pages of the provider's."""

    ways: Ways
    ours: httpx.AsyncClient
    theirs: httpx.AsyncClient

    async def go_out(self, path: str = "/staff/outside", **headers: str) -> str:
        """The address at the provider; our browser then has the cookie of the way."""
        reply = await self.ours.get(path, headers=headers)
        assert reply.status_code == 303, reply.text
        self.ours.headers["cookie"] = reply.headers["set-cookie"].partition(";")[0]
        return reply.headers["location"]

    async def sign_in_there(self, address: str) -> str:
        """Through the provider's own forms; the address that it sends the person back to."""
        reply = await self.theirs.get(address)
        for _ in range(STEPS):
            if reply.is_redirect:
                address = urljoin(str(reply.url), reply.headers["location"])
                if address.startswith(self.ways.address):
                    return address
                reply = await self.theirs.get(address)
            else:
                reply = await self.theirs.post(str(reply.url), data=fill_in(reply.text))
        raise AssertionError(reply.text)

    async def come_back(self, address: str, **changes: str) -> httpx.Response:
        """From the other site: with the cookie of the way, and with no session. `changes` replace what it says."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        headers = {"accept": "text/html", "sec-fetch-site": "cross-site"}
        return await self.ours.get("/staff/outside/back", params={**query, **changes}, headers=headers)

    async def sign_in(self) -> httpx.Response:
        return await self.come_back(await self.sign_in_there(await self.go_out()))


def fill_in(page: str) -> dict[str, str]:
    """Whichever of the provider's forms it is: its hidden fields, and what a person types."""
    hidden = re.findall(r'<input[^>]*name="(csrf_token)"[^>]*value="([^"]*)"', page)
    typed = {"login": NAME, "password": PASSWORD, "answer": "accept"}
    return {
        **{name: unescape(value) for name, value in hidden},
        **{name: value for name, value in typed.items() if f'name="{name}"' in page},
    }


@asynccontextmanager
async def open_provider(database_url: str, home: Path) -> AsyncGenerator[Ways]:
    """Our pages, set up for the provider, and the provider that knows them."""
    port = find_free_port()
    issuer = f"http://127.0.0.1:{port}"
    environment = {
        "LANGNGHE_OIDC_ISSUER": issuer,
        "LANGNGHE_OIDC_CLIENT_ID": CLIENT,
        "LANGNGHE_OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }
    async with open_ways(database_url, home, environment) as ways:
        with run_provider(port, f"{ways.address}/staff/outside/back", home):
            await wait_for(f"{issuer}/.well-known/openid-configuration")
            yield ways


@asynccontextmanager
async def open_walk(ways: Ways) -> AsyncGenerator[Walk]:
    async with (
        ways.open_client(**{"accept": "text/html", "accept-language": "en"}) as ours,
        httpx.AsyncClient(timeout=30, follow_redirects=False) as theirs,
    ):
        yield Walk(ways, ours, theirs)


def read_form(page: httpx.Response) -> dict[str, str]:
    return {"token": page.text.partition('name="token" value="')[2].partition('"')[0], "lang": "en"}


async def link(walk: Walk, account_id: int) -> None:
    """As the person would, through the pages."""
    session = await walk.ways.open_session(account_id)
    address = await walk.sign_in_there(await walk.go_out("/staff/outside/link/begin?lang=en", cookie=session))
    found = await walk.come_back(address)
    assert found.status_code == 200, found.text
    assert "Lan (mẫu)" in found.text
    reply = await walk.ours.post("/staff/outside/link", data=read_form(found), headers={"cookie": session})
    assert reply.status_code == 200
    assert "Linked." in reply.text
