"""Everything that can be set from outside. The only module that reads the environment."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs
from limits import parse

from surveys.errors import SettingsError
from surveys.wording import LANGUAGES

HIGHEST_PORT = 65_535
SHORTEST_SECRET = 32
LOG_LEVELS = ("debug", "info", "warning", "error")


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
    secret: str
    """One half of every key this program makes; empty: the file `secret` in `home`, made at the first start."""
    telegram_token: str | None
    """What Telegram's @BotFather gave, `<bot id>:<random>`; None: no bot."""
    telegram_api: str
    """Address of the Bot API server."""
    telegram_link: str | None
    """The bot's public address, such as https://t.me/danhgia_bot; None: pages do not offer the bot."""
    telegram_updates: str
    """How updates come: webhook (they are sent to `base_url`) or polling (they are fetched)."""
    log_level: str

    @property
    def bot_id(self) -> int:
        """The public half of the bot's token; 0 when there is no bot."""
        return int(self.telegram_token.partition(":")[0]) if self.telegram_token else 0


def read_environment(**changes: str) -> Settings:
    """The settings as the environment has them, `changes` (names as there) on top."""
    return read_settings({**os.environ, **changes})  # noqa: TID251 (this is the one place)


def is_telegram_token(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,18}:[A-Za-z0-9_-]{3,200}", text) is not None


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
    secret = read("LANGNGHE_SECRET", None) or ""
    if secret and len(secret) < SHORTEST_SECRET:
        wrong.append("LANGNGHE_SECRET")
    telegram_token = read("LANGNGHE_TELEGRAM_TOKEN", None)
    if telegram_token is not None and not is_telegram_token(telegram_token):
        wrong.append("LANGNGHE_TELEGRAM_TOKEN")
        telegram_token = None
    telegram_api = (read("LANGNGHE_TELEGRAM_API", "https://api.telegram.org") or "").rstrip("/")
    telegram_link = read("LANGNGHE_TELEGRAM_LINK", None)
    for name, address in (("LANGNGHE_TELEGRAM_API", telegram_api), ("LANGNGHE_TELEGRAM_LINK", telegram_link)):
        if address is not None and not address.startswith(("http://", "https://")):
            wrong.append(name)
    # Telegram sends updates only to https addresses.
    usual = "webhook" if base_url.lower().startswith("https://") else "polling"
    telegram_updates = read("LANGNGHE_TELEGRAM_UPDATES", usual) or ""
    if telegram_updates not in {"webhook", "polling"}:
        wrong.append("LANGNGHE_TELEGRAM_UPDATES")
    log_level = (read("LANGNGHE_LOG_LEVEL", "info") or "").lower()
    if log_level not in LOG_LEVELS:
        wrong.append("LANGNGHE_LOG_LEVEL")
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
        secret=secret,
        telegram_token=telegram_token,
        telegram_api=telegram_api,
        telegram_link=telegram_link,
        telegram_updates=telegram_updates,
        log_level=log_level,
    )
    if wrong:
        raise SettingsError(names=", ".join(wrong))
    return settings
