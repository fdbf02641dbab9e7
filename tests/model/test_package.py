"""The one file: a plain .tflite, a plain ZIP, and what serving needs comes back from it."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from claims.base.errors import ModelError
from claims.model.formats import seal_and_join
from claims.model.formats.format_1 import CONTENTS
from claims.model.package import pack, unpack
from claims.model.packed_file import append_record
from claims.serving.predictor import OptimizedPredictor
from model_parts import Parts
from release_parts import hashes_of, make_record


@pytest.fixture(scope="module")
def members(parts: Parts) -> dict[str, str]:
    with zipfile.ZipFile(parts.packed) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_it_is_the_same_bytes_each_time(parts: Parts) -> None:
    assert pack(parts.package) == parts.packed.read_bytes()


def test_it_comes_back_as_it_was(parts: Parts) -> None:
    assert unpack(parts.packed) == parts.package
    assert pack(unpack(parts.packed)) == parts.packed.read_bytes()


def test_its_members_are_json_that_any_unzip_lists(members: dict[str, str]) -> None:
    assert list(members) == ["format.json", *CONTENTS, "seal.json"]
    assert all(isinstance(json.loads(text), dict) for text in members.values())


def test_costs_are_named_as_a_claims_person_would(members: dict[str, str]) -> None:
    assert json.loads(members["decision_rules.json"])["policy"]["costs"] == {
        "review": 10,
        "wrong_rejection": 40,
        "wrong_approval_share": 0.5,
        "wrong_approval_without_amount": 100,
    }


def test_litert_runs_it_as_it_is(parts: Parts) -> None:
    def run(**source) -> np.ndarray:
        runner = Interpreter(**source).get_signature_runner()
        return runner(codes=parts.rows.inputs.codes[:1], numbers=parts.rows.inputs.numbers[:1])["logit"]

    whole = run(model_path=str(parts.packed))
    np.testing.assert_array_equal(whole, run(model_content=parts.package.flatbuffer))


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("text", ["", "{}", "not JSON", '{"secret": "12345"}'])
def test_an_illegal_member_is_named_without_its_content(
    parts: Parts, members: dict[str, str], tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(seal_and_join(parts.package.flatbuffer, members | {name: text}))
    with pytest.raises(ModelError, match=rf"an illegal member, {name}.*dvc repro") as raised:
        unpack(path)
    assert "12345" not in str(raised.value)


def test_another_graph_makes_another_file(parts: Parts) -> None:
    other = replace(parts.package, flatbuffer=parts.variants["float32"])
    assert pack(other) != pack(parts.package)


def test_rules_name_the_anomaly_head_only_where_there_is_one(parts: Parts, plain_parts: Parts) -> None:
    rules = [json.loads(made.package.rules.to_json()) for made in (parts, plain_parts)]
    assert [set(fields) for fields in rules] == [
        {"variant", "calibration", "policy", "anomaly"},
        {"variant", "calibration", "policy"},
    ]
    assert unpack(plain_parts.packed) == plain_parts.package


def test_a_released_model_scores_as_the_one_that_was_verified(parts: Parts, batch, tmp_path: Path) -> None:
    content = parts.packed.read_bytes()
    released = tmp_path / "1.tflite"
    released.write_bytes(append_record(content, make_record(candidate=hashes_of(content))))
    verified, served = (OptimizedPredictor.load(path).predict(batch) for path in (parts.packed, released))
    np.testing.assert_array_equal(served.ml_score, verified.ml_score)
    np.testing.assert_array_equal(served.ml_derived_decision, verified.ml_derived_decision)
