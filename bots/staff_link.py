"""Links a chat to a staff account, and ends the link. Stands beside the interview, which never learns of it.

What is said about a link is answered here and not handed on: no conversation, no hash of the chat, no token is made
for it. A rating from a linked chat is what it is from any other.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import msgspec

from bots.conversation import Conversation, Event, Reply, Turn
from bots.converse import Converser, Heard
from feedback.database import Connection
from feedback.staff_chats import LINK_CODE, hash_link_code, seal_chat
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from feedback.tables.staff_chats import LinkedAccount, link_chat, take_link_code, unlink_chat
from surveys.wording import Wording

COMMAND = re.compile(r"/unlink(@\w+)?", re.ASCII | re.IGNORECASE)
# As they are typed: with the mark on either vowel, or without any.
WORDS = frozenset({"huy lien ket", "bo lien ket"})
LONGEST_WORDS = 40
ENDINGS = (Event.STOP, Event.LEFT)
KIND = "chat"


class StaffLink:
    def __init__(self, converser: Converser, bot_id: int) -> None:
        self.converser = converser
        self.bot_id = bot_id

    @property
    def wordings(self) -> Mapping[str, Wording]:
        return self.converser.wordings

    async def converse(self, connection: Connection, heard: Sequence[Heard]) -> list[Turn]:
        """As Converser.converse, with what is said about links taken out before and put back in its place."""
        own = {place: turn for place, one in enumerate(heard) if (turn := await self.answer(connection, one))}
        others = [one for place, one in enumerate(heard) if place not in own]
        turns = iter(await self.converser.converse(connection, others))
        settled = [own[place] if place in own else next(turns) for place in range(len(heard))]
        return [await self.end_silently(connection, one, turn) for one, turn in zip(heard, settled, strict=True)]

    async def answer(self, connection: Connection, one: Heard) -> Turn | None:
        """None for what is not about a link."""
        if one.said.event == Event.START and LINK_CODE.fullmatch(one.said.text.upper()):
            return await self.make(connection, one, one.said.text.upper())
        if one.said.event == Event.TEXT and is_command(one.said.text):
            return await self.end(connection, one) or self.say(one, "staff-link.none")
        if one.said.event == Event.TEXT and asks_to_unlink(one.said.text):
            # A citizen may write the same in a comment: only where there is a link, it is about the link.
            return await self.end(connection, one)
        return None

    async def make(self, connection: Connection, one: Heard, code: str) -> Turn:
        account_id = await take_link_code(connection, hash_link_code(code), one.heard_at)
        account = account_id and await link_chat(connection, account_id, self.seal(one))
        if not account:
            return self.say(one, "staff-link.unknown-code")
        await keep(connection, one, account, "link-chat")
        wording = self.wordings[account.language]
        return tell(
            wording.say("staff-link.made", name=account.sign_in_name),
            wording.say("staff-link.what"),
            wording.say("staff-link.anonymous"),
            wording.say("staff-link.how-to-stop"),
        )

    async def end(self, connection: Connection, one: Heard) -> Turn | None:
        accounts = await self.unlink(connection, one)
        return tell(self.wordings[accounts[0].language].say("staff-link.ended")) if accounts else None

    async def end_silently(self, connection: Connection, one: Heard, turn: Turn) -> Turn:
        """Whoever says stop, or blocks us, gets no digests either."""
        if one.said.event not in ENDINGS:
            return turn
        accounts = await self.unlink(connection, one)
        if not accounts or one.said.event == Event.LEFT:
            return turn
        ended = Reply(self.wordings[accounts[0].language].say("staff-link.ended"))
        return msgspec.structs.replace(turn, replies=(*turn.replies, ended))

    async def unlink(self, connection: Connection, one: Heard) -> list[LinkedAccount]:
        accounts = await unlink_chat(connection, self.seal(one))
        for account in accounts:
            await keep(connection, one, account, "unlink-chat")
        return accounts

    def seal(self, one: Heard) -> bytes:
        return seal_chat(self.converser.secret, self.bot_id, one.chat_id)

    def say(self, one: Heard, key: str) -> Turn:
        """In the language of the person's own setting: whose chat it is, is not looked up."""
        return tell(self.wordings["en" if one.said.language_hint.lower().startswith("en") else "vi"].say(key))


def tell(*lines: str) -> Turn:
    """One message; the conversation in it is nobody's and is not kept."""
    return Turn(Conversation(), (Reply("\n\n".join(lines)),))


def is_command(text: str) -> bool:
    return COMMAND.fullmatch(text.strip()) is not None


def asks_to_unlink(text: str) -> bool:
    return len(text) <= LONGEST_WORDS and fold(text) in WORDS


def fold(text: str) -> str:
    """Small letters without marks, one space between words."""
    letters = unicodedata.normalize("NFD", text.lower())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


async def keep(connection: Connection, one: Heard, account: LinkedAccount, deed: str) -> None:
    """That it was done, and by whose account; nothing of the chat."""
    entry = AuditEntry(
        at=one.heard_at,
        account_id=account.account_id,
        actor=account.display_name,
        action=deed,
        outcome="done",
        object_kind=KIND,
        object_code=account.sign_in_name,
    )
    await insert_audit_entry(connection, entry)
