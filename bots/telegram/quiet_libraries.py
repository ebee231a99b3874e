"""Silences the libraries that would log addresses with the token in them, or what people wrote, at some level."""

import logging
import warnings

from telegram.warnings import PTBDeprecationWarning

LOGGERS = ("httpx", "httpcore", "telegram", "aiolimiter")
ABOVE_ALL = logging.CRITICAL + 1


def quiet_libraries() -> None:
    """At the source: no level set for other loggers brings them back, and neither do loggers below them."""
    for name in list_loggers():
        logger = logging.getLogger(name)
        logger.setLevel(ABOVE_ALL)
        logger.propagate = False
        logger.handlers = [logging.NullHandler()]
    warnings.filterwarnings("ignore", message=".*`retry_after`", category=PTBDeprecationWarning)


def list_loggers() -> list[str]:
    """Those named above and every one below them that is there by now: a level of its own would still speak."""
    known = list(logging.Logger.manager.loggerDict)
    below = [name for name in known if name.startswith(tuple(f"{parent}." for parent in LOGGERS))]
    return [*LOGGERS, *below]
