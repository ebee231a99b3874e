"""Stands before the program and swallows replies: what was committed, the client never hears."""

import asyncio
import json
import random

from tools.crash.wire import Message, read_message

CREATED = 201


class CuttingProxy:
    """Cuts `share` of the good replies, `cuts` in all: a kill alone hits that moment too rarely."""

    def __init__(self, program_port: int, cuts: int, share: float, chance: random.Random) -> None:
        self.program_port = program_port
        self.cuts_left = cuts
        self.share = share
        self.chance = chance
        self.swallowed: list[tuple[str, bytes]] = []
        """(token sent, reply body never delivered), in order."""

    async def __aenter__(self) -> int:
        self.server = await asyncio.start_server(self.pass_on, "127.0.0.1", 0)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream, to_program = await asyncio.open_connection("127.0.0.1", self.program_port)
            try:
                await self.pass_messages(reader, writer, upstream, to_program)
            finally:
                to_program.close()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def pass_messages(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        upstream: asyncio.StreamReader,
        to_program: asyncio.StreamWriter,
    ) -> None:
        while True:
            request = await read_message(reader)
            to_program.write(request.head + request.body)
            reply = await read_message(upstream)
            if self.swallow(request, reply):
                return
            writer.write(reply.head + reply.body)

    def swallow(self, request: Message, reply: Message) -> bool:
        if self.cuts_left == 0 or reply.status != CREATED or self.chance.random() > self.share:
            return False
        self.cuts_left -= 1
        self.swallowed.append((json.loads(request.body)["token"], reply.body))
        return True
