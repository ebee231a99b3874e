"""What the commands of the dashboards share: sentences in the language of the reader, names as they may be typed."""

from pathlib import Path

import click

from feedback.folders import FEEDBACK
from surveys.wording import LOCALE_FOLDER, Wording, read_wordings

LONGEST_NAME = 100
LOCALES = [LOCALE_FOLDER, FEEDBACK / "locale", Path(__file__).parents[1] / "locale"]


def read_wording(language: str) -> Wording:
    return read_wordings(LOCALES)[language]


def read_name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """The name of a person or holder, as the store takes it."""
    if not 1 <= len(value) <= LONGEST_NAME or not value.isprintable():
        raise click.BadParameter(value)
    return value
