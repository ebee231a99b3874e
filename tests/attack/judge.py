"""Counts what was recovered: numbers below 10, means of small groups to a quarter of a step, certain unanimity."""

import msgspec
import numpy as np
import polars as pl

from dashboards.indicators.satisfaction import SCORES
from tests.attack.cells import QUARTER

SMALL, SMALL_UNANIMOUS = 10, 30


class Findings(msgspec.Struct):
    """What one attack found; `protected` and `unanimous` are how many cells there were to find.

    `told`: numbers of units with fewer than 10 ratings, which their page tells; `said`: parts of groups of 30 and more
    that all said the same. Both are let out on purpose and are no findings.
    """

    histories: int = 0
    figures: int = 0
    shown: int = 0
    protected: int = 0
    unanimous: int = 0
    numbers: int = 0
    means: int = 0
    unanimity: int = 0
    told: int = 0
    said: int = 0

    def add(self, other: "Findings") -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def recovered(self) -> int:
        return self.numbers + self.means + self.unanimity


def judge(parts: pl.DataFrame) -> Findings:
    """`parts` as deduce gives them; the truth beside decides which of them had to be protected."""
    n_low, n_high = (parts[name].to_numpy() for name in ("n_low", "n_high"))
    check_truth(parts)
    true_n = parts["true_n"].to_numpy()
    is_small = (true_n > 0) & (true_n < SMALL)
    counts = parts.select(SCORES).to_numpy()
    is_same = (counts.max(axis=1) == true_n) & (true_n >= SMALL) & (true_n < SMALL_UNANIMOUS)
    is_same &= (parts["entity_id"] != 0).to_numpy()
    is_known = measure_width(parts) <= QUARTER
    # Decision 2 lets out how many ratings a unit received, rule P6 what 30 and more say who all say the same.
    is_told = (parts["unit_n"] < SMALL).to_numpy()
    is_said = parts["is_said"].to_numpy()
    return Findings(
        protected=int(is_small.sum()),
        unanimous=int(is_same.sum()),
        numbers=int((is_small & (n_low == n_high) & ~is_told).sum()),
        means=int((is_small & is_known & ~is_said).sum()),
        told=int((is_small & (n_low == n_high) & is_told).sum()),
        said=int(((is_small | is_same) & is_known & is_said).sum()),
        unanimity=int((is_same & is_known & ~is_said).sum()),
    )


def measure_width(parts: pl.DataFrame) -> np.ndarray:
    """How far the mean of a part can still lie apart, in steps."""
    n_low, n_high, s_low, s_high, d_low, d_high = (
        parts[f"{kind}_{end}"].to_numpy().astype(float) for kind in "nsd" for end in ("low", "high")
    )
    fewest, most = np.maximum(n_low, 1), np.maximum(n_high, 1)
    highest = np.minimum(np.minimum(4, s_high / fewest), 4 - d_low / most)
    lowest = np.maximum(np.maximum(0, s_low / most), 4 - d_high / fewest)
    return highest - lowest


def check_truth(parts: pl.DataFrame) -> None:
    """An attacker whose intervals miss the truth proves nothing."""
    missing = parts.with_columns((4 * pl.col("true_n") - pl.col("true_s")).alias("true_d")).filter(
        ~pl.all_horizontal(
            pl.col(f"true_{kind}").is_between(pl.col(f"{kind}_low"), pl.col(f"{kind}_high")) for kind in "nsd"
        )
    )
    if len(missing):
        raise AssertionError(f"the attacker contradicts the truth: {missing.head(5).to_dicts()}")
