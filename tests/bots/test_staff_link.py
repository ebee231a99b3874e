"""A chat becomes that of a staff account, gets digests, and rates as anonymously as any other."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bots.demo.bot_api import BotApi
from feedback.check import check_store
from feedback.staff_chats import CODE_KEPT, hash_link_code, make_link_code, open_chat, queue_message
from feedback.tables.accounts import insert_account
from feedback.tables.staff_chats import replace_link_code
from tests.bots.bot_api import run_bot_api
from tests.bots.talks import SECRET
from tests.bots.telegram_person import Person
from tests.bots.telegram_stage import BOT_ID, TOKEN, Stage, open_stage
from tests.bots.telegram_updates import change_membership, press, say
from tests.bots.test_telegram_program import make_settings, running_bot
from tests.world import QUIET_DESK

ANN, BEN = 7_100_000_001, 7_100_000_002
CODE = make_link_code(b"fifteen  bytes.")
LINKED = "SELECT chat IS NOT NULL, digest_by FROM accounts"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


async def add_account(stage: Stage, language: str = "vi", code: str = CODE) -> int:
    """With a code to link that was made just now."""
    now = stage.clock.now
    async with stage.pool.acquire() as connection, connection.transaction():
        name = f"demo-{language}"
        account_id = await insert_account(connection, name, "Người mẫu (mẫu)", now, language=language)
        await replace_link_code(connection, account_id, hash_link_code(code), now + CODE_KEPT)
    return account_id


async def tell(stage: Stage, chat_id: int, text: str, language: str = "vi") -> str:
    """The first line of what is answered last."""
    await stage.deliver(say(chat_id, text, language))
    await stage.work()
    return (await stage.list_answers(chat_id))[-1].text.split("\n")[0]


async def rate(stage: Stage, chat_id: int, score: int) -> None:
    await tell(stage, chat_id, f"/start {QUIET_DESK}")
    for place in (0, score - 1):
        await stage.deliver(press(chat_id, await stage.find_data(chat_id, place)))
        await stage.work()


def test_a_code_is_neither_a_desk_code_nor_a_receipt_and_fits_a_deep_link() -> None:
    assert CODE.startswith("L")
    assert len(CODE) == 25
    assert CODE.isascii()
    assert CODE.isalnum()


async def test_the_code_of_the_page_links_the_chat_once(stage: Stage) -> None:
    account_id = await add_account(stage)
    said = await tell(stage, ANN, f"/start {CODE}")
    assert said == "Đã liên kết cuộc trò chuyện này với tài khoản demo-vi."
    assert await stage.read(LINKED) == [(True, ["bot"])]
    [(sealed,)] = await stage.read("SELECT chat FROM accounts WHERE account_id = $1", account_id)
    assert isinstance(sealed, bytes)
    assert open_chat(SECRET, BOT_ID, sealed) == ANN
    assert (await tell(stage, BEN, f"/start {CODE}")).startswith("Mã liên kết này không đúng")
    assert open_chat(SECRET, BOT_ID, sealed) == ANN
    assert await stage.read("SELECT actor, action, object_kind, object_code FROM audit_log") == [
        ("Người mẫu (mẫu)", "link-chat", "chat", "demo-vi")
    ]


async def test_a_code_typed_in_small_letters_is_the_same(stage: Stage) -> None:
    await add_account(stage)
    assert (await tell(stage, ANN, f"/start {CODE.lower()}")).startswith("Đã liên kết")


async def test_a_code_older_than_ten_minutes_links_nothing(stage: Stage) -> None:
    await add_account(stage)
    stage.clock.now += timedelta(minutes=10)
    assert (await tell(stage, ANN, f"/start {CODE}", "en")).startswith("This code is wrong")
    assert await stage.read(LINKED) == [(False, [])]


async def test_the_code_of_a_disabled_account_links_nothing(stage: Stage) -> None:
    await add_account(stage)
    await stage.pool.execute("UPDATE accounts SET disabled_at = $1", stage.clock.now)
    assert (await tell(stage, ANN, f"/start {CODE}")).startswith("Mã liên kết này không đúng")


async def test_a_new_code_ends_the_one_before(stage: Stage) -> None:
    account_id = await add_account(stage)
    newer = make_link_code(b"another fifteen")
    async with stage.pool.acquire() as connection, connection.transaction():
        await replace_link_code(connection, account_id, hash_link_code(newer), stage.clock.now + CODE_KEPT)
    assert (await tell(stage, ANN, f"/start {CODE}")).startswith("Mã liên kết này không đúng")
    assert (await tell(stage, ANN, f"/start {newer}")).startswith("Đã liên kết")


@pytest.mark.parametrize("text", ["/unlink", "/unlink@demo_bot", "hủy liên kết", "Huỷ  liên kết", "bỏ liên kết"])
async def test_a_word_ends_the_link(stage: Stage, text: str) -> None:
    await add_account(stage)
    await tell(stage, ANN, f"/start {CODE}")
    assert (await tell(stage, ANN, text)).startswith("Đã bỏ liên kết.")
    assert await stage.read(LINKED) == [(False, [])]
    assert await stage.read("SELECT action FROM audit_log ORDER BY entry_id") == [("link-chat",), ("unlink-chat",)]


async def test_whoever_has_no_link_is_told_so_and_words_stay_words(stage: Stage) -> None:
    await add_account(stage)
    await tell(stage, ANN, f"/start {CODE}")
    assert await tell(stage, BEN, "/unlink", "en") == "This chat is linked to no account."
    assert not (await tell(stage, BEN, "hủy liên kết")).startswith("Đã bỏ liên kết")
    assert await stage.read(LINKED) == [(True, ["bot"])]


async def test_stop_ends_the_link_too_and_says_so(stage: Stage) -> None:
    await add_account(stage)
    await tell(stage, ANN, f"/start {CODE}")
    assert (await tell(stage, ANN, "/stop")).startswith("Đã bỏ liên kết.")
    assert await stage.read(LINKED) == [(False, [])]
    goodbyes = [answer.text for answer in await stage.list_answers(ANN)]
    await tell(stage, BEN, "/stop")
    assert goodbyes[-2] == (await stage.list_answers(BEN))[-1].text


async def test_whoever_blocks_the_bot_is_unlinked_without_a_word(stage: Stage) -> None:
    await add_account(stage)
    await tell(stage, ANN, f"/start {CODE}")
    told = len(await stage.list_answers(ANN))
    await stage.deliver(change_membership(ANN, "kicked"))
    await stage.work()
    assert await stage.read(LINKED) == [(False, [])]
    assert len(await stage.list_answers(ANN)) == told


async def test_a_link_leaves_no_conversation_and_an_open_question_stays_open(stage: Stage) -> None:
    await add_account(stage)
    await tell(stage, BEN, f"/start {QUIET_DESK}")
    before = await stage.read("SELECT * FROM conversations")
    await tell(stage, ANN, f"/start {CODE}")
    await tell(stage, BEN, "/unlink")
    assert await stage.read("SELECT * FROM conversations") == before
    await stage.deliver(press(BEN, await stage.find_data(BEN, 0)))
    await stage.work()
    assert await stage.read("SELECT memory ->> 'at' FROM conversations") == [("score",)]


async def test_a_linked_chat_rates_exactly_as_any_other(stage: Stage) -> None:
    await add_account(stage)
    await tell(stage, ANN, f"/start {CODE}")
    await stage.pool.execute("DELETE FROM bot_outbox")
    for chat_id in (ANN, BEN):
        await rate(stage, chat_id, 4)
    rows = await stage.pool.fetch("SELECT * FROM responses ORDER BY sequence_number")
    linked, other = [
        {name: value for name, value in row.items() if name not in {"token_hash", "sequence_number", "received_at"}}
        for row in rows
    ]
    assert linked == other
    memories = await stage.pool.fetch("SELECT memory - 'receipt_hash' AS memory, changed_on FROM conversations")
    assert dict(memories[0]) == dict(memories[1])
    answers = [[len(answer.text) for answer in await stage.list_answers(chat_id)] for chat_id in (ANN, BEN)]
    assert answers[0] == answers[1]
    async with stage.pool.acquire() as connection:
        assert await check_store(connection) == []


async def test_a_link_changes_no_hash_and_no_token_of_the_chat(stage: Stage) -> None:
    """The same person rates the same official once a day, linked or not: the second time it is the same rating."""
    await rate(stage, ANN, 4)
    hashes = await stage.read("SELECT chat_hash FROM conversations")
    await add_account(stage)
    await tell(stage, ANN, f"/start {CODE}")
    await stage.deliver(say(ANN, f"/start {QUIET_DESK}"))
    await stage.work()
    for place in (0, 1):
        await stage.deliver(press(ANN, await stage.find_data(ANN, place)))
        await stage.work()
    assert await stage.read("SELECT chat_hash FROM conversations") == hashes
    assert await stage.read("SELECT count(DISTINCT token_hash) FROM responses WHERE supersedes IS NULL") == [(1,)]


async def test_several_words_at_once_find_each_their_answer(stage: Stage) -> None:
    await add_account(stage)
    await stage.deliver(say(BEN, "/help"), say(ANN, f"/start {CODE}"), say(7_100_000_003, "/unlink"))
    await stage.work()
    begins = [(await stage.list_answers(chat_id))[0].text[:12] for chat_id in (ANN, 7_100_000_003)]
    assert begins == ["Đã liên kết ", "Cuộc trò chu"]
    assert "/receipt" in (await stage.list_answers(BEN))[0].text


async def test_over_http_a_person_links_is_sent_a_digest_and_unlinks(stage: Stage) -> None:
    account_id = await add_account(stage, "en")
    await stage.pool.execute("UPDATE sign_in_challenges SET expires_at = '2100-01-01'")
    api = BotApi(TOKEN)
    async with run_bot_api(api) as telegram:
        settings = make_settings(f"{telegram}/demo/telegram", "polling")
        async with running_bot(settings, stage.database_url):
            person = Person(api, ANN)
            assert (await person.say(f"/start {CODE}")).text.startswith("This chat is linked to the account demo-en.")
            [(sealed,)] = await stage.read("SELECT chat FROM accounts WHERE account_id = $1", account_id)
            assert isinstance(sealed, bytes)
            async with stage.pool.acquire() as connection, connection.transaction():
                chat_id = open_chat(SECRET, BOT_ID, sealed) or 0
                await queue_message(connection, BOT_ID, chat_id, "Lắng Nghe: 2 <b>open</b>", stage.clock.now)
            assert (await person.hear()).text == "Lắng Nghe: 2 <b>open</b>"
            assert (await person.say("/unlink")).text.startswith("The link has ended.")
    assert await stage.read(LINKED) == [(False, [])]
