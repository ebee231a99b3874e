"""The table of all addresses under /api/v1, with what each takes and answers; openapi.py writes it down."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from dashboards.evaluation.downloads import MEDIA_TYPES
from dashboards.evaluation.issuer_shapes import SlipBatch, SlipItem, StoredDossiers
from dashboards.evaluation.items import (
    AreaType,
    ChangeList,
    MethodItem,
    MethodList,
    OfficialHistory,
    OfficialPage,
    PeerGroupList,
    ProcedurePage,
    ReleaseDetail,
    ReleaseList,
    RoleName,
    UnitPage,
)
from dashboards.evaluation.questions import LARGEST_PAGE
from feedback.api_keys import Scope
from feedback.check_dossiers import DossierEntry
from feedback.slips.check_requests import SlipRequest
from surveys.wording import LANGUAGES

CODE = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"}
# What may stand in an address, by its name: schema, and one that a demo knows.
PARAMETERS: Mapping[str, tuple[Mapping[str, object], object]] = {
    "release": ({"type": "string", "pattern": "^[1-9][0-9]{3}-Q[1-4]$"}, "2026-Q3"),
    "official": (CODE, "demo-1"),
    "version": ({"type": "string", "pattern": "^[0-9]{4}\\.[0-9]{1,2}$"}, "2026.1"),
    "unit": (CODE, "32041"),
    "place": ({"type": "string", "pattern": "^([0-9]{2}|[0-9]{5})$"}, "96"),
    "title": (CODE, "reception"),
    "area_type": ({"type": "string", "enum": list(get_args(AreaType))}, "urban"),
    "identifier": ({"type": "string", "minLength": 1, "maxLength": 64}, "CB-000123"),
    "role": ({"type": "string", "enum": list(get_args(RoleName)), "default": "official"}, "official"),
    "cursor": ({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,1000}$"}, None),
    "limit": ({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": LARGEST_PAGE}, 50),
    "lang": ({"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}, "vi"),
}
PLACES, PAGES = ("unit", "place", "area_type"), ("cursor", "limit")
ALWAYS = (400, 401, 403, 429, 503)


class ApiRoute(msgspec.Struct, frozen=True):
    """`name` is stable. `answers` are shapes by status; `file` is the ending of an answer that is no JSON.

    `links` lead on: name, (name of the route, its parameters as runtime expressions of OpenAPI).
    """

    name: str
    path: str
    answers: Mapping[int, Any]
    query: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    problems: tuple[int, ...] = ALWAYS
    scope: Scope | None = "evaluation"
    method: Literal["get", "post"] = "get"
    body: Any = None
    file: str | None = None
    links: Mapping[str, tuple[str, Mapping[str, str]]] = {}


FIRST, NEXT = "$response.body#/items/0", "$response.body#/next"
OF_A_RELEASE = {
    name: (name, {"release": f"{FIRST}/release"})
    for name in ("show_release", "list_officials", "list_units", "list_procedures", "list_peer_groups")
}


def read_pages(name: str, path: str, shape: Any, query: tuple[str, ...], **links: Any) -> ApiRoute:  # noqa: ANN401 (shapes)
    follow = {"next": (name, {"release": "$request.path.release", "cursor": NEXT})}
    return ApiRoute(
        name,
        f"/api/v1/releases/{{release}}/{path}",
        {200: shape},
        (*query, *PAGES),
        problems=(*ALWAYS, 404),
        links={**follow, **links},
    )


ROUTES: tuple[ApiRoute, ...] = (
    ApiRoute("list_releases", "/api/v1/releases", {200: ReleaseList}, links=OF_A_RELEASE),
    ApiRoute("show_release", "/api/v1/releases/{release}", {200: ReleaseDetail}, problems=(*ALWAYS, 404)),
    read_pages(
        "list_officials",
        "officials",
        OfficialPage,
        (*PLACES, "title"),
        history=("show_official", {"official": f"{FIRST}/official"}),
    ),
    read_pages("list_units", "units", UnitPage, PLACES),
    read_pages("list_procedures", "procedures", ProcedurePage, ()),
    ApiRoute(
        "list_peer_groups", "/api/v1/releases/{release}/peer-groups", {200: PeerGroupList}, problems=(*ALWAYS, 404)
    ),
    *(
        ApiRoute(
            f"download_{form}",
            f"/api/v1/releases/{{release}}/download.{form}",
            {200: None},
            ("role",),
            problems=(*ALWAYS, 404),
            file=form,
        )
        for form in MEDIA_TYPES
    ),
    ApiRoute(
        "find_official",
        "/api/v1/officials",
        {200: OfficialHistory},
        ("identifier",),
        ("identifier",),
        problems=(*ALWAYS, 404),
    ),
    ApiRoute("show_official", "/api/v1/officials/{official}", {200: OfficialHistory}, problems=(*ALWAYS, 404)),
    ApiRoute(
        "list_changes",
        "/api/v1/changes",
        {200: ChangeList},
        PAGES,
        links={"later": ("list_changes", {"cursor": "$response.body#/cursor"})},
    ),
    ApiRoute(
        "list_methods",
        "/api/v1/methods",
        {200: MethodList},
        links={"method": ("show_method", {"version": f"{FIRST}/version"})},
    ),
    ApiRoute("show_method", "/api/v1/methods/{version}", {200: MethodItem}, problems=(*ALWAYS, 404)),
    ApiRoute(
        "post_slips",
        "/api/v1/slips",
        {201: SlipItem, 200: SlipBatch},
        scope="slips",
        method="post",
        body=(SlipRequest, list[SlipRequest]),
        problems=(*ALWAYS, 413, 415, 422),
    ),
    ApiRoute(
        "post_dossier_counts",
        "/api/v1/dossier-counts",
        {200: StoredDossiers},
        scope="dossiers",
        method="post",
        body=(list[DossierEntry],),
        problems=(*ALWAYS, 413, 415, 422),
    ),
    ApiRoute("show_openapi", "/api/v1/openapi.json", {200: dict[str, Any]}, scope=None, problems=(400, 429)),
)
