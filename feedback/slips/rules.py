"""How long slips hold and what may be tried with them: dated parameters, each set with its basis. Data only."""

from datetime import date

import msgspec


class SlipRules(msgspec.Struct, frozen=True):
    """Days are calendar days in local time. The 72 hours of a change are those of every rating."""

    valid_from: date
    basis: str
    valid_days: int
    """Days after the day of issue on which the slip may still be spent."""
    pin_tries: int
    """Wrong PINs after which the typed code is closed; the square still works."""
    close_days: int
    """Days after spending until what ties slip and rating is destroyed: more than the 72 hours."""
    remembered_days: int
    """Days after its end until the last trace of a slip is deleted."""
    reference_days: int
    """Days for which the hash of an issuer's reference is kept."""
    is_placeholder: bool
    """True until a decision of the authority in charge confirms the figures."""


RULES = (
    SlipRules(
        valid_from=date(2026, 1, 1),
        basis="Own method, sections 3.2 and 3.3: 14 days reach the second reminder; no decree names a period",
        valid_days=14,
        pin_tries=5,
        close_days=4,
        remembered_days=30,
        reference_days=90,
        is_placeholder=True,
    ),
)


def find_slip_rules(day: date) -> SlipRules:
    """The rules in force on `day`; before the first, the first."""
    in_force = [rules for rules in RULES if rules.valid_from <= day]
    return in_force[-1] if in_force else RULES[0]
