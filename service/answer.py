"""A judgement as JSON: one form, stored once and answered as it is stored."""

from typing import Any

import orjson

from model.verdict import Decision, Judgement, Reason, Thresholds


def to_json(judgement: Judgement) -> bytes:
    """The judgement part of the native API's answer (CONTRACT 2)."""
    return orjson.dumps(
        {
            "decision": judgement.decision,
            "spam_probability": judgement.spam_probability,
            "score": judgement.score,
            "probability_basis": judgement.probability_basis,
            "thresholds": judgement.thresholds,
            "reasons": [_reason(reason) for reason in judgement.reasons],
            "base": judgement.base,
            "rest": judgement.rest,
            "model": {"base": judgement.base_model, "site": judgement.site_model},
            "policy": judgement.policy,
        }
    )


def _reason(reason: Reason) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": reason.code,
        "detail": reason.detail,
        "weight": reason.weight,
        "spans": reason.spans,
    }
    return told | {"decides": True} if reason.decides else told


def from_json(stored: bytes | str) -> Judgement:
    """The inverse of `to_json`."""
    told = orjson.loads(stored)
    decision = Decision(told["decision"])
    reasons = tuple(
        Reason(
            code=reason["code"],
            detail=reason["detail"],
            weight=reason["weight"],
            spans=tuple((first, last) for first, last in reason["spans"]),
            decides=decision if reason.get("decides") else None,
        )
        for reason in told["reasons"]
    )
    return Judgement(
        decision=decision,
        score=told["score"],
        spam_probability=told["spam_probability"],
        probability_basis=told["probability_basis"],
        thresholds=Thresholds(**told["thresholds"]),
        reasons=reasons,
        base=told["base"],
        rest=told["rest"],
        base_model=told["model"]["base"],
        site_model=told["model"]["site"],
        policy=told["policy"],
    )
