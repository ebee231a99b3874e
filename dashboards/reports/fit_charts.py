"""The charts of the pages as they fit on paper: no label over another, numbers in the form of the language. Pure."""

import re
from datetime import timedelta

import msgspec

from dashboards.charts.area_funnel import AreaFunnelChart, AreaPoint
from dashboards.charts.area_trend import AreaTrendChart
from dashboards.charts.drawing import CARD, WIDE
from dashboards.charts.weekly_shares import AreaWeek
from dashboards.supervision.blocks import Chart

LETTERS = "Be Vietnam Pro"
FONT_FAMILY = re.compile(r'font-family="[^"]*"')
PAPER = "#ffffff"
THOUSANDS = re.compile(r">(\d{1,3}(?:,\d{3})+)<")
MOST_COUNTS = 12
LETTER_WIDTH, LINE_HEIGHT = 7, 15  # pixels of a label in a funnel, about
PLOT_WIDTH, PLOT_HEIGHT = WIDE - 70, 300
LONGEST_LABEL = 38


def fit_chart(chart: Chart) -> Chart:
    match chart:
        case AreaTrendChart():
            return msgspec.structs.replace(chart, weeks=thin_counts(chart.weeks))
        case AreaFunnelChart():
            return msgspec.structs.replace(chart, points=name_apart(drop_common_words(chart.points)))
        case _:
            return chart


def fit_svg(svg: str, language: str) -> str:
    """On white paper, in letters that travel with the file; 1.600 on a Vietnamese axis."""
    plain = FONT_FAMILY.sub(f'font-family="{LETTERS}"', svg).replace(CARD, PAPER)
    return THOUSANDS.sub(lambda number: number[0].replace(",", "."), plain) if language == "vi" else plain


def thin_counts(weeks: tuple[AreaWeek, ...]) -> tuple[AreaWeek, ...]:
    """Counts under as many weeks as have room; the short weeks about the turn of a quarter have none of their own."""
    if not weeks:
        return weeks
    first, last = weeks[0].week.monday, weeks[-1].week.monday
    apart = max(timedelta(days=7), (last - first) / MOST_COUNTS)
    kept: list[AreaWeek] = []
    free = first
    for week in weeks:
        has_room = bool(week.count) and week.week.monday >= free
        free = week.week.monday + apart if has_room else free
        kept.append(week if has_room else msgspec.structs.replace(week, count=""))
    return tuple(kept)


def drop_common_words(points: tuple[AreaPoint, ...]) -> tuple[AreaPoint, ...]:
    """Without the words with which all names begin: what is left tells places apart."""
    words = [point.name.split() for point in points]
    common = 0
    while len(words) > 1 and all(len(name) > common + 1 and name[common] == words[0][common] for name in words):
        common += 1
    return tuple(
        msgspec.structs.replace(point, name=" ".join(name[common:])) for point, name in zip(points, words, strict=True)
    )


def name_apart(points: tuple[AreaPoint, ...]) -> tuple[AreaPoint, ...]:
    """Names beside the points furthest out; one that would lie over another is left to the table."""
    last = max(point.n for point in points)
    taken: list[tuple[float, float, float]] = []
    named: set[int] = set()
    order = sorted(range(len(points)), key=lambda place: (points[place].place, points[place].percent))
    for place in order:
        point = points[place]
        if point.place == "inside":
            continue
        box = find_label(point, last)
        if not any(is_over(box, other) for other in taken):
            taken.append(box)
            named.add(place)
    return tuple(
        point if place in named else msgspec.structs.replace(point, name="") for place, point in enumerate(points)
    )


def find_label(point: AreaPoint, last: int) -> tuple[float, float, float]:
    """Left and right end and height, in pixels about: on both sides of the chart labels lean to its middle."""
    at, width = PLOT_WIDTH * point.n / last, LETTER_WIDTH * min(len(point.name), LONGEST_LABEL)
    height = PLOT_HEIGHT * (100 - point.percent) / 30
    return (at, at + width, height) if point.n * 2 < last else (at - width, at, height)


def is_over(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and abs(one[2] - other[2]) < LINE_HEIGHT
