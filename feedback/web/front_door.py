"""The outermost layer: refuses what would overload the house, and dresses every answer in the same headers."""

from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

MOST_AT_ONCE = 2048
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
NO_STORE = (b"cache-control", b"no-store")
NO_STORE_HEADERS = [*HEADERS, NO_STORE]
RETRY_SOON = (b"retry-after", b"5")
PLAIN = (b"content-type", b"text/plain; charset=utf-8")
OVERLOADED = "Xin thử lại sau ít giây. / Please try again shortly.".encode()


class FrontDoor:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.inside >= MOST_AT_ONCE:
            await refuse(send)
            return
        self.inside += 1
        try:
            await self.app(scope, receive, dress(send))
        finally:
            self.inside -= 1


async def refuse(send: Send) -> None:
    start: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": 503,
        "headers": [RETRY_SOON, PLAIN, *NO_STORE_HEADERS],
    }
    await send(start)
    await send({"type": "http.response.body", "body": OVERLOADED, "more_body": False})


def dress(send: Send) -> Send:
    async def send_dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = [name for name, _ in message["headers"]]
            message["headers"] = [
                *message["headers"],
                *(HEADERS if b"cache-control" in names else NO_STORE_HEADERS),
            ]
        await send(message)

    return send_dressed
