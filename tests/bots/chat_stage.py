"""One person in a hand-made world, without a store: what is said is played through the steps, purely."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

import msgspec

from bots import chat
from bots.around import Around, KnownRating, LookUp
from bots.conversation import At, Button, Conversation, Event, Reply, Said, Turn
from feedback.database import Pool
from feedback.desk_directory import DeskDirectory
from feedback.folders import FEEDBACK
from feedback.follow_cases import NOTHING_FOLLOWED
from feedback.record_response import revise
from feedback.submissions import DailyRating, Revision, Submission
from feedback.tables.desk_views import DeskView
from feedback.tables.responses import Channel, Response
from surveys.codes import hash_token, make_token
from surveys.errors import LangNgheError, UnknownDeskCodeError, UnknownReceiptError
from surveys.survey_files import load_surveys
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.bots.chat_world import BUSY, LONE, QUIET, TREE, VIEWS
from tests.factories import NOW

WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", Path(chat.__file__).parent / "locale"])
SURVEY_IDS = {("citizen", 1): 1, ("business", 1): 2}


def make_directory() -> DeskDirectory:
    """Only its surveys are asked for: no pool stands behind it."""
    directory = DeskDirectory(cast("Pool", None), load_surveys())
    directory.survey_ids = dict(SURVEY_IDS)
    return directory


class Stage:
    def __init__(self) -> None:
        self.conversation: Conversation | None = None
        self.now = NOW
        self.known_account = True
        self.channel = Channel.TELEGRAM
        self.units = TREE
        self.views = dict(VIEWS)
        self.directory = make_directory()
        self.ratings: dict[bytes, tuple[Response, ...]] = {}
        self.submissions: list[Submission] = []
        self.followed = NOTHING_FOLLOWED
        self.spoken = 0
        self.turn = Turn(None)
        self.shown: list[Reply] = []

    @property
    def at(self) -> At:
        return (self.conversation or Conversation()).at

    @property
    def text(self) -> str:
        """All that was answered last."""
        return "\n".join(reply.text for reply in self.turn.replies)

    @property
    def buttons(self) -> list[Button]:
        return [button for reply in self.turn.replies for row in reply.buttons for button in row]

    def say(self, said: Said) -> Turn:
        self.spoken += 1
        conversation = self.conversation or Conversation()
        around = self.look_around(chat.what_to_look_up(conversation, said))
        self.turn = chat.take_step(conversation, said, around)
        self.shown += self.turn.replies
        self.conversation = self.turn.conversation
        if self.turn.submission is not None:
            self.submissions.append(self.turn.submission)
            self.store(self.turn.submission)
        return self.turn

    def remember_as_json(self) -> Conversation:
        return msgspec.json.decode(msgspec.json.encode(self.conversation), type=Conversation)

    def look_around(self, look_up: LookUp) -> Around:
        return Around(
            now=self.now,
            channel=self.channel,
            known_account=self.known_account,
            token=make_token(f"said {self.spoken}".encode().ljust(15)),
            make_daily_token=self.make_daily_token,
            desk=self.find_desk(look_up.desk_code),
            rating=self.find_rating(look_up.receipt_hash),
            units=self.units,
            directory=self.directory,
            wordings=WORDINGS,
        )

    def make_daily_token(self, unit_id: int, rated: str) -> str:
        return make_token(hash_token(make_token(f"{unit_id} {rated}".encode().ljust(15)[:15]))[:15])

    def find_desk(self, code: str | None) -> DeskView | LangNgheError | None:
        return None if code is None else self.views.get(code) or UnknownDeskCodeError()

    def find_rating(self, receipt_hash: bytes | None) -> KnownRating | LangNgheError | None:
        if receipt_hash is None:
            return None
        chain = self.ratings.get(receipt_hash)
        if chain is None:
            return UnknownReceiptError()
        survey = self.directory.find_survey_by_id(chain[-1].survey_id)
        return KnownRating(receipt_hash, chain[0], chain[-1], survey, self.followed)

    def refuse(self, error: LangNgheError) -> Turn:
        """What follows where the store refuses what the last step brought."""
        around = self.look_around(LookUp())
        return chat.take_refusal(self.conversation or Conversation(), error, around)

    def store(self, submission: Submission) -> None:
        if isinstance(submission, DailyRating):
            self.ratings[submission.rating.token_hash] = (submission.rating,)
        elif isinstance(submission, Revision):
            chain = self.ratings[submission.receipt_hash]
            self.ratings[submission.receipt_hash] = (*chain, revise(chain[-1], submission))

    def type(self, text: str) -> Turn:
        return self.say(Said(Event.TEXT, text=text))

    def start(self, text: str = "") -> Turn:
        return self.say(Said(Event.START, text=text))

    def command(self, event: Event) -> Turn:
        return self.say(Said(event))

    def find_button(self, beginning: str) -> Said:
        """The latest button with this action, else one whose action begins so; pressed later, it says the same."""
        for reply in reversed(self.shown):
            actions = [button.action for row in reply.buttons for button in row]
            fitting = [action for action in actions if action == beginning or action.startswith(f"{beginning}.")]
            if fitting:
                return Said(Event.BUTTON, action=min(fitting, key=beginning.__ne__), turn=reply.turn)
        raise LookupError(f"no button {beginning} was shown")

    def press(self, beginning: str) -> Turn:
        return self.say(self.find_button(beginning))

    def invent_press(self, action: str) -> Turn:
        """A button of the open question that need not have been shown: the list may have changed since."""
        turn = self.conversation.turn if self.conversation else 0
        return self.say(Said(Event.BUTTON, action=action, turn=turn))

    def wait(self, **time: int) -> None:
        self.now = self.now + timedelta(**time)

    def lose_everything(self) -> None:
        """Every desk is withdrawn, every rating gone."""
        self.views, self.ratings = {}, {}

    def reach(self, at: At) -> "Stage":
        """The shortest way to a place, as a person goes it."""
        WAYS[at](self)
        assert self.at == at
        return self

    def rate(self, code: str = QUIET) -> "Stage":
        self.start(code)
        self.press("yes")
        self.press("score.4")
        return self

    @property
    def latest(self) -> Response:
        return next(reversed(self.ratings.values()))[-1]


def begin(code: str, *actions: str) -> Callable[[Stage], None]:
    """Start at a desk and press these buttons."""

    def play(stage: Stage) -> None:
        stage.start(code)
        for action in actions:
            stage.press(action)

    return play


def go_to_comment(stage: Stage) -> None:
    stage.rate().press("more")
    while stage.at == At.QUESTION:
        stage.press("skip")


WAYS: dict[At, Callable[[Stage], object]] = {
    At.NOWHERE: Stage.start,
    At.PROVINCE: begin("", "find"),
    At.UNIT: begin("", "find", "province.96"),
    At.DESK: begin("", "find", "province.96", "unit.1"),
    At.CONFIRM: begin(BUSY),
    At.OFFICIAL: begin(BUSY, "yes"),
    At.PROCEDURE: begin(LONE, "yes"),
    At.SCORE: begin(QUIET, "yes"),
    At.RATED: Stage.rate,
    At.QUESTION: begin(QUIET, "yes", "score.4", "more"),
    At.COMMENT: go_to_comment,
    At.RECEIPT: lambda stage: stage.command(Event.RECEIPT),
    At.CHANGE: begin(QUIET, "yes", "score.4", "change"),
}
