"""Puts the citizens' pages together. Other packages hand in their routes, pages, wording and stylesheets."""

import gc
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.router import Router

from feedback.accounts.delays import Delays
from feedback.accounts.passkeys import find_relying_party
from feedback.database import open_pool
from feedback.desk_directory import DeskDirectory
from feedback.folders import FEEDBACK
from feedback.record_response import Intake, read_local_day
from feedback.settings import Settings
from feedback.web import static_files
from feedback.web.bodies import LARGEST_BODY
from feedback.web.front_door import FrontDoor
from feedback.web.limits import Limits, limit_caller
from feedback.web.replies import reply_fault, reply_http_error, reply_problem
from feedback.web.reply_session_over import reply_session_over
from feedback.web.routes import dossier_counts_api, health, kiosk, rate, receipt, slips_api, visit
from surveys.errors import LangNgheError, SessionNeededError
from surveys.survey_files import load_surveys
from surveys.wording import LOCALE_FOLDER, read_wordings

COLLECTOR_THRESHOLDS = (20_000, 50, 100)
OWN_ROUTES = [
    *rate.ROUTES,
    *receipt.ROUTES,
    *visit.ROUTES,
    *kiosk.ROUTES,
    *slips_api.ROUTES,
    *dossier_counts_api.ROUTES,
    *health.ROUTES,
    *static_files.ROUTES,
]


def create_app(
    settings: Settings,
    database_url: str,
    *,
    more_routes: Sequence[HTTPRouteHandler] = (),
    more_packages: Sequence[Path] = (),
) -> FrontDoor:
    """The web program on the database at `database_url`, which may be away for now.

    `more_packages` are folders with some of pages/, locale/ and static/.
    """
    packages = [FEEDBACK / "web", *more_packages]

    @asynccontextmanager
    async def connect(app: Litestar) -> AsyncGenerator[None]:
        pool = await open_pool(database_url)
        app.state.pool = pool
        app.state.intake = Intake(pool)
        app.state.directory = DeskDirectory(pool, load_surveys())
        spare_the_collector()
        yield
        await pool.close()

    files = static_files.read_static_files(list_folders(packages, "static"))
    app = Litestar(
        route_handlers=limit_callers([*OWN_ROUTES, *more_routes]),
        lifespan=[connect],
        exception_handlers={
            SessionNeededError: reply_session_over,
            LangNgheError: reply_problem,
            HTTPException: reply_http_error,
            Exception: reply_fault,
        },
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
        state=State(
            {
                "settings": settings,
                "limits": Limits(settings.desk_limit, settings.trusted_proxy),
                "delays": Delays(),
                "read_day": read_day,
                "read_now": read_now,
                "receipt_pages": {},
                "static_files": files,
                "templates": make_templates(
                    list_folders(packages, "pages"),
                    static={name: f"/static/{name}?v={file.digest}" for name, file in files.items()},
                    telegram_link=settings.telegram_link,
                    outside_on=settings.oidc_issuer is not None,
                    passkeys_on=find_relying_party(settings.base_url) is not None,
                ),
                "wordings": read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", *list_folders(more_packages, "locale")]),
            }
        ),
    )
    return FrontDoor(app)


def list_folders(packages: Sequence[Path], name: str) -> list[Path]:
    return [package / name for package in packages if (package / name).is_dir()]


def spare_the_collector() -> None:
    """What was made at start-up stays for good; looking through it again and again cost a quarter of each rating."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)


def limit_callers(routes: Sequence[HTTPRouteHandler]) -> list[Router | HTTPRouteHandler]:
    """Hold callers to the limit of each route that states one a minute.

    The others limit themselves: "by desk", "by secret", and "by key" in `authorize`.
    """
    limited = [route for route in routes if str(route.opt["limit"])[0].isdigit()]
    others = [route for route in routes if route not in limited]
    return [Router("/", route_handlers=limited, guards=[limit_caller]), *others]


def read_now() -> datetime:
    return datetime.now(UTC)


def read_day() -> date:
    return read_local_day(read_now())[0]


def make_templates(folders: Sequence[Path], **known: object) -> Environment:
    """Pages of all folders; `known` is there for each of them."""
    templates = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals.update(known)  # pyright: ignore[reportCallIssue, reportArgumentType] (its type is inferred too narrowly)
    return templates
