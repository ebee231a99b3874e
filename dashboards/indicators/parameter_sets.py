"""The values of the fair-score method, one set a version. A published set is never edited: a change is a new set.

Bases name their source; "own choice" marks what a pilot has to confirm.
"""

from datetime import date

from dashboards.indicators.parameters import Parameter, Parameters

IN_FORCE = date(2026, 1, 1)  # Decree 335/2025/NĐ-CP, which these scores serve, is in force from this day on


PARAMETERS_2026_1 = Parameters(
    version="2026.1",
    points_per_step=Parameter(25, "Scores 1 to 5 as 0 to 100 in equal steps, the linear mean of HCAHPS", IN_FORCE),
    official_classes=Parameter(
        ("A",), "Own choice: only a visit token proves the visit", IN_FORCE, is_placeholder=True
    ),
    official_classes_without_gap=Parameter(
        ("B",), "Own choice: known chat accounts, once they answer like visit tokens", IN_FORCE, is_placeholder=True
    ),
    unit_classes=Parameter(
        ("A", "B", "C"),
        "Own choice: no single person is judged; shares of each class stand beside it",
        IN_FORCE,
        is_placeholder=True,
    ),
    procedure_classes=Parameter(("A", "B", "C"), "As unit_classes", IN_FORCE, is_placeholder=True),
    gap_ratings=Parameter(20, "Own choice: fewer ratings of a class decide nothing", IN_FORCE, is_placeholder=True),
    gap_z=Parameter(3.0, "Own choice: about 3 false gaps in 1,000 tests", IN_FORCE, is_placeholder=True),
    gap_points=Parameter(8.0, "Own choice: a third of one step of the scale", IN_FORCE, is_placeholder=True),
    peer_ratings=Parameter(10, "Rule P1: no figure about a person on fewer than 10 ratings", IN_FORCE),
    smallest_pool=Parameter(10, "Own choice: fewer peers cannot show how peers differ", IN_FORCE, is_placeholder=True),
    smallest_channel=Parameter(
        200, "Own choice: a channel offset is then known to about 1.7 points", IN_FORCE, is_placeholder=True
    ),
    reference_strength=Parameter(
        20, "Own choice: kappa, the ratings that the pool's mean is worth", IN_FORCE, is_placeholder=True
    ),
    reference_entities=Parameter(
        3, "Own choice: one or two colleagues are no procedure", IN_FORCE, is_placeholder=True
    ),
    reference_ratings=Parameter(
        60, "Own choice: the reference is then known to about 3 points", IN_FORCE, is_placeholder=True
    ),
    thin_share=Parameter(
        0.1,
        "Own choice: up to a tenth of the ratings on rare procedures moves a score by about one point",
        IN_FORCE,
        is_placeholder=True,
    ),
    passes=Parameter(2, "Own simulation: the second pass removes what weak colleagues add, more add nothing", IN_FORCE),
    smallest_variance=Parameter(
        25**2 / 12, "Sheppard (1898): the variance of rounding to steps of 25 points", IN_FORCE
    ),
    assumed_variance=Parameter(
        537.5,
        "Own choice where a pool has no two ratings to compare: shares 3, 2, 7, 28, 60 % (PMC7786736: ceilings)",
        IN_FORCE,
        is_placeholder=True,
    ),
    prior_correlation=Parameter(
        0.057,
        "Nelson et al. (RAND EP20040304): 66 ratings for reliability 0.80; United States, to be estimated anew",
        IN_FORCE,
        is_placeholder=True,
    ),
    prior_peers=Parameter(
        10, "Own choice: the prior between-peer variance weighs as 10 peers", IN_FORCE, is_placeholder=True
    ),
    normal_quantile=Parameter(1.96, "95 % interval of the normal distribution", IN_FORCE),
    interval_probability=Parameter(0.975, "95 % interval, two sides", IN_FORCE),
    normal_from_peers=Parameter(
        60, "Own simulation: below it 1.96 covers about 90 % instead of 95 %, so t stands in", IN_FORCE
    ),
    indifference_points=Parameter(
        5.0, "Own choice: a fifth of one step of the scale matters", IN_FORCE, is_placeholder=True
    ),
    band_probability=Parameter(0.95, "Own choice: how sure before a band is named", IN_FORCE, is_placeholder=True),
    warning_z=Parameter(1.96, "Spiegelhalter (2005), funnel plots: 95 % limits", IN_FORCE),
    alarm_z=Parameter(3.09, "Spiegelhalter (2005), funnel plots: 99.8 % limits", IN_FORCE),
    false_discovery_rate=Parameter(0.05, "Benjamini and Hochberg (1995)", IN_FORCE),
    owner_ratings=Parameter(10, "Rule P1: no figure about a person on fewer than 10 ratings", IN_FORCE),
    b_ratings=Parameter(30, "Own choice, as public pages", IN_FORCE, is_placeholder=True),
    b_reliability=Parameter(0.70, "RAND TR653 and Checkbook: 0.70 to compare groups", IN_FORCE),
    a_ratings=Parameter(66, "Nelson et al. (RAND EP20040304): 66 ratings for reliability 0.80", IN_FORCE),
    a_reliability=Parameter(0.80, "Nelson et al. (RAND EP20040304)", IN_FORCE),
    a_days=Parameter(20, "Own choice: a month of working days, no campaign of a week", IN_FORCE, is_placeholder=True),
    headline_ratings=Parameter(30, "Rule P1: public pages of units and procedures", IN_FORCE),
    headline_procedure_ratings=Parameter(10, "Rule P1, also for a stratum", IN_FORCE),
    drop_points=Parameter(10.0, "Own choice: the drop worth finding, 0.4 of a step", IN_FORCE, is_placeholder=True),
    drop_baseline_days=Parameter(180, "Own choice: what an entity is compared with", IN_FORCE, is_placeholder=True),
    noise_prior_ratings=Parameter(
        200,
        "Own simulation of an earlier world: one variance for all doubled the false alerts",
        IN_FORCE,
        is_placeholder=True,
    ),
    drop_watch=Parameter(
        5.0,
        "Own simulation, days alike: 0.3 to 0.7 false alarms a year, for the manager only",
        IN_FORCE,
        is_placeholder=True,
    ),
    drop_alert=Parameter(
        7.0,
        "Own simulation (docs/fair-scores.md): 0.04 to 0.22 false alarms a year at 8 ratings a day",
        IN_FORCE,
        is_placeholder=True,
    ),
    low_share_sigmas=Parameter(3.0, "Shewhart limits, Laney (2002)", IN_FORCE),
    low_share_ratings=Parameter(10, "Rule P1, also for a week", IN_FORCE),
    low_share_weeks=Parameter(
        12, "Own choice: fewer weeks do not show how weeks differ", IN_FORCE, is_placeholder=True
    ),
    moving_range_constant=Parameter(1.128, "d2 of two observations, in every table of control charts", IN_FORCE),
    half_life_days=Parameter(
        90, "Own choice: operational view only, never for personnel", IN_FORCE, is_placeholder=True
    ),
)

PARAMETER_SETS = {parameters.version: parameters for parameters in (PARAMETERS_2026_1,)}
