"""`make attack`: 100,000 random histories of releases and 1,000 of pages; nothing protected may be worked out."""

import sys
import time

import msgspec
from rich.console import Console

from tests.attack.judge import Findings
from tests.attack.page_rounds import HOLES, attack_live_pages, plant
from tests.attack.pages import PageFindings
from tests.attack.releases import gate_without_p4, gate_without_p6
from tests.attack.rounds import attack_worlds

HISTORIES, AT_ONCE, SAMPLE = 100_000, 2_000, 1_000
PAGE_HISTORIES, PAGES_AT_ONCE = 1_000, 10
SCREEN = Console()


def attack_all(histories: int) -> Findings:
    """The strongest reader throughout: everything an owner, a manager and the public see, of everybody."""
    findings = Findings()
    for seed in range(histories // AT_ONCE):
        findings.add(attack_worlds(AT_ONCE, seed))
        SCREEN.print(f"{findings.histories} histories, {findings.recovered} recovered")
    return findings


def attack_all_pages(histories: int) -> PageFindings:
    findings = PageFindings()
    for seed in range(histories // PAGES_AT_ONCE):
        findings.add(attack_live_pages(PAGES_AT_ONCE, seed))
    return findings


def show(name: str, findings: Findings | PageFindings, seconds: float) -> None:
    SCREEN.print(f"{name}: {seconds:.0f} s")
    for field, value in msgspec.structs.asdict(findings).items():
        SCREEN.print(f"  {field:12} {value:>12,}")


def main() -> int:
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else HISTORIES
    page_histories = int(sys.argv[2]) if len(sys.argv) > 2 else PAGE_HISTORIES
    started = time.perf_counter()
    findings = attack_all(histories)
    show("gate", findings, time.perf_counter() - started)
    for name, gate in (("without P4", gate_without_p4), ("without P6", gate_without_p6)):
        started = time.perf_counter()
        show(f"planted hole, {name}", attack_worlds(SAMPLE, 0, gate=gate), time.perf_counter() - started)
    return 1 if attack_and_show_pages(page_histories) + findings.recovered else 0


def attack_and_show_pages(histories: int) -> int:
    """How much was recovered."""
    started = time.perf_counter()
    findings = attack_all_pages(histories)
    show("live pages", findings, time.perf_counter() - started)
    for hole in HOLES:
        started = time.perf_counter()
        with plant(hole):
            show(f"planted hole, {hole}", attack_live_pages(PAGES_AT_ONCE, 0), time.perf_counter() - started)
    return findings.recovered


if __name__ == "__main__":
    sys.exit(main())
