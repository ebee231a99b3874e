import re
from pathlib import Path

from dashboards.indicators.parameter_sets import PARAMETER_SETS, PARAMETERS_2026_1
from dashboards.indicators.parameters import Parameter

PAGE = (Path(__file__).parents[2] / "docs" / "fair-scores.md").read_text("utf-8")


def list_parameters() -> dict[str, Parameter[int] | Parameter[float] | Parameter[tuple[str, ...]]]:
    names = [name for name in PARAMETERS_2026_1.__struct_fields__ if name != "version"]
    return {name: getattr(PARAMETERS_2026_1, name) for name in names}


def test_the_page_lists_every_parameter_with_its_value_and_its_reason() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| (to be confirmed)? ?\|$", PAGE, re.MULTILINE)
    written = {name: (value, basis, mark != "") for name, value, basis, mark in rows}
    assert written == {
        name: (
            " ".join(parameter.value) if isinstance(parameter.value, tuple) else f"{parameter.value:.6g}",
            parameter.basis,
            parameter.is_placeholder,
        )
        for name, parameter in list_parameters().items()
    }


def test_our_own_choices_are_marked_as_such() -> None:
    unmarked = [
        name
        for name, parameter in list_parameters().items()
        if parameter.basis.startswith("Own choice") and not parameter.is_placeholder
    ]
    assert unmarked == []


def test_a_set_is_found_by_its_version() -> None:
    assert PARAMETER_SETS["2026.1"] is PARAMETERS_2026_1
    assert {parameter.valid_from.year for parameter in list_parameters().values()} == {2026}
