"""The web program wired as wiring.py wires it, and the addresses at which it answers."""

from pathlib import Path

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from feedback.settings import read_settings
from feedback.web.front_door import FrontDoor
from wiring import imitate_telegram, wire_pages

SECRET = "a secret of tests only, forty letters long"


def wire_program(database_url: str, home: Path, **environment: str) -> FrontDoor:
    """All pages, with the demo's chat among them."""
    settings = read_settings({"LANGNGHE_HOME": str(home), "LANGNGHE_SECRET": SECRET, **environment})
    settings, telegram = imitate_telegram(settings)
    return wire_pages(settings, database_url, telegram)


def list_handlers() -> list[tuple[str, HTTPRouteHandler]]:
    """Every address and what answers there, in order; the framework's own OPTIONS handlers only name methods."""
    app = wire_program("postgresql:///unused", Path("unused")).app
    assert isinstance(app, Litestar)
    handlers = [
        (route.path_format, handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.http_methods != {"OPTIONS"}
    ]
    return sorted(handlers, key=lambda pair: (pair[0], pair[1].handler_name, sorted(pair[1].http_methods)))
