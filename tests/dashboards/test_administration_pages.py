"""Accounts, appointments and the log as administrators meet them: what is typed wrong comes back, nothing is lost."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from feedback.tables.accounts import insert_account
from feedback.tables.appointments import select_appointments_in_force
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from tests.dashboards.administration_stage import Office, open_office

LIST, PROPOSALS, LOG, OWN_LOG = "/staff/accounts", "/staff/accounts/proposals", "/staff/audit", "/staff/account/log"
IN_ENGLISH = {"lang": "en"}


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(database_url, tmp_path) as office:
        yield office


def read_text(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def propose(office: Office, **fields: str) -> httpx.Response:
    path = f"{LIST}/{office.people.lan}/appointments"
    return await office.post(office.people.first.account_id, path, **{**IN_ENGLISH, **fields})


async def find_proposal(office: Office) -> int:
    number = await office.connection.fetchval("SELECT max(appointment_id) FROM appointments WHERE verdict IS NULL")
    return int(number or 0)


async def test_accounts_are_listed_with_their_roles_and_found_by_name(office: Office) -> None:
    everybody = read_text(await office.get(office.people.first.account_id, LIST + "?lang=en"))
    assert "Lan (mẫu) demo-lan No role in use" in everybody
    assert "Administrator of accounts" in everybody
    found = await office.get(office.people.first.account_id, LIST + "?lang=en&q=DEMO-LAN")
    assert "demo-lan" in found.text
    assert "demo-mot" not in found.text
    assert "demo-1" in read_text(await office.get(office.people.first.account_id, LIST + "?lang=en&q=demo-1"))
    nobody = await office.get(office.people.first.account_id, LIST + "?lang=en&q=%25%00\u202e")
    assert "No account matches." in nobody.text


async def test_a_long_list_goes_on_where_the_page_ended(office: Office) -> None:
    for place in range(60):
        await insert_account(office.connection, f"many-{place:02}", f"Người {place} (mẫu)", datetime.now(UTC))
    first = await office.get(office.people.first.account_id, LIST + "?lang=en&q=many-")
    [following] = re.findall(r'href="([^"]+)" rel="next"', first.text)
    second = await office.get(office.people.first.account_id, unescape(following))
    seen = [re.findall(r"many-\d\d", page.text) for page in (first, second)]
    assert sorted({*seen[0], *seen[1]}) == [f"many-{place:02}" for place in range(60)]
    assert not {*seen[0]} - {"many-49"} & {*seen[1]}


async def test_two_administrators_appoint_a_supervisor(office: Office) -> None:
    stored = await propose(office, role="front_supervisor", communes="32041")
    assert stored.status_code == 201
    assert "waits for another administrator" in stored.text
    assert "Phường Tân Thành (32041)" in read_text(stored)
    number = await find_proposal(office)
    own = await office.post(office.people.first.account_id, f"{PROPOSALS}/{number}", verdict="approved", lang="en")
    assert own.status_code == 422
    assert "another administrator has to decide it" in own.text
    assert await office.count("appointment-decided", "denied") == 1
    other = await office.post(office.people.second.account_id, f"{PROPOSALS}/{number}", verdict="approved", lang="en")
    assert other.status_code == 200
    assert "No proposal is waiting." in other.text
    [held] = await select_appointments_in_force(office.connection, office.people.lan)
    assert held.reach.communes == ("32041",)


async def test_ones_own_proposal_offers_no_decision(office: Office) -> None:
    await propose(office, role="personnel", everywhere="yes")
    mine = await office.get(office.people.first.account_id, PROPOSALS + "?lang=en")
    theirs = await office.get(office.people.second.account_id, PROPOSALS + "?lang=en")
    assert 'value="approved"' not in mine.text
    assert 'value="approved"' in theirs.text


async def test_a_proposal_with_wrong_codes_comes_back_as_it_was_filled_in(office: Office) -> None:
    answer = await propose(office, role="inspector", provinces="96, 97", communes="99999;32041", units="<b>")
    assert answer.status_code == 422
    assert "the catalogue does not know these codes: 97, 99999, <b>" in unescape(answer.text)
    assert '<option value="inspector" selected>' in answer.text
    assert ">96, 97</textarea>" in answer.text
    assert ">99999;32041</textarea>" in answer.text
    assert "&lt;b&gt;</textarea>" in answer.text
    assert await office.count("appointment-proposed") == 0


async def test_an_old_sign_in_takes_away_but_gives_nothing(office: Office) -> None:
    """Eleven minutes after the second factor was shown."""
    first = office.people.first.account_id
    headers = await office.sign_in(first)
    await office.connection.execute(
        "UPDATE staff_sessions SET proved_at = proved_at - $2::interval WHERE account_id = $1",
        *(first, timedelta(minutes=11)),
    )
    path = f"{LIST}/{office.people.lan}"
    form = {"role": "inspector", "provinces": "96", "lang": "en"}
    given = await office.client.post(f"{path}/appointments", data=form, headers=headers)
    assert given.status_code == 422
    assert "sign in once more" in given.text
    assert ">96</textarea>" in given.text
    taken = await office.client.post(f"{path}/access", data={"deed": "disable"}, headers=headers)
    assert taken.status_code == 200


async def test_one_administrator_ends_a_role_and_disables_an_account(office: Office) -> None:
    first = office.people.first.account_id
    number = await office.connection.fetchval(
        "SELECT appointment_id FROM appointments WHERE account_id = $1", office.inspector
    )
    ended = await office.post(first, f"{LIST}/appointments/{number}/end", lang="en")
    assert "The role has ended" in ended.text
    again = await office.post(first, f"{LIST}/appointments/{number}/end", lang="en")
    assert (again.status_code, "not in force any more" in again.text) == (422, True)
    disabled = await office.post(first, f"{LIST}/{office.official}/access", deed="disable", lang="en")
    assert "The account is disabled" in disabled.text
    assert await select_appointments_in_force(office.connection, office.official) == ()


async def test_nobody_disables_the_own_account_by_a_slip(office: Office) -> None:
    first = office.people.first.account_id
    answer = await office.post(first, f"{LIST}/{first}/access", deed="disable", lang="en")
    assert (answer.status_code, "your own account" in answer.text) == (422, True)
    assert 'value="disable"' not in (await office.get(first, f"{LIST}/{first}")).text


async def test_a_person_is_invited_and_the_link_is_shown_once(office: Office) -> None:
    first = office.people.first.account_id
    person = {"sign_in_name": "demo-moi", "display_name": "Người mới (mẫu)", "official": "demo-2", "lang": "en"}
    made = await office.post(first, LIST, **person)
    assert made.status_code == 201
    [link] = re.findall(r"<code>(https://langnghe\.example/staff/invitation/[\w-]{43})</code>", made.text)
    new = await office.connection.fetchval("SELECT account_id FROM accounts WHERE sign_in_name = 'demo-moi'")
    shown = await office.get(first, f"{LIST}/{new}?lang=en")
    assert "not taken yet" in shown.text
    assert link not in shown.text
    log = (await office.get(first, LOG)).text
    assert link.rpartition("/")[2] not in log
    assert await office.count("account-made") == await office.count("account-invited") == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sign_in_name": "demo-lan"}, "this sign-in name is taken"),
        ({"sign_in_name": "Đỗ Lan"}, "a sign-in name has 2 to 64 small letters"),
        ({"display_name": ""}, "a name has 1 to 100 characters"),
        ({"email": "nowhere"}, "the e-mail address has not the form of one"),
        ({"official": "nobody"}, "the catalogue has no official with the code nobody"),
    ],
)
async def test_an_invitation_with_a_slip_in_it_comes_back_as_it_was_filled_in(
    office: Office, changes: dict[str, str], sentence: str
) -> None:
    person = {"sign_in_name": "demo-moi", "display_name": "Người mới (mẫu)", "email": "", "official": "", **changes}
    answer = await office.post(office.people.first.account_id, LIST, **person, lang="en")
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert all(f'value="{value}"' in unescape(answer.text) for value in person.values())
    assert await office.count("account-made") == 0


async def test_who_has_powers_and_never_signed_in_gets_no_link_from_one_administrator(office: Office) -> None:
    await office.connection.execute("UPDATE accounts SET visit_began_at = NULL WHERE account_id = $1", office.official)
    answer = await office.post(office.people.first.account_id, f"{LIST}/{office.official}/invitation", lang="en")
    assert (answer.status_code, "has never signed in" in answer.text) == (422, True)


async def test_who_has_powers_and_lost_the_device_gets_no_link_from_one_administrator(office: Office) -> None:
    first, address = office.people.first.account_id, f"{LIST}/{office.official}/invitation"
    await office.connection.execute("UPDATE accounts SET visit_began_at = now(), totp_secret = 'sealed'")
    assert (await office.post(first, address, lang="en")).status_code == 201
    await office.connection.execute("UPDATE accounts SET totp_secret = NULL WHERE account_id = $1", office.official)
    answer = await office.post(first, address, lang="en")
    assert (answer.status_code, "no code device" in answer.text) == (422, True)


@pytest.mark.parametrize("path", [LIST, PROPOSALS, LOG])
async def test_others_have_no_power_here_and_leave_a_line(office: Office, path: str) -> None:
    answer = await office.get(office.official, path)
    assert answer.status_code == 403
    assert await office.count("administer_accounts" if path != LOG else "read_audit_log", "denied") == 1


async def test_the_log_is_filtered_and_names_who_read_it(office: Office) -> None:
    first = office.people.first.account_id
    await propose(office, role="inspector", provinces="96")
    await office.get(office.official, LIST)
    denied = read_text(await office.get(office.people.second.account_id, f"{LOG}?lang=en&outcome=denied"))
    assert "demo-official administer accounts denied" in denied
    assert "role proposed" not in denied.partition("Show")[2]
    one = read_text(await office.get(first, f"{LOG}?lang=en&person=demo-mot&action=appointment-proposed"))
    assert "role: inspector where: 96" in one
    assert "No line matches." in read_text(await office.get(first, f"{LOG}?lang=en&day=2020-01-01"))
    reading = read_text(await office.get(first, f"{LOG}?lang=en&action=read_audit_log"))
    assert "filter person=demo-mot action=appointment-proposed" in reading


async def test_the_log_goes_back_a_hundred_lines_at_a_time(office: Office) -> None:
    first = office.people.first.account_id
    for place in range(150):
        await insert_audit_entry(
            office.connection,
            AuditEntry(datetime.now(UTC), first, "Người mẫu (mẫu)", "x", "done", "area", f"line-{place}"),
        )
    newest = await office.get(first, f"{LOG}?lang=en&action=x")
    [earlier] = re.findall(r'href="([^"]+)" rel="next"', newest.text)
    oldest = await office.get(first, unescape(earlier))
    seen = re.findall(r"line-(\d+)", newest.text + oldest.text)
    assert seen == [str(place) for place in reversed(range(150))]


async def test_an_official_sees_who_looked_and_nothing_of_others(office: Office) -> None:
    official_id = int(await office.connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-1'") or 0)
    for about, code in ((official_id, "mine"), (0, "nobodys")):
        await insert_audit_entry(
            office.connection,
            AuditEntry(
                datetime.now(UTC), office.inspector, "Thanh tra (mẫu)", "see_scores", "done", "official", code,
                official_id=about,
            ),
        )  # fmt: skip
    shown = read_text(await office.get(office.official, OWN_LOG + "?lang=en"))
    assert "Thanh tra (mẫu) scores of officials done official mine your figures" in shown
    assert "nobodys" not in shown
    assert "There is no line yet." in read_text(await office.get(office.people.first.account_id, OWN_LOG + "?lang=en"))


@pytest.mark.parametrize("part", ["0", "x", "9" * 400, "%00", "%E2%80%AE", "1%27--", "-1"])
async def test_what_can_be_no_account_is_an_unknown_page_and_a_line(office: Office, part: str) -> None:
    first = office.people.first.account_id
    assert (await office.get(first, f"{LIST}/{part}")).status_code == 404
    for path in (f"{LIST}/{part}/access", f"{LIST}/{part}/appointments", f"{LIST}/{part}/invitation"):
        assert (await office.post(first, path, deed="disable", role="inspector")).status_code == 404
    assert (await office.post(first, f"{PROPOSALS}/{part}", verdict="approved")).status_code == 404
    assert (await office.post(first, f"{LIST}/appointments/{part}/end", lang="vi")).status_code == 404
    assert await office.count("administer_accounts", "denied") == 6
