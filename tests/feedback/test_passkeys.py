import json
from datetime import UTC, date, datetime, timedelta

import pytest

from feedback.accounts.passkey_sign_in import sign_in_with_passkey
from feedback.accounts.passkeys import (
    MOST_PASSKEYS,
    RelyingParty,
    enrol_passkey,
    find_relying_party,
    make_handle,
    offer_enrolment,
    offer_sign_in,
    prove_passkey,
    tidy_name,
)
from feedback.accounts.sessions import find_signed_in
from feedback.database import Connection
from feedback.tables.account_passkeys import delete_passkey, select_passkeys
from feedback.tables.accounts import select_account
from surveys.errors import PasskeyRefusedError, TooManyPasskeysError
from tests.feedback.soft_passkey import ATTESTED, PRESENT, SoftPasskey, decode, encode
from tests.staff_people import add_person

ORIGIN = "http://localhost:8080"
PARTY = RelyingParty("localhost", ORIGIN)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 21)


async def ask_to_make(connection: Connection, account_id: int, now: datetime = NOW) -> str:
    account = await select_account(connection, account_id)
    assert account
    return await offer_enrolment(connection, PARTY, account, now)


async def enrol(connection: Connection, account_id: int, passkey: SoftPasskey | None = None) -> SoftPasskey:
    passkey = passkey or SoftPasskey(ORIGIN)
    made = passkey.make(await ask_to_make(connection, account_id))
    await enrol_passkey(connection, PARTY, account_id, "Điện thoại", made, NOW)
    return passkey


async def prove(connection: Connection, shown: dict[str, str], now: datetime = NOW) -> int:
    return (await prove_passkey(connection, PARTY, shown, now, DAY)).account_id


async def refuse(connection: Connection, shown: dict[str, str], now: datetime = NOW) -> str:
    """Why it was refused."""
    with pytest.raises(PasskeyRefusedError) as refused:
        await prove(connection, shown, now)
    return str(refused.value.details["reason"])


@pytest.fixture
async def account_id(connection: Connection) -> int:
    return await add_person(connection, "an", "front_supervisor")


async def test_a_passkey_signs_its_person_in(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    session_id = await sign_in_with_passkey(connection, PARTY, shown, NOW, DAY)
    signed_in = await find_signed_in(connection, session_id, NOW)
    assert signed_in
    assert signed_in.account.account_id == account_id
    (kept,) = await select_passkeys(connection, account_id)
    assert (kept.name, kept.sign_count, kept.last_used_on) == ("Điện thoại", 1, DAY)
    assert await connection.fetchval("SELECT way FROM staff_sessions") == "passkey"


async def test_the_browser_is_asked_for_both_factors_and_for_no_name(connection: Connection, account_id: int) -> None:
    first = await enrol(connection, account_id)
    asked = json.loads(await ask_to_make(connection, account_id))
    assert asked["rp"] == {"name": "Lắng Nghe", "id": "localhost"}
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"
    assert [known["id"] for known in asked["excludeCredentials"]] == [encode(first.credential_id)]
    assert decode(asked["user"]["id"]) == make_handle(account_id)
    shown = json.loads(await offer_sign_in(connection, PARTY, NOW))
    assert shown["userVerification"] == "required"
    assert shown["allowCredentials"] == []
    assert len(decode(shown["challenge"])) == 32


async def test_an_answer_is_taken_once(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    assert await prove(connection, shown) == account_id
    assert await refuse(connection, shown) == "challenge"


async def test_a_challenge_holds_five_minutes(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    early = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    late = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    assert await prove(connection, early, NOW + timedelta(minutes=5, seconds=-1)) == account_id
    assert await refuse(connection, late, NOW + timedelta(minutes=5)) == "challenge"


async def test_challenges_that_ran_out_are_swept_away(connection: Connection) -> None:
    for minutes in (0, 5):
        await offer_sign_in(connection, PARTY, NOW + timedelta(minutes=minutes))
    assert await connection.fetchval("SELECT count(*) FROM sign_in_challenges") == 1


async def test_an_answer_made_on_another_site_is_refused(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    for origin in ("https://evil.example", "http://localhost:8081", "http://localhost:8080.evil.example", "null"):
        shown = passkey.show(await offer_sign_in(connection, PARTY, NOW), origin=origin)
        assert await refuse(connection, shown) == "not-verified"
    passkey.site = "evil.example"
    assert await refuse(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == "not-verified"


async def test_an_answer_made_inside_a_foreign_page_is_refused(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW), crossOrigin=True)
    assert await refuse(connection, shown) == "cross-origin"


async def test_a_passkey_that_did_not_verify_its_person_is_no_second_factor(
    connection: Connection, account_id: int
) -> None:
    passkey = await enrol(connection, account_id)
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW), flags=PRESENT)
    assert await refuse(connection, shown) == "not-verified"
    other = SoftPasskey(ORIGIN)
    made = other.make(await ask_to_make(connection, account_id), flags=PRESENT | ATTESTED)
    with pytest.raises(PasskeyRefusedError):
        await enrol_passkey(connection, PARTY, account_id, "x", made, NOW)


async def test_nobody_signs_in_to_another_account(connection: Connection, account_id: int) -> None:
    victim = await add_person(connection, "binh", "administrator")
    passkey = await enrol(connection, account_id)
    theirs = await enrol(connection, victim)
    passkey.handle = make_handle(victim)
    assert await refuse(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == "other-account"
    passkey.handle = make_handle(account_id)
    passkey.credential_id = theirs.credential_id
    assert await refuse(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == "other-account"
    passkey.handle = make_handle(victim)
    assert await refuse(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == "not-verified"


async def test_one_account_cannot_use_the_challenge_of_another(connection: Connection, account_id: int) -> None:
    other = await add_person(connection, "binh", "administrator")
    made = SoftPasskey(ORIGIN).make(await ask_to_make(connection, account_id))
    with pytest.raises(PasskeyRefusedError):
        await enrol_passkey(connection, PARTY, other, "x", made, NOW)
    await enrol_passkey(connection, PARTY, account_id, "x", made, NOW)
    assert await select_passkeys(connection, other) == []


async def test_a_challenge_to_sign_in_enrols_nothing_and_the_other_way_round(
    connection: Connection, account_id: int
) -> None:
    passkey = await enrol(connection, account_id)
    to_sign_in = json.loads(await offer_sign_in(connection, PARTY, NOW))["challenge"]
    made = SoftPasskey(ORIGIN).make(await ask_to_make(connection, account_id), challenge=to_sign_in)
    with pytest.raises(PasskeyRefusedError):
        await enrol_passkey(connection, PARTY, account_id, "x", made, NOW)
    assert await refuse(connection, passkey.show(await ask_to_make(connection, account_id))) == "challenge"


async def test_a_credential_belongs_to_one_account(connection: Connection, account_id: int) -> None:
    other = await add_person(connection, "binh", "administrator")
    passkey = await enrol(connection, account_id)
    again = passkey.make(await ask_to_make(connection, other))
    with pytest.raises(PasskeyRefusedError):
        await enrol_passkey(connection, PARTY, other, "x", again, NOW)


async def test_a_copied_authenticator_is_noticed_by_its_count(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    passkey.sign_count = 10
    assert await prove(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == account_id
    for before in (5, 10):
        passkey.sign_count = before
        assert await refuse(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == "sign-count"
    passkey.sign_count = 11
    assert await prove(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == account_id


async def test_an_authenticator_that_does_not_count_is_taken_again_and_again(
    connection: Connection, account_id: int
) -> None:
    passkey = await enrol(connection, account_id)
    for _ in range(2):
        passkey.sign_count = -1
        assert await prove(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == account_id


async def test_a_removed_passkey_and_a_disabled_account_open_nothing(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    await connection.execute("UPDATE accounts SET disabled_at = now()")
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    with pytest.raises(PasskeyRefusedError):
        await sign_in_with_passkey(connection, PARTY, shown, NOW, DAY)
    assert await delete_passkey(connection, account_id + 1, passkey.credential_id) is None
    assert await delete_passkey(connection, account_id, passkey.credential_id) == "Điện thoại"
    assert await refuse(connection, passkey.show(await offer_sign_in(connection, PARTY, NOW))) == "unknown"


async def test_every_sign_in_and_every_refusal_is_in_the_audit_log(connection: Connection, account_id: int) -> None:
    passkey = await enrol(connection, account_id)
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    await sign_in_with_passkey(connection, PARTY, shown, NOW, DAY)
    passkey.sign_count = 0
    shown = passkey.show(await offer_sign_in(connection, PARTY, NOW))
    with pytest.raises(PasskeyRefusedError):
        await sign_in_with_passkey(connection, PARTY, shown, NOW, DAY)
    rows = await connection.fetch("SELECT account_id, action, outcome, details FROM audit_log ORDER BY entry_id")
    assert [(row["account_id"], row["action"], row["outcome"], json.loads(row["details"])) for row in rows] == [
        (account_id, "sign-in", "done", {"way": "passkey", "passkey": "Điện thoại"}),
        (account_id, "sign-in", "failed", {"way": "passkey", "reason": "sign-count"}),
    ]


async def test_an_account_has_ten_passkeys_at_most(connection: Connection, account_id: int) -> None:
    for _ in range(MOST_PASSKEYS):
        await enrol(connection, account_id)
    with pytest.raises(TooManyPasskeysError):
        await ask_to_make(connection, account_id)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("  Khóa   xanh ", "Khóa xanh"), ("\x1b[31m\u202eđỏ", "[31m đỏ"), ("", "thường"), (" \n ", "thường")],
)
def test_a_name_is_kept_as_it_can_be_read(name: str, kept: str) -> None:
    assert tidy_name(name, "thường") == kept
    assert len(tidy_name("x" * 1000, "thường")) == 60


@pytest.mark.parametrize(
    ("base_url", "party"),
    [
        ("https://danhgia.tinh.gov.vn", RelyingParty("danhgia.tinh.gov.vn", "https://danhgia.tinh.gov.vn")),
        ("https://Danhgia.tinh.gov.vn:8443", RelyingParty("danhgia.tinh.gov.vn", "https://danhgia.tinh.gov.vn:8443")),
        ("http://localhost:8080", RelyingParty("localhost", "http://localhost:8080")),
        ("http://127.0.0.1:8080", None),
        ("http://danhgia.tinh.gov.vn", None),
    ],
)
def test_passkeys_are_for_a_host_with_a_name(base_url: str, party: RelyingParty | None) -> None:
    assert find_relying_party(base_url) == party
