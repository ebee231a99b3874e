"""The command that makes a report again, as its method page prints it and a shell takes it. Pure."""

import shlex
from datetime import datetime

from dashboards.reports.report_figures import Asked
from feedback.record_response import LOCAL_TIME


def write_command(asked: Asked, language: str) -> str:
    words = ("langnghe", "reports", "make", asked.area, asked.period, "--language", language)
    options = ("--as-of", write_as_of(asked.as_of), "--data-cut", str(asked.data_cut))
    return shlex.join((*words, *options))


def write_as_of(moment: datetime) -> str:
    """Vietnam time, and how far that is from UTC."""
    return moment.astimezone(LOCAL_TIME).isoformat(timespec="seconds")
