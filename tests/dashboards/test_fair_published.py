"""The statistics against figures that others computed: R's metafor, Python's statsmodels, printed tables."""

import math

import polars as pl
import pytest

from dashboards.indicators.peer_bands import find_interval_factor
from dashboards.indicators.quantiles import calculate_normal_probability, find_t_quantile
from dashboards.indicators.shrinkage import add_shrunk_scores, calculate_centres, calculate_dersimonian_laird
from tests.dashboards.fair_frames import change_parameters

# dat.bcg of R's metadat: 13 trials of a vaccine; ill and well among the vaccinated, ill and well among the others.
BCG = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]
# dat.raudenbush1985 of R's metadat: effect and its variance in 19 studies of teachers' expectations.
EXPECTANCY = [
    (0.03, 0.0156),
    (0.12, 0.0216),
    (-0.14, 0.0279),
    (1.18, 0.1391),
    (0.26, 0.1362),
    (-0.06, 0.0106),
    (-0.02, 0.0106),
    (-0.32, 0.0484),
    (0.27, 0.0269),
    (0.80, 0.0630),
    (0.54, 0.0912),
    (0.18, 0.0497),
    (-0.02, 0.0835),
    (0.23, 0.0841),
    (-0.18, 0.0253),
    (-0.06, 0.0279),
    (0.30, 0.0193),
    (0.07, 0.0088),
    (-0.07, 0.0303),
]
# Raudenbush and Bryk (1985), figure 2, as metafor's own test checks it: empirical-Bayes estimate, 95 % low and high.
PUBLISHED = [
    (0.054, -0.132, 0.241),
    (0.101, -0.103, 0.304),
    (-0.006, -0.223, 0.210),
    (0.214, -0.053, 0.482),
    (0.105, -0.162, 0.372),
    (-0.008, -0.174, 0.157),
    (0.017, -0.148, 0.183),
    (-0.029, -0.269, 0.210),
    (0.160, -0.054, 0.375),
    (0.249, 0.000, 0.497),
    (0.162, -0.097, 0.421),
    (0.110, -0.130, 0.351),
    (0.065, -0.192, 0.321),
    (0.110, -0.146, 0.367),
    (-0.029, -0.241, 0.183),
    (0.026, -0.191, 0.242),
    (0.191, -0.008, 0.389),
    (0.074, -0.081, 0.230),
    (0.025, -0.195, 0.245),
]


def make_peers(effects: list[tuple[float, float]]) -> pl.DataFrame:
    return pl.DataFrame(effects, schema=["adjusted", "variance"], orient="row").with_columns(pool=pl.lit(0))


def make_log_risk_ratios() -> pl.DataFrame:
    ratios = [(math.log(a / (a + b) * (c + d) / c), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in BCG]
    return make_peers(ratios)


def test_the_between_variance_of_the_vaccine_trials_is_that_of_metafor_and_statsmodels() -> None:
    # metafor, rma(method = "DL"): tau^2 = 0.3088. statsmodels 0.15.0, combine_effects(method_re="chi2"): all digits.
    [row] = calculate_dersimonian_laird(make_log_risk_ratios()).to_dicts()
    assert row["k_peers"] == 13
    assert row["tau2_dl"] == pytest.approx(0.3088, abs=5e-5)
    assert row["tau2_dl"] == pytest.approx(0.30876026286237634, rel=1e-12)


def test_the_mean_of_the_vaccine_trials_is_that_of_metafor_and_statsmodels() -> None:
    # metafor: estimate -0.7141, standard error 0.1787. statsmodels: -0.7141172220732269, 0.17874208953540316.
    peers = make_log_risk_ratios()
    pools = calculate_dersimonian_laird(peers).rename({"tau2_dl": "tau2"})
    [row] = calculate_centres(peers, pools).to_dicts()
    assert row["mu"] == pytest.approx(-0.7141172220732269, rel=1e-12)
    assert row["precision"] ** -0.5 == pytest.approx(0.17874208953540316, rel=1e-12)


def test_trials_that_differ_less_than_chance_have_no_between_variance() -> None:
    # Three effects 0, 1, 2 with variance 10: Q = 0.2, below k - 1 = 2.
    [row] = calculate_dersimonian_laird(make_peers([(0, 10), (1, 10), (2, 10)])).to_dicts()
    assert row["tau2_dl"] == 0


@pytest.mark.parametrize("study", range(19))
def test_shrunk_scores_and_intervals_are_those_that_raudenbush_and_bryk_published(study: int) -> None:
    # Their variance between studies is a likelihood estimate, 0.0188 in metafor; what follows from it is our step 5.
    pools = pl.DataFrame({"pool": [0], "tau2": [0.0188]})
    peers = make_peers(EXPECTANCY)
    scores = add_shrunk_scores(peers.join(pools, on="pool").join(calculate_centres(peers, pools), on="pool"))
    row = scores.to_dicts()[study]
    reach = 1.96 * row["standard_error"]
    assert (row["theta"], row["theta"] - reach, row["theta"] + reach) == pytest.approx(PUBLISHED[study], abs=0.0011)


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    # scipy 1.17.1, stats.t.ppf(0.975, degrees); 12.706, 4.303, 3.182 … in every printed table.
    [
        (1, 12.706204736174694),
        (2, 4.302652729749462),
        (3, 3.1824463052837078),
        (4, 2.7764451051977934),
        (9, 2.262157162798205),
        (11, 2.200985160091639),
        (23, 2.0686576104190486),
        (30, 2.0422724563012378),
        (58, 2.0017174841452356),
    ],
)
def test_quantiles_of_t_are_those_of_scipy(degrees: int, quantile: float) -> None:
    assert find_t_quantile(0.975, degrees) == pytest.approx(quantile, rel=1e-12)


def test_sixty_peers_are_enough_for_the_normal_interval() -> None:
    parameters = change_parameters()
    assert find_interval_factor(60, parameters) == 1.96
    assert find_interval_factor(59, parameters) == pytest.approx(2.0017174841452356)
    assert find_interval_factor(1, parameters) == find_interval_factor(0, parameters)


def test_normal_probabilities_are_those_of_every_table() -> None:
    probabilities = calculate_normal_probability(pl.Series([0.0, 1.96, -3.09, None]))
    assert probabilities.round(6).to_list() == [0.5, 0.975002, 0.001001, None]
