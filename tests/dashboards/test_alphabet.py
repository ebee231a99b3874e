from dashboards.alphabet import make_sort_key


def test_names_stand_in_the_order_of_the_vietnamese_alphabet() -> None:
    # a ă â … d đ … o ô ơ … u ư; h comes before the letter after it even where d is followed by đ.
    ordered = [
        "An Biên",
        "Ăn Lạng",
        "Âu Cơ",
        "Ba Chẽ",
        "Bãi Cháy",
        "Dầu Tiếng",
        "Đại Lải",
        "Ô Môn",
        "Ơ Đu",
        "Ứng Hòa",
    ]
    assert sorted(set(ordered), key=make_sort_key) == ordered


def test_tones_decide_only_between_equal_letters() -> None:
    # Order of tones: none, huyền, hỏi, ngã, sắc, nặng.
    tones = ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ"]
    assert sorted(set(tones), key=make_sort_key) == tones
    assert sorted(["Hòa Bình", "Hóa An"], key=make_sort_key) == ["Hóa An", "Hòa Bình"]


def test_both_ways_to_write_a_letter_sort_alike() -> None:
    assert make_sort_key("Tây Hồ") == make_sort_key("Ta\u0302y Ho\u0302\u0300")
