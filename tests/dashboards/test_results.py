"""From daily counts to what the public may read, with today on Saturday 2026-11-21."""

from datetime import date

import msgspec
import polars as pl

from dashboards.disclosure.groups import ReleasedShare
from dashboards.results import calculate_province_results, calculate_unit_results
from feedback.tables.daily_counts import PROVINCE_COUNTS
from feedback.tables.public_units import ProcedureName, PublicProvince, PublicUnit
from tests.dashboards.frames import LAST_SUNDAY, MONDAY, TODAY, Scores, make_counts, make_dossiers

NAMES = [
    ProcedureName(31, "1.001193", "Khai sinh"),
    ProcedureName(32, "1.000894", "Kết hôn"),
    ProcedureName(33, "1.001193", "Đăng ký khai sinh"),
]
NO_DOSSIERS = make_dossiers()
CLOSED = date(2026, 9, 15)  # in a quarter that ended
MANY: Scores = (1, 0, 1, 5, 5)
FEW: Scores = (0, 0, 0, 2, 3)
BIG: Scores = (0, 0, 4, 16, 20)
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


def test_a_tap_of_today_is_in_the_number_received_and_in_nothing_else() -> None:
    before = make_counts((CLOSED, 31, 1, (0, 0, 4, 16, 20)), (LAST_SUNDAY, 31, 1, MANY), (MONDAY, 31, 1, MANY))
    after = pl.concat([before, make_counts((TODAY, 31, 1, (1, 0, 0, 0, 0)))])
    first, second = (calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY) for counts in (before, after))
    assert (first.received, second.received) == (64, 65)
    assert msgspec.structs.replace(second, received=64) == first


def test_shares_move_when_ten_further_ratings_let_a_batch_out() -> None:
    before = make_counts((CLOSED, 31, 1, (0, 0, 4, 16, 20)), (LAST_SUNDAY, 31, 1, MANY))
    more: list[tuple[int, int]] = []
    for scores in ((9, 0, 0, 0, 0), (10, 0, 0, 0, 0)):
        counts = pl.concat([before, make_counts((MONDAY, 31, 1, scores))])
        share = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY).headline.share
        more.append((sum(scores), 0 if share is None else share.percent))
    # 36/40 = 90 % until ten more came in; then the batch of Sunday goes out: 46/52 = 88.46 %.
    assert more == [(9, 90), (10, 88)]


def test_a_week_shows_the_batches_that_closed_in_it() -> None:
    # 6 and 6 make a batch that closed in the week of the 9th, let out by 12 more within the closed weeks.
    friday, tuesday = date(2026, 11, 6), date(2026, 11, 10)
    counts = make_counts(
        (friday, 31, 1, (0, 0, 0, 0, 6)), (tuesday, 31, 1, (6, 0, 0, 0, 0)), (LAST_SUNDAY, 31, 1, MANY)
    )
    weeks = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY).weeks
    shown = [(week.monday, week.released.n, week.released.share) for week in weeks if week.released.n is not None]
    assert [(monday, n, share and share.percent) for monday, n, share in shown] == [(date(2026, 11, 9), 10, 50)]


def test_a_quarter_that_ended_is_shown_whole_and_one_of_few_ratings_never() -> None:
    # 12, then 4 that end no batch: with the quarter over, all 16. The 9 of the second quarter are in no share.
    counts = make_counts(
        (date(2026, 5, 1), 31, 1, (9, 0, 0, 0, 0)),
        (date(2026, 8, 1), 31, 1, (0, 0, 2, 5, 20)),
        (date(2026, 9, 30), 31, 1, (0, 0, 0, 0, 4)),
    )
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    # 29 of 31 satisfied: 93.5 %; with the nine 29/40 = 72.5 %.
    assert (results.received, results.headline.share and results.headline.share.percent) == (40, 94)


def test_days_of_the_old_year_are_in_its_last_week_but_not_in_the_headline() -> None:
    counts = make_counts((date(2025, 12, 30), 31, 1, (0, 0, 0, 0, 60)))
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    assert results.received == 0
    assert (results.weeks[0].monday, results.weeks[0].released.n) == (date(2025, 12, 29), 60)


def test_procedures_stand_by_their_names_of_today_with_the_unnamed_last() -> None:
    many: Scores = (0, 0, 2, 5, 5)
    counts = make_counts(*((CLOSED, procedure, 1, many) for procedure in (0, 31, 32, 33)))
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    # Đăng ký khai sinh holds both of its rows: 12 + 12 = 24, released as 25.
    assert [(row.name, row.released.n) for row in results.procedures] == [
        ("Đăng ký khai sinh", 25),
        ("Kết hôn", 10),
        (None, 10),
    ]


def test_procedures_with_few_ratings_are_only_counted() -> None:
    # Nine of one are left besides the others, so the smaller of those is hidden with it: 19 that did not all agree.
    cells = (31, (0, 0, 0, 0, 9)), (32, (0, 0, 0, 5, 5)), (0, (0, 0, 0, 6, 6))
    counts = make_counts(*((CLOSED, procedure, 1, scores) for procedure, scores in cells))
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    assert ([row.name for row in results.procedures], results.small_procedures) == ([None], 2)


def test_channels_hide_the_next_smallest_as_procedures_do() -> None:
    counts = make_counts(*((CLOSED, 31, channel, scores) for channel, scores in ((1, MANY), (2, FEW), (3, BIG))))
    assert [row.channel for row in calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY).channels] == [3]


def test_procedures_of_the_open_quarter_wait_for_its_end() -> None:
    counts = make_counts((LAST_SUNDAY, 31, 1, BIG))
    results = calculate_unit_results(counts, NO_DOSSIERS, NAMES, TODAY)
    assert (results.procedures, results.channels) == ((), ())
    ended = calculate_unit_results(counts, NO_DOSSIERS, NAMES, date(2027, 1, 1))
    assert [row.released.n for row in ended.procedures] == [40]


def test_ratios_on_dossiers_cover_only_closed_days_with_dossiers() -> None:
    counts = make_counts(
        (date(2026, 11, 2), 31, 1, (0, 0, 0, 0, 17)),  # before the first day with dossiers
        (date(2026, 11, 9), 31, 1, (2, 0, 2, 6, 30)),
        (date(2026, 11, 13), 31, 1, MANY),  # lets the forty out, and waits itself
        (TODAY, 31, 1, (9, 0, 0, 0, 0)),  # in the open week
    )
    dossiers = make_dossiers((date(2026, 11, 9), 1000, 15, 3), (date(2026, 11, 13), 500, 5, 0), (TODAY, 70, 0, 0))
    ratios = calculate_unit_results(counts, dossiers, NAMES, TODAY).official_ratios
    assert ratios is not None
    # 40 ratings on 1,000 dossiers: 4 %. 36/40 = 90 %. (1000 - 2 - 3 - 15)/1000 = 98 %. All of the 9th: there it ends.
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
    rows = [(3, CLOSED, 0, 0, 3, 12, 15), (3, TODAY, 5, 0, 0, 0, 0), (1, CLOSED, 0, 0, 0, 0, 4)]
    counts = pl.DataFrame(rows, schema=PROVINCE_COUNTS, orient="row")
    rows = calculate_province_results(PROVINCE, units, counts, TODAY).rows
    # 27/30 = 90 %, without the five of today; below 30 no share; the number received is always exact.
    assert [(row.unit.unit_id, row.received, row.released.share and row.released.share.percent) for row in rows] == [
        (2, 0, None),
        (3, 35, 90),
        (1, 4, None),
    ]
