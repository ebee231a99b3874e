"""Answers with a part cut off, turned or replaced: refused with the one sentence, never a fault."""

from datetime import UTC, datetime

import cbor2
import pytest

from feedback.accounts.passkeys import enrol_passkey, offer_sign_in
from feedback.database import Connection
from feedback.tables.account_passkeys import select_passkeys
from surveys.errors import PasskeyRefusedError
from tests.feedback.soft_passkey import SoftPasskey, decode, encode
from tests.feedback.test_passkeys import ORIGIN, PARTY, ask_to_make, enrol, prove, refuse
from tests.staff_people import add_person

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PARTS = ("credential", "client_data", "authenticator_data", "signature", "user_handle")
GARBAGE = ["", "=", "a", "%", "ă", "\0", "AAAA", encode(b"[" * 5000), encode(b"{}"), encode(b"\xff\xfe"), "A" * 8000]
CLIENT_DATA = [
    b"null",
    b"[]",
    b"{}",
    b'{"type": 1, "challenge": 2, "origin": 3}',
    b'{"type": "webauthn.get", "challenge": {}, "origin": []}',
    b'{"type": "webauthn.get", "challenge": "\\u0000", "origin": "x", "tokenBinding": {"status": 7}}',
    b"[" * 100_000,
]


@pytest.fixture
async def account_id(connection: Connection) -> int:
    return await add_person(connection, "an", "front_supervisor")


@pytest.mark.parametrize("part", PARTS)
async def test_garbage_in_any_part_is_refused(connection: Connection, account_id: int, part: str) -> None:
    passkey = await enrol(connection, account_id)
    for garbage in GARBAGE:
        shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
        assert await refuse(connection, {**shown, part: garbage})


@pytest.mark.parametrize("client_data", CLIENT_DATA, ids=range(len(CLIENT_DATA)))
async def test_client_data_of_another_shape_is_refused(
    connection: Connection, account_id: int, client_data: bytes
) -> None:
    passkey = await enrol(connection, account_id)
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    assert await refuse(connection, {**shown, "client_data": encode(client_data)})
    assert await prove(connection, shown) == account_id


@pytest.mark.parametrize("part", PARTS)
async def test_one_turned_byte_is_enough(connection: Connection, account_id: int, part: str) -> None:
    """Every seventh byte of every part, turned by one bit."""
    passkey = await enrol(connection, account_id)
    length = len(decode(passkey.show(await offer_sign_in(connection, PARTY, NOW))[part]))
    for place in range(0, length, 7):
        shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
        content = bytearray(decode(shown[part]))
        content[min(place, len(content) - 1)] ^= 1
        assert await refuse(connection, {**shown, part: encode(bytes(content))})


HOSTILE_ATTESTATIONS = [
    b"",
    b"\xff" * 100,
    b"\x81" * 100_000,
    cbor2.dumps({"fmt": "none"}),
    cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b"short"}),
    cbor2.dumps({"fmt": ["none"], "attStmt": {}, "authData": bytes(200)}),
    cbor2.dumps({"fmt": "packed", "attStmt": {"x5c": [b"x"], "alg": -7, "sig": b"x"}, "authData": bytes(200)}),
    cbor2.dumps([1, 2]),
]


@pytest.mark.parametrize("attestation", HOSTILE_ATTESTATIONS, ids=range(len(HOSTILE_ATTESTATIONS)))
async def test_hostile_attestations_enrol_nothing(connection: Connection, account_id: int, attestation: bytes) -> None:
    made = SoftPasskey(ORIGIN).make(await ask_to_make(connection, account_id))
    with pytest.raises(PasskeyRefusedError):
        await enrol_passkey(connection, PARTY, account_id, "x", {**made, "attestation": encode(attestation)}, NOW)
    assert await select_passkeys(connection, account_id) == []
    assert decode(made["attestation"])
