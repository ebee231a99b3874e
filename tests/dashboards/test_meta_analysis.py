"""τ², mean, shrunk scores and their errors against Python's statsmodels and R's metafor, on one published data set.

The nine measurements of one quantity in Kacker (2004), Metrologia 41, table 1, as statsmodels ships them in its tests
(statsmodels/stats/tests/test_meta.py). All figures were taken with statsmodels 0.15.0; no check needs it installed.
"""

import polars as pl
import pytest

from dashboards.indicators.shrinkage import (
    add_shrunk_scores,
    calculate_centres,
    calculate_dersimonian_laird,
    estimate_between_variance,
)
from tests.dashboards.fair_frames import change_parameters

EFFECTS = (61.00, 61.40, 62.21, 62.30, 62.34, 62.60, 62.70, 62.84, 65.90)
VARIANCES = (0.2025, 1.2100, 0.0900, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225)
# combine_effects(effects, variances, method_re="dl"): tau2, mean_effect_re, sd_eff_w_re.
TAU2, MEAN, MEAN_ERROR = 0.2880492469740799, 62.39013860445034, 0.24574966804039602
# metafor: rma(y, v, data=dat, method="DL") in statsmodels/stats/tests/results/results_meta.py, which prints 15 digits.
METAFOR_TAU2, METAFOR_MEAN, METAFOR_ERROR = 0.288049246973751, 62.3901386044504, 0.245749668040304
# The best linear unbiased predictions μ + u and their standard errors, from the mixed-model equations of Henderson
# (1975) as one regression: WLS of (y, 0) on (1 + u, u), weights (1 / v, 1 / τ²), cov_type="fixed_scale", and t_test.
PREDICTED = [
    (61.57385281730164, 0.3594423271107319),
    (62.199751886531715, 0.5215966345568598),
    (62.25288455678804, 0.2683224959402896),
    (62.337209449436, 0.3594423271107315),
    (62.3686613147943, 0.42941330707251213),
    (62.46121081710831, 0.46573769313615615),
    (62.64110312191754, 0.23860603313177184),
    (62.80740651765061, 0.1455570203602039),
    (62.86916695852499, 0.5420046023445004),
]


def make_peers() -> pl.DataFrame:
    return pl.DataFrame({"adjusted": EFFECTS, "variance": VARIANCES}).with_columns(pool=pl.lit(0))


def shrink_peers() -> pl.DataFrame:
    peers = make_peers()
    pools = calculate_dersimonian_laird(peers).rename({"tau2_dl": "tau2"})
    centres = calculate_centres(peers, pools)
    return add_shrunk_scores(peers.join(pools, on="pool").join(centres, on="pool"))


def test_the_between_variance_is_that_of_statsmodels_and_metafor() -> None:
    [row] = calculate_dersimonian_laird(make_peers()).to_dicts()
    assert row["k_peers"] == 9
    assert row["tau2_dl"] == pytest.approx(TAU2, rel=1e-9)
    assert row["tau2_dl"] == pytest.approx(METAFOR_TAU2, rel=1e-9)


def test_the_mean_of_the_peers_and_its_error_are_those_of_statsmodels_and_metafor() -> None:
    row = shrink_peers().to_dicts()[0]
    assert (row["mu"], row["precision"] ** -0.5) == pytest.approx((MEAN, MEAN_ERROR), rel=1e-12)
    assert (row["mu"], row["precision"] ** -0.5) == pytest.approx((METAFOR_MEAN, METAFOR_ERROR), rel=1e-12)


@pytest.mark.parametrize("place", range(9))
def test_each_shrunk_score_and_its_error_is_the_prediction_of_the_mixed_model(place: int) -> None:
    row = shrink_peers().to_dicts()[place]
    assert (row["theta"], row["standard_error"]) == pytest.approx(PREDICTED[place], rel=1e-9)


def test_with_no_prior_the_method_itself_takes_the_between_variance_as_it_is() -> None:
    # The prior is worth 0 peers, so what estimate_between_variance gives is τ²_DL alone.
    peers = make_peers().with_columns(n=pl.lit(50), sigma2=pl.lit(500.0))
    [row] = estimate_between_variance(peers, change_parameters(prior_peers=0)).to_dicts()
    assert (row["tau2"], row["mu"]) == pytest.approx((TAU2, MEAN), rel=1e-9)
