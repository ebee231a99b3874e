"""`langnghe explain`: one released score from raw mean to grade, step by step, with its picture."""

from pathlib import Path

import click
from rich.table import Table

from dashboards.charts.funnel import draw_funnel
from dashboards.command_line.words import read_wording
from dashboards.explain.funnel import make_funnel
from dashboards.explain.read_explanation import Explanation, read_explanations
from dashboards.explain.steps import explain as explain_steps
from dashboards.indicators.roles import RoleName
from feedback.command_line.session import connect, console, run
from feedback.database import Connection
from feedback.settings import Settings
from feedback.tables.staff_views import select_official, select_procedure_names, select_unit_name
from surveys.errors import NothingToExplainError
from surveys.wording import Wording


@click.command()
@click.option("--official", help="The official's code.")
@click.option("--unit", help="The unit's code, instead of an official.")
@click.option("--procedure", help="The procedure's code, instead of an official.")
@click.option("--release", required=True, help="The release, such as 2026-Q3.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Also draw the funnel of peers here.")
def explain(official: str | None, unit: str | None, procedure: str | None, release: str, svg: Path | None) -> None:
    """Explain one released score: every step from the raw mean to the grade, with its numbers."""
    given: tuple[tuple[RoleName, str | None], ...] = (("official", official), ("unit", unit), ("procedure", procedure))
    asked: list[tuple[RoleName, str]] = [(role, code) for role, code in given if code is not None]
    if len(asked) != 1:
        raise click.UsageError("Give one of --official, --unit and --procedure.")
    role, code = asked[0]

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            found = await find_explanations(connection, role, code, release.strip().upper())
        for figure in found:
            console.print(draw_steps(figure, code, wording))
        if svg is not None:
            write_picture(found[0], svg, wording)

    run(work)


async def find_explanations(connection: Connection, role: RoleName, code: str, release: str) -> list[Explanation]:
    """Raises UnknownReleaseError or NothingToExplainError."""
    entity_id = await find_entity(connection, role, code)
    if entity_id is None:
        raise NothingToExplainError(release=release, name=code)
    return await read_explanations(connection, release, role, entity_id, code)


async def find_entity(connection: Connection, role: RoleName, code: str) -> int | None:
    match role:
        case "official":
            official = await select_official(connection, code)
            return None if official is None else official.official_id
        case "unit":
            unit = await select_unit_name(connection, code)
            return None if unit is None else unit.unit_id
        case "procedure":
            names = await select_procedure_names(connection, [code])
            return names[0].procedure_id if names else None


def draw_steps(found: Explanation, code: str, wording: Wording) -> Table:
    title = wording.say("explain.cli.title", name=code, release=found.release.code)
    columns = [wording.say(f"explain.cli.{name}") for name in ("step", "sentence", "numbers")]
    table = Table(*columns, title=title, title_justify="left", show_lines=True)
    for step in explain_steps(found.score, found.pool, wording, found.parameters, found.role):
        numbers = "\n".join(f"{number.label}: {number.value}" for number in step.numbers)
        table.add_row(step.title, step.sentence, numbers)
    return table


def write_picture(found: Explanation, file: Path, wording: Wording) -> None:
    chart = make_funnel(found.score, found.peers, wording, found.parameters)
    if chart is None:
        console.print(wording.say("explain.cli.not-drawn"))
        return
    file.write_text(draw_funnel(chart, is_narrow=False), "utf-8")
    console.print(wording.say("explain.cli.drawn", file=file), markup=False)
