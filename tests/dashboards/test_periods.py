from datetime import date

from dashboards.periods import Period, find_closed_weeks, find_year_to_date, list_mondays


def test_the_headline_covers_the_calendar_year_with_today() -> None:
    assert find_year_to_date(date(2026, 11, 21)) == Period(date(2026, 1, 1), date(2026, 11, 21))


def test_a_week_counts_only_once_its_sunday_has_passed() -> None:
    # 2026-11-15 is a Sunday; ISO week 1 of 2026 starts on Monday 2025-12-29.
    expected = Period(date(2025, 12, 29), date(2026, 11, 15))
    assert find_closed_weeks(date(2026, 11, 16)) == expected  # Monday
    assert find_closed_weeks(date(2026, 11, 22)) == expected  # Sunday, not over yet
    assert find_closed_weeks(date(2026, 11, 23)).last == date(2026, 11, 22)


def test_the_first_days_of_january_still_show_the_weeks_of_the_old_year() -> None:
    # 2027-01-03 is a Sunday, the end of ISO week 53 of 2026.
    assert find_closed_weeks(date(2027, 1, 6)) == Period(date(2025, 12, 29), date(2027, 1, 3))
    assert find_closed_weeks(date(2027, 1, 11)) == Period(date(2027, 1, 4), date(2027, 1, 10))


def test_every_closed_week_has_its_monday() -> None:
    # Weeks 1 to 46 of 2026.
    mondays = list_mondays(find_closed_weeks(date(2026, 11, 21)))
    assert (len(mondays), mondays[0], mondays[-1]) == (46, date(2025, 12, 29), date(2026, 11, 9))
