"""What a draft is about stays so until somebody chooses otherwise; what a form knows beforehand of its subject."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.dashboards.case_pages_stage import DRAFT, PROPOSED, Site, open_own_site

PROCEDURE = "1.001193"


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_own_site(server_url, template, tmp_path_factory.mktemp("subjects")) as opened:
        yield opened


def read_chosen(page: str) -> dict[str, str]:
    """What a browser would send of the selects of a draft."""
    chosen: dict[str, str] = {}
    for name in ("desk", "procedure"):
        select = page.partition(f'name="{name}">')[2].partition("</select>")[0]
        options = re.findall(r'<option value="(\d*)"( selected)?>', select)
        chosen[name] = next((value for value, mark in options if mark), options[0][0])
    return chosen


async def find_procedure(site: Site) -> int:
    sought = "SELECT procedure_id FROM procedures WHERE code = $1 ORDER BY valid_from LIMIT 1"
    return int(await site.connection.fetchval(sought, PROCEDURE) or 0)


async def test_a_draft_keeps_a_desk_and_a_procedure_that_are_no_more(site: Site) -> None:
    about = {"desk": str(site.ids["desk-2"]), "procedure": str(await find_procedure(site))}
    number = await site.open_draft(**about)
    await site.connection.execute("UPDATE desks SET valid_to = '2026-11-19' WHERE desk_id = $1", site.ids["desk-2"])
    await site.connection.execute("DELETE FROM desk_procedures WHERE procedure_code = $1", PROCEDURE)
    await site.connection.execute(
        "INSERT INTO procedures (code, name, field, valid_from) VALUES ($1, 'Tên mới (mẫu)', 'Hộ tịch', '2026-11-18')",
        PROCEDURE,
    )
    assert read_chosen(await site.read(f"/staff/cases/{number}")) == about
    # A new case is not about what is no more, but what was chosen a moment ago stays beside a refusal.
    assert ">2 · " not in await site.read("/staff/cases/new?area=u-32041")
    refused = await site.client.post("/staff/cases/new", data={**DRAFT, "area": "u-32041", **about, "title": ""})
    assert read_chosen(refused.text) == about
    fields = {**DRAFT, "draft": "yes", **about, "due_on": PROPOSED}
    refused = await site.take(number, "send", **{**fields, "title": ""})
    assert read_chosen(refused.text) == about
    assert (await site.take(number, "send", **fields)).status_code == 303
    case = await site.find(number)
    assert {"desk": str(case.desk_id), "procedure": str(case.procedure_id)} == about


async def test_a_case_from_a_desk_is_about_that_desk(site: Site) -> None:
    site.become("supervisor")
    form = await site.read("/staff/cases/new?area=u-32041~1")
    assert read_chosen(form) == {"desk": str(site.ids["desk-1"]), "procedure": ""}
    assert f'value="{site.ids["desk-1"]}" selected' in form


async def test_a_case_from_what_citizens_say_knows_its_origin_and_its_procedure(site: Site) -> None:
    site.become("supervisor")
    codes = await site.connection.fetch(
        "SELECT procedure_id, code FROM procedures JOIN desk_procedures ON procedure_code = code LIMIT 1"
    )
    form = await site.read(f"/staff/cases/new?area=u-32041&origin=reflections&procedure={codes[0]['code']}")
    assert read_chosen(form) == {"desk": "", "procedure": str(codes[0]["procedure_id"])}
    assert '<option value="reflections" selected>' in form
    for query in ("origin=alert", "origin=%00", "procedure=%00", "procedure=" + "9" * 300):
        form = await site.read(f"/staff/cases/new?area=u-32041&{query}")
        assert "selected" not in form.split("<form")[-1]
