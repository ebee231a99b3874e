"""The lines under a chart's title: what it is of and from when, so that an image taken away still says it."""

from textwrap import wrap

# Of 13 pixels in the widest letters that a reader may have: some 7 pixels each.
LETTERS = {True: 42, False: 90}
LINE_HEIGHT = 17


def break_caption(caption: str, *, is_narrow: bool) -> tuple[str, ...]:
    return tuple(wrap(caption, LETTERS[is_narrow]))


def measure_caption(caption: str, *, is_narrow: bool) -> int:
    return LINE_HEIGHT * len(break_caption(caption, is_narrow=is_narrow))


def measure_lines(title: str, caption: str, *, is_narrow: bool) -> int:
    """The room that a chart needs above itself beyond one line of title."""
    more = len(break_caption(title, is_narrow=is_narrow)) - 1
    return LINE_HEIGHT * more + measure_caption(caption, is_narrow=is_narrow)
