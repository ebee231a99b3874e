"""The last page of a report: how its figures are made, what they rest on, and what the report does not say. Pure."""

from dashboards.disclosure.front import FRONT_COMMENTS, FRONT_RATINGS, LOW_RESPONSE_SHARE
from dashboards.reports.document import Part, Printed, Section
from dashboards.reports.report_figures import ReportFigures, UsedParameter, hash_figures
from dashboards.reports.write_command import write_command
from dashboards.supervision.blocks import Block
from dashboards.supervision.sentences import Teller
from dashboards.supervision.tables import Column, Table
from feedback.parameters import NO_DEADLINE_FOUND, OWN_CHOICE

HOW = ("counts", "smallest", "interval", "like", "weeks", "closed", "change")
NOT_SAID = ("people", "why", "others", "few", "later")
IN_PERCENT = {"low_response"}
BASES = {
    FRONT_RATINGS.basis: "front_ratings",
    FRONT_COMMENTS.basis: "front_comments",
    LOW_RESPONSE_SHARE.basis: "low_response",
    NO_DEADLINE_FOUND: "no-deadline",
    OWN_CHOICE: "own-choice",
}


def tell_method(report: ReportFigures, teller: Teller) -> Section:
    parameters = tabulate_parameters(report.parameters, teller)
    title = teller.say("report.parameters")
    proof = {
        "cut": teller.number(report.asked.data_cut),
        "digest": hash_figures(report).hex(),
        "method": report.method_version,
    }
    return Section(
        title=teller.say("report.section.method"),
        lead=tuple(teller.say(f"report.how.{name}") for name in HOW),
        parts=(
            Part(
                Block("parameters", title, (), table=parameters),
                (Printed(title, parameters),),
                teller.say("report.sheet.parameters"),
            ),
            Part(
                Block(
                    "proof",
                    teller.say("report.proof"),
                    (teller.say("report.proof.how", **proof), teller.say("report.proof.again")),
                ),
                command=write_command(report.asked, teller.wording.language),
            ),
            Part(
                Block(
                    "not-said",
                    teller.say("report.not-said"),
                    tuple(teller.say(f"report.not-said.{name}") for name in NOT_SAID),
                )
            ),
        ),
    )


def tabulate_parameters(parameters: tuple[UsedParameter, ...], teller: Teller) -> Table:
    columns = tuple(Column(teller.say(f"report.column.{name}")) for name in ("parameter", "value", "from", "basis"))
    rows = tuple(
        (
            teller.say(f"report.parameter.{known.name}"),
            write_value(known, teller),
            teller.date(known.valid_from),
            say_basis(known, teller),
        )
        for known in parameters
    )
    return Table(columns, rows)


def say_basis(known: UsedParameter, teller: Teller) -> str:
    """What ships with the program in the reader's language; what an operator wrote as it was written."""
    key = BASES.get(known.basis)
    basis = known.basis if key is None else teller.say(f"report.basis.{key}")
    return f"{basis}. {teller.say('report.placeholder')}" if known.is_placeholder else f"{basis}."


def write_value(known: UsedParameter, teller: Teller) -> str:
    return teller.wording.percent(known.value) if known.name in IN_PERCENT else teller.number(known.value)
