"""Puts a demo world into the store: the catalogue by its import, ratings by the statement of real ones.

A demo that is complete is left as it is; one that was cut off goes on where it stopped, on any later day.
"""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from feedback.catalogue.import_workbook import import_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.workbook import Workbook
from feedback.database import Connection
from feedback.demo.columns import ColumnWriter, select_post_ids
from feedback.demo.ratings import RatingPlan
from feedback.demo.recipe import TRANSFER_DAYS_BEFORE, DemoSize
from feedback.demo.world import make_world, name_event_unit, name_official
from feedback.register_surveys import name_survey, register_surveys
from feedback.tables.desk_officials import select_desk_officials
from feedback.tables.officials import select_officials
from feedback.tables.responses import insert_columns, lock_sequencer, select_response
from feedback.tables.units import select_units
from surveys.survey_files import choose_survey, load_surveys

Progress = Callable[[int], None]


class Demo(msgspec.Struct, frozen=True):
    """What stands in the store; `day` is the one on which the demo was first loaded."""

    size: DemoSize
    day: date
    world: Workbook
    new_ratings: int


async def load_demo(connection: Connection, size: DemoSize, day: date, progress: Progress) -> Demo:
    """`day` is today; `progress` is told, after each batch, how many of `size.ratings` are in the store.

    Give a connection without time limits. Raises CatalogueRefusedError when the store holds a catalogue that
    contradicts the demo's.
    """
    known = await find_demo_day(connection, size)
    world = make_world(size, known or day)
    if known is None:
        await import_places(connection)
        await import_workbook(connection, world)
    plan = RatingPlan(size, world, known or day)
    return Demo(size, plan.day, world, await load_ratings(connection, plan, progress))


async def find_demo_day(connection: Connection, size: DemoSize) -> date | None:
    """The day for which the world in the store was made, told from its transfer; None without a world."""
    code = name_official(size, name_event_unit(size), 1)
    ids = [row.official_id for row in await select_officials(connection) if row.code == code]
    begun = [row.valid_from for row in await select_desk_officials(connection) if row.official_id in ids]
    return max(begun) + timedelta(days=TRANSFER_DAYS_BEFORE) if begun else None


async def load_ratings(connection: Connection, plan: RatingPlan, progress: Progress) -> int:
    """Store what is missing and say how many that were; the next batch is drawn while one is being stored."""
    first = await count_stored_batches(connection, plan)
    progress(plan.count_rows(first))
    if first == plan.batches:
        return 0
    writer = await make_writer(connection, plan)

    def draw(number: int) -> list[list[object]]:
        return writer.write(plan.make_batch(number))

    stored = 0
    columns = await asyncio.to_thread(draw, first)
    for number in range(first, plan.batches):
        new, columns = await asyncio.gather(store_columns(connection, columns), asyncio.to_thread(draw, number + 1))
        stored += new
        progress(plan.count_rows(number + 1))
    return stored


async def count_stored_batches(connection: Connection, plan: RatingPlan) -> int:
    """Batches are stored in order and each as a whole, so the first that is missing is found by halving."""
    unit_ids = {row.code: row.unit_id for row in await select_units(connection)}
    units = plan.unit_codes
    low, high = 0, plan.batches
    while low < high:
        middle = (low + high) // 2
        unit_id = unit_ids[units[plan.find_units(middle)[0]]]
        if await select_response(connection, unit_id, plan.make_tokens(middle)[0]) is None:
            high = middle
        else:
            low = middle + 1
    return low


async def make_writer(connection: Connection, plan: RatingPlan) -> ColumnWriter:
    ids = await select_post_ids(connection, plan.posts)
    surveys = load_surveys()
    survey_ids = await register_surveys(connection, surveys)
    citizen = choose_survey(surveys, "citizen", plan.day)
    business = choose_survey(surveys, "business", plan.day)
    return ColumnWriter(
        plan,
        ids,
        (citizen, business),
        (survey_ids[name_survey(citizen)], survey_ids[name_survey(business)]),
    )


async def store_columns(connection: Connection, columns: list[list[object]]) -> int:
    """One transaction, through the door's own statement; tokens that are there already are passed over."""
    async with connection.transaction():
        await lock_sequencer(connection)
        return len(columns[0]) - len(await insert_columns(connection, columns))
