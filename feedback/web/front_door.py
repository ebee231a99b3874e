"""The outermost layer: refuses what would overload the house, and dresses every answer in the same headers."""

from litestar.types import ASGIApp, Message, Receive, Scope, Send

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
OVERLOADED: list[Message] = [
    {
        "type": "http.response.start",
        "status": 503,
        "headers": [(b"retry-after", b"5"), (b"content-type", b"text/plain; charset=utf-8"), NO_STORE],
    },
    {"type": "http.response.body", "body": "Xin thử lại sau ít giây. / Please try again shortly.".encode()},
]


class FrontDoor:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.inside >= MOST_AT_ONCE:
            for message in OVERLOADED:
                await send(message)
            return
        self.inside += 1
        try:
            await self.app(scope, receive, dress(send))
        finally:
            self.inside -= 1


def dress(send: Send) -> Send:
    async def send_dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], *HEADERS]
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append(NO_STORE)
            message["headers"] = headers
        await send(message)

    return send_dressed
