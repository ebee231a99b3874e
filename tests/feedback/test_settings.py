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
