"""The dated parameters that stand in the program's code, gathered to be shown. They change with a new version only."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

import msgspec

from dashboards.disclosure import front
from dashboards.indicators.parameters import Parameter
from dashboards.releases import quarters
from dashboards.releases.method import IN_USE
from dashboards.staff import history
from dashboards.supervision import funnel_limits
from dashboards.supervision.alerts import rules_parameters
from dashboards.supervision.digests import rules, sureness
from feedback.slips.rules import find_slip_rules

# By the word of the group on the page.
MODULES: Mapping[str, tuple[ModuleType, ...]] = {
    "disclosure": (front, quarters),
    "alerts": (rules_parameters,),
    "pages": (funnel_limits, history),
    "digests": (rules, sureness),
}
NOT_FIGURES = {"valid_from", "basis", "is_placeholder"}
# By the basis as it stands in the code: the same in Vietnamese.
BASES: Mapping[str, str] = tomllib.loads(Path(__file__).with_name("bases.toml").read_text("utf-8"))
A_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")


class CodeParameter(msgspec.Struct, frozen=True):
    """`value` as text, with a point; `basis` is English as it stands in the code: see `word_code_basis`."""

    name: str
    value: str
    basis: str
    valid_from: date
    is_placeholder: bool


def list_code_parameters(day: date) -> dict[str, list[CodeParameter]]:
    """By group: the method of the scores first, then what stands with the rules that read it."""
    method = {name: getattr(IN_USE, name) for name in IN_USE.__struct_fields__ if name != "version"}
    groups = {"scores": [describe(name, parameter) for name, parameter in method.items()]}
    groups |= {group: [*list_group(modules)] for group, modules in MODULES.items()}
    return {**groups, "slips": list_slip_rules(day)}


def word_code_basis(basis: str, language: str) -> str:
    return BASES.get(basis, basis) if language == "vi" else basis


def list_group(modules: tuple[ModuleType, ...]) -> Iterator[CodeParameter]:
    for module in modules:
        for name, value in vars(module).items():
            if not A_CONSTANT.fullmatch(name):
                continue
            if isinstance(value, Parameter):
                yield describe(name.lower(), value)
            elif isinstance(value, Mapping):
                parts = {key: part for key, part in value.items() if isinstance(part, Parameter)}
                yield from (describe(f"{name.lower()}.{key}", part) for key, part in parts.items())


def describe(name: str, parameter: Parameter[int] | Parameter[float] | Parameter[tuple[str, ...]]) -> CodeParameter:
    value = parameter.value
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value:.6g}"
    return CodeParameter(name, text, parameter.basis, parameter.valid_from, parameter.is_placeholder)


def list_slip_rules(day: date) -> list[CodeParameter]:
    in_force = find_slip_rules(day)
    return [
        CodeParameter(name, str(value), in_force.basis, in_force.valid_from, in_force.is_placeholder)
        for name, value in msgspec.structs.asdict(in_force).items()
        if name not in NOT_FIGURES
    ]
