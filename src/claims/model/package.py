"""A packed model: a .tflite flatbuffer with all that serving needs behind it, as TFLite metadata is.

``unzip -l models/claims_model.tflite`` lists the members. Nothing in it is code, so loading it runs none.
"""

from dataclasses import dataclass
from pathlib import Path

from claims.base.errors import ModelError
from claims.base.strict import Strict
from claims.contract import Contract
from claims.decisions.rules import DecisionRules
from claims.features.extractor import FeatureExtractor
from claims.model.formats import seal_and_join, translate
from claims.model.formats.format import MemberError, parse_member
from claims.model.formats.format_1 import CONTRACT, DECISION_RULES, ENCODER, PSEUDONYMS, REFERENCE_CLAIM
from claims.model.packed_file import REMEDY, PackedFile, read_packed_file
from claims.model.reasons import ReferenceClaim


class Pseudonyms(Strict):
    """Which key identifiers were hashed with."""

    key_fingerprint: str


@dataclass(frozen=True)
class Package:
    """All that scoring needs.

    Attributes
    ----------
    flatbuffer
        The TensorFlow Lite graph.
    contract, extractor, rules, reference_claim
        What the members hold.
    key_fingerprint
        Of the key that hashed the training claims' identifiers.
    """

    flatbuffer: bytes
    contract: Contract
    extractor: FeatureExtractor
    rules: DecisionRules
    reference_claim: ReferenceClaim
    key_fingerprint: str


def pack(package: Package) -> bytes:
    """Return the file's bytes: the same for the same package."""
    contents = {
        CONTRACT: package.contract.model_dump_json(indent=1),
        ENCODER: package.extractor.model_dump_json(indent=1),
        DECISION_RULES: package.rules.to_json(),
        REFERENCE_CLAIM: package.reference_claim.model_dump_json(indent=1),
        PSEUDONYMS: Pseudonyms(key_fingerprint=package.key_fingerprint).model_dump_json(indent=1),
    }
    return seal_and_join(package.flatbuffer, contents)


def unpack(path: Path) -> Package:
    """Read and check a packed model of any format; raises as `read_packed_file` does."""
    return unpack_file(read_packed_file(path))


def unpack_file(file: PackedFile) -> Package:
    """Read the members of a file that was taken apart.

    Raises
    ------
    ModelError
        Names the member that is not as its format says.
    """
    try:
        members = translate(file.members, file.format)
        return Package(
            flatbuffer=file.flatbuffer,
            contract=parse_member(Contract, members, CONTRACT),
            extractor=parse_member(FeatureExtractor, members, ENCODER),
            rules=parse_member(DecisionRules, members, DECISION_RULES),
            reference_claim=parse_member(ReferenceClaim, members, REFERENCE_CLAIM),
            key_fingerprint=parse_member(Pseudonyms, members, PSEUDONYMS).key_fingerprint,
        )
    except MemberError as error:
        raise ModelError(file.name, f"an illegal member, {error}", REMEDY) from None
