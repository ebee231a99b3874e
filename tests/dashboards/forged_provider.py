"""An identity provider that says over HTTP whatever a test wants it to say: what a real one never would."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "langnghe"
KEY = RSAKey.generate_key(2048, auto_kid=True)
OTHER_KEY = RSAKey.generate_key(2048, auto_kid=True)


class ForgedProvider:
    """`answers` are by path; a test changes them before our pages ask."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, object]] = {
            "/.well-known/openid-configuration": (200, self.describe()),
            "/keys": (200, KeySet([KEY]).as_dict()),
        }

    def describe(self, **changes: object) -> dict[str, object]:
        endpoints = {
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {"issuer": self.issuer, **endpoints, **changes}

    def say(self, nonce: str, changes: dict[str, object], key: RSAKey = KEY) -> None:
        """The next token: a right one but for `changes`; a claim that is None is left out."""
        now = int(datetime.now(UTC).timestamp())
        usual = {"iss": self.issuer, "sub": "s-1", "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 300}
        claims = {name: value for name, value in {**usual, **changes}.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
        self.answers["/token"] = (200, {"id_token": token, "access_token": "x", "token_type": "Bearer"})


@contextmanager
def run_forged_provider() -> Generator[ForgedProvider]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            path = self.path.partition("?")[0]
            provider.asked.append(path)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, content = provider.answers.get(path, (404, {}))
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 (so called by http.server)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (so called by http.server)
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = ForgedProvider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
