"""The process that draws a report, apart from the program that serves pages: figures come in, both files go out.

`python -m dashboards.reports.draw_report`: a Drawing as JSON in, lines of JSON out, each a Drawn.
"""

import os
import sys
from pathlib import Path

import msgspec
import vl_convert

import dashboards
from dashboards.reports.report_figures import ReportFigures, hash_figures
from dashboards.reports.tell_report import tell_report
from dashboards.reports.write_pdf import FONTS, write_pdf
from dashboards.reports.write_xlsx import write_xlsx
from dashboards.supervision.sentences import Teller
from feedback.tables.reports import Language, ReportFiles
from surveys.wording import LOCALE_FOLDER, read_wordings

LOCALES = [LOCALE_FOLDER, Path(dashboards.__file__).parent / "locale"]
PATIENCE = 5  # ratings are taken first


class Drawing(msgspec.Struct, frozen=True):
    figures: ReportFigures
    language: Language


class Drawn(msgspec.Struct, frozen=True):
    """How far it is, in percent; `files` with the last one."""

    progress: int
    files: ReportFiles | None = None


def draw_report(drawing: Drawing) -> ReportFiles:
    """Takes seconds of one processor."""
    vl_convert.register_font_directory(str(FONTS))
    teller = Teller(read_wordings(LOCALES)[drawing.language])
    document = tell_report(drawing.figures, teller.wording)
    pdf = write_pdf(document, teller, lambda done: say(Drawn(done)))
    return ReportFiles(pdf, write_xlsx(document, teller), hash_figures(drawing.figures))


def say(drawn: Drawn) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(drawn) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    os.nice(PATIENCE)
    say(Drawn(100, draw_report(msgspec.json.decode(sys.stdin.buffer.read(), type=Drawing))))


if __name__ == "__main__":
    main()
