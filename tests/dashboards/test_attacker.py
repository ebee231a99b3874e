"""The attacker of tests/attack on a thousand small worlds; `make attack` takes 100,000.

Knows every figure of every reader, the exact number of ratings of each unit, and who works where.
"""

import polars as pl
import pytest

from dashboards.disclosure.readers import Reader
from tests.attack.judge import check_truth
from tests.attack.page_rounds import attack_live_pages, plant
from tests.attack.releases import gate_without_p4, gate_without_p6
from tests.attack.rounds import attack_worlds

WORLDS, PAGE_WORLDS = 500, 5


@pytest.mark.parametrize("reader", ["owner", "personnel"])
def test_no_cell_below_ten_and_no_small_unanimous_group_is_recovered(reader: Reader) -> None:
    found = attack_worlds(WORLDS, seed=7, reader=reader)
    assert (found.numbers, found.means, found.unanimity) == (0, 0, 0)
    assert found.protected > 1000  # there was something to find
    assert found.unanimous > 200
    assert found.shown > 2000  # and something to find it with


def test_the_attacker_finds_a_gate_without_complementary_suppression() -> None:
    found = attack_worlds(WORLDS, seed=7, gate=gate_without_p4)
    assert found.numbers > 50
    assert found.means > 10


def test_the_attacker_finds_a_gate_that_shows_small_unanimous_groups() -> None:
    assert attack_worlds(WORLDS, seed=7, gate=gate_without_p6).unanimity > 100


def test_the_same_seed_gives_the_same_findings() -> None:
    assert attack_worlds(50, seed=1) == attack_worlds(50, seed=1)


def test_an_attacker_who_contradicts_the_truth_is_stopped() -> None:
    wrong = {"true_n": [12], "true_s": [40], "n_low": [13], "n_high": [14], "s_low": [0], "s_high": [99]}
    with pytest.raises(AssertionError, match="contradicts the truth"):
        check_truth(pl.DataFrame({**wrong, "d_low": [0], "d_high": [99]}))


def test_live_pages_give_no_group_below_ten_away() -> None:
    found = attack_live_pages(PAGE_WORLDS, seed=3)
    assert found.recovered == 0
    assert found.differences > 500  # there was something to subtract


def test_the_attacker_finds_pages_that_move_every_evening() -> None:
    with plant("every evening"):
        found = attack_live_pages(PAGE_WORLDS, seed=3)
    assert found.evenings > 100
    assert found.answers > 50


def test_the_attacker_finds_batches_that_do_not_end_where_a_release_ends() -> None:
    with plant("batches across quarters"):
        assert attack_live_pages(PAGE_WORLDS, seed=3).evenings > 0


def test_the_attacker_finds_breakdowns_without_complementary_suppression() -> None:
    with plant("no complement"):
        assert attack_live_pages(PAGE_WORLDS, seed=3).margins > 0
