"""Every role, and nobody, at every address of staff and every kind of object there, both ways.

Whom the table of powers allows is let in; everybody else gets 404, 403 or 401, leaves a line in the audit log, and
changes nothing.
"""

from collections.abc import AsyncIterator

import pytest
from litestar.handlers import HTTPRouteHandler

from feedback.accounts.powers import ACTIONS, POWERS, Action, may
from tests.conftest import name_database, run_on_server
from tests.house_rules.power_parts import ABOUT_WHAT_WAS_TYPED, WORDS, Value, list_parts, list_staff_routes
from tests.house_rules.power_stage import (
    Case,
    Stage,
    ask,
    count_denials,
    list_bodies,
    list_cases,
    list_parameters,
    list_unwired,
    open_stage,
    picture_store,
)
from tests.house_rules.power_world import NO_WORLD, Person
from tests.staff_people import open_session

STAFF_ROUTES = list_staff_routes()
IDS = [f"{method} {path}" for path, method, _ in STAFF_ROUTES]
EVERY_ROUTE = pytest.mark.parametrize(("path", "method", "handler"), STAFF_ROUTES, ids=IDS)
REFUSALS = {401, 403, 404}
NO_SESSION = {303, 401}
IN, NO_POWER, UNKNOWN = 200, 403, 404


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    name = "power_matrix"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    async with open_stage(name_database(server_url, name), tmp_path_factory.mktemp("home")) as stage:
        yield stage
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def expect(person: Person, action: Action, case: Case) -> int:
    """IN, 403 or 404: what the table of powers says, without asking any page."""
    if not may(person.appointments, action):
        return NO_POWER
    where = case.value.where if case.value else None
    return UNKNOWN if case.is_missing or not may(person.appointments, action, where) else IN


async def try_denied(
    stage: Stage, person: Person, method: str, case: Case, path: str, status: int, cookies: dict[str, str]
) -> list[str]:
    """What went wrong: another status, or no line in the log. An object that nobody has leaves one where it may."""
    wrong: list[str] = []
    for body in list_bodies(path, method):
        lines = await count_denials(stage, person.account_id)
        answer = await ask(stage, method, case.address, body, cookies)
        told = f"{person.name} {method} {case.address} {body}: "
        wrong += [f"{told}{answer.status_code}, not {status}"] if answer.status_code != status else []
        has_line = case.is_missing or await count_denials(stage, person.account_id) > lines
        wrong += [] if has_line else [f"{told}no line"]
    return wrong


async def try_allowed(stage: Stage, person: Person, method: str, case: Case, path: str) -> list[str]:
    """In a session of its own, since some of what is allowed ends sessions."""
    wrong: list[str] = []
    for body in list_bodies(path, method):
        cookies = await open_session(stage.connection, person.account_id)
        answer = await ask(stage, method, case.address, body, cookies)
        is_refused = answer.status_code in REFUSALS - ABOUT_WHAT_WAS_TYPED.get((method, path), set())
        # 503: the identity provider, which is away here.
        if is_refused or (answer.status_code >= 500 and answer.status_code != 503):
            wrong.append(f"{person.name} {method} {case.address} {body}: {answer.status_code} {answer.text[:200]}")
    return wrong


@EVERY_ROUTE
async def test_nobody_gets_in_without_a_session(
    stage: Stage, path: str, method: str, handler: HTTPRouteHandler
) -> None:
    assert handler.opt["access"] == "staff"
    disabled = stage.world.people["disabled"].cookies
    wrong: list[str] = []
    before = await picture_store(stage)
    for case in list_cases(path, stage.parts):
        for cookies in ({}, dict.fromkeys(disabled, "x" * 43), disabled):
            for body in list_bodies(path, method):
                answer = await ask(stage, method, case.address, body, cookies)
                if answer.status_code not in NO_SESSION:
                    wrong.append(f"{method} {case.address} {body}: {answer.status_code}")
    assert wrong == []
    assert await picture_store(stage) == before


@EVERY_ROUTE
async def test_each_role_opens_what_its_powers_say_and_nothing_else(
    stage: Stage, path: str, method: str, handler: HTTPRouteHandler
) -> None:
    action: Action = handler.opt["action"]
    people = [person for person in stage.world.people.values() if person.name != "disabled"]
    tries = [
        (person, case, expect(person, action, case)) for person in people for case in list_cases(path, stage.parts)
    ]
    cookies = {person.name: await open_session(stage.connection, person.account_id) for person in people}
    wrong: list[str] = []
    before = await picture_store(stage)
    for person, case, expected in tries:
        if expected != IN:
            wrong += await try_denied(stage, person, method, case, path, expected, cookies[person.name])
    assert wrong == []
    after = await picture_store(stage)
    assert [table for table in after if after[table] != before.get(table)] == []
    for person, case, expected in tries:
        if expected == IN:
            wrong += await try_allowed(stage, person, method, case, path)
    assert wrong == []
    assert {expected for _, _, expected in tries} >= {IN, NO_POWER}


@EVERY_ROUTE
async def test_a_form_from_another_site_is_refused(
    stage: Stage, path: str, method: str, handler: HTTPRouteHandler
) -> None:
    """Even with the right cookie of a person who may."""
    if method == "GET":
        assert handler.opt["access"] == "staff"
        return
    person = next(person for person in stage.world.people.values() if may(person.appointments, handler.opt["action"]))
    case, cookies = next(list_cases(path, stage.parts)), await open_session(stage.connection, person.account_id)
    before = await picture_store(stage)
    elsewhere = "https://elsewhere.example"
    foreign = [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none", "origin": elsewhere},
        {"sec_fetch_site": "same-origin", "origin": elsewhere},
    ]
    for headers in foreign:
        for body in list_bodies(path, method):
            answer = await ask(stage, method, case.address, body, cookies, **headers)
            assert answer.status_code == NO_POWER, (headers, body)
    assert await picture_store(stage) == before


def test_every_parameter_of_a_staff_address_is_known() -> None:
    known = list_parts(NO_WORLD)
    unknown = {
        (path, name)
        for path, name in list_parameters(STAFF_ROUTES)
        if name not in known and name not in WORDS.get(path, {})
    }
    assert unknown == set()


def test_every_staff_route_names_an_action_and_every_action_opens_something() -> None:
    named = {handler.opt.get("action") for _, _, handler in STAFF_ROUTES}
    assert named == set(ACTIONS)
    assert {action for actions in POWERS.values() for action in actions} == set(ACTIONS)


def test_every_list_of_routes_is_wired() -> None:
    assert list_unwired() == []


def test_a_parameter_that_nobody_knows_and_an_address_out_of_reach_would_be_noticed() -> None:
    parts = list_parts(NO_WORLD)
    with pytest.raises(KeyError):
        list(list_cases("/staff/secrets/{secret}", parts))
    cases = [case.value for case in list_cases("/staff/unit/{unit}", parts)]
    assert [value.text if isinstance(value, Value) else None for value in cases] == ["32041", "26734", None]
