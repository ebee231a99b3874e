"""Batches of paper forms: what is drawn for the second entry, printed forms, and the pages that make and close one."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from unicodedata import normalize

import msgspec
import pypdfium2
import pytest

from dashboards.disclosure.groups import ReleasedShare
from dashboards.forms.batches import BatchForm, judge_batch
from dashboards.forms.double_entry import Typed, list_differences, list_doubled, sum_progress
from dashboards.forms.form_tokens import make_form_token
from feedback.posters.paper_form import PaperBatch, draw_paper_forms
from feedback.tables.form_batches import FormBatch
from feedback.tables.form_entries import EntryLine
from surveys.case_errors import FormRefusedError
from surveys.errors import StaffPagesUnavailableError
from surveys.survey_files import choose_survey, load_surveys
from tests.dashboards.checks_and_forms_stage import ELSEWHERE, HERE, NOW, SECRET, Stage

TODAY = date(2026, 11, 21)
AT = datetime(2026, 11, 20, tzinfo=UTC)
SEED = bytes(range(16))
BATCH = FormBatch(1, 1, "paper", date(2026, 11, 19), "Nhà văn hóa (mẫu)", 101, 150, SEED, 10, 1, AT)
GOOD = BatchForm("home_visit", "2026-11-19", "Khu phố 3 (mẫu)", "1", "20")
TYPED = Typed(1, 2, 0, 1, 5, {"access": 4, "trouble": False})


def test_the_share_that_is_entered_twice_follows_from_the_seed() -> None:
    """10 % of 50 are 5: those with the smallest digests."""
    by_digest = sorted(range(101, 151), key=lambda number: sha256(SEED + number.to_bytes(4, "big")).hexdigest())
    assert list_doubled(BATCH) == set(by_digest[:5])
    assert list_doubled(msgspec.structs.replace(BATCH, seed=bytes(16))) != list_doubled(BATCH)
    # A part of a form is a form: 5 % of 3.
    assert len(list_doubled(msgspec.structs.replace(BATCH, last_number=103, double_share=5))) == 1
    assert len(list_doubled(msgspec.structs.replace(BATCH, double_share=100))) == 50


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({}, ()),
        ({"score": 4}, ("score",)),
        ({"desk": 2, "official": 0, "procedure": 7}, ("desk", "official", "procedure")),
        ({"answers": {"access": 4}}, ("answer_trouble",)),
        ({"answers": {"access": 3, "trouble": False, "result": 1}}, ("answer_access", "answer_result")),
        ({"survey": 2, "answers": {}}, ("rater",)),
    ],
)
def test_what_differs_is_named_by_field(changes: dict[str, object], differing: tuple[str, ...]) -> None:
    assert list_differences(TYPED, msgspec.structs.replace(TYPED, **changes)) == differing


def test_agreement_is_told_from_twenty_doubled_forms_on() -> None:
    """18 of 20 agree: 90 %, Wilson 69.9 to 97.2."""
    batch = msgspec.structs.replace(BATCH, double_share=100)
    lines = [
        line
        for number in range(101, 121)
        for line in (EntryLine(1, number, 1, 5, None), EntryLine(1, number, 2, 6, number > 102))
    ]
    assert sum_progress(batch, lines[:-1]).agreement is None
    progress = sum_progress(batch, [*lines, EntryLine(1, 130, 1, 5, None), EntryLine(1, 131, 2, 6, None)])
    assert progress.agreement == ReleasedShare(90, "exact", 69, 98)
    assert (progress.entered, progress.doubled, progress.waiting, progress.open) == (21, 21, (130,), (131,))


def test_a_form_has_a_token_of_its_own_that_needs_the_secret() -> None:
    tokens = {make_form_token(SECRET, batch, form, turn) for batch in (1, 11) for form in (1, 11) for turn in (1, 2)}
    assert len(tokens) == 8
    assert make_form_token(SECRET, 1, 1) == make_form_token(SECRET, 1, 1) != make_form_token("5c" * 32, 1, 1)
    with pytest.raises(StaffPagesUnavailableError):
        make_form_token("", 1, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"way": "e-mail"}, "form-way"),
        ({"place": " "}, "form-place"),
        ({"place": "x" * 121}, "form-place"),
        ({"held_on": "hôm nay"}, "form-held-on"),
        ({"held_on": "2027-01-21"}, "form-held-on"),
        ({"held_on": "2026-10-20"}, "form-held-on"),
        ({"first": "0"}, "form-numbers"),
        ({"first": "21"}, "form-numbers"),
        ({"last": "1001"}, "form-numbers"),
        ({"last": "٢٠"}, "form-numbers"),
    ],
)
def test_a_batch_that_cannot_be_made_is_refused_with_its_reason(changes: dict[str, str], reason: str) -> None:
    assert judge_batch(GOOD, TODAY) == ("home_visit", date(2026, 11, 19), "Khu phố 3 (mẫu)", 1, 20)
    # 31 days back and 60 ahead, both days included.
    for day in ("2026-10-21", "2026-11-21", "2027-01-20"):
        assert f"{judge_batch(msgspec.structs.replace(GOOD, held_on=day), TODAY)[1]}" == day
    with pytest.raises(FormRefusedError) as refused:
        judge_batch(msgspec.structs.replace(GOOD, **changes), TODAY)
    assert refused.value.details["reason"] == reason


@pytest.mark.parametrize("rater", ["citizen", "business"])
def test_printed_forms_hold_every_question_and_their_number_and_come_out_the_same_again(rater: str) -> None:
    survey = choose_survey(load_surveys(), "business" if rater == "business" else "citizen", BATCH.held_on)
    long = "Đăng ký kinh doanh hộ cá thể - Thuế - Bảo hiểm xã hội (mẫu)"
    paper = PaperBatch(
        12, "Đơn vị (mẫu)", BATCH.held_on, "Nhà văn hóa (mẫu)", 9, 11, {f"{n}": long for n in range(1, 9)}
    )
    pdf = draw_paper_forms(paper, survey)
    assert pdf == draw_paper_forms(paper, survey)
    pages = pypdfium2.PdfDocument(pdf)
    texts = [" ".join(normalize("NFC", page.get_textpage().get_text_range()).split()) for page in pages]
    assert len(texts) == 3
    assert [f"Phiếu số {number}" in text for number, text in zip((9, 10, 11), texts, strict=True)] == [True] * 3
    for question in survey.questions:
        assert question.text.vi in texts[0]
    assert "Quầy 8" in texts[0]
    assert "19/11/2026" in texts[0]
    assert ["Đợt số 12" in text for text in texts] == [True] * 3


async def test_a_supervisor_makes_a_batch_prints_it_and_closes_it(stage: Stage, supervisor: int) -> None:
    assert "Tân Thành" in await stage.read(supervisor, "/staff/forms/batches", q="tan thanh")
    form = {"unit": "32041", **msgspec.structs.asdict(GOOD)}
    assert "10 % số phiếu" in await stage.read(supervisor, "/staff/forms/batches", unit="32041")
    made = await stage.post(supervisor, "/staff/forms/batches", **form)
    assert made.status_code == 303
    address = made.headers["location"].partition("?")[0]
    page = await stage.read(supervisor, address)
    assert "Đã nhập 0 trên 20 phiếu" in page
    pdf = await stage.get(supervisor, f"{address}/forms.pdf")
    assert (pdf.headers["content-type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    assert (await stage.get(supervisor, f"{address}/forms.pdf")).content == pdf.content
    assert (await stage.post(supervisor, f"{address}/close")).status_code == 303
    again = await stage.post(supervisor, f"{address}/close")
    assert (again.status_code, "đã đóng" in again.text) == (409, True)
    assert (await stage.count("form-batch-made"), await stage.count("form-batch-closed")) == (1, 1)
    row = await stage.connection.fetchrow("SELECT double_share, length(seed) AS seed, closed_at FROM form_batches")
    assert row is not None
    assert (row["double_share"], row["seed"], row["closed_at"] is None) == (10, 16, False)


async def test_a_batch_that_is_refused_comes_back_as_it_was_typed(stage: Stage, supervisor: int) -> None:
    form = {"unit": "32041", **msgspec.structs.asdict(GOOD), "last": "0", "place": "Ấp <b>3</b> (mẫu)"}
    answer = await stage.post(supervisor, "/staff/forms/batches", **form)
    assert answer.status_code == 422
    assert "Ấp &lt;b&gt;3&lt;/b&gt; (mẫu)" in answer.text
    assert (await stage.post(supervisor, "/staff/forms/batches", place="x")).status_code == 422


async def test_a_number_is_one_form_of_a_unit_and_day(stage: Stage, supervisor: int) -> None:
    """A second press, numbers that overlap, two presses at once: one batch, and the refusal names it."""
    form = {"unit": "32041", **msgspec.structs.asdict(GOOD), "first": "101", "last": "150"}
    made = await stage.post_together("/staff/forms/batches", [(supervisor, form)] * 2)
    assert sorted(reply.status_code for reply in made) == [303, 422]
    batch_id = await stage.connection.fetchval("SELECT batch_id FROM form_batches WHERE first_number = 101")
    for numbers in ({}, {"first": "150", "last": "160"}, {"first": "90", "last": "101"}):
        refused = await stage.post(supervisor, "/staff/forms/batches", **{**form, **numbers})
        assert refused.status_code == 422
        assert f"đợt phiếu số {batch_id} của đơn vị trong ngày này đã có các phiếu số 101 đến 150" in refused.text
    for others in ({"first": "151", "last": "160"}, {"held_on": "2026-11-18"}):
        assert (await stage.post(supervisor, "/staff/forms/batches", **{**form, **others})).status_code == 303


async def test_forms_are_printed_before_their_day_and_entered_from_it_on(stage: Stage, supervisor: int) -> None:
    volunteer = await stage.add("som", "front_volunteer", HERE)
    form = {"unit": "32041", **msgspec.structs.asdict(GOOD), "held_on": "2026-11-25"}
    made = await stage.post(supervisor, "/staff/forms/batches", **form)
    address = made.headers["location"].partition("?")[0]
    assert (await stage.get(supervisor, f"{address}/forms.pdf")).content[:4] == b"%PDF"
    enter = address.replace("/batches", "")
    page = await stage.read(volunteer, enter, desk="1")
    assert ("ngày 25/11/2026, nên từ ngày đó mới nhập được" in page, 'name="score"' in page) == (True, False)
    rating = {"number": "1", "desk": "1", "rater": "citizen", "score": "4", "answer_comment": "Gửi sớm"}
    early = await stage.post(volunteer, enter, **rating)
    assert (early.status_code, "từ ngày đó mới nhập được" in early.text, "Gửi sớm" in early.text) == (422, True, True)
    stage.clock.now = NOW + timedelta(days=4)
    assert (await stage.post(volunteer, enter, **rating)).status_code == 303
    stage.clock.now = NOW


async def test_desks_without_a_printed_code_stand_on_forms_as_well(stage: Stage, supervisor: int) -> None:
    """The code of desk 2 was ended as if it had never been."""
    volunteer = await stage.add("khong-ma", "front_volunteer", HERE)
    made = await stage.post(
        supervisor, "/staff/forms/batches", **{"unit": "32041", **msgspec.structs.asdict(GOOD), "held_on": "2026-11-17"}
    )
    address = made.headers["location"].partition("?")[0]
    move = "UPDATE desk_codes SET valid_to = $1 FROM desks WHERE desks.desk_id = desk_codes.desk_id AND number = '2'"
    await stage.connection.execute(move, date(2026, 11, 1))
    assert 'value="2"' in await stage.read(volunteer, address.replace("/batches", ""))
    pdf = pypdfium2.PdfDocument((await stage.get(supervisor, f"{address}/forms.pdf")).content)
    assert "Quầy 2" in " ".join(normalize("NFC", pdf[0].get_textpage().get_text_range()).split())
    await stage.connection.execute(move, None)


async def test_out_of_reach_there_is_no_unit_and_no_batch_and_the_attempt_is_kept(
    stage: Stage, supervisor: int
) -> None:
    stranger = await stage.add("la", "front_supervisor", ELSEWHERE)
    volunteer = await stage.add("tinh-nguyen", "front_volunteer", HERE)
    form = {"unit": "32041", **msgspec.structs.asdict(GOOD), "first": "61", "last": "80"}
    address = (await stage.post(supervisor, "/staff/forms/batches", **form)).headers["location"].partition("?")[0]
    assert (await stage.post(stranger, "/staff/forms/batches", **form)).status_code == 404
    for path in (address, f"{address}/forms.pdf", "/staff/forms/batches?unit=32041"):
        assert (await stage.get(stranger, path)).status_code == 404
        assert (await stage.get(volunteer, path)).status_code == 403
    assert (await stage.post(stranger, f"{address}/close")).status_code == 404
    assert "Khu phố 3" not in await stage.read(stranger, "/staff/forms/batches")
    assert await stage.count("oversee_forms", "denied") == 8
    for text in ("0", "999999999", "9" * 40, "abc", "-1", "١", "%00", "x" * 500):
        assert (await stage.get(supervisor, f"/staff/forms/batches/{text}")).status_code in {400, 404}
