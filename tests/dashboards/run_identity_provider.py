"""A real identity provider (Canaille) as a program of its own, with one client and one demo person in its memory.

Started with its port and the address that people go back to; it asks for a password and nothing else.
"""

import sys
from datetime import UTC, datetime

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from werkzeug.serving import run_simple

CLIENT, CLIENT_SECRET = "langnghe", "a client's secret of tests only, with %3A and :"
NAME, PASSWORD = "lan.mau", "một mật khẩu chỉ để thử"


def serve(port: int, back: str) -> None:
    app = create_app(
        {
            "SECRET_KEY": "a secret of tests only, forty letters long",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "SESSION_COOKIE_SECURE": False,
            "CANAILLE": {"DATABASE": "memory"},
        }
    )
    with app.app_context(), Backend.instance.session():
        add_person()
        add_client(back)
    run_simple("127.0.0.1", port, app, threaded=True)


def add_person() -> None:
    person = models.User(  # pyright: ignore[reportOptionalCall] (filled in when the provider starts)
        user_name=NAME,
        formatted_name="Lan (mẫu)",
        family_name="Mẫu",
        emails=["lan.mau@example.com"],
        password=PASSWORD,
    )
    Backend.instance.save(person)


def add_client(back: str) -> None:
    client = models.Client(  # pyright: ignore[reportOptionalCall] (filled in when the provider starts)
        client_id=CLIENT,
        client_secret=CLIENT_SECRET,
        client_name="Lắng Nghe (mẫu)",
        client_uri="http://127.0.0.1/",
        client_id_issued_at=datetime.now(UTC),
        redirect_uris=[back],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile"],
        token_endpoint_auth_method="client_secret_basic",
    )
    Backend.instance.save(client)
    client.audience = [client]
    Backend.instance.save(client)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
