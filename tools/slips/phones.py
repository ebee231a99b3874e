"""Phones that post over HTTP: keep-alive connections, one status for each post."""

import asyncio
from collections.abc import Iterator, Sequence

from surveys.codes import make_token

CONNECTIONS = 64
TIMEOUT_SECONDS = 600
BUSY, TRIES, PAUSE_SECONDS = 503, 20, 0.5
# So many that none of them brings 30 unknown slips a minute: the limit would answer for the judge.
CALLERS = 1 << 13


def write_post(token: str, score: int, form: bytes, number: int) -> bytes:
    """A rating from the slip's page; `number` chooses one of the callers."""
    body = b'{"token":"%s","score":%d}' % (make_token(form).encode(), score)
    caller = f"10.1.{number % CALLERS >> 8}.{number & 255}"
    head = (
        f"POST /V/{token} HTTP/1.1\r\nHost: slips\r\nAccept: application/json\r\nX-Real-IP: {caller}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send_posts(port: int, posts: Sequence[bytes]) -> list[int]:
    """The last status of each post, in no order; begun in the order given. Who is told to come again does."""
    statuses: list[int] = []
    waiting = iter(posts)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await asyncio.gather(*(send_from_one(port, waiting, statuses) for _ in range(CONNECTIONS)))
    return statuses


async def send_from_one(port: int, waiting: Iterator[bytes], statuses: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for post in waiting:
        status = await send(reader, writer, post)
        for _ in range(TRIES):
            if status != BUSY:
                break
            await asyncio.sleep(PAUSE_SECONDS)
            status = await send(reader, writer, post)
        statuses.append(status)
    writer.close()


async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, post: bytes) -> int:
    writer.write(post)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])
