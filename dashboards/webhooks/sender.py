"""Sends what is owed to endpoints: claims it in the database, sends without holding anything there, notes the outcome.

At least once: whoever is killed between sending and noting leaves the delivery to the next one, under the same id.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from dashboards.webhooks.announce_releases import announce_releases
from dashboards.webhooks.endpoints import end
from dashboards.webhooks.post import Outcome, Poster
from dashboards.webhooks.retries import find_next_try
from dashboards.webhooks.signatures import make_headers
from feedback.database import Connection, Pool
from feedback.record_response import read_local_day
from feedback.tables.webhook_deliveries import (
    Claim,
    Postponed,
    claim_deliveries,
    finish_delivery,
    postpone_deliveries,
)

LOOK_AGAIN_SECONDS = 3
LONGEST_FAREWELL_SECONDS = 5
HELD_FOR = timedelta(minutes=2)
"""Far longer than a sending may last; then another sender takes over what is not noted."""
MOST_AT_ONCE = 100
GONE = "gone"

log = structlog.get_logger()


class Sender:
    def __init__(
        self,
        pool: Pool,
        secret: str,
        base_url: str,
        poster: Poster,
        *,
        read_clock: Callable[[], datetime],
        draw: Callable[[], float],
    ) -> None:
        self.pool = pool
        self.secret = secret
        self.base_url = base_url
        self.poster = poster
        self.read_clock = read_clock
        self.draw = draw
        self.wake = asyncio.Event()
        self.sending: dict[asyncio.Task[None], Claim] = {}
        self.outcomes: list[tuple[Claim, Outcome]] = []
        """Not yet noted. They outlive a lost connection: what arrived is not sent again."""
        self.trouble = ""

    async def run(self) -> None:
        """Until cancelled; while the database is away, wait."""
        try:
            while True:
                self.wake.clear()
                await self.look_whatever_happens()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.wake.wait(), LOOK_AGAIN_SECONDS)
        finally:
            await self.finish()

    async def look_whatever_happens(self) -> None:
        try:
            await self.look()
            self.note_trouble("")
        except Exception as error:  # noqa: BLE001 (whatever it was, the messages are still owed)
            self.note_trouble(type(error).__name__)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def note_trouble(self, kind: str) -> None:
        """One line when it begins and one when it is over; kinds only, an error's words may hold an address."""
        if kind == self.trouble:
            return
        self.trouble = kind
        with contextlib.suppress(OSError, ValueError):
            log.warning("webhooks-wait", kind=kind) if kind else log.info("webhooks-go-on")

    async def finish(self) -> None:
        """What is on its way may still arrive and be noted, within reason."""
        if self.sending:
            await asyncio.wait(self.sending, timeout=LONGEST_FAREWELL_SECONDS)
        for late in list(self.sending):
            late.cancel()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1), self.pool.acquire() as connection:
                await self.note_outcomes(connection)

    async def work_off(self) -> None:
        """Until nothing is due and nothing is on its way."""
        self.wake.clear()
        while await self.look() or self.sending or self.outcomes:
            await self.wake.wait()
            self.wake.clear()

    async def look(self) -> int:
        """Note what was sent, announce new releases, begin with what is due; how many were begun."""
        async with self.pool.acquire() as connection:
            await self.note_outcomes(connection)
            await announce_releases(connection, self.secret, self.base_url, self.read_clock())
            return await self.begin_sending(connection)

    async def begin_sending(self, connection: Connection) -> int:
        """One delivery an endpoint at a time, endpoints side by side."""
        busy = [claim.endpoint.endpoint_id for claim in (*self.sending.values(), *(c for c, _ in self.outcomes))]
        if len(busy) >= MOST_AT_ONCE:
            return 0
        now = self.read_clock()
        claims = await claim_deliveries(connection, now, now + HELD_FOR, busy=busy, most=MOST_AT_ONCE - len(busy))
        for claim in claims:
            task = asyncio.create_task(self.send(claim))
            self.sending[task] = claim
            task.add_done_callback(self.sending.pop)
        return len(claims)

    async def send(self, claim: Claim) -> None:
        try:
            outcome = await self.post(claim)
        except Exception:  # noqa: BLE001 (a fault of ours is a failed try like any other)
            outcome = Outcome("fault")
        self.outcomes.append((claim, outcome))
        self.wake.set()

    async def post(self, claim: Claim) -> Outcome:
        endpoint, body = claim.endpoint, claim.body.encode()
        headers = make_headers(self.secret, endpoint, claim.message_id, body, self.read_clock())
        return await self.poster.post(endpoint.url, allow_private=endpoint.allow_private, headers=headers, body=body)

    async def note_outcomes(self, connection: Connection) -> None:
        while self.outcomes:
            claim, outcome = self.outcomes[0]
            await self.note_outcome(connection, claim, outcome)
            del self.outcomes[0]

    async def note_outcome(self, connection: Connection, claim: Claim, outcome: Outcome) -> None:
        now, endpoint_id = self.read_clock(), claim.endpoint.endpoint_id
        if outcome.is_delivered:
            await finish_delivery(connection, claim.message_id, endpoint_id, now, outcome.result)
        elif outcome.is_gone:
            await end(connection, endpoint_id, read_local_day(now)[0], GONE)
        else:
            next_try = find_next_try(claim.tries, now, claim.give_up_at, outcome.retry_after, self.draw)
            given = Postponed(claim.message_id, endpoint_id, claim.held_until, next_try, outcome.result)
            await postpone_deliveries(connection, [given])
        self.report(claim, outcome)

    def report(self, claim: Claim, outcome: Outcome) -> None:
        with contextlib.suppress(OSError, ValueError):
            log.info(
                "webhook-sent" if outcome.is_delivered else "webhook-failed",
                endpoint=claim.endpoint.endpoint_id,
                message=claim.message_id,
                tries=claim.tries,
                result=outcome.result,
            )
