import pytest
from limits import parse
from litestar.handlers import HTTPRouteHandler

from feedback.accounts.powers import ACTIONS
from tests.wired import list_handlers

ACCESS = {"public", "operator", "telegram", "demo", "key", "staff"}
# Held to the limit of the desk, never of the caller: shown in tests/feedback/test_rate_page.py.
LIMITED_BY_DESK = {"/Q/{code}", "/q/{code}"}
# Whoever has Telegram's secret: shown in tests/bots/test_telegram_webhook.py.
LIMITED_BY_SECRET = {"/telegram/{bot}"}
HANDLERS = list_handlers()


@pytest.mark.parametrize(("path", "handler"), HANDLERS, ids=[f"{h.handler_name} {p}" for p, h in HANDLERS])
def test_every_route_says_who_may_call_it_and_how_often(path: str, handler: HTTPRouteHandler) -> None:
    assert handler.opt["access"] in ACCESS
    limit = handler.opt["limit"]
    if limit == "by desk":
        assert path in LIMITED_BY_DESK
    elif limit == "by secret":
        assert path in LIMITED_BY_SECRET
    elif limit == "by key":
        # Each key has its own quota, each caller one of wrong keys: shown in tests/feedback/test_api_keys.py.
        assert handler.opt["access"] == "key"
    elif limit == "by account":
        # Each account has its own quota, in `enter`; whoever is not signed in gets no further than the session.
        assert handler.opt["access"] == "staff"
    else:
        assert parse(limit).amount > 0


@pytest.mark.parametrize(("path", "handler"), HANDLERS, ids=[f"{h.handler_name} {p}" for p, h in HANDLERS])
def test_a_route_of_staff_names_the_action_that_it_needs_and_no_other_names_one(
    path: str, handler: HTTPRouteHandler
) -> None:
    """What each action opens is tried, both ways, in tests/house_rules/test_power_matrix.py."""
    if handler.opt["access"] == "staff":
        assert handler.opt["limit"] == "by account"
        assert handler.opt["action"] in ACTIONS
    else:
        assert "action" not in handler.opt
    assert handler.opt["access"] not in {"staff", "key"} or path.startswith(("/staff", "/api/"))


def test_the_addresses_of_the_plan_are_there() -> None:
    paths = {path for path, _ in HANDLERS}
    assert paths >= {"/", "/Q/{code}", "/q/{code}", "/R", "/U/{unit}", "/P/{province}", "/M"}
    assert paths >= {"/V", "/V/{token}", "/staff/me", "/api/docs", "/api/v1/releases", "/api/v1/slips"}
    assert paths >= {"/health/live", "/health/ready", "/metrics", "/telegram/{bot}"}


def test_a_route_either_shows_or_takes() -> None:
    methods = {frozenset(handler.http_methods) for _, handler in HANDLERS}
    assert methods == {frozenset({"GET"}), frozenset({"GET", "HEAD"}), frozenset({"POST"})}
