"""Where the package lies: for those who only read its wording, and load no web program for it."""

from pathlib import Path

FEEDBACK = Path(__file__).parent
