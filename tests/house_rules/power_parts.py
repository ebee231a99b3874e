"""What every parameter of a staff address can stand for: objects in reach and out of it, words, and what is not there.

A staff route with a parameter that stands in none of these lists fails the build: add what it may be.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

import msgspec
from litestar.handlers import HTTPRouteHandler

import dashboards.cases
import dashboards.checks
import dashboards.forms
import dashboards.reports
import dashboards.staff
import dashboards.supervision
from feedback.accounts.powers import NATION, Where
from tests.house_rules.power_cases import DAY, KEY
from tests.house_rules.power_world import World
from tests.wired import list_handlers

PACKAGES = (
    dashboards.staff,
    dashboards.supervision,
    dashboards.cases,
    dashboards.checks,
    dashboards.forms,
    dashboards.reports,
)
HERE = Where("96", "32041", "32041")
THERE = Where("79", "26734", "26734")


class Value(msgspec.Struct, frozen=True):
    """What stands in the address, and where that object lies; None: it lies nowhere, such as a word or an account."""

    text: str
    where: Where | None = None


class Part(msgspec.Struct, frozen=True):
    """`here` is tried by all, one of `there` in its place by all; `missing` is nothing at all."""

    here: tuple[Value, ...]
    there: tuple[Value, ...] = ()
    missing: str | None = "0"


# Words of an address, by the address: not objects.
WORDS: Mapping[str, Mapping[str, str]] = {
    "/staff/area/{area}/{view}": {"view": "places"},
    "/staff/area/{area}/{view}/{file}": {"view": "trend", "file": "table.csv"},
    "/staff/area/{area}/comments/{file}": {"file": "table.csv"},
    "/staff/alerts/{alert}/{file}": {"file": "table.csv"},
    "/staff/alerts/{alert}/{verb}": {"verb": "snooze"},
    "/staff/scores/{file}": {"file": "scores.csv"},
    "/staff/cases/{case}/{verb}": {"verb": "withdraw"},
    "/staff/cases/{case}/files/{file}": {"file": "1"},
    "/staff/cases/{case}/pictures/{file}": {"file": "chart.svg"},
    "/staff/unit-cases/{case}/{verb}": {"verb": "receive"},
    "/staff/unit-cases/{case}/files/{file}": {"file": "1"},
    "/staff/unit-cases/{case}/pictures/{file}": {"file": "chart.svg"},
    "/staff/checks/{check}/items/{place}": {"place": "1"},
    "/staff/forms/{batch}/{form}": {"form": "1"},
    "/staff/reports/{report}/{file}": {"file": "report.pdf"},
}
# What a person sends who means it, by the address.
BODIES: Mapping[str, Mapping[str, str]] = {
    "/staff/accounts": {"sign_in_name": "demo-{count}", "display_name": "Người mới (mẫu)"},
    "/staff/accounts/{account}/access": {"deed": "end-sessions"},
    "/staff/accounts/{account}/appointments": {"role": "front_supervisor", "communes": "32041"},
    "/staff/accounts/proposals/{appointment}": {"verdict": "approved"},
    "/staff/account/contact": {"language": "vi", "email": "nguoi.mau@example.vn"},
    "/staff/alerts/{alert}/{verb}": {"until": "2026-12-01", "reason": "Chờ báo cáo (mẫu)"},
    "/staff/cases/new": {"area": "u-32041", "title": "Vụ việc mẫu"},
    "/staff/digests": {"way": "email"},
    "/staff/me/reviews": {"first_day": "2026-11-16", "last_day": "2026-11-17", "reason": "Nghỉ phép (mẫu)"},
    "/staff/reviews/{review}": {"verdict": "grant", "reason": "Đúng (mẫu)"},
}
# Refusals of a person who may, because of what was typed: no way to a provider was begun, no passkey is this one.
ABOUT_WHAT_WAS_TYPED: Mapping[tuple[str, str], set[int]] = {
    # So few comments that no theme may be told.
    ("GET", "/staff/area/{area}/comments/{file}"): {404},
    # A case begins with what it is about; a correction is there to be taken back once; a file belongs to one case.
    ("POST", "/staff/cases/new"): {404},
    ("POST", "/staff/calendar/{day}/back"): {404},
    ("GET", "/staff/cases/{case}/files/{file}"): {404},
    # Where no week has ten ratings there is nothing to draw.
    ("GET", "/staff/cases/{case}/pictures/{file}"): {404},
    ("GET", "/staff/unit-cases/{case}/pictures/{file}"): {404},
    # Only what the same person asked for, or what differs between two entries of a form, is there to be opened.
    ("GET", "/staff/reports/{report}/{file}"): {404},
    ("GET", "/staff/forms/{batch}/{form}"): {404},
    ("POST", "/staff/forms/{batch}/{form}"): {404},
    ("POST", "/staff/outside/link"): {403},
    ("POST", "/staff/passkeys/keep"): {403},
    ("POST", "/staff/passkeys/remove"): {404},
    ("POST", "/staff/passkeys/rename"): {404},
}


def list_parts(world: World) -> Mapping[str, Part]:
    number = {name: str(value) for name, value in world.numbers.items()}
    areas = {"VN": NATION, "p96": Where("96"), "p79": Where("79"), "c32041": Where("96", "32041")}
    areas |= {"c26734": Where("79", "26734"), "u-32041": HERE, "u-26734": THERE, "u-32041~1": HERE, "u-26734~1": THERE}
    here = tuple(Value(code, where) for code, where in areas.items() if where.province == "96")
    there = tuple(Value(code, where) for code, where in areas.items() if where.province != "96")
    return {
        "area": Part(here, there, "u-nowhere"),
        "alert": Part((Value(number["alert here"], HERE),), (Value(number["alert there"], THERE),), "999999"),
        "unit": Part((Value("32041", HERE),), (Value("26734", THERE),), "nowhere"),
        "official": Part((Value("demo-1", HERE),), (Value("demo-far", THERE),), "nobody"),
        "review": Part((Value(number["review here"], HERE),), (Value(number["review there"], THERE),), "999999"),
        "account": Part((Value(number["account"]),), (), "999999"),
        "appointment": Part((Value(number["held"]), Value(number["proposed"])), (), "999999"),
        "release": Part((Value("2026-Q3"),), (), "1999-Q1"),
        # Whose sessions end is decided by who asks: what is no own session ends nothing.
        "session": Part((Value("0" * 16),), (), None),
        "case": Part((Value(number["case here"], HERE),), (Value(number["case there"], THERE),), "999999"),
        "check": Part((Value(number["round here"], HERE),), (Value(number["round there"], THERE),), "999999"),
        "batch": Part((Value(number["batch here"], HERE),), (Value(number["batch there"], THERE),), "999999"),
        "report": Part((Value(number["report"]),), (), None),
        "survey": Part((Value("citizen@1"),), (), "nothing@1"),
        # What nobody uploaded is gone, for everybody alike.
        "upload": Part((Value("0" * 32),), (), None),
        "key": Part((Value(KEY),), (), "z" * 10),
        "name": Part((Value("kiosk_reset_seconds"),), (), "nothing"),
        "proposal": Part((Value(number["proposal"]),), (), "999999"),
        "day": Part((Value(DAY.isoformat()),), (), None),
        "kiosk": Part((Value(number["kiosk"]),), (), "999999"),
    }


def find_route_lists() -> Iterator[HTTPRouteHandler]:
    """Every handler in a list ROUTES of the packages that hold staff pages, wired or not."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            routes: list[object] = getattr(importlib.import_module(found.name), "ROUTES", [])
            yield from (route for route in routes if isinstance(route, HTTPRouteHandler))


def strip_kinds(path: str) -> str:
    """/staff/unit/{unit:str} as it stands in lists: /staff/unit/{unit}."""
    return path.replace(":str}", "}").replace(":int}", "}")


def list_staff_routes() -> list[tuple[str, str, HTTPRouteHandler]]:
    """Path, method and handler of whatever staff may call: what is wired, and what is written and not wired yet."""
    wired = [(path, handler) for path, handler in list_handlers() if handler.opt.get("access") == "staff"]
    written = [(strip_kinds(path), route) for route in find_route_lists() for path in route.paths]
    found = {
        (path, method): handler
        for path, handler in [*written, *wired]
        if handler.opt.get("access") == "staff"
        for method in map(str, handler.http_methods)
        if method in {"GET", "POST"}
    }
    return [(path, method, handler) for (path, method), handler in sorted(found.items(), key=lambda item: item[0])]
