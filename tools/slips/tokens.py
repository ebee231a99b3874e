"""Slips of every kind that must give nothing, and honest ones, made in the store's own ways."""

import random
from datetime import UTC, datetime, timedelta

import msgspec

from feedback.database import Connection, open_pool
from feedback.desk_directory import DeskDirectory
from feedback.record_response import store_submissions
from feedback.slips.check_requests import SlipRequest
from feedback.slips.derive_keys import make_slip_secrets
from feedback.slips.end_slips import forget_slips, rekey_desk
from feedback.slips.find_slip import find_slip
from feedback.slips.issue_slips import IssuedSlip, issue_slips
from feedback.slips.rate_visit import read_slip_rating
from feedback.slips.tokens import make_slip_token, read_slip_token
from surveys.codes import ALPHABET, make_token
from surveys.survey_files import load_surveys
from tests.feedback.slip_stage import SLIP_SECRETS, VISIT, find_today

BATCH = 1_000
# The other desk of the small world: its slips are withdrawn.
OTHER_VISIT = SlipRequest("32041", "2", "9.000001", "demo-3")
FOREIGN = make_slip_secrets("the secret of another installation, long enough")


class BadSlips(msgspec.Struct, frozen=True):
    """How many of each kind; 100,000 together."""

    made_up: int = 10_000
    mac_guessed: int = 10_000
    mac_of_another: int = 10_000
    altered: int = 30_000
    foreign: int = 10_000
    withdrawn: int = 5_000
    expired: int = 12_500
    spent: int = 12_500


async def issue(connection: Connection, count: int, visit: SlipRequest = VISIT, days_ago: int = 0) -> list[str]:
    tokens: list[str] = []
    while len(tokens) < count:
        requests = [visit] * min(BATCH, count - len(tokens))
        day = find_today() - timedelta(days=days_ago)
        answers = await issue_slips(connection, requests, SLIP_SECRETS, day)
        tokens += [answer.token for answer in answers if isinstance(answer, IssuedSlip)]
    return tokens


async def make_bad_tokens(
    database_url: str, kinds: BadSlips, honest: list[str], draw: random.Random
) -> dict[str, list[str]]:
    """By kind. `honest` are genuine and unspent: what is forged and altered here comes nearest to them."""
    pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        spent = await issue(connection, kinds.spent, days_ago=6)
        await spend(connection, DeskDirectory(pool, load_surveys()), spent[: kinds.spent // 2], days_ago=6)
        # Half of them are emptied by the daily job, the other half only past their 72 hours.
        await forget_slips(connection, find_today())
        await spend(connection, DeskDirectory(pool, load_surveys()), spent[kinds.spent // 2 :], days_ago=4)
        withdrawn = await issue(connection, kinds.withdrawn, OTHER_VISIT)
        desk_id = await connection.fetchval("SELECT desk_id FROM desks WHERE number = '2'")
        await rekey_desk(connection, desk_id, find_today())
        expired = await issue(connection, kinds.expired, days_ago=15)
    await pool.close()
    return {
        "made up": ["".join(draw.choices(ALPHABET, k=16)) for _ in range(kinds.made_up)],
        "MAC guessed": [
            token[:8] + "".join(draw.choices(ALPHABET, k=8)) for token in draw.choices(honest, k=kinds.mac_guessed)
        ],
        "MAC of another slip": [
            first[:8] + second[8:] for first, second in (draw.sample(honest, 2) for _ in range(kinds.mac_of_another))
        ],
        "altered": [alter(token, draw) for token in draw.choices(honest, k=kinds.altered)],
        "of another installation": [sign_elsewhere(token) for token in draw.choices(honest, k=kinds.foreign)],
        "withdrawn": withdrawn,
        "expired": expired,
        "spent": spent,
    }


async def spend(connection: Connection, directory: DeskDirectory, tokens: list[str], days_ago: int) -> None:
    """Honestly, that long ago."""
    now = datetime.now(UTC) - timedelta(days=days_ago)
    await directory.learn_survey_ids(connection)
    for start in range(0, len(tokens), BATCH):
        ratings = [
            read_slip_rating(
                {"token": make_token(number.to_bytes(15)), "score": 3},
                await find_slip(connection, read_slip_token(token), SLIP_SECRETS, now),
                directory,
                now,
            )
            for number, token in enumerate(tokens[start : start + BATCH], start)
        ]
        assert not any(await store_submissions(connection, ratings))  # noqa: S101 (nobody else is at work here)


def alter(token: str, draw: random.Random) -> str:
    """One to three symbols of it are others."""
    symbols = list(token)
    for place in draw.sample(range(16), draw.randint(1, 3)):
        symbols[place] = draw.choice(ALPHABET.replace(symbols[place], ""))
    return "".join(symbols)


def sign_elsewhere(token: str) -> str:
    slip_id = read_slip_token(token).slip_id
    return make_slip_token(slip_id, FOREIGN.derive_desk_key(1, 1, bytes(32)))
