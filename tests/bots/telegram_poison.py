"""A bot that fails at one word: what a fault of ours would do to the updates."""

from collections.abc import Sequence

from bots.conversation import Turn
from bots.converse import Converser, Heard
from feedback.database import Connection, Pool
from tests.bots.talks import make_converser

POISON = "poison"


class PoisonedError(Exception):
    pass


class Poisoned(Converser):
    """Fails at one word, in the middle of its work, until it is mended."""

    mended = False

    async def converse(self, connection: Connection, heard: Sequence[Heard]) -> list[Turn]:
        turns = await super().converse(connection, heard)
        if not self.mended and any(one.said.text == POISON for one in heard):
            raise PoisonedError(str(heard))
        return turns


def make_poisoned(pool: Pool) -> Poisoned:
    usual = make_converser(pool)
    return Poisoned(
        usual.channel,
        known_account=usual.known_account,
        secret=usual.secret,
        directory=usual.directory,
        wordings=usual.wordings,
    )
