from xml.etree.ElementTree import Element, fromstring

import pytest

from dashboards.charts.area_funnel import AreaFunnelChart, AreaPoint, draw_area_funnel
from dashboards.charts.funnel import FunnelLimits
from dashboards.charts.procedures import ProcedureRow, ProceduresChart, draw_procedures
from dashboards.disclosure.groups import ReleasedShare
from tests.journeys.payload_texts import PAYLOADS

SHARE = ReleasedShare(80, "exact", 70, 90)
# At each of these the library that draws would end the whole process.
IMPOSSIBLE = ("\x01a", "a\x0bb", "a\x1b[0m", "a\ufffe", "\uffffb")


def read(svg: str) -> Element:
    return fromstring(svg)  # noqa: S314 (made by our own program a moment ago); raises on what is no XML


@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_name_of_any_letters_is_drawn_as_text(*, is_narrow: bool) -> None:
    # The texts that a drawing would take for its own parts, and those with signs that no drawing may hold.
    texts = [*IMPOSSIBLE, *(text for text in PAYLOADS if "svg" in text or not text.isprintable())]
    rows = tuple(ProcedureRow(text, SHARE) for text in texts)
    drawn = read(draw_procedures(ProceduresChart("a", "%", rows), is_narrow=is_narrow))
    plain = read(draw_procedures(ProceduresChart("a", "%", (ProcedureRow("a", SHARE),)), is_narrow=is_narrow))
    assert {part.tag for part in drawn.iter()} == {part.tag for part in plain.iter()}
    words = "\n".join(part.text or "" for part in drawn.iter())
    assert "<svg onload=window.ln_hit=1>" in words


@pytest.mark.parametrize("name", [*IMPOSSIBLE, "\x01javascript:window.ln_hit=1", "<script>window.ln_hit=1</script>"])
def test_the_name_beside_a_point_is_text(name: str) -> None:
    limits = FunnelLimits(50, 60, 90, 55, 95)
    points = (AreaPoint(name, 50, 40, 30, 50, "alarm"), AreaPoint("b", 60, 80, 70, 90, "inside"))
    chart = AreaFunnelChart("a", "n", "%", name, 80.0, points, (limits, FunnelLimits(70, 62, 88, 57, 93)))
    drawn = read(draw_area_funnel(chart, is_narrow=False))
    assert not [part for part in drawn.iter() if "script" in part.tag]
