"""For operators: alive, ready, and figures. Nothing here names a person, a desk or a rating."""

import asyncio

from litestar import Response, get
from litestar.exceptions import NotFoundException
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from feedback.database import TEMPORARY_FAILURES
from feedback.tables.sequencer import select_last_number
from feedback.web.bodies import Request
from feedback.web.replies import retry_headers

LOOPBACK = {"127.0.0.1", "::1"}


@get("/health/live", opt={"access": "public", "limit": "600/minute"}, sync_to_thread=False)
def show_alive() -> dict[str, str]:
    return {"status": "alive"}


@get("/health/ready", opt={"access": "public", "limit": "600/minute"})
async def show_ready(request: Request) -> Response[dict[str, str]]:
    """200 when a rating could be stored now, else 503."""
    try:
        async with asyncio.timeout(2), request.app.state.pool.acquire() as connection:
            await select_last_number(connection)
    except TEMPORARY_FAILURES:
        return Response({"status": "waiting for the database"}, status_code=503, headers=retry_headers(503))
    return Response({"status": "ready"})


@get("/metrics", opt={"access": "operator", "limit": "600/minute"}, sync_to_thread=False)
def show_metrics(request: Request) -> Response[bytes]:
    """Only to this machine unless settings say otherwise; a proxy's callers are not this machine."""
    forwarded = any(name in request.headers for name in ("x-real-ip", "x-forwarded-for", "forwarded"))
    direct = request.client.host if request.client else ""
    if not request.app.state.settings.metrics_public and (forwarded or direct not in LOOPBACK):
        raise NotFoundException
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


ROUTES = [show_alive, show_ready, show_metrics]
