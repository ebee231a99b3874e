"""Reads from the store what the steps of many chats need, at once. What is unknown is a value, not raised."""

from collections.abc import Iterable
from datetime import datetime

from bots.around import KnownRating, LookUp
from feedback.database import Connection
from feedback.desk_directory import DeskDirectory
from feedback.follow_cases import Followed, find_followed
from feedback.tables.chains import select_chains
from feedback.tables.desk_views import DeskView
from feedback.tables.responses import Response, select_unit_of_receipt
from surveys.errors import LangNgheError, StoreUnavailableError, UnknownReceiptError

Desks = dict[str, DeskView | LangNgheError]
Ratings = dict[bytes, KnownRating | LangNgheError]


async def find_desks(directory: DeskDirectory, look_ups: Iterable[LookUp], now: datetime) -> Desks:
    """By code as typed. Raises StoreUnavailableError: then nothing is known, and all is to be tried again."""
    typed = {look_up.desk_code for look_up in look_ups if look_up.desk_code is not None}
    return {code: await find_desk(directory, code, now) for code in sorted(typed)}


async def find_desk(directory: DeskDirectory, typed: str, now: datetime) -> DeskView | LangNgheError:
    try:
        return await directory.find_desk(typed, now)
    except StoreUnavailableError:
        raise
    except LangNgheError as error:
        return error


async def find_ratings(connection: Connection, directory: DeskDirectory, look_ups: Iterable[LookUp]) -> Ratings:
    """By receipt hash."""
    units = {look_up.receipt_hash: look_up.unit_id for look_up in look_ups if look_up.receipt_hash is not None}
    if not units:
        return {}
    await directory.learn_survey_ids(connection)
    receipts = [
        (unit, receipt)
        for receipt, known in units.items()
        if (unit := known or await select_unit_of_receipt(connection, receipt)) is not None
    ]
    chains = await select_chains(connection, receipts)
    followed = await find_followed(connection, [chain[0] for chain in chains.values()])
    found: Ratings = {
        receipt: make_known(directory, receipt, chain, of_rating)
        for ((_, receipt), chain), of_rating in zip(chains.items(), followed, strict=True)
    }
    return {receipt: found.get(receipt) or UnknownReceiptError() for receipt in units}


def make_known(directory: DeskDirectory, receipt: bytes, chain: list[Response], followed: Followed) -> KnownRating:
    survey = directory.find_survey_by_id(chain[-1].survey_id)
    return KnownRating(receipt, chain[0], chain[-1], survey, followed)
