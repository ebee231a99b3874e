"""Which pages show the stored texts to whom, and which texts must have been seen there."""

from collections.abc import Mapping

from surveys.denunciation import suggests_denunciation
from surveys.personal_data import hide_personal_data
from tests.journeys.payload_rows import DESK
from tests.journeys.payload_world import EMAIL, NAME, PASSKEY, WRITTEN_AT, PayloadWorld, mark_texts

CLOSED = "?quarter=2026-Q3"
VIEWS = ("places", "trend", "procedures", "raters", "sources", "response", "integrity", "pilots", "comments")
AREAS = ("VN", "p96", "c50001", "u-u1")
FIELDS: Mapping[str, int] = {
    **dict.fromkeys(
        ("place", "unit", "unit-code", "desk", "number", "official", "official-code", "procedure", "procedure-code"), 0
    ),
    **dict.fromkeys(("review", "vote", "actor", "reason", "by", "action", "kind", "object", "name", "value"), 0),
    **dict.fromkeys((f"frozen-{name}" for name in ("unit", "place", "desk", "official", "title", "procedure")), 0),
    "voter": NAME,
    "account": NAME,
    "mail": EMAIL,
    "passkey": PASSKEY,
}


def list_pages(world: PayloadWorld) -> Mapping[str, list[str]]:
    """By role; "" is everybody."""
    views = [f"/staff/area/{area}/{view}{CLOSED}" for area in ("p96", "u-u1") for view in VIEWS]
    pictures = [
        f"/staff/area/p96/places/chart.svg{CLOSED}&part=urban",
        f"/staff/area/u-u1/procedures/chart.svg{CLOSED}",
    ]
    comments = [f"/staff/area/u-{unit}/comments{CLOSED}" for unit in WRITTEN_AT]
    kinds = [f"/staff/alerts?state=all&kind={kind}" for kind in ("drop", "harassment", "silent_desk", "low_share")]
    alerts = ["/staff/alerts", *kinds, *(f"/staff/alerts/{alert}" for alert in world.alerts)]
    own = ["/staff/account", "/staff/account/log", "/staff/digests", "/staff/passkeys"]
    accounts = [f"/staff/accounts/{account_id}" for account_id in world.written]
    return {
        "front_supervisor": [
            *("/staff", "/staff/overview", "/staff/overview?q=ln_hit"),
            *(f"/staff/area/{area}{CLOSED}" for area in AREAS),
            *("/staff/area/VN/places", "/staff/area/c50001/places", *views, *pictures, *comments, *alerts, *own),
        ],
        "inspector": ["/staff", "/staff/reviews", "/staff/account"],
        "personnel": ["/staff", "/staff/scores", "/staff/scores?role=unit", "/staff/scores?search=ln_hit"],
        "head_of_unit": ["/staff", "/staff/unit", "/staff/unit/u1"],
        "official": ["/staff", "/staff/me", "/staff/me/2026-Q3"],
        "administrator": [
            *("/staff", "/staff/accounts", "/staff/accounts?q=ln_hit", "/staff/accounts/proposals"),
            *("/staff/audit?person=demo-administrator", *accounts),
        ],
        "": ["/", "/P/96", "/U/u1", "/U/u1/procedures.svg", f"/Q/{DESK}", "/M"],
    }


def list_fields() -> dict[str, list[str]]:
    """Every text of every field as it must stand on some page. What may denounce is not shown; persons are hidden."""
    comments = [text for text in mark_texts("comment") if not suggests_denunciation(text)]
    fields = {mark: list(mark_texts(mark, longest or 10_000)) for mark, longest in FIELDS.items()}
    return {**fields, "comment": [hide_personal_data(text).text for text in comments]}
