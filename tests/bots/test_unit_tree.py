import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.unit_tree import UnitEntry, fold_name, name_place, search
from tests.bots.chat_world import TREE, make_tree, make_unit

PLACES = make_tree(
    make_unit(1, "Phường Tân Thành", "96"),
    make_unit(2, "Phường Cái Nước", "96"),
    make_unit(3, "Tỉnh Cà Mau", "96"),
    make_unit(4, "Xã Tân Thạnh", "79"),
    make_unit(5, "Xã Tân Thành", "79"),
    make_unit(6, "Đặc khu Côn Đảo", "79"),
    p79="Thành phố Hồ Chí Minh",
    p96="Tỉnh Cà Mau",
)


def find(typed: str) -> list[str]:
    return [f"{name_place(entry)} {entry.province_code}".strip() if isinstance(entry, UnitEntry) else entry.name
            for entry in search(PLACES, typed)]  # fmt: skip


@pytest.mark.parametrize(("name", "plain"), [
    ("Tỉnh Cà Mau", "tinh ca mau"),
    ("ĐẶC KHU CÔN ĐẢO", "dac khu con dao"),
    ("Ea  H'leo", "ea h leo"),
    ("Cu\u031b M\u2019gar", "cu m gar"),
    ("  Thừa-Thiên \n Huế", "thua thien hue"),
    ("", ""),
])  # fmt: skip
def test_names_are_folded(name: str, plain: str) -> None:
    assert fold_name(name) == plain


@given(st.text())
def test_a_folded_name_stays_as_it_is(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@pytest.mark.parametrize("typed", ["ca mau", "CÀ MAU", "Cà Mau", "tinh ca mau", "  cà   mau "])
def test_a_province_is_found_without_diacritics(typed: str) -> None:
    assert find(typed) == ["Tỉnh Cà Mau", "Tỉnh Cà Mau 96"]


@pytest.mark.parametrize("typed", ["con dao", "dao con", "đảo", "dac khu con", "con d", "condao"])
def test_words_come_in_any_order_and_need_only_begin(typed: str) -> None:
    assert find(typed) == ["Đặc khu Côn Đảo 79"]


def test_diacritics_that_were_typed_go_first() -> None:
    assert find("tân thạnh")[0] == "Xã Tân Thạnh 79"
    assert find("tân thành")[:2] == ["Xã Tân Thành 79", "Phường Tân Thành 96"]


def test_a_name_typed_in_full_brings_no_scattered_words() -> None:
    assert find("phuong tan thanh") == ["Phường Tân Thành 96"]


def test_a_province_beside_the_name_narrows_it() -> None:
    assert find("tan thanh ca mau") == ["Phường Tân Thành 96"]
    assert set(find("tan thanh hcm")) == {"Xã Tân Thành 79", "Xã Tân Thạnh 79"}


def test_a_kind_that_is_no_longer_right_does_not_hide_the_place() -> None:
    assert find("thi tran cai nuoc") == find("xã Cái Nước") == ["Phường Cái Nước 96"]
    assert find("thanh pho ca mau")[0] == "Tỉnh Cà Mau"


def test_everyday_short_forms_are_known() -> None:
    assert find("tp hcm") == find("tphcm") == ["Thành phố Hồ Chí Minh"]


@pytest.mark.parametrize("typed", ["", "  ", "!?", "x" * 61, "khong dau ca", "n thanh", "😀"])
def test_what_is_no_name_finds_nothing(typed: str) -> None:
    assert search(TREE, typed) == []
