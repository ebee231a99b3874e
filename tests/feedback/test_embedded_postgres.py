"""The database that the program brings along, in good times."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.embedded_postgres import EmbeddedPostgres
from surveys.errors import SecondCopyError
from tests.feedback.embedded_servers import MakeServer, ask, open_servers


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    with open_servers() as make:
        yield make


async def test_an_empty_folder_becomes_a_server_that_only_its_socket_reaches(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    assert await ask(server, "SELECT current_database()") == "langnghe"
    assert await ask(server, "SHOW listen_addresses") == ""
    assert await ask(server, "SHOW data_checksums") == "on"
    assert (server.socket_folder.stat().st_mode & 0o077) == 0
    assert (server.folder.stat().st_mode & 0o077) == 0


def test_a_second_copy_is_told_the_folder_and_the_process(make_server: MakeServer) -> None:
    first = make_server()
    first.start()
    with pytest.raises(SecondCopyError) as refusal:
        make_server().start()
    assert refusal.value.details == {"folder": str(first.home), "process": str(os.getpid())}
    assert first.is_running()


def test_after_stop_another_copy_may_have_the_folder(make_server: MakeServer) -> None:
    first = make_server()
    first.start()
    first.stop()
    assert not first.is_running()
    second = make_server()
    second.start()
    assert second.is_running()


async def test_a_half_made_server_is_cleaned_away(make_server: MakeServer) -> None:
    server = make_server()
    draft = server.home / "postgres.new"
    (draft / "base").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server.start()
    assert not draft.exists()
    assert await ask(server, "SELECT 1") == 1


async def test_a_path_too_long_for_a_socket_works(make_server: MakeServer) -> None:
    server = make_server(f"thư mục dữ liệu/{'x' * 120}")
    server.start()
    # A socket's path has room for 107 bytes.
    assert len(f"{server.socket_folder}/.s.PGSQL.5432".encode()) <= 107
    assert not server.socket_folder.is_relative_to(server.home)
    assert await ask(server, "SELECT 1") == 1


def test_the_length_of_a_path_counts_in_bytes() -> None:
    # "ữ" is one letter and three bytes: forty of them are short as letters, not as bytes.
    server = EmbeddedPostgres(Path("/srv") / ("ữ" * 40))
    assert len(f"{server.socket_folder}/.s.PGSQL.5432".encode()) <= 107


async def test_spaces_marks_and_signs_in_the_path_do_no_harm(make_server: MakeServer) -> None:
    server = make_server("dữ +1% & #2")
    server.start()
    assert server.socket_folder.is_relative_to(server.home)
    assert await ask(server, "SELECT 1") == 1
