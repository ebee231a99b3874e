"""Turns stored figures into items: each figure is first narrowed to what a personnel system may know (readers.py)."""

from collections.abc import Mapping
from datetime import date
from typing import cast

import msgspec

from dashboards.disclosure.readers import narrow_score
from dashboards.disclosure.released_scores import ReleasedPool, ReleasedScore
from dashboards.evaluation.items import (
    AreaType,
    Interval,
    MethodItem,
    OfficialItem,
    ParameterItem,
    PeerGroupItem,
    ProcedureItem,
    RoleName,
    Satisfied,
    Status,
    UnitItem,
)
from dashboards.indicators.parameters import Parameter, Parameters
from feedback.tables.evaluation_views import ScoreRow
from feedback.tables.releases import ReleasePool

FIGURE = msgspec.json.Decoder(ReleasedScore)
POOL = msgspec.json.Decoder(ReleasedPool)

Item = OfficialItem | UnitItem | ProcedureItem


class StoredParameter(msgspec.Struct, frozen=True):
    """One parameter in the JSON of a release."""

    value: float | str | list[str]
    basis: str
    valid_from: date
    is_placeholder: bool = False


def make_official_item(row: ScoreRow, use: str) -> OfficialItem:
    """`use` is the sentence that says what the score is for."""
    score = narrow_score(FIGURE.decode(row.figure), "personnel")
    return OfficialItem(
        official=row.entity,
        identifier=row.identifier,
        title=row.title,
        unit=row.unit or "",
        area_type=cast("AreaType", row.area_type),
        peer_group=row.pool,
        release=row.release,
        score=score.score,
        status=name_status(score),
        reasons=list(score.reasons),
        interval=make_interval(score),
        n=score.n,
        reliability=score.reliability,
        grade=score.grade,
        peer_band=None if score.score is None else score.band,
        share_class_a=score.share_class_a,
        open_reviews=row.open_reviews,
        method_version=row.method_version,
        use=use,
    )


def make_unit_item(row: ScoreRow, use: str) -> UnitItem:
    score = narrow_score(FIGURE.decode(row.figure), "personnel")
    return UnitItem(
        unit=row.entity,
        place=row.place or "",
        area_type=cast("AreaType", row.area_type),
        peer_group=row.pool,
        release=row.release,
        score=score.score,
        status=name_status(score),
        reasons=list(score.reasons),
        interval=make_interval(score),
        n=score.n,
        reliability=score.reliability,
        grade=score.grade,
        peer_band=None if score.score is None else score.band,
        share_class_a=score.share_class_a,
        satisfied=make_satisfied(score),
        open_reviews=row.open_reviews,
        method_version=row.method_version,
        use=use,
    )


def make_procedure_item(row: ScoreRow, use: str) -> ProcedureItem:
    score = narrow_score(FIGURE.decode(row.figure), "personnel")
    return ProcedureItem(
        procedure=row.entity,
        peer_group=row.pool,
        release=row.release,
        score=score.score,
        status=name_status(score),
        reasons=list(score.reasons),
        interval=make_interval(score),
        n=score.n,
        reliability=score.reliability,
        grade=score.grade,
        peer_band=None if score.score is None else score.band,
        share_class_a=score.share_class_a,
        method_version=row.method_version,
        use=use,
    )


MAKE_ITEM = {"official": make_official_item, "unit": make_unit_item, "procedure": make_procedure_item}


def make_peer_group_item(row: ReleasePool) -> PeerGroupItem:
    pool = POOL.decode(row.figure)
    return PeerGroupItem(
        role=cast("RoleName", row.role),
        peer_group=row.pool,
        level=pool.level,
        peers=pool.peers,
        mean=pool.mean,
        spread=pool.spread,
        quantiles=None if pool.quantiles is None else list(pool.quantiles),
    )


def make_method_item(parameters: Parameters) -> MethodItem:
    """A version holds from the first day of its youngest parameter on."""
    items = list_parameters(parameters)
    return MethodItem(parameters.version, max(item.valid_from for item in items), items)


def list_parameters(parameters: Parameters) -> list[ParameterItem]:
    found = ((name, getattr(parameters, name)) for name in parameters.__struct_fields__)
    return [
        ParameterItem(name, make_value(value.value), value.basis, value.valid_from, value.is_placeholder)
        for name, value in found
        if isinstance(value, Parameter)
    ]


def read_stored_parameters(text: str) -> list[ParameterItem]:
    """Those of a release, wherever in its JSON they stand, by name; whatever has no value and basis is no parameter."""
    return sorted(find_parameters(msgspec.json.decode(text, type=dict[str, object])), key=lambda item: item.name)


def find_parameters(parts: Mapping[str, object]) -> list[ParameterItem]:
    found: list[ParameterItem] = []
    for name, part in parts.items():
        if not isinstance(part, dict):
            continue
        inner = cast("dict[str, object]", part)
        if {"value", "basis", "valid_from"} <= inner.keys():
            stored = msgspec.convert(inner, StoredParameter)
            found.append(ParameterItem(name, stored.value, stored.basis, stored.valid_from, stored.is_placeholder))
        else:
            found += find_parameters(inner)
    return found


def make_value(value: float | tuple[str, ...]) -> float | list[str]:
    return list(value) if isinstance(value, tuple) else value


def make_interval(score: ReleasedScore) -> Interval | None:
    if score.score is None or score.low is None or score.high is None:
        return None
    return Interval(score.low, score.high)


def make_satisfied(score: ReleasedScore) -> Satisfied | None:
    """The headline of a unit without its procedures, whose means are raw."""
    headline = score.headline
    if headline is None or headline.share is None:
        return None
    share = headline.share
    return Satisfied(share.percent, share.bound, share.low, share.high, headline.is_weighted, headline.response_rate)


def name_status(score: ReleasedScore) -> Status:
    return "insufficient" if score.score is None else "scored"
