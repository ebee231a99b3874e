"""docs/indicators.md and the catalogues name every indicator, and no other."""

import re
from pathlib import Path

import dashboards
from dashboards.indicators.registry import INDICATORS
from feedback.tables.responses import Channel
from surveys.wording import LANGUAGES, read_wordings

ROOT = Path(dashboards.__file__).parent.parent
NAMES = [indicator.name for indicator in INDICATORS]
WORDINGS = read_wordings([ROOT / "dashboards" / "locale"])


def test_the_docs_name_every_indicator_once_and_no_other() -> None:
    text = (ROOT / "docs" / "indicators.md").read_text("utf-8")
    assert re.findall(r"^### `(\w+)`$", text, re.MULTILINE) == NAMES


def test_the_docs_give_formula_smallest_group_and_source_of_each() -> None:
    text = (ROOT / "docs" / "indicators.md").read_text("utf-8")
    for indicator in INDICATORS:
        section = text.split(f"### `{indicator.name}`")[1].split("\n#")[0]
        assert indicator.formula in section
        assert indicator.source in section
        if indicator.smallest_group:
            assert f"at least {indicator.smallest_group} ratings" in section


def test_every_indicator_has_its_question_and_its_plain_words() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for language in LANGUAGES:
        for indicator in INDICATORS:
            assert WORDINGS[language].say(indicator.question).endswith("?")
            assert WORDINGS[language].say(f"{indicator.question}.how").endswith(".")


def test_every_channel_and_area_type_has_a_name() -> None:
    for language in LANGUAGES:
        for channel in Channel:
            assert WORDINGS[language].say(f"results.channel.{channel.value}")
        for area in ("urban", "rural", "mountain", "border", "island"):
            assert WORDINGS[language].say(f"results.area.{area}")


def test_ours_is_never_called_sipas() -> None:
    for key in ("unit.caution", "unit.sipas-like"):
        assert "không phải" in WORDINGS["vi"].say(key)
        assert "not the SIPAS index" in WORDINGS["en"].say(key)
