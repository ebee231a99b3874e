"""What a step stands on: the conversation, what surrounds it, what was meant; and how it puts an answer together."""

from datetime import date

import msgspec

from bots.around import Around, KnownRating
from bots.conversation import At, Button, Conversation, Reply, Turn
from feedback.record_response import read_local_day
from feedback.tables.desk_views import DeskView
from feedback.tables.responses import Response
from surveys.errors import LangNgheError, UnknownDeskCodeError, UnknownReceiptError

Rows = tuple[tuple[Button, ...], ...]


class Moment(msgspec.Struct, frozen=True):
    conversation: Conversation
    around: Around
    value: str = ""
    """What was meant is about: the text that was typed, or the value of the button."""

    @property
    def desk(self) -> DeskView:
        """Raises what the look-up found instead."""
        if isinstance(self.around.desk, LangNgheError):
            raise self.around.desk
        if self.around.desk is None:
            raise UnknownDeskCodeError
        return self.around.desk

    @property
    def rating(self) -> KnownRating:
        """Raises what the look-up found instead."""
        if isinstance(self.around.rating, LangNgheError):
            raise self.around.rating
        if self.around.rating is None:
            raise UnknownReceiptError
        return self.around.rating

    @property
    def day(self) -> date:
        return read_local_day(self.around.now)[0]

    def say(self, key: str, /, **values: object) -> str:
        return self.around.wordings[self.conversation.language].say(key, **values)

    def say_error(self, error: LangNgheError) -> str:
        return self.around.wordings[self.conversation.language].error(error)

    def remember(self, **changes: object) -> "Moment":
        """The same question stays open: its buttons stay good."""
        return self.stand(msgspec.structs.replace(self.conversation, **changes))

    def go(self, at: At, **changes: object) -> "Moment":
        """On to another question: the buttons of this one become old."""
        return self.remember(**{"page": 0, **changes, "at": at, "turn": self.conversation.turn + 1})

    def stand(self, conversation: Conversation) -> "Moment":
        return msgspec.structs.replace(self, conversation=conversation)

    def revise(self, latest: Response) -> "Moment":
        """As it will be once `latest` has replaced what stands in the store."""
        rating = msgspec.structs.replace(self.rating, latest=latest)
        return msgspec.structs.replace(self, around=msgspec.structs.replace(self.around, rating=rating))

    def tell(self, *lines: str, rows: Rows = (), notice: str = "") -> Turn:
        """One message: its lines as paragraphs, empty ones left out."""
        text = "\n\n".join(line for line in lines if line)
        reply = Reply(text=text, buttons=rows, turn=self.conversation.turn)
        return Turn(conversation=self.conversation, replies=(reply,), notice=notice)

    def only_notice(self, notice: str) -> Turn:
        return Turn(conversation=self.conversation, notice=notice)
