"""Everything that a report says, as structs that passed disclosure control: no words, no counts of answers. Pure."""

import hashlib
from datetime import date, datetime

import msgspec

from dashboards.cases.indicators import CaseFigures
from dashboards.supervision.figures import AreaFigures, Theme
from feedback.tables.report_inputs import AlertRow, RoundRow
from feedback.tables.supervision_alerts import AlertState
from feedback.tables.supervision_cases import CaseState, Level, Origin, Result


class Asked(msgspec.Struct, frozen=True):
    """What a report is made of: the same asked of the same closed weeks gives the same bytes.

    `as_of` is the moment up to which alerts, cases and the catalogue are told, in whole seconds; `data_cut` the last
    number that a rating had when the figures were read: none after it is in them.
    """

    area: str
    period: str
    as_of: datetime
    data_cut: int


class ReportedAlert(msgspec.Struct, frozen=True):
    row: AlertRow
    state: AlertState


class CaseTally(msgspec.Struct, frozen=True):
    """Of the period: how many cases were sent, answered and closed; of its last day: how many were open or overdue."""

    sent: int
    answered: int
    closed: int
    open: int
    overdue: int


class ReportedCase(msgspec.Struct, frozen=True):
    """Open in the period, or moved in it. `answer` is the unit's last one; places are empty where it is about none."""

    case_id: int
    title: str
    unit_name: str
    place_name: str
    desk: str
    desk_name: str
    procedure_name: str
    is_about_official: bool
    origin: Origin
    level: Level
    state: CaseState
    is_overdue: bool
    findings: str
    recommendation: str
    answer: str
    sent_on: date
    answered_on: date | None
    due_on: date | None
    closed_on: date | None
    result: Result | None
    outcome: CaseFigures | None


class UsedParameter(msgspec.Struct, frozen=True):
    """A constant that the figures rest on, as the method page lists it; `value` is written by whoever prints it."""

    name: str
    value: float
    valid_from: date
    basis: str
    is_placeholder: bool


class ReportFigures(msgspec.Struct, frozen=True):
    """`written`: how many comments there are, to the nearest 5; None where none are offered.

    `alerts` are those since the first day of the quarter, heaviest first.
    """

    asked: Asked
    figures: AreaFigures
    written: int | None
    themes: tuple[Theme, ...]
    alerts: tuple[ReportedAlert, ...]
    tally: CaseTally
    cases: tuple[ReportedCase, ...]
    rounds: tuple[RoundRow, ...]
    parameters: tuple[UsedParameter, ...]
    method_version: str


def hash_figures(report: ReportFigures) -> bytes:
    """SHA-256 of the figures as JSON: the same in every language of the report."""
    return hashlib.sha256(msgspec.json.encode(report, order="deterministic")).digest()
