"""The demo's world: loads what is missing of it, draws its posters, and prints where to look."""

import datetime as dt

from feedback.catalogue.places import read_places
from feedback.command_line.posters import FORMS, write_posters
from feedback.command_line.session import console, read_wording, show_progress
from feedback.database import open_connection
from feedback.demo.load import Demo, load_demo
from feedback.demo.people import FILE_NAME, add_people
from feedback.demo.recipe import DemoSize
from feedback.record_response import read_local_day
from feedback.settings import Settings

UNITS_SHOWN = 3


async def fill_demo(settings: Settings, database_url: str, size: DemoSize) -> Demo:
    """Load what is missing of the demo and of its people, and draw the posters of its three towns."""
    wording = read_wording(settings.language)
    connection = await open_connection(database_url)
    try:
        with show_progress(wording.say("cli.demo-loading"), size.ratings) as progress:
            loaded = await load_demo(connection, size, read_local_day(dt.datetime.now(dt.UTC))[0], progress)
        await add_people(connection, loaded, settings.home, settings.secret, dt.datetime.now(dt.UTC))
        for unit in list_shown_units(loaded):
            for form in FORMS:
                await write_posters(connection, settings, form, settings.home / "posters", unit=unit)
    finally:
        await connection.close()
    return loaded


def list_shown_units(loaded: Demo) -> list[str]:
    return loaded.world.sheets["units"]["code"].head(UNITS_SHOWN).to_list()


def show_addresses(settings: Settings, loaded: Demo) -> None:
    say = read_wording(settings.language).say
    units, desks = loaded.world.sheets["units"], loaded.world.sheets["desks"]
    provinces = {place.code: place.province_code for place in read_places()}
    console.print(f"\n{say('cli.demo-open')}")
    for unit in units.head(UNITS_SHOWN).iter_rows(named=True):
        code = desks.filter(desks["unit"] == unit["code"])["code"][0]
        console.print(f"\n[bold]{unit['name']}[/bold]")
        for path, key in (
            (f"Q/{code}", "cli.demo-desk"),
            (f"demo/chat?start={code}", "cli.demo-chat"),
            (f"U/{unit['code']}", "cli.demo-unit"),
            (f"P/{provinces[unit['place_code']]}", "cli.demo-province"),
        ):
            console.print(f"  {settings.base_url}/{path:<28} {say(key)}")
    console.print(f"\n{settings.base_url}/{'staff':<28} {say('cli.demo-staff')}")
    console.print(f"{settings.base_url}/{'demo/codes':<28} {say('cli.demo-codes')}")
    console.print(f"{settings.home / FILE_NAME}  {say('cli.demo-people')}")
    console.print(f"\n{settings.home / 'posters'}  {say('cli.demo-posters')}")
    console.print(f"\n{say('cli.up', address=settings.base_url)}")
