"""Reads the part of an address behind the question mark, strictly: what is not known is refused, never overlooked."""

import re
from collections.abc import Mapping, Sequence
from typing import get_args
from urllib.parse import parse_qsl, urlencode

import msgspec

from dashboards.evaluation.items import AreaType, RoleName
from feedback.web.bodies import Request
from surveys.errors import DoubledFilterError, UnknownFilterError, UnreadableBodyError, UnusableFilterError
from surveys.wording import LANGUAGES

LARGEST_PAGE = 100
LONGEST_VALUE = 1_000
MOST_FILTERS = 32
NEITHER_FILTERS = {"cursor", "limit", "lang"}  # where one stands in a list, not what it is of

# What each may be: a pattern, and how it is said to whoever missed it.
FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "area_type": (re.compile("|".join(get_args(AreaType))), ", ".join(get_args(AreaType))),
    "cursor": (re.compile(r".{1,1000}", re.DOTALL), "next, cursor"),
    "identifier": (re.compile(r".{1,64}"), "1-64"),
    "lang": (re.compile("|".join(LANGUAGES)), ", ".join(LANGUAGES)),
    "limit": (re.compile(r"[1-9][0-9]?|100", re.ASCII), f"1-{LARGEST_PAGE}"),
    "place": (re.compile(r"[0-9]{2}|[0-9]{5}", re.ASCII), "00-99, 00000-99999"),
    "role": (re.compile("|".join(get_args(RoleName))), ", ".join(get_args(RoleName))),
    "title": (re.compile(r".{1,100}"), "1-100"),
    "unit": (re.compile(r".{1,100}"), "1-100"),
}


class Question(msgspec.Struct, frozen=True):
    """What was asked for; a filter that was left out is not in `values`."""

    path: str
    values: Mapping[str, str]

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    @property
    def limit(self) -> int:
        return int(self.values.get("limit", LARGEST_PAGE))

    @property
    def list_name(self) -> str:
        """Names what is listed: the address with its filters, in order."""
        filters = sorted((name, value) for name, value in self.values.items() if name not in NEITHER_FILTERS)
        return f"{self.path}?{urlencode(filters)}"

    def write_next(self, cursor: str) -> str:
        """The address of the page that begins behind `cursor`."""
        return f"{self.path}?{urlencode({**self.values, 'cursor': cursor})}"


def read_question(request: Request, *allowed: str) -> Question:
    """Raises UnknownFilterError, DoubledFilterError, UnusableFilterError; UnreadableBodyError for what is no text."""
    pairs = read_pairs(request)
    names = [name for name, _ in pairs]
    known = (*allowed, "lang")
    if any(name not in known for name in names):
        raise UnknownFilterError(allowed=", ".join(known))
    for name, value in pairs:
        if names.count(name) > 1:
            raise DoubledFilterError(field=name)
        check_value(name, value)
    return Question(request.url.path, dict(pairs))


def read_pairs(request: Request) -> Sequence[tuple[str, str]]:
    try:
        text = request.scope["query_string"].decode("ascii")
        return parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=MOST_FILTERS
        )
    except ValueError:
        raise UnreadableBodyError from None


def check_value(name: str, value: str) -> None:
    form, allowed = FORMS[name]
    if not value.isprintable() or form.fullmatch(value) is None:
        raise UnusableFilterError(field=name, allowed=allowed)
