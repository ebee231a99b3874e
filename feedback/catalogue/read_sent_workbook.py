"""Reads a workbook that came over the network: bytes and a name, neither of which is believed."""

import re
import tempfile
import unicodedata
from pathlib import Path

from feedback.catalogue.read_workbook import read_workbook
from feedback.catalogue.workbook import Workbook

LARGEST_UPLOAD = 10_485_760
LONGEST_NAME = 60  # of four bytes each at most, where a disk takes 255
USUAL_NAME = "workbook"


def read_sent_workbook(name: str, content: bytes) -> Workbook:
    """Raises RefusedWorkbookError when the file as such cannot be read. Takes long: for a thread of its own."""
    with tempfile.TemporaryDirectory(prefix="langnghe-") as folder:
        path = Path(folder) / tidy_name(name)
        path.write_bytes(content)
        return read_workbook(path)


def tidy_name(name: str) -> str:
    """The last part of what a browser called the file, such as desks.csv, in letters that any disk takes."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, ending = last.rpartition(".")
    stem = re.sub(r"[^\w -]", "_", unicodedata.normalize("NFC", stem))[:LONGEST_NAME].strip() or USUAL_NAME
    ending = re.sub(r"[^A-Za-z0-9]", "", ending)[:8]
    return f"{stem}.{ending}" if dot else f"{USUAL_NAME}.{ending}"
