"""Reads what a public page needs and hands on released results only: routes never hold a frame of counts."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date

from dashboards.counts import read_province_counts, read_unit_counts
from dashboards.results import ProvinceResults, UnitResults, calculate_province_results, calculate_unit_results
from feedback.database import TEMPORARY_FAILURES, Connection, Pool
from feedback.tables.case_outcomes import PublicCase, select_public_cases
from feedback.tables.public_units import PublicUnit, select_public_province, select_public_unit
from surveys.errors import ResultsUnavailableError, UnknownPlaceError

MOST_CASES = 10


async def read_unit_results(pool: Pool, code: str, day: date) -> tuple[PublicUnit, UnitResults]:
    """Raises UnknownPlaceError and ResultsUnavailableError."""
    async with borrow_from(pool) as connection:
        unit = await select_public_unit(connection, code, day)
        if unit is None:
            raise UnknownPlaceError
        read = await read_unit_counts(connection, unit.unit_id, day)
    # In a thread, so that ratings go on being taken meanwhile.
    results = await asyncio.to_thread(calculate_unit_results, read.counts, read.dossiers, read.procedure_names, day)
    return unit, results


async def read_public_cases(pool: Pool, unit_id: int) -> list[PublicCase]:
    """What the Front has published of cases about a unit, last closed first. Raises ResultsUnavailableError."""
    async with borrow_from(pool) as connection:
        return await select_public_cases(connection, unit_id, MOST_CASES)


async def read_province_results(pool: Pool, code: str, day: date) -> ProvinceResults:
    """Raises UnknownPlaceError and ResultsUnavailableError."""
    async with borrow_from(pool) as connection:
        province = await select_public_province(connection, code, day)
        if province is None:
            raise UnknownPlaceError
        read = await read_province_counts(connection, code, day)
    return await asyncio.to_thread(calculate_province_results, province, read.units, read.counts, day)


@asynccontextmanager
async def borrow_from(pool: Pool) -> AsyncGenerator[Connection]:
    try:
        async with pool.acquire(timeout=3) as connection:
            yield connection
    except TEMPORARY_FAILURES:
        raise ResultsUnavailableError from None
