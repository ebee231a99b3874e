import pytest

from bots.conversation import At, Conversation, Event, Said
from surveys.codes import make_desk_code, print_desk_code, read_desk_code
from tests.bots.chat_stage import Stage, begin
from tests.bots.chat_world import BUSY, LONE, NOBODYS, QUIET, make_tree, make_unit


def spoil(code: str) -> str:
    """The code with another last symbol: no code that stands."""
    return code[:-1] + ("7" if code[-1] != "7" else "8")


@pytest.mark.parametrize("typed", [
    QUIET, print_desk_code(QUIET), print_desk_code(QUIET).lower(), f" {QUIET.replace('0', 'o')} ",
    " ".join((QUIET[:3], QUIET[3:6], QUIET[6:])),
])  # fmt: skip
@pytest.mark.parametrize("at", [At.NOWHERE, At.PROVINCE, At.DESK, At.SCORE, At.RATED, At.QUESTION, At.RECEIPT])
def test_a_typed_code_is_read_kindly_anywhere(typed: str, at: At) -> None:
    stage = Stage().reach(at)
    stage.type(typed)
    assert stage.at == At.CONFIRM
    assert stage.conversation is not None
    assert stage.conversation.desk_code == QUIET
    assert stage.conversation.by_code
    assert "Quầy 2 · Quầy mẫu 2" in stage.text


def test_a_link_from_the_desk_names_unit_and_desk() -> None:
    stage = Stage()
    stage.start(BUSY)
    assert "Trung tâm Phục vụ hành chính công số 1 (mẫu)\nQuầy 1 · Quầy mẫu 1" in stage.text
    assert [button.action for button in stage.buttons] == ["yes", "no", "language.en"]


@pytest.mark.parametrize(("typed", "sentence"), [
    (NOBODYS, "Mã này không được sử dụng"),
    (spoil(QUIET), "Mã này có chỗ nhầm"),
    ("7K3-MQ9-XW", "Mã quầy có chín chữ hoặc số"),
])  # fmt: skip
def test_a_slip_in_a_code_is_named_kindly(typed: str, sentence: str) -> None:
    for said in (Said(Event.START, text=typed), Said(Event.TEXT, text=typed)):
        stage = Stage().reach(At.NOWHERE)
        stage.say(said)
        assert sentence in stage.text
        assert stage.at == At.NOWHERE
        assert [button.action for button in stage.buttons] == ["find"]


def test_a_slip_in_a_code_leaves_the_open_question_as_it_was() -> None:
    stage = Stage().reach(At.SCORE)
    before = stage.conversation
    stage.type(spoil(BUSY))
    assert "Mã này có chỗ nhầm" in stage.text
    assert stage.conversation == before
    stage.press("score.5")
    assert stage.at == At.RATED


def test_names_of_nine_letters_are_names_and_no_codes() -> None:
    stage = Stage().reach(At.NOWHERE)
    stage.type("ho chi minh")
    assert stage.at == At.UNIT
    assert "Thành phố Hồ Chí Minh" in stage.text


def test_a_name_with_a_number_is_a_name_even_where_it_could_be_a_code() -> None:
    stage = Stage().reach(At.NOWHERE)
    stage.units = make_tree(make_unit(1, "Xã Bảo Lâm 2", "04", LONE), p04="Tỉnh Cao Bằng")
    assert read_desk_code("xa bao lam 2")
    stage.type("xa bao lam 2")
    assert stage.at == At.CONFIRM
    assert stage.conversation is not None
    assert stage.conversation.desk_code == LONE


@pytest.mark.parametrize("name", ["chau thanh", "kien giang", "phuong 12", "quan 7", "dat nuoc"])
def test_a_name_that_is_not_known_here_is_not_called_a_mistyped_code(name: str) -> None:
    stage = Stage().reach(At.NOWHERE)
    stage.type(name)
    assert "Chưa tìm thấy nơi nào" in stage.text


def test_nine_letters_that_are_no_name_are_a_code() -> None:
    stage = Stage().reach(At.NOWHERE)
    letters = next(
        code for code in map(make_desk_code, range(2**39, 2**39 + 10**6, 32_771)) if not set(code) & set("23456789")
    )
    stage.views[letters] = stage.views[QUIET]
    stage.type(letters.replace("0", "o").replace("1", "l"))
    assert stage.at == At.CONFIRM


def test_the_page_buttons_walk_through_a_long_list() -> None:
    stage = Stage()
    begin("", "find", "province.79")(stage)
    first = {button.label for button in stage.buttons}
    stage.press("page.1")
    second = {button.label for button in stage.buttons}
    assert {"Xã Mẫu 7", "‹ Trang 1/3", "Trang 3/3 ›"} <= second
    assert not any(label in first for label in second if label.startswith("Xã"))
    stage.press("unit.107")
    assert stage.at == At.CONFIRM


def test_a_list_never_runs_past_its_last_page() -> None:
    stage = Stage().reach(At.PROVINCE)
    stage.invent_press("page.999999999")
    assert "TP Hồ Chí Minh" in [button.label for button in stage.buttons]


def test_no_list_of_places_is_longer_than_a_phone_shows() -> None:
    stage = Stage()
    begin("", "find", "province.79")(stage)
    assert len(stage.turn.replies[0].buttons) <= 10
    stage.type("xa mau")
    assert len(stage.buttons) == 9
    assert "xin gõ tên đầy đủ hơn" in stage.text


def test_a_place_with_several_units_shows_them_by_their_own_names() -> None:
    stage = Stage()
    stage.units = make_tree(
        make_unit(1, "Tỉnh Cà Mau", "96", BUSY), make_unit(2, "Tỉnh Cà Mau", "96", LONE), p96="Tỉnh Cà Mau"
    )
    begin("", "find")(stage)
    assert [button.label for button in stage.buttons] == ["Trung tâm Phục vụ hành chính công tỉnh Cà Mau (mẫu)"] * 2


def test_a_desk_found_by_its_place_is_not_named_by_its_code() -> None:
    stage = Stage()
    begin("", "find", "province.96", "unit.1", f"desk.{QUIET}")(stage)
    assert stage.conversation is not None
    assert (stage.conversation.desk_code, stage.conversation.by_code) == (QUIET, False)


def test_a_new_visit_takes_nothing_over_from_the_last_one() -> None:
    stage = Stage()
    begin(BUSY, "yes", "official.111", "procedure.112")(stage)
    stage.start(BUSY)
    assert stage.conversation is not None
    assert (stage.conversation.official, stage.conversation.procedure) == (None, None)


def test_whoever_begins_with_a_greeting_is_greeted() -> None:
    stage = Stage()
    stage.type("xin chào")
    assert "Xin chào Ông/Bà" in stage.text
    stage.type("xin chào")
    assert "Chưa tìm thấy nơi nào" in stage.text


def test_an_unknown_name_gets_a_kind_word_and_changes_nothing() -> None:
    stage = Stage().reach(At.UNIT)
    before = stage.conversation
    stage.type("xu so than tien")
    assert "Chưa tìm thấy nơi nào" in stage.text
    assert stage.conversation == before


def test_the_memory_of_a_chat_survives_its_way_through_json() -> None:
    for at in At:
        stage = Stage().reach(at)
        assert stage.conversation is not None
        assert stage.remember_as_json() == stage.conversation
    assert Stage().conversation is None
    assert Conversation().at == At.NOWHERE
