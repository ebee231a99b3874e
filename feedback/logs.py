"""Logs as one JSON line an event, to standard error. Never the values of variables: they may hold what people wrote."""

import logging
import sys

import asyncpg
import structlog
from structlog.typing import EventDict, WrappedLogger


def set_up_logs(level: str = "info") -> None:
    """Our own events from `level` on; those of libraries only as warnings, unless `level` is debug."""
    libraries = logging.DEBUG if level == "debug" else logging.WARNING
    logging.basicConfig(level=libraries, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            forget_refused_rows,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def forget_refused_rows(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Beside the reason for refusing a row, PostgreSQL names the whole row."""
    error = event.get("exc_info")
    error = sys.exception() if error is True else error
    while isinstance(error, BaseException):
        if isinstance(error, asyncpg.PostgresError):
            vars(error)["detail"] = None
        error = error.__cause__ or error.__context__
    return event
