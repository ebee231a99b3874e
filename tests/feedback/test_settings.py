from pathlib import Path

import pytest

from feedback.settings import read_settings
from surveys.errors import SettingsError


def test_without_any_setting_the_program_can_start() -> None:
    settings = read_settings({})
    assert settings.database_url is None
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert settings.metrics_public is False


def test_everything_wrong_is_named_at_once() -> None:
    wrong = {
        "LANGNGHE_PORT": "99999",
        "LANGNGHE_BASE_URL": "ftp://x",
        "DATABASE_URL": "mysql://x",
        "LANGNGHE_LANGUAGE": "fr",
        "LANGNGHE_DESK_LIMIT": "many",
        "LANGNGHE_HOST_FILE": "/no/such/file",
    }
    with pytest.raises(SettingsError) as raised:
        read_settings(wrong)
    assert set(str(raised.value.details["names"]).split(", ")) == set(wrong)


def test_a_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://u:secret@db/langnghe\n", "utf-8")
    assert read_settings({"DATABASE_URL_FILE": str(file)}).database_url == "postgresql://u:secret@db/langnghe"


def test_the_port_stands_in_the_default_address() -> None:
    assert read_settings({"LANGNGHE_PORT": "9000"}).base_url == "http://127.0.0.1:9000"


def test_updates_are_sent_only_to_an_https_address() -> None:
    assert read_settings({}).telegram_updates == "polling"
    assert read_settings({"LANGNGHE_BASE_URL": "https://danhgia.example"}).telegram_updates == "webhook"
    asked = {"LANGNGHE_BASE_URL": "https://danhgia.example", "LANGNGHE_TELEGRAM_UPDATES": "polling"}
    assert read_settings(asked).telegram_updates == "polling"


def test_the_bots_id_is_the_public_half_of_its_token() -> None:
    assert read_settings({"LANGNGHE_TELEGRAM_TOKEN": "123456:AbC-d_9"}).bot_id == 123456
    assert read_settings({}).bot_id == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANGNGHE_SECRET", "short"),
        ("LANGNGHE_TELEGRAM_TOKEN", "123456"),
        ("LANGNGHE_TELEGRAM_TOKEN", "123456:with space"),
        ("LANGNGHE_TELEGRAM_API", "api.telegram.org"),
        ("LANGNGHE_TELEGRAM_LINK", "@danhgia_bot"),
        ("LANGNGHE_TELEGRAM_UPDATES", "pigeons"),
        ("LANGNGHE_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named_and_never_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({name: value})
    assert raised.value.details["names"] == name
    assert value not in str(raised.value)
