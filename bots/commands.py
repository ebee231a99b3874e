"""What is answered the same way everywhere: commands, and whatever is no answer to the question that stands open."""

import msgspec

from bots.conversation import Turn
from bots.keyboards import make_again_row, make_language_row
from bots.meaning import clean_text
from bots.moment import Moment
from bots.questions import ask
from surveys.survey import LONGEST_COMMENT


def show_help(moment: Moment) -> Turn:
    lines = (
        moment.say("chat.help.receipt"),
        moment.say("chat.help.change"),
        moment.say("chat.help.privacy"),
        moment.say("chat.help.stop"),
    )
    rows = (make_again_row(moment), make_language_row(moment))
    return moment.tell(moment.say("chat.help.rate"), "\n".join(lines), moment.say("chat.help.daily"), rows=rows)


def show_privacy(moment: Moment) -> Turn:
    sentences = (
        moment.say("chat.privacy.names"),
        moment.say("chat.privacy.key"),
        moment.say("chat.privacy.chat"),
        moment.say("chat.privacy.groups"),
        moment.say("chat.privacy.readers"),
    )
    return moment.tell("\n".join(sentences))


def forget(moment: Moment) -> Turn:
    goodbye = moment.tell(moment.say("chat.goodbye"))
    return msgspec.structs.replace(goodbye, conversation=None)


def forget_silently(_: Moment) -> Turn:
    return Turn(conversation=None)


def change_language(moment: Moment) -> Turn:
    if moment.value == moment.conversation.language:
        return moment.only_notice(moment.say("chat.notice.language"))
    return ask(moment.remember(language=moment.value))


def refuse_denunciation(moment: Moment) -> Turn:
    return ask(moment, moment.say("done.denunciation"), moment.say("chat.delete-message"))


def refuse_long_text(moment: Moment) -> Turn:
    wording = moment.around.wordings[moment.conversation.language]
    count = wording.number(len(clean_text(moment.value)))
    return ask(moment, moment.say("chat.too-long", count=count, longest=LONGEST_COMMENT))


def refuse_strange_text(moment: Moment) -> Turn:
    return ask(moment, moment.say("chat.strange"))


def ask_for_press(moment: Moment) -> Turn:
    return ask(moment, moment.say("chat.press"))


def refuse_other_kind(moment: Moment) -> Turn:
    return ask(moment, moment.say("chat.only-text"))


def refuse_edited(moment: Moment) -> Turn:
    return moment.tell(moment.say("chat.edited"))


def refuse_group(moment: Moment) -> Turn:
    return moment.tell(moment.say("chat.group"))


def refuse_old_button(moment: Moment) -> Turn:
    """A second press of the button that was just answered, or a button of an earlier question."""
    is_second = moment.value == "just now"
    return moment.only_notice(moment.say("chat.notice.taken" if is_second else "chat.notice.old"))


def refuse_forged_button(moment: Moment) -> Turn:
    return moment.only_notice(moment.say("chat.notice.forged"))
