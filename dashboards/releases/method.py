"""Which version of the method a release follows, and how it states every constant with its reason."""

import msgspec

from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.parameters import Parameters
from dashboards.releases.quarters import WAITING_DAYS

# A set that was used once stays here for good: without it its releases could not be verified.
PARAMETER_SETS = {PARAMETERS_2026_1.version: PARAMETERS_2026_1}
IN_USE = PARAMETERS_2026_1


def describe_parameters(parameters: Parameters) -> str:
    """JSON of the whole set: each with its value, basis, first day, and whether it is still to be confirmed."""
    described = {**msgspec.structs.asdict(parameters), "waiting_days": WAITING_DAYS}
    return msgspec.json.encode(described).decode()
