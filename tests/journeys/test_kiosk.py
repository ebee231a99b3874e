"""Ten minutes without the house: every rating touched on a tablet arrives, once, in the order of the touches."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback.database import open_connection
from surveys.codes import hash_token
from tests.feedback.kiosk_stage import PAGE, make_kiosk_program, register
from tests.journeys.kiosk_tablet import ForgetfulDoor, start_tablet
from tests.journeys.program import run_program
from tests.world import make_world

TEN_MINUTES = 600_000
# 200 ratings over the three desks of the small world, scores 1 to 5 in turn.
TAPS = [(number % 3, number % 5 + 1) for number in range(200)]
FIRST, UNTIL_RELOAD, UNTIL_KILL = 20, 90, 140


@pytest.fixture
async def kiosk_url(database_url: str) -> str:
    connection = await open_connection(database_url)
    await make_world(connection)
    await register(connection)
    await connection.close()
    return database_url


def make_door(database_url: str, home: Path) -> ForgetfulDoor:
    """Loses every 17th answer, and holds each desk to 25 ratings a second: then 429."""
    program = make_kiosk_program(database_url, home, LANGNGHE_DESK_LIMIT="25 per 1 second")
    return ForgetfulDoor(program, every=17)


async def test_two_hundred_ratings_of_an_outage_arrive_once_each_and_in_order(kiosk_url: str, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    before, after = make_door(kiosk_url, tmp_path), make_door(kiosk_url, tmp_path)
    async with start_tablet(profile) as tablet:
        async with run_program(kiosk_url, tmp_path, front_door=before) as program:
            address = program.address + PAGE
            await tablet.open(address)
            await tablet.is_kept()
            receipts = await tablet.tap(TAPS[:FIRST])
            await tablet.send_all()
        receipts += await tablet.tap(TAPS[FIRST:UNTIL_RELOAD])
        await tablet.page.clock.fast_forward(TEN_MINUTES // 2)
        await tablet.page.reload()
        await tablet.page.wait_for_selector(".desk:visible")
        receipts += await tablet.tap(TAPS[UNTIL_RELOAD:UNTIL_KILL])
        await tablet.page.clock.fast_forward(TEN_MINUTES // 2)
        assert await tablet.count_kept() == (UNTIL_KILL - FIRST, 0)
        tablet.lose_power()
    async with start_tablet(profile) as tablet:
        await tablet.open(address)
        receipts += await tablet.tap(TAPS[UNTIL_KILL:])
        async with run_program(kiosk_url, tmp_path, program.port, after) as program:
            await tablet.send_all()
            rows = await program.select(
                "SELECT token_hash, number::integer - 1, score, channel, proof_class::text FROM responses"
                " JOIN desks USING (desk_id) ORDER BY sequence_number"
            )
        assert await tablet.count_kept() == (0, 0)
    hashes = [hash_token(receipt.replace("-", "")) for receipt in receipts]
    assert rows == [(token, *tap, 3, "C") for token, tap in zip(hashes, TAPS, strict=True)]
    assert len({*hashes}) == len(TAPS) == 200
    # 180 sent and every 17th answer lost: ten at least were stored, not heard of, and sent again.
    assert before.lost + after.lost >= 10


async def test_a_clock_put_right_before_sending_moves_no_rating(kiosk_url: str, tmp_path: Path) -> None:
    """Two days behind when the face is touched; the network comes back with the right time."""
    profile = tmp_path / "profile"
    profile.mkdir()
    async with start_tablet(profile) as tablet, run_program(kiosk_url, tmp_path) as program:
        await tablet.open(program.address + PAGE)
        await tablet.page.context.set_offline(True)
        await tablet.page.clock.set_system_time(datetime.now(UTC) - timedelta(days=2))
        await tablet.tap(TAPS[:1])
        await tablet.page.clock.set_system_time(datetime.now(UTC))
        await tablet.page.context.set_offline(False)
        await tablet.send_all()
        since = "SELECT extract(epoch FROM now() - received_at)::integer FROM responses"
        [(seconds,)] = await program.select(since)
    assert seconds in range(300)
