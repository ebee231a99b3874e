"""Hand-made figures of one province and one small unit, as the disclosure control would let them out."""

from datetime import date, timedelta

from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from dashboards.periods import Period
from dashboards.supervision.figures import (
    Area,
    AreaFigures,
    Child,
    Comments,
    Filters,
    Funnel,
    Headline,
    Integrity,
    Limits,
    Margin,
    Peers,
    PilotPair,
    Rate,
    Row,
    SetAside,
    Theme,
    Week,
)
from feedback.accounts.powers import Where

PROVINCE = Area("province", "p96", "Tỉnh Cà Mau", Where("96"), parent="VN")
DESK = Area("desk", "u-32041~1", "Hộ tịch (mẫu)", Where("96", "32041", "32041"), "u-32041", "urban", 1, 1)
NOTHING = ReleasedGroup(None, None, None, None)


def share(percent: int, low: int, high: int) -> ReleasedShare:
    return ReleasedShare(percent, "exact", low, high)


def group(n: int, percent: int, low: int, high: int) -> ReleasedGroup:
    return ReleasedGroup(n, share(percent, low, high), None, None)


def unit(name: str, number: int) -> Area:
    code = f"3204{number}"
    return Area("unit", f"u-{code}", name, Where("96", code, code), f"c{code}", "urban", number)


def child(name: str, number: int, part: ReleasedGroup, funnel: Funnel | None, rate: Rate | None = None) -> Child:
    return Child(unit(name, number), part, rate, funnel, open_alerts=1 if funnel == "alarm" else 0)


# 12 urban wards: the limits are those of a share of 84 with n ratings, without over-dispersion:
# 84 ± 1.96 · √(84 · 16 / n) and ± 3.09: at n = 100 they are 76.8 to 91.2, and 72.7 to 95.3.
LIMITS = tuple(
    Limits(
        n,
        max(0.0, 84 - 1.96 * (84 * 16 / n) ** 0.5),
        min(100.0, 84 + 1.96 * (84 * 16 / n) ** 0.5),
        max(0.0, 84 - 3.09 * (84 * 16 / n) ** 0.5),
        min(100.0, 84 + 3.09 * (84 * 16 / n) ** 0.5),
    )
    for n in range(10, 330, 10)
)
URBAN = (
    child(
        "Phường Tân Thành (mẫu)", 1, group(240, 62, 55, 68), "alarm", Rate(1210, 242, share(20, 17, 23), is_low=False)
    ),
    child(
        "Phường An Xuyên (mẫu)", 2, group(180, 84, 78, 89), "inside", Rate(900, 181, share(20, 17, 23), is_low=False)
    ),
    child(
        "Phường Lý Văn Lâm (mẫu)", 3, group(100, 75, 66, 83), "warning", Rate(4000, 101, share(3, 2, 4), is_low=True)
    ),
    child(
        "Phường Hòa Thành (mẫu)", 4, group(320, 90, 86, 93), "inside", Rate(1500, 322, share(21, 19, 24), is_low=False)
    ),
    child("Phường Láng Tròn (mẫu)", 5, group(60, 87, 76, 94), "inside"),
    child("Phường Giá Rai (mẫu)", 6, ReleasedGroup(20, ReleasedShare(95, "at_least"), None, None), None),
    child("Phường Hiệp Thành (mẫu)", 7, NOTHING, None),
)
RURAL = (
    child("Xã Đất Mới (mẫu)", 8, group(45, 80, 66, 89), None),
    child("Xã Năm Căn (mẫu)", 9, group(30, 70, 52, 83), None),
)
PROCEDURES = Margin(
    (
        Row("1.001193", "Đăng ký khai sinh", group(250, 88, 83, 92), share(6, 3, 9)),
        Row("2.000635", "=CMD|' /C calc'!A0", group(90, 71, 61, 80), share(18, 11, 27)),
        Row(
            "1.000894",
            "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan có thẩm quyền của Việt Nam cấp",
            group(40, 75, 60, 86),
            share(20, 10, 35),
        ),
        Row("", "", group(300, 86, 82, 90), share(7, 4, 10)),
    ),
    hidden=2,
)
RATERS = Margin(
    (
        Row("citizen", "", group(600, 86, 83, 89), share(7, 5, 9)),
        Row("business", "", group(90, 70, 60, 78), share(15, 9, 24)),
    ),
    hidden=0,
)
CHANNELS = Margin((Row("1", "", group(500, 84, 80, 87)), Row("2", "", group(190, 82, 76, 87))), hidden=1)
PROOF = Margin((Row("A", "", group(300, 85, 81, 89)), Row("C", "", group(390, 83, 79, 86))), hidden=0)
INTEGRITY = Integrity(
    720,
    share(4, 2, 6),
    (SetAside("review", ReleasedShare(5, "at_most")), SetAside("automatic", share(3, 2, 5))),
    PROOF,
)
PILOTS = (
    PilotPair("urban", group(300, 90, 86, 93), group(600, 82, 79, 85), 8, 3, 12),
    PilotPair("rural", group(60, 78, 66, 87), group(200, 80, 74, 85), -2, -14, 9),
    PilotPair("island", NOTHING, group(60, 80, 68, 88), None, None, None),
)
FIRST = date(2026, 7, 1)
# The quarter begins on a Wednesday: its first week is short, the others begin on Mondays.
MONDAYS = (FIRST, *(date(2026, 7, 6) + timedelta(weeks=number) for number in range(12)))
WEEKS = tuple(
    Week(
        monday,
        NOTHING
        if number == 4
        else group(
            50 + number, 86 - (20 if number > 8 else number % 3), 70 if number < 9 else 55, 93 if number < 9 else 69
        ),
    )
    for number, monday in enumerate(MONDAYS)
)
PERIOD = Period(FIRST, date(2026, 9, 30))
HEADLINE = Headline(
    group(690, 84, 81, 87),
    share(8, 6, 10),
    Rate(3600, 695, share(19, 18, 21), is_low=False),
    missing=0,
    earlier=group(700, 90, 88, 92),
)
FIGURES = AreaFigures(
    area=PROVINCE,
    filters=Filters(quarter="2026-Q3"),
    period=PERIOD,
    quarter="2026-Q3",
    quarters=("2026-Q4", "2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4"),
    headline=HEADLINE,
    weeks=WEEKS,
    peers=(Peers("rural", RURAL, None, ()), Peers("urban", URBAN, 84.0, LIMITS)),
    procedures=PROCEDURES,
    raters=RATERS,
    channels=CHANNELS,
    integrity=INTEGRITY,
    pilots=PILOTS,
)
EMPTY = AreaFigures(
    area=DESK,
    filters=Filters(),
    period=Period(date(2026, 10, 1), date(2026, 11, 15)),
    quarter="2026-Q4",
    quarters=("2026-Q4", "2026-Q3"),
    headline=Headline(NOTHING, None, None, missing=4),
    weeks=(Week(date(2026, 10, 1), NOTHING),),
    peers=(),
    procedures=Margin((), 3),
    raters=Margin((), 0),
    channels=Margin((), 0),
    integrity=Integrity(1, None, (), Margin((), 0)),
    pilots=(),
)
COMMENTS = Comments(
    (Theme("waiting", 25), Theme("attitude", 10)),
    ("Chờ lâu quá.", "<script>alert(1)</script>", "Cán bộ hướng dẫn rõ ràng."),
    written=40,
)
