"""Reasons name the planted culprit, by the contract's names."""

import numpy as np
import pytest

from claims.data.batch import Batch
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.model.interpreter import TFLiteModel
from claims.model.reasons import REASONS, ReferenceClaim, find_reasons
from model_parts import Parts, first_rows


class Planted:
    """A model that cares for some inputs: each weighs on the distance from the reference claim's."""

    def __init__(
        self, extractor: FeatureExtractor, reference: ReferenceClaim, weights: dict[str, float]
    ) -> None:
        self.extractor, self.reference, self.weights = extractor, reference, weights

    def logits(self, inputs: ModelInputs) -> np.ndarray:
        logits = np.zeros(len(inputs))
        for name, weight in self.weights.items():
            places = self.extractor.places[name]
            other = (inputs.codes[:, places.codes] != np.array(self.reference.codes)[places.codes]).any(
                axis=1
            )
            logits += weight * other
        return logits


@pytest.fixture(scope="module")
def extractor(fitted) -> FeatureExtractor:
    return fitted.extractor


@pytest.fixture(scope="module")
def reference(extractor: FeatureExtractor, labelled) -> ReferenceClaim:
    return ReferenceClaim.of(extractor, labelled.inputs)


@pytest.fixture(scope="module")
def claims(labelled, reference: ReferenceClaim) -> ModelInputs:
    """Two reference claims that differ from one in two features, and one that does not."""
    codes = np.tile(np.int32(reference.codes), (3, 1))
    return ModelInputs(codes, np.tile(np.float32(reference.numbers), (3, 1)))


def differ(extractor: FeatureExtractor, claims: ModelInputs, row: int, *names: str) -> ModelInputs:
    codes = claims.codes.copy()
    for name in names:
        codes[row, extractor.places[name].codes] += 1
    return ModelInputs(codes, claims.numbers)


def test_the_culprit_comes_first_and_what_speaks_for_approval_is_no_reason(
    extractor, reference, claims
) -> None:
    weights = {"filing_lag": -2.0, "authorization": -3.0, "payer_id": 5.0}
    changed = differ(extractor, claims, 0, "filing_lag", "authorization", "payer_id")
    changed = differ(extractor, changed, 1, "filing_lag", "plan_type")
    model = Planted(extractor, reference, weights)
    assert find_reasons(model, extractor, reference, changed) == [
        ("authorization", "filing_lag"),
        ("filing_lag",),
        (),
    ]


def test_there_are_no_more_reasons_than_a_person_reads(extractor, reference, claims) -> None:
    names = ("plan_type", "payer_id", "facility_id", "facility_state", "place_of_service")
    weights = {name: -1.0 - place for place, name in enumerate(names)}
    reasons = find_reasons(
        Planted(extractor, reference, weights),
        extractor,
        reference,
        differ(extractor, claims, 2, *names),
    )
    assert reasons[2] == tuple(reversed(names))[:REASONS]


def test_a_typical_claim_has_what_is_frequent_and_what_lies_in_the_middle(
    extractor, reference, labelled
) -> None:
    codes, numbers = labelled.inputs.codes, labelled.inputs.numbers
    for name, places in extractor.places.items():
        own = (
            np.array(reference.codes)[places.codes],
            np.float32(reference.numbers)[places.numbers],
        )
        same = (codes[:, places.codes] == own[0]).all(1) & (numbers[:, places.numbers] == own[1]).all(1)
        assert same.any(), name  # some claim has just these
    plan = extractor.places["plan_type"].codes[0]
    assert reference.codes[plan] == np.bincount(codes[:, plan]).argmax()
    charge = extractor.places["total_charge_log"].numbers[0]
    assert reference.numbers[charge] == pytest.approx(float(np.median(numbers[:, charge])), abs=0.01)


def test_every_input_belongs_to_one_feature(extractor: FeatureExtractor) -> None:
    places = extractor.places
    assert [extractor.code_names[p] for f in places.values() for p in f.codes] == extractor.code_names
    assert sorted(p for f in places.values() for p in f.numbers) == list(range(len(extractor.number_names)))
    for name, own in places.items():
        owners = {extractor.number_names[p].split("=")[0].rstrip("?") for p in own.numbers}
        assert owners <= {name}


def test_a_claims_reasons_do_not_depend_on_its_company(parts: Parts, batch: Batch) -> None:
    package, model = parts.package, TFLiteModel(parts.package.flatbuffer)
    few = first_rows(package.extractor.transform(batch), slice(0, 30))
    together = find_reasons(model, package.extractor, package.reference_claim, few)
    alone = [
        find_reasons(model, package.extractor, package.reference_claim, first_rows(few, slice(row, row + 1)))[
            0
        ]
        for row in range(len(few))
    ]
    assert together == alone
    assert any(together)
    assert {name for names in together for name in names} <= set(package.contract.features)


def test_no_claims_have_no_reasons(extractor, reference, claims) -> None:
    nobody = first_rows(claims, slice(0, 0))
    assert (
        find_reasons(Planted(extractor, reference, {"plan_type": -1.0}), extractor, reference, nobody) == []
    )
