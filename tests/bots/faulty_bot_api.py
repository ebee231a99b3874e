"""A Bot API server that misbehaves on demand, behind a real port. It records calls and keeps no state of chats."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import uvicorn


class Call(msgspec.Struct, frozen=True):
    method: str
    parameters: dict[str, str]

    @property
    def chat_id(self) -> int:
        return int(self.parameters.get("chat_id", "0"))

    @property
    def text(self) -> str:
        return self.parameters.get("text", "")


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


def grant(result: object) -> Answer:
    return Answer(200, json.dumps({"ok": True, "result": result}).encode())


def refuse(code: int, description: str, **parameters: int) -> Answer:
    body = {"ok": False, "error_code": code, "description": description}
    return Answer(code, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode())


def flood(seconds: int) -> Answer:
    return refuse(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


BROKEN = refuse(500, "Internal Server Error")
NO_JSON = Answer(502, b"<html>Bad Gateway</html>")
PROVIDER_FORBIDS = Answer(403, b"<html>This site is blocked</html>")
PROXY_FORBIDS = Answer(403, b'{"message": "no"}')
PROXY_REFUSES = Answer(400, b"<html>Bad Request</html>")
NOT_OF_TELEGRAM = Answer(200, b'{"hello": "world"}')
REDIRECT = Answer(302, b"", ((b"location", b"http://127.0.0.1:9/elsewhere"),))
BLOCKED = refuse(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = refuse(403, "Forbidden: user is deactivated")
CHAT_NOT_FOUND = refuse(400, "Bad Request: chat not found")
QUERY_TOO_OLD = refuse(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
TEXT_INVALID = refuse(400, "Bad Request: message text is invalid")
WRONG_TOKEN = refuse(401, "Unauthorized")
CONFLICT = refuse(409, "Conflict: terminated by other getUpdates request")
SILENCE = None  # no answer at all

Fault = Callable[[Call], Answer | None]


KNOWN: dict[str, object] = {
    "getUpdates": [],
    "getMyCommands": [],
    "getMyDescription": {"description": ""},
    "getMyShortDescription": {"short_description": ""},
}


def work_well(call: Call) -> Answer:
    if call.method == "sendMessage":
        chat = {"id": call.chat_id, "type": "private", "first_name": "-"}
        return grant({"message_id": 1, "date": 1, "chat": chat, "text": call.text})
    return grant(KNOWN.get(call.method, True))


class FaultyBotApi:
    def __init__(self) -> None:
        self.answer: Fault = work_well
        """What each call gets; may be replaced at any time."""
        self.calls: list[Call] = []
        self.taken: list[Call] = []
        """Calls that were answered with success."""
        self.news = asyncio.Event()
        self.gate = asyncio.Event()
        """While it is closed, calls are held after they arrived."""
        self.gate.set()

    def list_sent(self, chat_id: int) -> list[str]:
        """Texts that reached a chat."""
        return [call.text for call in self.taken if call.method == "sendMessage" and call.chat_id == chat_id]

    async def wait_for(self, is_there: Callable[["FaultyBotApi"], object]) -> None:
        while not is_there(self):
            self.news.clear()
            await self.news.wait()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (as ASGI has it)
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        call = Call(scope["path"].rpartition("/")[2], dict(parse_qsl(body.decode())))
        self.calls.append(call)
        self.news.set()
        await self.gate.wait()
        answer = self.answer(call)
        if answer is None:
            await receive()
            return
        if b'"ok": true' in answer.body:
            self.taken.append(call)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})
        self.news.set()


@asynccontextmanager
async def run_faulty_bot_api() -> AsyncGenerator[tuple[FaultyBotApi, str]]:
    """The server and its address."""
    api = FaultyBotApi()
    config = uvicorn.Config(api, port=0, log_level="error", access_log=False, lifespan="off", http="httptools")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield api, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
