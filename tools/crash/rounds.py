"""One round: load, a kill at a random moment, the way back, silence, and a look at the whole store."""

import asyncio
import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from tests.world import BUSY_DESK, QUIET_DESK
from tools.crash.clients import Clients
from tools.crash.ledger import Findings, examine_store, spoil_store
from tools.crash.program import KILLS, Kill, Program, run_program
from tools.crash.proxy import CuttingProxy

CONNECTIONS = 24
LONGEST_START_SECONDS = 60
LONGEST_RECOVERY_SECONDS = 60
LONGEST_SETTLING_SECONDS = 60
SURELY_DEAD_SECONDS = 0.3
CUT_SHARE = 0.3


class Plan(msgspec.Struct, frozen=True):
    rounds: int
    cuts: int
    seconds_per_round: float
    seed: int
    spoil: bool
    """Take one rating away before the last look."""


class Round(msgspec.Struct, frozen=True):
    kill: Kill
    recovery_seconds: float
    """From the kill to the end of the longest silence after it."""
    findings: Findings


class Outcome(msgspec.Struct):
    rounds: list[Round] = []
    cuts: int = 0
    cut_tokens: int = 0
    repeated_after_cut: int = 0
    receipts_differing: int = 0
    attempts: int = 0
    changes: int = 0
    abandoned: int = 0
    mishaps: int = 0
    wrong_answers: list[str] = []
    last_words: list[str] = []
    starts: int = 0
    ended_by_itself: int = 0
    check_status: int = 0
    """Of `langnghe db check` at the end."""
    exit_status: int = 0
    left_running: bool = False
    """The database, after the program was told to stop."""
    last: Findings = Findings(0, 0, 0, ())

    @property
    def recoveries(self) -> list[float]:
        return sorted(each.recovery_seconds for each in self.rounds)

    @property
    def findings(self) -> list[Findings]:
        return [*(each.findings for each in self.rounds), self.last]

    @property
    def lost(self) -> int:
        return max(each.lost for each in self.findings)

    @property
    def doubled(self) -> int:
        return max(each.doubled for each in self.findings)

    @property
    def inconsistencies(self) -> list[str]:
        return sorted({name for each in self.findings for name in each.inconsistencies})

    @property
    def is_good(self) -> bool:
        return not any(
            (
                *(self.lost, self.doubled, self.receipts_differing, self.inconsistencies, self.wrong_answers),
                *(self.ended_by_itself, self.exit_status, self.left_running, self.check_status),
            )
        )


async def run_plan(plan: Plan, tell: Callable[[str], None]) -> Outcome:
    """`tell` hears one line a round. TimeoutError: the program did not come back, or never settled."""
    chance = random.Random(plan.seed)  # noqa: S311 (to repeat a run, not to hide anything)
    clients = Clients([BUSY_DESK, QUIET_DESK], chance)
    outcome = Outcome()
    async with run_program() as program:
        await wait_for_service(clients, program)
        for number in range(plan.rounds):
            finished = await run_round(plan, program, clients, KILLS[number % len(KILLS)], chance)
            outcome.rounds.append(finished)
            tell(describe(number + 1, finished))
        if plan.cuts:
            await cut_replies(plan.cuts, program, clients, chance, outcome)
        if plan.spoil:
            await spoil_store(program.database.url)
        outcome.last = await examine_store(program.database.url, clients.intentions)
        outcome.check_status = await program.check()
        outcome.starts, outcome.ended_by_itself = program.starts, program.ended_by_itself
        outcome.exit_status = await program.stop()
        outcome.left_running = program.database.is_running()
        keep_last_words(program, outcome, clients)
    add_up(outcome, clients)
    return outcome


async def wait_for_service(clients: Clients, program: Program) -> None:
    """Until a first rating is acknowledged."""
    async with asyncio.timeout(LONGEST_START_SECONDS):
        await clients.send_until(program.port, 1, lambda: bool(clients.acknowledged_at))


async def run_round(plan: Plan, program: Program, clients: Clients, kind: Kill, chance: random.Random) -> Round:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    load = asyncio.create_task(clients.send_until(program.port, CONNECTIONS, over.is_set))
    await asyncio.sleep(chance.uniform(0.1, 0.6) * plan.seconds_per_round)
    before = len(clients.acknowledged_at)
    killed_at = loop.time()
    await program.kill(kind, chance)
    await wait_for_recovery(clients)
    await asyncio.sleep(0.4 * plan.seconds_per_round)
    silence_ended_at = find_end_of_silence([killed_at, *clients.acknowledged_at[before:]])
    over.set()
    async with asyncio.timeout(LONGEST_SETTLING_SECONDS):
        await load
    findings = await examine_store(program.database.url, clients.intentions)
    return Round(kind, silence_ended_at - killed_at, findings)


async def wait_for_recovery(clients: Clients) -> None:
    """Until an acknowledgement that nobody who was killed can have sent."""
    await asyncio.sleep(SURELY_DEAD_SECONDS)
    clients.heard.clear()
    await asyncio.wait_for(clients.heard.wait(), LONGEST_RECOVERY_SECONDS)


def find_end_of_silence(moments: Sequence[float]) -> float:
    """The end of the longest time in which nothing was acknowledged."""
    return max(pairwise(moments), key=lambda pair: pair[1] - pair[0])[1]


async def cut_replies(cuts: int, program: Program, clients: Clients, chance: random.Random, outcome: Outcome) -> None:
    proxy = CuttingProxy(program.port, cuts, CUT_SHARE, chance)
    async with proxy as port, asyncio.timeout(LONGEST_SETTLING_SECONDS + cuts):
        await clients.send_until(port, CONNECTIONS, lambda: proxy.cuts_left == 0)
    intentions = {intention.token: intention for intention in clients.intentions}
    outcome.cuts = len(proxy.swallowed)
    outcome.cut_tokens = len({token for token, _ in proxy.swallowed})
    for token, reply in proxy.swallowed:
        repeated = intentions[token]
        if repeated.reply:
            outcome.repeated_after_cut += 1
            outcome.receipts_differing += repeated.reply != reply
        # The program said yes, even if the client gave up before it heard so.
        repeated.state = "acknowledged"


def keep_last_words(program: Program, outcome: Outcome, clients: Clients) -> None:
    """Of a program that did not behave, for whoever has to find out why."""
    outcome.wrong_answers = sorted(set(clients.wrong))
    if outcome.wrong_answers or outcome.ended_by_itself or outcome.exit_status:
        lines = program.log.read_text(errors="replace").splitlines()
        outcome.last_words = [line for line in lines if '"fault"' in line or not line.startswith("{")][-40:]


def add_up(outcome: Outcome, clients: Clients) -> None:
    outcome.attempts = sum(intention.attempts for intention in clients.intentions)
    outcome.changes = sum(
        intention.state == "acknowledged" and intention.replaces is not None for intention in clients.intentions
    )
    outcome.abandoned = sum(intention.state == "abandoned" for intention in clients.intentions)
    outcome.mishaps = clients.mishaps


def describe(number: int, finished: Round) -> str:
    found = finished.findings
    return (
        f"{number:>4}  {finished.kill:<22} back after {finished.recovery_seconds:5.2f} s"
        f"  {found.acknowledged:>8,} acknowledged  {found.lost} lost  {found.doubled} doubled"
        f"  check: {', '.join(found.inconsistencies) or 'clean'}"
    )
