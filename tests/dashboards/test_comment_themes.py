"""What people write, as the Front may read it: batches, order, themes by simple counts."""

from datetime import date, timedelta

import pytest

from dashboards.releases.quarters import Quarter
from dashboards.supervision.comments import LONGEST, release_comments
from dashboards.supervision.figures import Comments, Theme
from dashboards.supervision.periods import list_weeks
from dashboards.supervision.themes import count_themes, find_themes, load_themes
from feedback.tables.written_comments import WrittenComment

WEEKS = list_weeks(Quarter(2026, 3))
JULY = date(2026, 7, 8)


def write(*texts: str, day: date = JULY, unit_id: int = 1) -> list[WrittenComment]:
    return [WrittenComment(unit_id, day, text) for text in texts]


def release(written: list[WrittenComment], seed: str = "1", weeks: int = len(WEEKS)) -> Comments:
    return release_comments(written, WEEKS[:weeks], seed, is_closed=weeks == len(WEEKS))


def number(first: int, last: int, **where: object) -> list[WrittenComment]:
    return [comment for n in range(first, last) for comment in write(f"Ý kiến {n}", **where)]  # pyright: ignore[reportArgumentType] (day and unit_id)


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("Chờ lâu quá", {"waiting"}),
        ("phai cho doi hon hai tieng", {"waiting"}),
        ("THÁI ĐỘ cau có", {"attitude"}),
        ("Cán bộ nhiệt tình, cảm ơn", {"praise"}),
        ("Cán bộ không nhiệt tình", {"attitude"}),
        ("Đi lại ba lần vì bổ sung giấy tờ", {"paperwork"}),
        ("Lệ phí không có bảng giá", {"fees"}),
        ("Nhà vệ sinh bẩn, chỗ ngồi ít", {"facilities"}),
        ("Nộp trực tuyến bị treo máy", {"online"}),
        ("Giờ làm việc mà không có người", {"staffing"}),
        ("Đất đai", set()),
        ("Mang theo căn cước, chất lượng", set()),  # without marks these look like a network and a crowd
    ],
)
def test_themes_are_found_with_and_without_marks_by_whole_words(text: str, themes: set[str]) -> None:
    assert find_themes(text) == themes


def test_a_theme_of_fewer_than_five_comments_is_not_there() -> None:
    assert count_themes(["Chờ lâu"] * 4 + ["Thái độ tốt"] * 8) == (Theme("attitude", 10),)


def test_every_theme_has_words() -> None:
    assert all(pattern.pattern.count("|") for pattern in load_themes().values())


def test_comments_come_five_at_a_time_and_the_next_five_let_them_out() -> None:
    five, more = number(0, 5), number(5, 9, day=JULY + timedelta(weeks=1))
    assert release(five, weeks=3).texts == ()
    assert release(five + more, weeks=3).texts == ()
    assert len(release(five + more + write("Ý kiến chín", day=JULY + timedelta(weeks=1)), weeks=3).texts) == 5
    assert len(release(five + more).texts) == 9


def test_a_unit_with_fewer_than_five_in_a_quarter_shows_none_and_hides_in_no_other() -> None:
    few, many = number(0, 4), number(10, 20, unit_id=2)
    released = release(few + many)
    assert set(released.texts) == {comment.comment for comment in many}
    assert released.written == 10


def test_the_order_stays_for_one_reader_on_one_day_and_differs_for_another() -> None:
    written = number(0, 30)
    first, again, other = (release(written, seed).texts for seed in ("1", "1", "2"))
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other)
    assert first != tuple(comment.comment for comment in written)


def test_at_most_a_hundred_are_shown_and_all_are_counted() -> None:
    released = release(number(0, 150))
    assert (len(released.texts), released.written) == (LONGEST, 150)


def test_what_points_to_a_person_is_hidden_and_what_may_denounce_is_withheld() -> None:
    bribe = [f"Cán bộ đòi tiền mới làm {n}" for n in range(5)]
    released = release(write(*bribe, *["Anh Nguyễn Văn A gọi số 0912345678"] * 5))
    assert released.withheld == 5
    assert len(released.texts) == 5
    assert not any("0912345678" in text or "Nguyễn Văn" in text or "tiền" in text for text in released.texts)
