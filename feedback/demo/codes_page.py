"""The demo's page of its people: names, passwords and the code of this half minute, for nobody has their devices.

It exists in a demo only, as everything about these people is made up.
"""

import asyncio
import base64
from datetime import datetime
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from feedback.accounts.totp import STEP_SECONDS, make_code
from feedback.demo.people import DemoProof, read_proofs
from feedback.web.bodies import Request
from feedback.web.replies import render

PAGE = {"access": "demo", "limit": "600/minute"}


class ShownPerson(msgspec.Struct, frozen=True):
    display_name: str
    role: str
    name: str
    password: str
    code: str


def make_codes_routes(home: Path) -> list[HTTPRouteHandler]:
    """`home` is the folder in which the demo keeps the file of its people."""

    @get("/demo/codes", opt=PAGE)
    async def show_codes(request: Request) -> Response[bytes]:
        now = request.app.state.read_now()
        proofs = await asyncio.to_thread(read_proofs, home)
        left = STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS
        return render(request, "demo_codes.html", people=[show_person(proof, now) for proof in proofs], left=left)

    return [show_codes]


def show_person(proof: DemoProof, now: datetime) -> ShownPerson:
    code = make_code(base64.b32decode(proof.totp_secret), now)
    return ShownPerson(proof.display_name, proof.role, proof.name, proof.password, code)
