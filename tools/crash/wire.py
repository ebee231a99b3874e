"""HTTP/1.1 as bytes: one message after the other on a connection that stays open."""

import asyncio

import msgspec

LARGEST_HEAD = 16_384


class Message(msgspec.Struct, frozen=True):
    """A request or a reply; `head` ends with the empty line."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head[9:12])

    def read_header(self, name: bytes) -> bytes | None:
        for line in self.head.split(b"\r\n")[1:]:
            known, _, value = line.partition(b":")
            if known.strip().lower() == name:
                return value.strip()
        return None


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Raises asyncio.IncompleteReadError when the other side went away."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(Message(head, b"").read_header(b"content-length") or 0)
    return Message(head, await reader.readexactly(length))


def write_post(path: str, body: bytes, caller: str) -> bytes:
    """`caller` is the address that the trusted proxy would report."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nX-Real-IP: {caller}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
