"""The hostile texts themselves, and how a field holds them."""

import json
from collections.abc import Sequence
from pathlib import Path

PAYLOADS: tuple[str, ...] = tuple(
    json.loads(line) for line in (Path(__file__).parents[1] / "payloads.jsonl").read_text("utf-8").splitlines()
)
GAP = " ¦ "


def mark_texts(mark: str, longest: int = 10_000) -> tuple[str, ...]:
    """The texts as a field of that mark holds them, cut where the table takes no more."""
    return tuple(f"{text[: longest - len(mark) - 1]}·{mark}" for text in PAYLOADS)


def join_texts(texts: Sequence[str], longest: int) -> list[str]:
    """As few texts as hold them all, each as long as a table takes; a text that is longer alone is cut."""
    joined: list[str] = []
    for text in (text[:longest] for text in texts):
        if joined and len(joined[-1]) + len(GAP) + len(text) <= longest:
            joined[-1] += GAP + text
        else:
            joined.append(text)
    return joined
