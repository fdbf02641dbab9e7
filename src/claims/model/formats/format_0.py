"""Format 0, of files without a number: params.yaml's decision costs, and a seal over the flatbuffer alone."""

import hashlib
import json
from typing import Any

from claims.base.strict import Strict
from claims.model.formats import format_1
from claims.model.formats.format import SEAL, Format, Members, parse_member


class Seal(Strict):
    """``seal.json``."""

    flatbuffer_sha256: str
    key_fingerprint: str


class Settings(Strict):
    """The section ``policy`` of params.yaml, as it was when format 0 was written."""

    wrong_approval_share: float
    wrong_approval: float
    wrong_rejection: float
    review: float
    reviews_a_day: float | None
    coverage: float
    auto_reject: bool


class Policy(Strict):
    """The decision policy; its other parts are those of format 1."""

    settings: Settings
    sets: dict[str, Any]
    shadow_price: float | None


class Rules(Strict):
    """``rules.json``; the parts that are left open are those of format 1."""

    variant: str
    calibration: dict[str, Any]
    policy: Policy
    anomaly: dict[str, Any] | None = None


def find_altered(flatbuffer: bytes, members: Members) -> str | None:
    """Compare the flatbuffer with its seal; nothing else is under it."""
    digest = parse_member(Seal, members, SEAL).flatbuffer_sha256
    return None if digest == hashlib.sha256(flatbuffer).hexdigest() else "flatbuffer"


def translate(members: Members) -> Members:
    """Give decision costs names of their own, and the key's fingerprint a member of its own."""
    pseudonyms = {"key_fingerprint": parse_member(Seal, members, SEAL).key_fingerprint}
    return {
        format_1.CONTRACT: members["contract.json"],
        format_1.ENCODER: members["encoder.json"],
        format_1.DECISION_RULES: _decision_rules(parse_member(Rules, members, "rules.json")),
        format_1.REFERENCE_CLAIM: members["typical.json"],
        format_1.PSEUDONYMS: json.dumps(pseudonyms).encode(),
    }


def _decision_rules(rules: Rules) -> bytes:
    settings = rules.policy.settings
    policy = {
        "costs": {
            "review": settings.review,
            "wrong_rejection": settings.wrong_rejection,
            "wrong_approval_share": settings.wrong_approval_share,
            "wrong_approval_without_amount": settings.wrong_approval,
        },
        "reviews_a_day": settings.reviews_a_day,
        "auto_reject": settings.auto_reject,
        "sets": rules.policy.sets,
        "shadow_price": rules.policy.shadow_price,
    }
    return json.dumps(rules.model_dump() | {"policy": policy}).encode()


FORMAT = Format(
    names=("contract.json", "encoder.json", "rules.json", "typical.json", SEAL),
    find_altered=find_altered,
    translate=translate,
)
