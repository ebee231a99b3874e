"""From daily counts to what the public may read, with today on Saturday 2026-11-21."""

from datetime import date

import polars as pl

from dashboards.disclosure import ReleasedShare
from dashboards.results import calculate_province_results, calculate_unit_results
from feedback.tables.daily_counts import PROVINCE_COUNTS
from feedback.tables.public_units import ProcedureName, PublicProvince, PublicUnit
from tests.dashboards.frames import LAST_SUNDAY, TODAY, Scores, make_counts, make_dossiers

NAMES = [
    ProcedureName(31, "1.001193", "Khai sinh"),
    ProcedureName(32, "1.000894", "Kết hôn"),
    ProcedureName(33, "1.001193", "Đăng ký khai sinh"),
]
NO_DOSSIERS = make_dossiers()
PROVINCE = PublicProvince("96", "Tỉnh Cà Mau")


def make_unit(unit_id: int, kind: str, name: str) -> PublicUnit:
    return PublicUnit(
        unit_id,
        f"demo-{unit_id}",
        f"Trung tâm (mẫu) {name}",
        "rural",
        kind,
        f"{kind.capitalize()} {name}",
        "96",
        "Cà Mau",
    )


def test_a_tap_of_today_is_in_the_headline_and_in_no_breakdown() -> None:
    before = make_counts((LAST_SUNDAY, 31, 1, (0, 0, 4, 16, 20)))
    after = pl.concat([before, make_counts((TODAY, 31, 1, (1, 0, 0, 0, 0)))])
    first, second = (calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY) for counts in (before, after))
    assert (first.received, second.received) == (40, 41)
    # 36/40 = 90 %; 36/41 = 87.8 %.
    assert (first.headline.share or ReleasedShare(0, "exact")).percent == 90
    assert (second.headline.share or ReleasedShare(0, "exact")).percent == 88
    assert (first.weeks, first.procedures, first.channels) == (
        second.weeks,
        second.procedures,
        second.channels,
    )


def test_days_of_the_old_year_are_in_its_last_week_but_not_in_the_headline() -> None:
    counts = make_counts((date(2025, 12, 30), 31, 1, (0, 0, 0, 0, 60)))
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    assert results.received == 0
    assert (results.weeks[0].monday, results.weeks[0].released.n) == (date(2025, 12, 29), 60)


def test_procedures_stand_by_their_names_of_today_with_the_unnamed_last() -> None:
    many: Scores = (0, 0, 2, 5, 5)
    counts = make_counts(*((LAST_SUNDAY, procedure, 1, many) for procedure in (0, 31, 32, 33)))
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    # Đăng ký khai sinh holds both of its rows: 12 + 12 = 24, released as 25.
    assert [(row.name, row.released.n) for row in results.procedures] == [
        ("Đăng ký khai sinh", 25),
        ("Kết hôn", 10),
        (None, 10),
    ]


def test_procedures_with_few_ratings_are_only_counted() -> None:
    counts = make_counts((LAST_SUNDAY, 31, 1, (0, 0, 0, 0, 9)), (LAST_SUNDAY, 32, 1, (0, 0, 0, 5, 5)))
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    assert ([row.name for row in results.procedures], results.small_procedures) == (["Kết hôn"], 1)


def test_ratios_on_dossiers_cover_only_closed_days_with_dossiers() -> None:
    counts = make_counts(
        (date(2026, 11, 2), 31, 1, (0, 0, 0, 0, 7)),  # before the first day with dossiers
        (date(2026, 11, 9), 31, 1, (2, 0, 2, 6, 30)),
        (TODAY, 31, 1, (9, 0, 0, 0, 0)),  # in the open week
    )
    dossiers = make_dossiers((date(2026, 11, 9), 500, 10, 3), (date(2026, 11, 13), 500, 5, 0), (TODAY, 70, 0, 0))
    ratios = calculate_unit_results(counts, dossiers, NAMES, TODAY).official_ratios
    assert ratios is not None
    # 40 ratings on 1,000 dossiers: 4 %. 36/40 = 90 %. (1000 - 2 - 3 - 15)/1000 = 98 %.
    assert (ratios.received, ratios.completed, ratios.response_rate) == (40, 1000, 0.04)
    assert ratios.is_response_low
    assert ratios.sipas_like is not None
    assert ratios.sipas_like.percent == 90
    assert ratios.settlement == ReleasedShare(98, "exact")


def test_without_dossier_counts_there_are_no_such_ratios() -> None:
    counts = make_counts((LAST_SUNDAY, 31, 1, (0, 0, 0, 0, 40)))
    assert calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY).official_ratios is None


def test_a_province_lists_all_its_units_by_the_proper_name_of_the_commune() -> None:
    units = [
        make_unit(1, "xã", "Đất Mới"),
        make_unit(2, "phường", "An Xuyên"),
        make_unit(3, "xã", "Cái Nước"),
    ]
    counts = pl.DataFrame([(3, 0, 0, 3, 12, 15), (1, 0, 0, 0, 0, 4)], schema=PROVINCE_COUNTS, orient="row")
    rows = calculate_province_results(PROVINCE, units, counts, TODAY).rows
    # 27/30 = 90 %; below 30 no share; the number received is always exact.
    assert [(row.unit.unit_id, row.received, row.released.share and row.released.share.percent) for row in rows] == [
        (2, 0, None),
        (3, 30, 90),
        (1, 4, None),
    ]
