"""One sending over HTTP: to an address that was judged and no other, with one limit of time for all of it.

Follows no redirect, uses no proxy, reads no body; says how it went in one word that holds nothing of the receiver's.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from ipaddress import ip_address
from typing import Self

import certifi
import httpx
import msgspec

from dashboards.webhooks.addresses import Address, is_permitted

PATIENCE_SECONDS = 10.0
MOST_LOOK_UPS = 32
MOST_ADDRESSES = 3
_USUAL_PORT = {"https": 443, "http": 80}

LookUp = Callable[[str, int], list[str]]


class Outcome(msgspec.Struct, frozen=True):
    """`status` 0: there was no answer, and `result` says why; else `result` is the status."""

    result: str
    status: int = 0
    retry_after: str = ""

    @property
    def is_delivered(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 (what HTTP calls success)

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


def look_up(host: str, port: int) -> list[str]:
    """What the name means to this machine. Blocks; raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def make_tls() -> ssl.SSLContext:
    """Trusts what the machine trusts (an authority's own certificate belongs there) and the public authorities."""
    tls = ssl.create_default_context()
    tls.load_verify_locations(certifi.where())
    return tls


class Poster:
    def __init__(
        self, tls: ssl.SSLContext, *, look_up: LookUp = look_up, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self.look_up = look_up
        self.patience_seconds = patience_seconds
        # Threads of their own: a name server that does not answer keeps nobody else waiting.
        self.threads = ThreadPoolExecutor(MOST_LOOK_UPS, "webhook-names")
        self.client = httpx.AsyncClient(
            verify=tls,
            timeout=None,  # noqa: S113 (one limit over everything, below)
            follow_redirects=False,
            trust_env=False,
            # A connection kept open was verified for one name and must not serve another at the same address.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        self.threads.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, *, allow_private: bool, headers: Mapping[str, str], body: bytes) -> Outcome:
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await self.post_somewhere(httpx.URL(url), headers, body, allow_private=allow_private)
        except TimeoutError:
            return Outcome("timeout")
        except httpx.ConnectError as error:
            return Outcome("untrusted" if is_about_tls(error) else "unreachable")
        except httpx.HTTPError:
            return Outcome("broken-off")
        except (OSError, UnicodeError):
            return Outcome("unknown-name")

    async def post_somewhere(
        self, url: httpx.URL, headers: Mapping[str, str], body: bytes, *, allow_private: bool
    ) -> Outcome:
        """To the first address of the name that can be reached; none is tried if one of them is not permitted."""
        host = url.raw_host.decode("ascii")
        addresses = await self.find_addresses(host, url.port or _USUAL_PORT[url.scheme])
        if not all(is_permitted(address, url.scheme, allow_private=allow_private) for address in addresses):
            return Outcome("forbidden-address")
        for address in addresses[:-1]:
            try:
                return await self.post_to(address, url, headers, body)
            except httpx.ConnectError:
                continue
        return await self.post_to(addresses[-1], url, headers, body)

    async def find_addresses(self, host: str, port: int) -> list[Address]:
        texts = await asyncio.get_running_loop().run_in_executor(self.threads, self.look_up, host, port)
        addresses = [ip_address(text.partition("%")[0]) for text in texts]
        if not addresses:
            raise OSError("a name without addresses")
        return addresses[:MOST_ADDRESSES]

    async def post_to(self, address: Address, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Outcome:
        """The connection goes to `address`; the request and the certificate still speak of the name."""
        host = url.raw_host.decode("ascii")
        async with self.client.stream(
            "POST",
            url.copy_with(host=f"{address}"),
            content=body,
            headers={**headers, "host": url.netloc.decode("ascii"), "accept-encoding": "identity"},
            extensions={"sni_hostname": host.rstrip(".")},
        ) as answer:
            return Outcome(f"{answer.status_code}", answer.status_code, answer.headers.get("retry-after", ""))


def is_about_tls(error: BaseException | None) -> bool:
    """Somewhere among the causes."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
