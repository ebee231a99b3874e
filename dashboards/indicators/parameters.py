"""The constants of the fair-score method as dated data: what each is worth, why, and from when on.

Owns their names and types; dashboards/indicators/parameter_sets.py owns their values. No formula holds a number.
"""

from datetime import date
from typing import Generic, TypeVar

import msgspec

Value = TypeVar("Value", int, float, tuple[str, ...])


class Parameter(msgspec.Struct, Generic[Value], frozen=True):
    """`is_placeholder`: our own choice, to be confirmed on pilot data before a personnel decision rests on it."""

    value: Value
    basis: str
    valid_from: date
    is_placeholder: bool = False


class Parameters(msgspec.Struct, frozen=True):
    """One version of the method. Points are those of the scale of 0 to 100."""

    version: str
    # counts and cells
    points_per_step: Parameter[int]
    official_classes: Parameter[tuple[str, ...]]
    official_classes_without_gap: Parameter[tuple[str, ...]]
    unit_classes: Parameter[tuple[str, ...]]
    procedure_classes: Parameter[tuple[str, ...]]
    gap_ratings: Parameter[int]
    gap_z: Parameter[float]
    gap_points: Parameter[float]
    # peers
    peer_ratings: Parameter[int]
    smallest_pool: Parameter[int]
    # expected score
    smallest_channel: Parameter[int]
    reference_strength: Parameter[int]
    reference_entities: Parameter[int]
    reference_ratings: Parameter[int]
    thin_share: Parameter[float]
    passes: Parameter[int]
    # variances
    smallest_variance: Parameter[float]
    assumed_variance: Parameter[float]
    prior_correlation: Parameter[float]
    prior_peers: Parameter[int]
    # interval and band
    normal_quantile: Parameter[float]
    interval_probability: Parameter[float]
    normal_from_peers: Parameter[int]
    indifference_points: Parameter[float]
    band_probability: Parameter[float]
    warning_z: Parameter[float]
    alarm_z: Parameter[float]
    false_discovery_rate: Parameter[float]
    # grades
    owner_ratings: Parameter[int]
    b_ratings: Parameter[int]
    b_reliability: Parameter[float]
    a_ratings: Parameter[int]
    a_reliability: Parameter[float]
    a_days: Parameter[int]
    # headline of a unit
    headline_ratings: Parameter[int]
    headline_procedure_ratings: Parameter[int]
    # alerts and the operational view
    drop_points: Parameter[float]
    drop_baseline_days: Parameter[int]
    noise_prior_ratings: Parameter[int]
    drop_watch: Parameter[float]
    drop_alert: Parameter[float]
    low_share_sigmas: Parameter[float]
    low_share_ratings: Parameter[int]
    low_share_weeks: Parameter[int]
    moving_range_constant: Parameter[float]
    half_life_days: Parameter[int]
