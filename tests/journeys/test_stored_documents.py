"""Hostile texts in what is printed and taken away: a report breaks on none and runs none, and no header is broken."""

import uuid
from collections.abc import AsyncIterator

import pytest

from dashboards.cases.examine_file import is_active
from tests.conftest import name_database, run_on_server
from tests.journeys.payload_cases import ON_PAPER, REPORTED, REPORTED_UNIT
from tests.journeys.payload_documents import (
    enter_as,
    list_unit_files,
    list_unprinted,
    make_report,
    read_print,
    take,
)
from tests.journeys.payload_files import find_faults_of_xlsx
from tests.journeys.payload_site import PayloadSite, serve_payloads
from tests.journeys.payload_texts import mark_texts

LEADS_OUT = (b"/URI", b"/Launch", b"/GoToR", b"/SubmitForm", b"/EmbeddedFile")


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PayloadSite]:
    name = f"documents_{uuid.uuid4().hex[:12]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    async with serve_payloads(name_database(server_url, name), tmp_path_factory.mktemp("documents")) as site:
        yield site
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_report_holds_every_text_as_text(site: PayloadSite) -> None:
    async with enter_as(site, "front_supervisor") as client:
        files = await make_report(site, client, f"u-{REPORTED_UNIT}")
    pdf = files["pdf"]
    assert not is_active(pdf)
    assert [name for name in LEADS_OUT if name in pdf] == []
    printed = read_print(pdf)
    unseen = {mark: list_unprinted(list(mark_texts(mark, ON_PAPER)), printed) for mark in REPORTED}
    assert {mark: texts for mark, texts in unseen.items() if texts} == {}
    assert find_faults_of_xlsx(files["xlsx"]) == []


async def test_forms_and_posters_are_printed_whatever_the_names_are(site: PayloadSite) -> None:
    async with enter_as(site, "front_supervisor") as client:
        forms = await take(client, f"/staff/forms/batches/{site.world.cases.batch_id}/forms.pdf")
    assert "·batchplace" in read_print(forms.content)
    async with enter_as(site, "administrator") as client:
        posters = await take(client, "/staff/catalogue/u1/posters?form=card")
    for pdf in (forms.content, posters.content):
        assert not is_active(pdf)
        assert [name for name in LEADS_OUT if name in pdf] == []


async def test_a_workbook_of_the_catalogue_holds_no_formula_and_its_name_breaks_no_header(site: PayloadSite) -> None:
    async with enter_as(site, "administrator") as client:
        books = [await take(client, "/staff/catalogue-file/export.xlsx")]
        for address in list_unit_files():
            books.append(await take(client, f"{address}/export.xlsx"))
            assert (await client.get(f"{address}/posters")).status_code in {200, 422}
    assert len(books) > 4
    assert [fault for book in books for fault in find_faults_of_xlsx(book.content)] == []
    names = [book.headers["content-disposition"] for book in books]
    assert all(name.count('"') == 2 and name.isascii() and name.endswith('.xlsx"') for name in names)


async def test_a_file_of_a_case_is_saved_under_any_name_and_never_shown(site: PayloadSite) -> None:
    thread = site.world.cases.thread
    numbers = await site.connection.fetch("SELECT file_id FROM case_files ORDER BY file_id")
    async with enter_as(site, "head_of_unit") as client:
        for row in numbers[::10]:
            await site.forget_limits()
            answer = await take(client, f"/staff/unit-cases/{thread}/files/{row['file_id']}")
            assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
            assert not {'"', "\r", "\n", "<", ";"} & {
                *answer.headers["content-disposition"].removeprefix("attachment;")
            }
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"]
