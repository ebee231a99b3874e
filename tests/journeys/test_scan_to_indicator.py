"""The whole story: a square on the desk, a tap, a receipt, a comment, a change of mind, a number."""

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.async_api import Browser

from feedback.check import check_store
from feedback.command_line.posters import write_posters
from feedback.database import open_connection
from feedback.settings import read_settings
from tests.journeys.phone import open_phone
from tests.journeys.program import Program
from tests.journeys.town import UNIT
from tests.world import BUSY_DESK, QUIET_DESK

COMMENT = "Nhờ gọi lại cho tôi theo số 0912 345 678, tôi chờ lâu quá"


async def print_cards(program: Program, folder: Path) -> Path:
    """What `langnghe posters card` writes for this server."""
    settings = read_settings({"LANGNGHE_HOME": str(folder), "LANGNGHE_BASE_URL": program.address})
    connection = await open_connection(program.database_url)
    [file] = await write_posters(connection, settings, "card", folder)
    await connection.close()
    return file


def scan_cards(file: Path) -> list[str]:
    """What a phone reads from each page, printed at 150 dots an inch."""
    squares = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    pages = [
        page.render(scale=150 / 72)  # pyright: ignore[reportArgumentType] (its default 1 is read as int)
        for page in pypdfium2.PdfDocument(file)
    ]
    return [square.text for page in pages for square in zxingcpp.read_barcodes(page.to_numpy(), squares)]


async def count_scores(program: Program) -> list[int]:
    [row] = await program.select("SELECT sum(n1), sum(n2), sum(n3), sum(n4), sum(n5) FROM daily_counts")
    return [int(str(number)) for number in row]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
async def test_from_the_square_on_the_desk_to_the_number_on_the_units_page(
    program: Program, browser: Browser, tmp_path: Path, *, scripts: bool
) -> None:
    scanned = scan_cards(await print_cards(program, tmp_path))
    assert scanned == [f"{program.address}/Q/{desk}".upper() for desk in (BUSY_DESK, QUIET_DESK)]
    scores = await count_scores(program)
    async with open_phone(browser, program, scripts=scripts) as phone:
        received = await phone.read_received(UNIT)
        assert received == sum(scores)

        await phone.page.goto(scanned[0])
        await phone.page.select_option("#official", "demo-2")
        await phone.tap_face(5)
        receipt = await phone.read_receipt()

        await phone.press_and_wait("receipt.more")
        await phone.page.check('input[name="access"][value="4"]')
        await phone.page.check('input[name="informal_cost"] >> nth=0')
        await phone.page.fill("#comment", COMMENT)
        await phone.press_and_wait("more.send")
        assert await phone.read_receipt() == receipt

        await phone.press_and_wait("receipt.change")
        async with phone.page.expect_navigation():
            await phone.tap_face(2)
        assert await phone.read_receipt() == receipt

        assert await phone.read_received(UNIT) == received + 1
    # One rating more, and it counts as the 2 it became, not as the 5 it was.
    assert await count_scores(program) == [scores[0], scores[1] + 1, *scores[2:]]
    await check_stored(program)


async def check_stored(program: Program) -> None:
    rows = await program.select(
        "SELECT score, officials.code, answers->>'access', comment FROM responses"
        " JOIN officials USING (official_id) ORDER BY sequence_number DESC LIMIT 3"
    )
    changed, commented, tapped = rows
    assert tapped == (5, "demo-2", None, None)
    assert commented[:3] == (5, "demo-2", "4")
    assert changed == (2, *commented[1:])
    assert "tôi chờ lâu quá" in str(changed[3])
    assert not any(sign.isdigit() for sign in str(changed[3]))
    connection = await open_connection(program.database_url)
    assert await check_store(connection) == []
    await connection.close()
