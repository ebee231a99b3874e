"""Everything that can be set from outside. The only module that reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs
from limits import parse

from surveys.errors import SettingsError
from surveys.wording import LANGUAGES

HIGHEST_PORT = 65_535


class Settings(msgspec.Struct, frozen=True):
    home: Path
    """Folder of the embedded database, the secret and the posters."""
    database_url: str | None
    """None: the program starts its own PostgreSQL in `home`."""
    base_url: str
    """What printed codes point to, such as https://danhgia.tinh.gov.vn."""
    language: str
    """Language of the command line: vi or en."""
    host: str
    port: int
    trusted_proxy: str | None
    """Address whose X-Real-IP is believed; None: nobody's."""
    desk_limit: str
    """How many ratings one desk code may bring, such as 60 per 2 minute; more are asked to try again later."""
    metrics_public: bool
    """False: /metrics answers only callers on this machine."""


def read_environment(**changes: str) -> Settings:
    """The settings as the environment has them, `changes` (names as there) on top."""
    return read_settings({**os.environ, **changes})  # noqa: TID251 (this is the one place)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from DATABASE_URL and LANGNGHE_…; each may stand in a file named by …_FILE instead.

    Raises SettingsError that names everything wrong at once.
    """
    wrong: list[str] = []

    def read(name: str, default: str | None) -> str | None:
        file = environ.get(f"{name}_FILE")
        if file is None:
            return environ.get(name) or default
        try:
            return Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            wrong.append(f"{name}_FILE")
            return default

    port = read("LANGNGHE_PORT", "8080") or ""
    if not (port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
        wrong.append("LANGNGHE_PORT")
        port = "0"
    base_url = (read("LANGNGHE_BASE_URL", f"http://127.0.0.1:{port}") or "").rstrip("/")
    if not base_url.lower().startswith(("http://", "https://")):
        wrong.append("LANGNGHE_BASE_URL")
    database_url = read("DATABASE_URL", None)
    if database_url is not None and not database_url.startswith(("postgresql://", "postgres://")):
        wrong.append("DATABASE_URL")
    desk_limit = read("LANGNGHE_DESK_LIMIT", "60 per 2 minute") or ""
    try:
        parse(desk_limit)
    except ValueError:
        wrong.append("LANGNGHE_DESK_LIMIT")
    language = read("LANGNGHE_LANGUAGE", "vi") or ""
    if language not in LANGUAGES:
        wrong.append("LANGNGHE_LANGUAGE")
    home = read("LANGNGHE_HOME", None)
    settings = Settings(
        home=Path(home) if home else platformdirs.user_data_path("langnghe"),
        database_url=database_url,
        base_url=base_url,
        language=language,
        host=read("LANGNGHE_HOST", "127.0.0.1") or "127.0.0.1",
        port=int(port),
        trusted_proxy=read("LANGNGHE_TRUSTED_PROXY", None),
        desk_limit=desk_limit,
        metrics_public=read("LANGNGHE_METRICS_PUBLIC", "no") == "yes",
    )
    if wrong:
        raise SettingsError(names=", ".join(wrong))
    return settings
