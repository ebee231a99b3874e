"""Citizens' phones: each sends a rating until it is acknowledged, the same token again after every mishap."""

import asyncio
import json
import random
from collections.abc import Callable

from surveys.codes import TOKEN_BYTES, make_token, print_token
from tools.crash.ledger import Intention
from tools.crash.wire import Message, read_message, write_post

CREATED = 201
WORTH_REPEATING = {429, 503}
LONGEST_ATTEMPT_SECONDS = 15
PAUSE_SECONDS = 0.05
CHANGES_OF_MIND = 0.2
LOSES_PATIENCE = 0.02
MISHAPS = (OSError, TimeoutError, asyncio.IncompleteReadError)


class WrongAnswerError(Exception):
    """The program answered what it must never answer to a good rating."""


class Clients:
    """All that was wanted so far, and when it was acknowledged."""

    def __init__(self, desks: list[str], chance: random.Random) -> None:
        self.desks = desks
        self.chance = chance
        self.intentions: list[Intention] = []
        self.acknowledged_at: list[float] = []
        self.heard = asyncio.Event()
        self.wrong: list[str] = []
        self.mishaps = 0

    async def send_until(self, port: int, many: int, enough: Callable[[], bool]) -> None:
        """Rate on `many` connections at once until `enough`; what was begun is finished."""
        await asyncio.gather(*(self.send_on_one_connection(port, enough) for _ in range(many)))

    async def send_on_one_connection(self, port: int, enough: Callable[[], bool]) -> None:
        phone = Phone(port)
        while not enough():
            rating = self.intend(None)
            acknowledged = await self.insist(phone, rating)
            if acknowledged and self.chance.random() < CHANGES_OF_MIND:
                await self.insist(phone, self.intend(rating.token))
        phone.hang_up()

    def intend(self, replaces: str | None) -> Intention:
        token = make_token(self.chance.randbytes(TOKEN_BYTES))
        intention = Intention(token, self.chance.randint(1, 5), replaces)
        self.intentions.append(intention)
        return intention

    async def insist(self, phone: "Phone", intention: Intention) -> bool:
        """True once acknowledged; False where the citizen lost patience after a mishap."""
        request = self.write_request(intention)
        while not await self.try_once(phone, intention, request):
            if self.chance.random() < LOSES_PATIENCE:
                intention.state = "abandoned"
                return False
            await asyncio.sleep(PAUSE_SECONDS)
        return intention.state == "acknowledged"

    async def try_once(self, phone: "Phone", intention: Intention, request: bytes) -> bool:
        """True when there is nothing more to do."""
        intention.attempts += 1
        try:
            async with asyncio.timeout(LONGEST_ATTEMPT_SECONDS):
                reply = await phone.ask(request)
        except MISHAPS:
            self.mishaps += 1
            phone.hang_up()
            return False
        return self.judge(intention, reply)

    def judge(self, intention: Intention, reply: Message) -> bool:
        if reply.status == CREATED and print_token(intention.replaces or intention.token).encode() in reply.body:
            intention.state = "acknowledged"
            intention.reply = reply.body
            self.acknowledged_at.append(asyncio.get_running_loop().time())
            self.heard.set()
            return True
        if reply.status in WORTH_REPEATING and reply.read_header(b"retry-after"):
            self.mishaps += 1
            return False
        self.wrong.append(f"{reply.status} {reply.body[:200].decode(errors='replace')}")
        intention.state = "abandoned"
        return True

    def write_request(self, intention: Intention) -> bytes:
        fields: dict[str, object] = {"token": intention.token, "score": intention.score}
        path = f"/Q/{self.chance.choice(self.desks)}"
        if intention.replaces is not None:
            fields["receipt"] = print_token(intention.replaces)
            path = "/R/change"
        caller = ".".join(["10", *(str(self.chance.randrange(256)) for _ in range(3))])
        return write_post(path, json.dumps(fields).encode(), caller)


class Phone:
    """One connection, made anew whenever it broke."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Message:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(request)
        return await read_message(reader)

    def hang_up(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None
