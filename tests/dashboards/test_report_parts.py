"""What a report is made of before it is a file: pictures with something in them, tables that say where they are cut."""

import re
from datetime import UTC, datetime
from typing import get_args

import msgspec

from dashboards.charts.area_funnel import AreaFunnelChart
from dashboards.charts.area_trend import AreaTrendChart
from dashboards.charts.differences import DifferencesChart
from dashboards.charts.rows import RowsChart
from dashboards.reports.document import Document, Part
from dashboards.reports.fit_charts import fit_chart, fit_svg
from dashboards.reports.report_figures import Asked, CaseTally, ReportFigures
from dashboards.reports.tell_report import tell_report
from dashboards.supervision.blocks import Chart, draw_chart
from dashboards.supervision.figures import Margin, Theme
from tests.dashboards.supervised_area import FIGURES
from tests.journeys.phone import WORDINGS

# Dots and diamonds stand where they were moved to, bars where they begin.
DRAWN = re.compile(r'<g class="mark-(?:symbol|rect) role-mark[^"]*"[^>]*>(.*?)</g>')
PLACED = re.compile(r'<path [^>]*(?:transform="translate\(| d="M)(-?[\d.]+),(-?[\d.]+)(?:\)|h[1-9])')
FRAME = re.compile(r'role-frame root".*?<path class="background"[^>]* d="M0,0h([\d.]+)v([\d.]+)h')


REPORT = ReportFigures(
    asked=Asked("p96", "2026-Q3", datetime(2026, 11, 21, 3, 0, tzinfo=UTC), 6500),
    figures=FIGURES,
    written=20,
    themes=(Theme("waiting", 10),),
    alerts=(),
    tally=CaseTally(0, 0, 0, 0, 0),
    cases=(),
    rounds=(),
    parameters=(),
    method_version="2026.1",
)


def list_parts(document: Document) -> list[Part]:
    return [part for section in document.sections for part in section.parts]


def count_expected(chart: Chart) -> int:
    """One mark for each week, place or row of which a share is told."""
    match chart:
        case AreaTrendChart():
            return sum(week.week.share is not None for week in chart.weeks)
        case AreaFunnelChart():
            return len(chart.points)
        case RowsChart() | DifferencesChart():
            return len(chart.rows)


def count_marks(svg: str) -> int:
    """Those within the frame of the plot."""
    frame = FRAME.search(svg)
    assert frame is not None
    width, height = float(frame[1]), float(frame[2])
    places = [(float(x), float(y)) for group in DRAWN.findall(svg) for x, y in PLACED.findall(group)]
    return sum(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in places)


def test_every_picture_has_its_marks() -> None:
    charts = [(p.block.title, p.block.chart) for p in list_parts(tell_report(REPORT, WORDINGS["vi"])) if p.block.chart]
    assert {type(chart) for _, chart in charts} == set(get_args(Chart))
    assert len(charts) == 11
    for title, chart in charts:
        expected = count_expected(chart)
        assert expected > 0, title
        assert count_marks(fit_svg(draw_chart(fit_chart(chart), is_narrow=False), "vi")) >= expected, title


def test_a_picture_without_marks_is_noticed() -> None:
    trend = next(p.block.chart for p in list_parts(tell_report(REPORT, WORDINGS["vi"])) if p.block.chart)
    assert isinstance(trend, AreaTrendChart)
    weeks = tuple(
        msgspec.structs.replace(week, week=msgspec.structs.replace(week.week, share=None)) for week in trend.weeks
    )
    assert count_marks(draw_chart(msgspec.structs.replace(trend, weeks=weeks, alerts=()), is_narrow=False)) == 0


def test_a_table_that_is_cut_says_so_and_the_workbook_has_it_whole() -> None:
    one = FIGURES.procedures.rows[0]
    rows = tuple(
        msgspec.structs.replace(one, key=f"2.{number:06}", name=f"Thủ tục {number} (mẫu)") for number in range(45)
    )
    many = msgspec.structs.replace(REPORT, figures=msgspec.structs.replace(FIGURES, procedures=Margin(rows, 0)))
    said = {
        "vi": "Bảng nêu 40 trong 45; tất cả nằm trong tệp XLSX.",
        "en": "The table has 40 of 45; all are in the XLSX file.",
    }
    for language, sentence in said.items():
        document = tell_report(many, WORDINGS[language])
        procedures = next(part for part in list_parts(document) if part.block.key == "procedures")
        assert procedures.block.notes[-1] == sentence
        assert procedures.block.table is not None
        assert (len(procedures.printed[0].table.rows), len(procedures.block.table.rows)) == (40, 45)
        assert procedures.sheet
        # Nothing else says that the table on paper has all of them.
        notes = " ".join(note for section in document.sections for note in (*section.notes, *procedures.block.notes))
        assert "bảng có" not in notes
        assert "table has all" not in notes
        assert "tables have" not in notes


def test_a_short_table_says_nothing_of_it() -> None:
    notes = [note for part in list_parts(tell_report(REPORT, WORDINGS["vi"])) for note in part.block.notes]
    assert not any("Bảng nêu" in note for note in notes)
