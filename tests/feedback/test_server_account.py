import os
from pathlib import Path

import pytest

from feedback.server_account import find_account, refuse_foreign


def test_only_root_needs_another_account() -> None:
    assert (find_account() is None) == (os.geteuid() != 0)


def test_a_link_in_place_of_our_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "elsewhere")
    refuse_foreign(tmp_path / "elsewhere", None)
    with pytest.raises(PermissionError):
        refuse_foreign(tmp_path / "ours", None)
