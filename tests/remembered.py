"""What hundreds of tests would read anew and find the same: sentences, and the certificates for a client of HTTP."""

import ssl
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest

from surveys.wording import Wording, read_wordings


@cache
def read_once(folders: tuple[Path, ...]) -> dict[str, Wording]:
    return read_wordings(folders)


@cache
def trust_usual() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def read_remembered(folders: Sequence[Path]) -> dict[str, Wording]:
    return read_once(tuple(folders))


def trust_remembered(
    verify: ssl.SSLContext | str | bool = True,  # noqa: FBT001, FBT002 (as httpx calls it)
    cert: object = None,
    trust_env: bool = True,  # noqa: FBT001, FBT002 (as httpx calls it)
) -> ssl.SSLContext:
    """Only the usual context is remembered: a test that brings its own means it."""
    if verify is True and cert is None and trust_env:
        return trust_usual()
    return httpx.create_ssl_context(verify, cert, trust_env)  # pyright: ignore[reportArgumentType] (handed on as it came)


@contextmanager
def remember() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feedback.web.app.read_wordings", read_remembered)
        patch.setattr("httpx._transports.default.create_ssl_context", trust_remembered)
        yield
