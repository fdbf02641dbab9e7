"""Format 1: a number, decision costs of its own, and a seal over the flatbuffer and every member."""

import json
from collections.abc import Mapping

from claims.base.strict import Strict
from claims.model.formats.format import NUMBER, SEAL, Format, Members, hash_parts, parse_member

CONTRACT = "contract.json"
ENCODER = "encoder.json"
DECISION_RULES = "decision_rules.json"
REFERENCE_CLAIM = "reference_claim.json"
PSEUDONYMS = "pseudonyms.json"
CONTENTS = (CONTRACT, ENCODER, DECISION_RULES, REFERENCE_CLAIM, PSEUDONYMS)


class Seal(Strict):
    """``seal.json``: the SHA-256 of the flatbuffer and of every other member, in hex, by name."""

    sha256: dict[str, str]


def seal(flatbuffer: bytes, contents: Mapping[str, str]) -> Members:
    """Return the members of a file in their order, the seal last."""
    members = {NUMBER: json.dumps({"format": 1}).encode()}
    members |= {name: contents[name].encode() for name in CONTENTS}
    hashes = Seal(sha256=hash_parts(flatbuffer, members))
    return members | {SEAL: hashes.model_dump_json(indent=1).encode()}


def find_altered(flatbuffer: bytes, members: Members) -> str | None:
    """Compare every part with the seal."""
    sealed = parse_member(Seal, members, SEAL).sha256
    parts = hash_parts(flatbuffer, {name: part for name, part in members.items() if name != SEAL})
    altered = [name for name in {**parts, **sealed} if parts.get(name) != sealed.get(name)]
    return altered[0] if altered else None


FORMAT = Format(
    names=(NUMBER, *CONTENTS, SEAL),
    find_altered=find_altered,
    translate=lambda members: members,
)
