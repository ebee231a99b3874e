"""Which pages show the stored texts to whom, and which texts must have been seen there."""

from collections.abc import Mapping
from typing import get_args

from feedback.tables.catalogue_views import Kind
from surveys.denunciation import suggests_denunciation
from surveys.personal_data import hide_personal_data
from tests.journeys.payload_cases import FROZEN, JOINED, SECRET, SINGLE
from tests.journeys.payload_rows import DESK
from tests.journeys.payload_texts import mark_texts
from tests.journeys.payload_world import EMAIL, NAME, PASSKEY, WRITTEN_AT, PayloadWorld

CLOSED = "?quarter=2026-Q3"
VIEWS = ("places", "trend", "procedures", "raters", "sources", "response", "integrity", "pilots", "comments")
AREAS = ("VN", "p96", "c50001", "u-u1")
DESKS = ("/staff/desks", "/staff/desks/u1", "/staff/desks/u1?find=ln_hit")
FIELDS: Mapping[str, int] = {
    **dict.fromkeys(
        ("place", "unit", "unit-code", "desk", "number", "official", "official-code", "procedure", "procedure-code"), 0
    ),
    **dict.fromkeys(("review", "vote", "actor", "reason", "by", "action", "kind", "object", "name", "value"), 0),
    **dict.fromkeys((f"frozen-{name}" for name in ("unit", "place", "desk", "official", "title", "procedure")), 0),
    **JOINED,
    **SINGLE,
    **dict.fromkeys(FROZEN, 0),
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
    cases = world.cases
    front = [f"/staff/cases/{case}" for case in (*cases.long, *cases.drafts)]
    unit = [f"/staff/unit-cases/{case}" for case in cases.long]
    accounts = [f"/staff/accounts/{account_id}" for account_id in world.written]
    return {
        "front_supervisor": [
            *("/staff", "/staff/overview", "/staff/overview?q=ln_hit"),
            *(f"/staff/area/{area}{CLOSED}" for area in AREAS),
            *("/staff/area/VN/places", "/staff/area/c50001/places", *views, *pictures, *comments, *alerts, *own),
            *("/staff/cases", "/staff/cases?show=closed", "/staff/cases?area=u-u1", *front),
            *(f"/staff/cases/{case}/pictures/chart.svg" for case in cases.long[-2:]),
            *("/staff/cases/new", "/staff/cases/new?q=ln_hit", "/staff/cases/new?area=u-u1"),
            f"/staff/cases/new?round={cases.round_id}&place=1",
            *("/staff/checks", f"/staff/checks/{cases.round_id}", f"/staff/checks/{cases.round_id}/items/1"),
            *("/staff/forms/batches", f"/staff/forms/batches/{cases.batch_id}"),
            *("/staff/reports", "/staff/reports?q=ln_hit"),
        ],
        "front_volunteer": ["/staff", "/staff/forms", f"/staff/forms/{cases.batch_id}"],
        "inspector": ["/staff", "/staff/reviews", "/staff/account"],
        "personnel": ["/staff", "/staff/scores", "/staff/scores?role=unit", "/staff/scores?search=ln_hit"],
        "head_of_unit": ["/staff", "/staff/unit", "/staff/unit/u1", "/staff/unit-cases", *unit, *DESKS],
        "official": ["/staff", "/staff/me", "/staff/me/2026-Q3"],
        "administrator": [
            *("/staff", "/staff/accounts", "/staff/accounts?q=ln_hit", "/staff/accounts/proposals"),
            *("/staff/audit?person=demo-administrator", *accounts),
            *(f"/staff/catalogue?kind={kind}&q=ln_hit1" for kind in get_args(Kind)),
            *("/staff/catalogue", "/staff/catalogue/u1", "/staff/catalogue-file/import", "/staff/surveys"),
            *("/staff/keys", "/staff/parameters", "/staff/parameters/case_answer_days", "/staff/calendar"),
            "/staff/kiosks",
        ],
        "": ["/", "/P/96", "/U/u1", "/U/u1/procedures.svg", f"/Q/{DESK}", "/M", f"/K/{SECRET}", f"/K/{SECRET}?state=1"],
    }


def list_fields() -> dict[str, list[str]]:
    """Every text of every field as it must stand on some page. What may denounce is not shown; persons are hidden."""
    comments = [text for text in mark_texts("comment") if not suggests_denunciation(text)]
    fields = {mark: list(mark_texts(mark, longest or 10_000)) for mark, longest in FIELDS.items()}
    # The page of a receipt makes a paragraph of each line.
    fields["told"] = [text for text in fields["told"] if "\n" not in text]
    return {**fields, "comment": [hide_personal_data(text).text for text in comments]}
