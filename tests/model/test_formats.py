"""What was packed once is read for ever: every kept format decides as it did when it was kept."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from claims.base.errors import ReleaseError
from claims.decisions.logits import Decision
from claims.model.package import pack, unpack
from claims.model.packed_file import append_record, read_packed_file
from claims.serving.predictor import OptimizedPredictor
from keep_format import ANSWERS, CLAIMS, FORMATS, KEY, PACKED, RELEASED, Answer, answers

FOLDERS = sorted(FORMATS.iterdir(), key=lambda folder: int(folder.name))
LAST_BITS = 1e-14  # relative: exp is not the same to the last bit on all processors; logits are
of_each_format = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"format {folder.name}")


def kept(folder: Path) -> list[Answer]:
    return json.loads((folder / ANSWERS).read_text(encoding="utf-8"))


def check(given: list[Answer], expected: list[Answer]) -> None:
    """The same claims, logits, decisions, routes and reasons; scores but for their last bits."""
    for answer, kept_answer in zip(given, expected, strict=True):
        for name, value in kept_answer.items():
            is_score = name.endswith("_score") and value is not None
            wanted = pytest.approx(value, rel=LAST_BITS, abs=0) if is_score else value
            assert answer[name] == wanted, f"{name} of claim {kept_answer['claim_id']}"


@of_each_format
@pytest.mark.parametrize("file", [PACKED, RELEASED])
def test_it_decides_as_it_did(folder: Path, file: str) -> None:
    check(answers(folder / file, folder / CLAIMS), kept(folder))


@of_each_format
def test_its_release_is_still_confirmed(folder: Path) -> None:
    assert OptimizedPredictor.load(folder / RELEASED, public_key=folder / KEY)
    with pytest.raises(ReleaseError, match="not a released model"):
        OptimizedPredictor.load(folder / PACKED, public_key=folder / KEY)


@of_each_format
def test_its_release_is_made_again_with_the_same_bytes(folder: Path) -> None:
    record = read_packed_file(folder / RELEASED).record
    assert record is not None
    assert append_record((folder / PACKED).read_bytes(), record) == (folder / RELEASED).read_bytes()


@of_each_format
def test_it_holds_all_that_decides(folder: Path) -> None:
    rules, expected = unpack(folder / PACKED).rules, kept(folder)
    assert rules.policy.shadow_price is not None
    assert {answer["ml_derived_decision"] for answer in expected} == set(Decision)
    anomalous = [a for a in expected if (a["ml_anomaly_score"] or 0) >= rules.anomaly.threshold]
    assert 0 < len(anomalous) < len(expected)
    assert any(answer["ml_reasons"] for answer in expected)


@of_each_format
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("claim_id", "another"),
        ("logit", 0.123),
        ("anomaly_logit", 0.123),
        ("ml_score", 0.123),
        ("ml_score", None),
        ("ml_anomaly_score", 0.123),
        ("ml_derived_decision", "ML_SKIPPED_NO_FEATURES"),
        ("ml_route", "nobody"),
        ("ml_reasons", ["another"]),
    ],
)
def test_one_other_answer_is_noticed(folder: Path, name: str, value: object) -> None:
    other = deepcopy(kept(folder))
    other[7][name] = value
    with pytest.raises(AssertionError, match=f"{name} of claim"):
        check(other, kept(folder))


@of_each_format
def test_a_lost_claim_is_noticed(folder: Path) -> None:
    with pytest.raises(ValueError, match="longer"):
        check(kept(folder)[:-1], kept(folder))


@of_each_format
def test_a_file_that_decides_otherwise_is_noticed(folder: Path, tmp_path: Path) -> None:
    package = unpack(folder / PACKED)
    policy = package.rules.policy.model_copy(update={"shadow_price": None})
    changed = replace(package, rules=package.rules.model_copy(update={"policy": policy}))
    (tmp_path / PACKED).write_bytes(pack(changed))
    with pytest.raises(AssertionError, match="ml_derived_decision of claim"):
        check(answers(tmp_path / PACKED, folder / CLAIMS), kept(folder))
