"""One round of the attack: draw worlds, release both quarters as the program does, and work out what can be."""

import polars as pl

from dashboards.disclosure.gate import gate_scores
from dashboards.disclosure.readers import Reader
from dashboards.releases.corrections import carry_corrections
from tests.attack.cells import list_cells
from tests.attack.deduce import deduce
from tests.attack.judge import Findings, judge
from tests.attack.releases import Gate, Release, release_quarter
from tests.attack.worlds import QUARTERS, draw_worlds


def attack_worlds(worlds: int, seed: int, reader: Reader = "owner", gate: Gate = gate_scores) -> Findings:
    """What somebody finds who sees every figure that this reader may see, and all public pages."""
    drawn = draw_worlds(worlds, seed)
    first, second = drawn.quarters
    corrected = carry_corrections(second, drawn.pending, QUARTERS[1]).counts
    findings = Findings(histories=worlds)
    for counts in (first, corrected):
        release = release_quarter(counts, drawn.lookups, reader, gate)
        found = judge(deduce(list_cells(release, counts), has_means=reader == "owner"))
        findings.add(found)
        findings.add(count_figures(release))
    return findings


def count_figures(release: Release) -> Findings:
    return Findings(figures=len(release.figures), shown=release.figures.select(pl.col("n").is_not_null().sum()).item())
