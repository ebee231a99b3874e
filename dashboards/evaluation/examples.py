"""One example of each answer, as the demo would give it. Every one is held to its shape by a test."""

from typing import Any

USE = (
    "Điểm này là một nguồn thông tin để xem xét, không phải là kết luận. Điểm thuộc nhóm chỉ số “chất lượng phục vụ"
    " người dân và doanh nghiệp” và là minh chứng cho “liêm chính”."
)
EVIDENCE: dict[str, Any] = {
    "peer_group": "citizen/reception/urban/96",
    "release": "2026-Q3",
    "score": 84,
    "status": "scored",
    "reasons": [],
    "interval": {"low": 80, "high": 88},
    "n": 80,
    "reliability": 0.87,
    "grade": "A",
    "peer_band": "similar",
    "share_class_a": 100,
    "method_version": "2026.1",
    "use": USE,
}
NOTHING: dict[str, Any] = {
    "score": None,
    "status": "insufficient",
    "reasons": ["too_few_ratings"],
    "interval": None,
    "n": None,
    "reliability": None,
    "grade": "none",
    "peer_band": None,
    "share_class_a": None,
}
OFFICIAL: dict[str, Any] = {
    "official": "demo-1",
    "identifier": "CB-000123",
    "title": "reception",
    "unit": "32041",
    "area_type": "urban",
    **EVIDENCE,
    "open_reviews": 0,
}
UNIT: dict[str, Any] = {
    "unit": "32041",
    "place": "32041",
    "area_type": "urban",
    **EVIDENCE,
    "n": 480,
    "satisfied": {
        "percent": 91,
        "bound": "exact",
        "low": 88,
        "high": 94,
        "is_weighted": True,
        "response_rate": 12,
    },
    "open_reviews": 1,
}
RELEASE = {"release": "2026-Q3", "first_day": "2026-07-01", "last_day": "2026-09-30"}
PARAMETER = {
    "name": "owner_ratings",
    "value": 10,
    "basis": "Rule P1: no figure about a person on fewer than 10 ratings",
    "valid_from": "2026-01-01",
    "is_placeholder": False,
}
METHOD = {"version": "2026.1", "valid_from": "2026-01-01", "parameters": [PARAMETER]}
SLIP = {
    "token": "7K3MQ9XWC7K3MQ9X",
    "address": "HTTPS://DANHGIA.TINH.GOV.VN/V/7K3MQ9XWC7K3MQ9X",
    "code": "7K3-MQ9-XWC",
    "pin": "0417",
    "valid_to": "2026-12-05",
    "sms": {"text": "Moi Ong/Ba danh gia...", "letters": 118, "parts": 1},
}
WISH = {"unit": "32041", "desk": "1", "procedure": "1.001193", "official": "demo-1"}
ROW = {"row": 2, "field": "completed", "reason": "fewer-than-ratings", "detail": "…"}
ENTRY = {"unit": "32041", "desk": "1", "procedure": "1.001193", "day": "2026-11-19", "completed": 12, "late": 1}

EXAMPLES: dict[str, Any] = {
    "ReleaseList": {"items": [{**RELEASE, "method_version": "2026.1"}]},
    "ReleaseDetail": {
        **RELEASE,
        "method_version": "2026.1",
        "data_cut": 1200,
        "input_digest": "00" * 32,
        "content_digest": "ff" * 32,
        "corrections": 15,
        "waiting": None,
        "made_on": "2026-10-08",
        "grades": [{"role": "official", "grade": "A", "count": 2}],
        "parameters": [PARAMETER],
    },
    "OfficialPage": {"items": [OFFICIAL, {**OFFICIAL, **NOTHING, "official": "demo-2"}], "next": None},
    "OfficialHistory": {"official": "demo-1", "identifier": "CB-000123", "items": [OFFICIAL]},
    "UnitPage": {"items": [UNIT], "next": None},
    "ProcedurePage": {"items": [{"procedure": "1.001193", **EVIDENCE, "peer_group": "citizen/Hộ tịch"}], "next": None},
    "PeerGroupList": {
        "release": "2026-Q3",
        "items": [
            {
                "role": "official",
                "peer_group": "citizen/reception/urban/96",
                "level": "province",
                "peers": 12,
                "mean": 81,
                "spread": 4.5,
                "quantiles": [72, 78, 82, 86, 90],
            }
        ],
    },
    "ChangeList": {
        "items": [
            {"kind": "release", **RELEASE},
            {
                "kind": "review",
                "official": "demo-1",
                "first_day": "2026-07-01",
                "last_day": "2026-09-30",
                "state": "granted",
                "ended_on": "2026-11-02",
            },
        ],
        "cursor": "aGpQmVd3c1hTWzEsIjIwMjYtMTEtMDIiLDNd",
        "has_more": False,
    },
    "MethodList": {"items": [METHOD]},
    "MethodItem": METHOD,
    "SlipItem": SLIP,
    "SlipBatch": {
        "issued": 1,
        "refused": 1,
        "slips": [SLIP, {"refused": {"field": "desk", "reason": "no-such-desk", "detail": "…"}}],
    },
    "StoredDossiers": {"stored": 1, "flagged": [ROW]},
    "post_slips.body": WISH,
    "post_dossier_counts.body": [{**ENTRY, "complained": 0}],
}


def make_problem(status: int, title: str, detail: str, **more: object) -> dict[str, object]:
    return {"type": f"urn:langnghe:problem:{title}", "title": title, "status": status, "detail": detail, **more}


PROBLEM_EXAMPLES: dict[int, dict[str, object]] = {
    400: make_problem(400, "unusable-filter", "…", field="limit", allowed=["1-100"]),
    401: make_problem(401, "api-key-needed", "…"),
    403: make_problem(403, "api-key-too-narrow", "…"),
    404: make_problem(404, "unlisted-release", "…", allowed=["2026-Q2", "2026-Q3"]),
    413: make_problem(413, "batch-too-large", "…"),
    415: make_problem(415, "wrong-content-type", "…"),
    422: make_problem(422, "dossiers-refused", "…", rows=[ROW]),
    429: make_problem(429, "quota-used-up", "…", quota=60),
    503: make_problem(503, "api-unavailable", "…"),
}
