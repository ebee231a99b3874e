"""Of every kind of thing that staff work on, some for the tour: rounds, batches of forms, reports, tablets, proposals.

All are demo ones. `place_objects` says what the addresses of staff pages may name, by the address where it matters.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import httpx
from msgspec.structs import replace

from dashboards.checks.draw_round import RoundWish, draw_round
from dashboards.checks.record_item import FindingForm, judge_finding, record_finding
from dashboards.forms.batches import BatchForm, make_batch
from dashboards.forms.double_entry import list_doubled
from dashboards.supervision.areas import find_area
from feedback.api_keys import ApiKey, Reach
from feedback.database import Connection
from feedback.keep_keys import add_key, propose_key
from feedback.record_response import read_local_day
from feedback.set_parameters import Draft, correct_day, propose_value
from feedback.tables.accounts import select_account
from feedback.tables.check_rounds import select_items
from feedback.tables.form_batches import select_batches
from feedback.tables.kiosks import insert_kiosk
from feedback.tables.reports import insert_report
from tests.dashboards.case_stage import find_person
from tests.dashboards.frames import TODAY
from tests.house_rules.power_parts import HERE, Part, Value
from tests.journeys.staff_cases import OF_UNIT, WAYS
from tests.staff_people import open_session

UNIT = "32041"
SEED, DIGEST = bytes(range(16)), bytes(range(32))
REPORTS = ("waiting", "making", "failed", "made")
SET_REPORT = """
UPDATE reports SET state = $2, progress = 40 * ($2 = 'making')::integer + 100 * ($2 = 'made')::integer,
    failure = CASE WHEN $2 = 'failed' THEN 'reach' END, made_at = CASE WHEN $2 = 'made' THEN asked_at END,
    pdf = CASE WHEN $2 = 'made' THEN $3::bytea END, xlsx = CASE WHEN $2 = 'made' THEN $3 END,
    digest = CASE WHEN $2 = 'made' THEN $3 END
WHERE report_id = $1
"""


async def make_rounds(connection: Connection, front: int) -> dict[str, str]:
    """Two under way, with their first place looked at, and one that is closed."""
    signed_in, area = await find_person(connection, front), await find_area(connection, f"u-{UNIT}")
    assert area
    now = datetime.now(UTC)
    numbers: dict[str, str] = {}
    for name in ("check", "closed check", "other check"):
        wish = RoundWish(f"Đợt kiểm tra chéo tháng 11, {name} (mẫu)", "desks", 2, date(2026, 7, 1), date(2026, 9, 30))
        number = await draw_round(connection, signed_in, area, wish, SEED, now)
        first = (await select_items(connection, number))[0]
        found = judge_finding(FindingForm("2", "yes", "Chờ 40 phút mới được gọi (mẫu)."))
        await record_finding(connection, signed_in, first, found, now)
        numbers[name] = str(number)
    await connection.execute(
        "UPDATE check_rounds SET closed_at = now() WHERE round_id = $1", int(numbers["closed check"])
    )
    return numbers


async def make_batches(connection: Connection, address: str, front: int, volunteers: tuple[int, int]) -> dict[str, str]:
    """One to be entered, in which two volunteers differ about a form; one that is closed."""
    signed_in, area = await find_person(connection, front), await find_area(connection, f"u-{UNIT}")
    assert area
    numbers: dict[str, str] = {}
    for name, first, last in (("batch", "1", "40"), ("closed batch", "41", "80")):
        form = BatchForm("home_visit", TODAY.isoformat(), "Nhà văn hóa khu phố 3 (mẫu)", first, last)
        number = await make_batch(connection, signed_in, area, form, SEED, 20, TODAY, datetime.now(UTC))
        numbers[name] = str(number)
    await connection.execute(
        "UPDATE form_batches SET closed_at = now() WHERE batch_id = $1", int(numbers["closed batch"])
    )
    [listed] = await select_batches(connection, [int(numbers["batch"])])
    doubled = sorted(list_doubled(listed.batch))
    numbers |= {"form": str(doubled[0]), "waiting form": str(doubled[1])}
    await enter(connection, address, numbers, volunteers[0], {numbers["form"]: 5, numbers["waiting form"]: 4})
    await enter(connection, address, numbers, volunteers[1], {numbers["form"]: 2})
    return numbers


async def enter(
    connection: Connection, address: str, numbers: Mapping[str, str], account_id: int, scores: Mapping[str, int]
) -> None:
    cookies = await open_session(connection, account_id)
    headers = {
        "sec-fetch-site": "same-origin",
        "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        for number, score in scores.items():
            fields = {"lang": "vi", "desk": "2", "rater": "citizen", "number": number, "score": str(score)}
            reply = await client.post(f"/staff/forms/{numbers['batch']}", data=fields)
            assert reply.status_code == httpx.codes.SEE_OTHER, reply.text


ENDED_DESK = """
INSERT INTO desks (unit_id, number, name, valid_from, valid_to)
VALUES ($1, '9', 'Quầy cũ (mẫu)', '2025-07-01', '2026-06-01')
"""


async def make_reports(connection: Connection, front: int) -> None:
    """One in each state."""
    for state in REPORTS:
        number = await insert_report(connection, "p96", "2026-Q3", "vi", front, datetime.now(UTC))
        await connection.execute(SET_REPORT, number, state, DIGEST)


async def make_settings(connection: Connection, unit_id: int, administrator: int) -> None:
    """A desk and a tablet that have ended, a tablet in use, keys, what others propose, a working Saturday."""
    account = await select_account(connection, administrator)
    assert account
    now = datetime.now(UTC)
    today = read_local_day(now)[0]
    await connection.execute(ENDED_DESK, unit_id)
    for name in ("Máy tính bảng ở lối ra phía đường lớn (mẫu)", "Máy cũ (mẫu)"):
        await insert_kiosk(connection, unit_id, name, hashlib.sha256(name.encode()).digest(), administrator, today)
    await connection.execute("UPDATE kiosks SET ended_at = now() WHERE name LIKE 'Máy cũ%'")
    reach, year = Reach(provinces=("96",)), timedelta(days=300)
    key = ApiKey("abcdefghjk", "Sở Nội vụ (mẫu)", DIGEST, ("evaluation",), reach, (), 1000, today, today + year)
    await add_key(connection, key)
    waiting = replace(key, key_id="abcdefghjm", holder="Sở Tư pháp (mẫu)")
    await propose_key(connection, account, waiting, now)
    proposed = Draft(10, today + timedelta(days=40), "Quyết định 12/QĐ-MTTQ (mẫu)", is_placeholder=False)
    await propose_value(connection, account, "case_answer_days", proposed, today, now)
    saturday = today + timedelta(days=7 + (5 - today.weekday()) % 7)
    await correct_day(connection, account, saturday, "Thông báo hoán đổi (mẫu)", today, now, is_working=True)


def place_objects(numbers: Mapping[str, str]) -> dict[str, dict[str, Part]]:
    """What stands for each parameter, by the address; under an empty address what holds everywhere else."""

    def part(*names: str) -> Part:
        return Part(tuple(Value(numbers[name], HERE) for name in names))

    return {
        "": {
            "case": part(*WAYS),
            "check": part("check", "closed check"),
            "batch": part("batch"),
            "survey": Part((Value("citizen@1"), Value("business@1"))),
            "name": Part((Value("case_answer_days"), Value("kiosk_reset_seconds"))),
        },
        "/staff/checks/{check}/items/{place}": {"place": Part((Value("1", HERE), Value("2", HERE)))},
        "/staff/forms/{batch}/{form}": {"form": part("form")},
        "/staff/unit-cases/{case}": {"case": part(*OF_UNIT)},
        "/staff/forms/batches/{batch}": {"batch": part("batch", "closed batch")},
    }
