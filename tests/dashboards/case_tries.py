"""What the machine that walks cases draws from: who tries what, with what in the form, and where it crashes."""

from collections import Counter

import msgspec
from hypothesis import strategies as st

from feedback.tables.supervision_cases import Side
from tests.dashboards.case_model import Typed
from tests.dashboards.case_stage import PEOPLE, Crash

GOOD = Typed("Vì lý do mẫu", "2026-11-23", "partly", "Đã bố trí thêm người, chờ ngắn hơn.")
BAD = (
    msgspec.structs.replace(GOOD, text=" ", is_text_good=False),
    msgspec.structs.replace(GOOD, text="d" * 8001, is_text_good=False, is_text_long=True),
    msgspec.structs.replace(GOOD, due_on="2026-11-20", is_due_good=False),
    msgspec.structs.replace(GOOD, due_on="2029-01-03", is_due_good=False),
    msgspec.structs.replace(GOOD, due_on="mai", is_due_good=False),
    msgspec.structs.replace(GOOD, result="withdrawn", is_result_good=False),
    msgspec.structs.replace(GOOD, public_summary="Xin gọi 0912 345 678.", is_summary_good=False),
    msgspec.structs.replace(GOOD, public_summary="Ngắn", is_summary_good=False),
    msgspec.structs.replace(GOOD, grounds="", is_grounds_good=False),
)
SIDES: tuple[Side, ...] = ("front", "unit")
BREAKS: tuple[Crash, ...] = ("midway", "before_commit", "after_commit")
MOSTLY: tuple[Crash, ...] = ("none", "none", "none", "none", "none")
INSIDERS = ("commune", "province", "nation", "head")
PICK = st.sampled_from(range(1000))  # integers() likes small ones too well
# Later than any day that the program sets within a walk: more time than there was.
LATER = msgspec.structs.replace(GOOD, due_on="2027-05-20")
TYPED = st.sampled_from((*[GOOD] * 5, *[LATER] * 3, *BAD))
CRASH = st.sampled_from((*MOSTLY, *BREAKS))
PERSON = st.sampled_from((*INSIDERS, *INSIDERS, *PEOPLE))
SIDE = st.sampled_from(SIDES)
STALE = st.sampled_from((False, False, True))


class Tally(msgspec.Struct):
    """What came about over all walks. `crashes` counts by place and by whether the deed was there afterwards."""

    walks: int = 0
    steps: int = 0
    states: set[str] = msgspec.field(default_factory=set)
    told: Counter[str] = msgspec.field(default_factory=Counter)
    done: Counter[str] = msgspec.field(default_factory=Counter)
    crashes: Counter[str] = msgspec.field(default_factory=Counter)


class Try(msgspec.Struct, frozen=True):
    """Who tries what, with what in the form; `turns` of the loop until a crash midway."""

    person: str
    side: Side
    verb: str
    typed: Typed = GOOD
    is_stale: bool = False
    crash: Crash = "none"
    turns: int = 20
