"""What a phone fetches until the five buttons stand there, byte for byte as it comes over the wire."""

import asyncio
import re

import brotli
import pytest

from tests.journeys.program import Program
from tests.world import BUSY_DESK, QUIET_DESK

MOST_BYTES = 12_000


async def fetch_raw(program: Program, path: str) -> bytes:
    """Status line, headers and body as they come, for a browser that takes Brotli."""
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html,*/*\r\n"
    writer.write((request + "Accept-Encoding: gzip, deflate, br\r\nConnection: close\r\n\r\n").encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    return answer


def read_body(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    return (brotli.decompress(body) if b"content-encoding: br" in head.lower() else body).decode()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("desk", [BUSY_DESK, QUIET_DESK])
async def test_the_first_page_weighs_at_most_12000_bytes(program: Program, desk: str, language: str) -> None:
    page = await fetch_raw(program, f"/Q/{desk}?lang={language}")
    assert b"content-encoding: br" in page.lower()
    parts = re.findall(r'(?:src|href)="(/static/[^"]+)"', read_body(page))
    assert [part.partition("?")[0] for part in parts] == ["/static/langnghe.css", "/static/langnghe.js"]
    weights = [len(page), *[len(await fetch_raw(program, part)) for part in parts]]
    assert sum(weights) <= MOST_BYTES, weights
