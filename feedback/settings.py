"""Everything that can be set from outside. The only module that reads the environment."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import platformdirs
from limits import parse

from surveys.errors import SettingsError
from surveys.wording import LANGUAGES

HIGHEST_PORT = 65_535
SHORTEST_SECRET = 32
UPDATE_WAYS = ("webhook", "polling")
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
    smtp_url: str | None
    """Where mail is handed in: smtp://host:25, smtp+tls://name:password@host:587 or smtps://…:465; None: no mail."""
    mail_from: str
    """What mail comes from, such as lang-nghe@tinh.gov.vn."""
    oidc_issuer: str | None
    """Address of an OpenID Connect identity provider that staff may sign in with; None: none."""
    oidc_client_id: str
    oidc_client_secret: str

    @property
    def bot_id(self) -> int:
        """The public half of the bot's token; 0 when there is no bot."""
        return int(self.telegram_token.partition(":")[0]) if self.telegram_token else 0


def read_environment(**changes: str) -> Settings:
    """The settings as the environment has them, `changes` (names as there) on top."""
    return read_settings({**os.environ, **changes})  # noqa: TID251 (this is the one place)


class Reader:
    """Reads one setting after the other and remembers what was wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.wrong: list[str] = []

    def read(self, name: str) -> str:
        """The setting, or what the file named by …_FILE holds; empty when it is not set."""
        file = self.environ.get(f"{name}_FILE")
        if file is None:
            return self.environ.get(name, "")
        try:
            return Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.wrong.append(f"{name}_FILE")
            return ""

    def read_right(self, name: str, usual: str, is_right: Callable[[str], bool]) -> str:
        """The setting or, where there is none or it is wrong, the usual one."""
        text = self.read(name)
        if text and not is_right(text):
            self.wrong.append(name)
            text = ""
        return text or usual


def is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT


def is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def is_database_url(text: str) -> bool:
    return text.startswith(("postgresql://", "postgres://"))


def is_smtp_url(text: str) -> bool:
    return text.startswith(("smtp://", "smtp+tls://", "smtps://"))


def is_mail_address(text: str) -> bool:
    return re.fullmatch(r"[^\s@<>]{1,64}@[^\s@<>]{1,189}", text) is not None


def is_limit(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def is_secret(text: str) -> bool:
    return len(text) >= SHORTEST_SECRET


def is_telegram_token(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,18}:[A-Za-z0-9_-]{3,200}", text) is not None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from DATABASE_URL and LANGNGHE_…; each may stand in a file named by …_FILE instead.

    Raises SettingsError that names everything wrong at once.
    """
    reader = Reader(environ)
    read, read_right = reader.read, reader.read_right
    home = read("LANGNGHE_HOME")
    port = read_right("LANGNGHE_PORT", "8080", is_port)
    base_url = read_right("LANGNGHE_BASE_URL", f"http://127.0.0.1:{port}", is_address).rstrip("/")
    # Telegram sends updates only to https addresses.
    usual_updates = "webhook" if base_url.lower().startswith("https://") else "polling"
    settings = Settings(
        home=Path(home) if home else platformdirs.user_data_path("langnghe"),
        database_url=read_right("DATABASE_URL", "", is_database_url) or None,
        base_url=base_url,
        language=read_right("LANGNGHE_LANGUAGE", "vi", LANGUAGES.__contains__),
        host=read("LANGNGHE_HOST") or "127.0.0.1",
        port=int(port),
        trusted_proxy=read("LANGNGHE_TRUSTED_PROXY") or None,
        desk_limit=read_right("LANGNGHE_DESK_LIMIT", "60 per 2 minute", is_limit),
        metrics_public=read("LANGNGHE_METRICS_PUBLIC") == "yes",
        secret=read_right("LANGNGHE_SECRET", "", is_secret),
        telegram_token=read_right("LANGNGHE_TELEGRAM_TOKEN", "", is_telegram_token) or None,
        telegram_api=read_right("LANGNGHE_TELEGRAM_API", "https://api.telegram.org", is_address).rstrip("/"),
        telegram_link=read_right("LANGNGHE_TELEGRAM_LINK", "", is_address) or None,
        telegram_updates=read_right("LANGNGHE_TELEGRAM_UPDATES", usual_updates, UPDATE_WAYS.__contains__),
        log_level=read_right("LANGNGHE_LOG_LEVEL", "info", LOG_LEVELS.__contains__),
        smtp_url=read_right("LANGNGHE_SMTP_URL", "", is_smtp_url) or None,
        mail_from=read_right("LANGNGHE_MAIL_FROM", "lang-nghe@localhost", is_mail_address),
        oidc_issuer=read_right("LANGNGHE_OIDC_ISSUER", "", is_address).rstrip("/") or None,
        oidc_client_id=read("LANGNGHE_OIDC_CLIENT_ID"),
        oidc_client_secret=read("LANGNGHE_OIDC_CLIENT_SECRET"),
    )
    if reader.wrong:
        raise SettingsError(names=", ".join(reader.wrong))
    return settings
