"""Ways through the interview and back to a rating."""

from bots.conversation import At, Event
from bots.meaning import Meaning
from bots.steps import Stay
from surveys.codes import make_token, print_token
from tests.bots.chat_stage import Stage, begin
from tests.bots.chat_world import BUSY, LONE, PAIR, QUIET, VIEWS
from tests.bots.scenarios import (
    ANYWHERE,
    Play,
    Scenario,
    collect,
    invent,
    let_the_window_close,
    lose_everything,
    press,
    reach,
    type_text,
)

INTERVIEW: list[Scenario] = []
scenario = collect(INTERVIEW)


def put(code: str, like: str) -> Play:
    """From now on the desk has as many officials and procedures as another one."""
    return lambda stage: stage.views.update({code: VIEWS[like]})


def comment_first(stage: Stage) -> None:
    """The comment is given; the questions before it are open again."""
    stage.reach(At.COMMENT).type("Cán bộ hướng dẫn rõ ràng")


def leave_only_the_last_question(stage: Stage) -> None:
    comment_first(stage)
    stage.press("change")
    stage.press("score.4")
    stage.press("more")
    while stage.find_button("skip").action != "skip.7":
        stage.press("skip")


def answer_until_the_comment(stage: Stage) -> None:
    stage.reach(At.QUESTION)
    while stage.at == At.QUESTION:
        stage.press("answer")


def follow_the_receipt(stage: Stage) -> None:
    stage.rate()
    receipt = stage.find_button("more").action.partition(".")[2]
    stage.command(Event.STOP)
    stage.start(print_token(receipt))


for meaning, verb, at in ((Meaning.OFFICIAL, "official", At.OFFICIAL), (Meaning.PROCEDURE, "procedure", At.PROCEDURE)):
    scenario(at, meaning, At.NOWHERE, f"{at}: the desk is gone", reach(at, lose_everything, press(verb)))
    scenario(at, meaning, at, f"{at}: the one chosen is gone", reach(at, invent(f"{verb}.999")))
    scenario(at, Meaning.PAGE, Stay.SAME, f"{at}: turn the page", reach(at, invent("page.1")))
    scenario(
        at,
        Meaning.PAGE,
        At.NOWHERE,
        f"{at}: turn the page of a desk that is gone",
        reach(at, lose_everything, invent("page.1")),
    )
scenario(
    At.OFFICIAL, Meaning.OFFICIAL, At.PROCEDURE, "who served, then which procedure", begin(BUSY, "yes", "official")
)
scenario(At.OFFICIAL, Meaning.OFFICIAL, At.SCORE, "who served, then the score", begin(PAIR, "yes", "official"))
scenario(At.PROCEDURE, Meaning.PROCEDURE, At.SCORE, "which procedure, then the score", begin(LONE, "yes", "procedure"))
scenario(
    At.PROCEDURE,
    Meaning.PROCEDURE,
    At.OFFICIAL,
    "a second official came meanwhile",
    reach(At.PROCEDURE, put(LONE, BUSY), press("procedure")),
)
scenario(At.SCORE, Meaning.SCORE, At.RATED, "five buttons, thanks and a receipt", reach(At.SCORE, press("score.5")))
scenario(
    At.SCORE,
    Meaning.SCORE,
    At.OFFICIAL,
    "a second official came before the score",
    reach(At.SCORE, put(QUIET, BUSY), press("score.5")),
)
scenario(
    At.SCORE,
    Meaning.SCORE,
    At.PROCEDURE,
    "a second procedure came before the score",
    reach(At.SCORE, put(QUIET, LONE), press("score.5")),
)
scenario(
    At.SCORE,
    Meaning.SCORE,
    At.NOWHERE,
    "withdrawn before the score",
    reach(At.SCORE, lose_everything, press("score.5")),
)
scenario(At.SCORE, Meaning.LATER, At.NOWHERE, "remind me tomorrow", reach(At.SCORE, press("later")))

scenario(ANYWHERE, Meaning.MORE, At.QUESTION, "add more", reach(At.RATED, press("more")))
scenario(
    ANYWHERE,
    Meaning.MORE,
    At.COMMENT,
    "add more, only the comment is left",
    lambda stage: (answer_until_the_comment(stage), stage.press("enough"), stage.press("more")),
)
scenario(
    ANYWHERE,
    Meaning.MORE,
    At.RATED,
    "add more, nothing is left",
    lambda stage: (answer_until_the_comment(stage), stage.type("Rất chu đáo"), stage.press("more")),
)
scenario(
    ANYWHERE, Meaning.MORE, Stay.SAME, "add more after 72 hours", reach(At.RATED, let_the_window_close, press("more"))
)
scenario(
    ANYWHERE,
    Meaning.MORE,
    At.NOWHERE,
    "add more to a rating that is not there",
    reach(At.RATED, lose_everything, press("more")),
)

scenario(
    At.QUESTION, Meaning.ANSWER, At.QUESTION, "an answer, then the next question", reach(At.QUESTION, press("answer"))
)
scenario(At.QUESTION, Meaning.ANSWER, At.COMMENT, "the last answer, then the comment", answer_until_the_comment)
scenario(
    At.QUESTION,
    Meaning.ANSWER,
    At.RATED,
    "the last answer, the comment is there",
    lambda stage: (leave_only_the_last_question(stage), stage.press("answer")),
)
scenario(
    At.QUESTION,
    Meaning.ANSWER,
    At.NOWHERE,
    "an answer to nothing",
    reach(At.QUESTION, lose_everything, press("answer")),
)
scenario(At.QUESTION, Meaning.SKIP, At.QUESTION, "skip one", reach(At.QUESTION, press("skip")))
scenario(At.QUESTION, Meaning.SKIP, At.COMMENT, "skip the last", reach(At.COMMENT))
scenario(
    At.QUESTION,
    Meaning.SKIP,
    At.RATED,
    "skip the last, the comment is there",
    lambda stage: (leave_only_the_last_question(stage), stage.press("skip")),
)
scenario(At.COMMENT, Meaning.SKIP, At.RATED, "skip the comment", reach(At.COMMENT, press("skip")))
scenario(At.COMMENT, Meaning.COMMENT, At.RATED, "a comment", comment_first)
scenario(
    At.COMMENT,
    Meaning.COMMENT,
    At.NOWHERE,
    "a comment on nothing",
    reach(At.COMMENT, lose_everything, type_text("Tốt")),
)
for at in (At.QUESTION, At.COMMENT):
    scenario(at, Meaning.ENOUGH, At.RATED, f"enough at the {at}", reach(at, press("enough")))
    scenario(
        at,
        Meaning.ENOUGH,
        At.NOWHERE,
        f"enough, the rating is gone at the {at}",
        reach(at, lose_everything, press("enough")),
    )
    scenario(
        at, Meaning.SKIP, At.NOWHERE, f"skip, the rating is gone at the {at}", reach(at, lose_everything, press("skip"))
    )

scenario(ANYWHERE, Meaning.CHANGE, At.CHANGE, "change my mind", reach(At.RATED, press("change")))
scenario(
    ANYWHERE,
    Meaning.CHANGE,
    Stay.SAME,
    "change my mind too late",
    reach(At.RATED, let_the_window_close, press("change")),
)
scenario(
    ANYWHERE, Meaning.CHANGE, At.NOWHERE, "change what is not there", reach(At.RATED, lose_everything, press("change"))
)
scenario(At.CHANGE, Meaning.SCORE, At.RATED, "another face", reach(At.CHANGE, press("score.1")))
scenario(
    At.CHANGE,
    Meaning.SCORE,
    At.NOWHERE,
    "another face for nothing",
    reach(At.CHANGE, lose_everything, press("score.1")),
)
scenario(ANYWHERE, Meaning.RATER_KIND, At.RATED, "I am a business", reach(At.RATED, press("business")))
scenario(
    ANYWHERE,
    Meaning.RATER_KIND,
    Stay.SAME,
    "a business, too late",
    reach(At.RATED, let_the_window_close, press("business")),
)
scenario(
    ANYWHERE,
    Meaning.RATER_KIND,
    At.NOWHERE,
    "a business, of nothing",
    reach(At.RATED, lose_everything, press("business")),
)
scenario(ANYWHERE, Meaning.RECEIPT, At.RATED, "a receipt in a link", follow_the_receipt)
scenario(ANYWHERE, Meaning.RECEIPT, Stay.SAME, "a receipt of nothing", type_text(print_token(make_token(bytes(15)))))
scenario(ANYWHERE, Meaning.ASKS_FOR_RECEIPT, At.RECEIPT, "/receipt", lambda stage: stage.command(Event.RECEIPT))
scenario(
    ANYWHERE,
    Meaning.ASKS_TO_CHANGE,
    At.CHANGE,
    "/change after rating",
    reach(At.RATED, lambda stage: stage.command(Event.CHANGE)),
)
scenario(
    ANYWHERE, Meaning.ASKS_TO_CHANGE, At.RECEIPT, "/change before rating", lambda stage: stage.command(Event.CHANGE)
)
scenario(
    ANYWHERE,
    Meaning.ASKS_TO_CHANGE,
    Stay.SAME,
    "/change too late",
    reach(At.RATED, let_the_window_close, lambda stage: stage.command(Event.CHANGE)),
)
