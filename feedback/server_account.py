"""As whom the embedded PostgreSQL runs: as ourselves, or, since it refuses root, as an account of its own."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

ACCOUNT_WHEN_ROOT = "langnghe-postgres"


def find_account() -> str | None:
    """None: as ourselves."""
    return ACCOUNT_WHEN_ROOT if os.geteuid() == 0 else None


def prepare_account(account: str | None, *used: Path) -> None:
    """Make the account on first use, and let it pass through the folders above what it uses."""
    if account is None:
        return
    try:
        pwd.getpwnam(account)
    except KeyError:
        subprocess.run(  # noqa: S603 (fixed arguments)
            ["/usr/sbin/useradd", "--system", "--shell", "/usr/sbin/nologin", account], check=True
        )
    for path in used:
        for folder in (path, *path.parents):
            folder.chmod(folder.stat().st_mode | 0o011)


def refuse_foreign(folder: Path, account: str | None) -> None:
    """In the temporary folder anybody may have put something else under this name before."""
    owners = {os.geteuid(), pwd.getpwnam(account).pw_uid if account else os.geteuid()}
    if folder.is_symlink() or folder.stat().st_uid not in owners:
        raise PermissionError(f"{folder} belongs to somebody else")


def hand_over(path: Path, account: str | None) -> None:
    if account is not None:
        shutil.chown(path, account, account)
