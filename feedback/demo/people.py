"""Demo people of every role, who can sign in: accounts, appointments, and a file of what proves them.

Whoever can read the file is all of them; it exists in a demo only, next to its database.
"""

import base64
import os
import secrets
from datetime import datetime
from pathlib import Path

import msgspec

from feedback.accounts.appoint import note, propose
from feedback.accounts.passwords import hash_password
from feedback.accounts.powers import Account, Role
from feedback.accounts.totp import SECRET_BYTES, open_secret, seal_secret
from feedback.api_keys import EVERYWHERE, NOWHERE, Reach
from feedback.catalogue.places import read_places
from feedback.database import Connection
from feedback.demo.load import Demo
from feedback.demo.recipe import EVENT_PLACE
from feedback.demo.world import name_event_unit, name_official
from feedback.tables.accounts import (
    insert_account,
    select_account,
    select_account_by_name,
    select_proof,
    update_password,
    update_totp_secret,
)
from feedback.tables.appointments import decide_appointment
from feedback.tables.official_identifiers import select_official_ids
from surveys.codes import ALPHABET

FILE_NAME = "demo-people.json"
OWNER_ONLY = 0o600
PASSWORD_GROUPS, GROUP_LETTERS = 4, 5
MANAGED_UNITS = 3


class DemoPerson(msgspec.Struct, frozen=True):
    """`name` is what the person signs in with; `official` is a code, empty for whoever is not rated."""

    name: str
    display_name: str
    role: Role
    reach: Reach = NOWHERE
    official: str = ""


class DemoProof(msgspec.Struct, frozen=True):
    """What a demo person signs in with: a line of the file. `totp_secret` is base32."""

    name: str
    display_name: str
    role: str
    password: str
    totp_secret: str


def list_people(demo: Demo) -> list[DemoPerson]:
    """The two administrators first: they give the others their roles."""
    unit = name_event_unit(demo.size)
    province = next(place.province_code for place in read_places() if place.code == EVENT_PLACE) or ""
    units = demo.world.sheets["units"]["code"].head(MANAGED_UNITS).to_list()
    managed = Reach(units=tuple(sorted({unit, *units})))
    in_province = Reach(provinces=(province,))
    return [
        DemoPerson("mau-quan-tri-1", "Quản trị một (mẫu)", "administrator"),
        DemoPerson("mau-quan-tri-2", "Quản trị hai (mẫu)", "administrator"),
        DemoPerson("mau-mat-tran-xa", "Mặt trận cấp xã (mẫu)", "front_supervisor", Reach(communes=(EVENT_PLACE,))),
        DemoPerson("mau-mat-tran-tinh", "Mặt trận cấp tỉnh (mẫu)", "front_supervisor", in_province),
        DemoPerson("mau-mat-tran-tw", "Mặt trận cấp trung ương (mẫu)", "front_supervisor", EVERYWHERE),
        DemoPerson(
            "mau-tinh-nguyen-1", "Tình nguyện viên một (mẫu)", "front_volunteer", Reach(communes=(EVENT_PLACE,))
        ),
        DemoPerson(
            "mau-tinh-nguyen-2", "Tình nguyện viên hai (mẫu)", "front_volunteer", Reach(communes=(EVENT_PLACE,))
        ),
        DemoPerson("mau-truong-don-vi", "Trưởng đơn vị (mẫu)", "head_of_unit", Reach(units=(unit,))),
        DemoPerson("mau-quan-ly", "Quản lý nhiều đơn vị (mẫu)", "unit_manager", managed),
        DemoPerson("mau-can-bo", "Cán bộ một cửa (mẫu)", "official", official=name_official(demo.size, unit, 1)),
        DemoPerson("mau-thanh-tra", "Thanh tra (mẫu)", "inspector", in_province),
        DemoPerson("mau-nhan-su", "Cơ quan nhân sự (mẫu)", "personnel", in_province),
    ]


async def add_people(connection: Connection, demo: Demo, home: Path, secret: str, now: datetime) -> list[DemoProof]:
    """What is missing of them; whoever is there keeps password and code device. `secret` is the installation's."""
    known = {proof.name: proof for proof in read_proofs(home)}
    proofs: list[DemoProof] = []
    async with connection.transaction():
        for person in list_people(demo):
            proof = known.get(person.name) or make_proof(person)
            await add_person(connection, person, now)
            await enrol(connection, proof, secret, is_new=person.name not in known)
            proofs.append(proof)
    write_proofs(home, proofs)
    return proofs


def make_proof(person: DemoPerson) -> DemoProof:
    letters = ALPHABET.lower()
    groups = ["".join(secrets.choice(letters) for _ in range(GROUP_LETTERS)) for _ in range(PASSWORD_GROUPS)]
    totp_secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return DemoProof(person.name, person.display_name, person.role, "-".join(groups), totp_secret)


async def add_person(connection: Connection, person: DemoPerson, now: datetime) -> None:
    """The account with its role, where there is none of that name."""
    if await select_account_by_name(connection, person.name) is not None:
        return
    ids = await select_official_ids(connection, [person.official]) if person.official else {}
    account_id = await insert_account(
        connection, person.name, person.display_name, now, official_id=ids.get(person.official)
    )
    proposer, approver = await find_givers(connection, person)
    line = await propose(connection, proposer, account_id, person.role, person.reach, now)
    decided_by = None if approver is None else approver.account_id
    await decide_appointment(connection, line.appointment_id, "approved", decided_by, now)
    await note(connection, approver, now, "appointment-approved", line)


async def find_givers(connection: Connection, person: DemoPerson) -> tuple[Account | None, Account | None]:
    """Who proposes and who approves: the two administrators, whose own roles are the operator's."""
    if person.role == "administrator":
        return None, None
    proposer = await select_account_by_name(connection, "mau-quan-tri-1")
    return proposer, await select_account_by_name(connection, "mau-quan-tri-2")


async def enrol(connection: Connection, proof: DemoProof, secret: str, *, is_new: bool) -> None:
    """Password and code device, where the account has none, or none that the file still knows."""
    stored = await select_proof(connection, proof.name)
    if stored is None:
        return
    account = await select_account(connection, stored.account_id)
    if account is None or account.disabled_at is not None:
        return
    if is_new or stored.password_hash is None:
        await update_password(connection, stored.account_id, await hash_password(proof.password))
    sealed = stored.totp_secret
    if is_new or sealed is None or open_secret(secret, stored.account_id, sealed) is None:
        totp_secret = base64.b32decode(proof.totp_secret)
        await update_totp_secret(connection, stored.account_id, seal_secret(secret, stored.account_id, totp_secret))


def read_proofs(home: Path) -> list[DemoProof]:
    """Empty where there is no file, or none that can be read."""
    try:
        return msgspec.json.decode((home / FILE_NAME).read_bytes(), type=list[DemoProof])
    except (OSError, msgspec.MsgspecError):
        return []


def write_proofs(home: Path, proofs: list[DemoProof]) -> None:
    """Readable by its owner alone from its first byte on."""
    home.mkdir(parents=True, exist_ok=True)
    new = home / f"{FILE_NAME}.new"
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(proofs)))
    new.replace(home / FILE_NAME)
