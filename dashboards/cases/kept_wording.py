"""The words of what is written into a history once and for all, in one language, whoever reads it."""

from functools import cache
from pathlib import Path

import dashboards
from surveys.wording import LOCALE_FOLDER, Wording, read_wordings

DASHBOARDS = Path(dashboards.__file__).parent
KEPT_LANGUAGE = "vi"


@cache
def read_kept_wording() -> Wording:
    return read_wordings([LOCALE_FOLDER, DASHBOARDS / "locale"])[KEPT_LANGUAGE]
