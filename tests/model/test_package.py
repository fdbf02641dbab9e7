"""The one file: a plain .tflite, a plain ZIP, and no way to load it damaged."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from claims.base.errors import ModelError
from claims.model.package import pack, unpack
from model_parts import Parts

MEMBERS = ["contract.json", "encoder.json", "rules.json", "typical.json", "seal.json"]
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 262957\n"


def with_members(parts: Parts, members: dict[str, str]) -> bytes:
    buffer = io.BytesIO(parts.package.content)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


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
    assert list(members) == MEMBERS
    assert all(isinstance(json.loads(text), dict) for text in members.values())


def test_litert_runs_it_as_it_is(parts: Parts) -> None:
    def run(**source) -> np.ndarray:
        runner = Interpreter(**source).get_signature_runner()
        return runner(codes=parts.rows.inputs.codes[:1], numbers=parts.rows.inputs.numbers[:1])["logit"]

    np.testing.assert_array_equal(run(model_path=str(parts.packed)), run(model_content=parts.package.content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"no such file.*dvc repro.*ML_MODEL_PATH.*--model"),
        (POINTER, r"Git LFS pointer.*git lfs pull"),
        (b"", r"not a TensorFlow Lite file.*dvc repro"),
        (b"PK\x05\x06" + bytes(18), r"not a TensorFlow Lite file"),
        (b"\x80\x04\x95 a pickle", r"not a TensorFlow Lite file"),
    ],
)
def test_another_file_names_the_remedy(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "model.tflite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=message) as raised:
        unpack(path)
    assert str(raised.value).startswith(str(path))


@pytest.mark.parametrize("share", np.linspace(0, 1, 23, endpoint=False))
def test_a_model_cut_anywhere_is_refused(parts: Parts, tmp_path: Path, share: float) -> None:
    content, path = parts.packed.read_bytes(), tmp_path / "cut.tflite"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelError, match="Build it again with `dvc repro`"):
        unpack(path)


def test_a_bare_flatbuffer_is_refused(parts: Parts, tmp_path: Path) -> None:
    path = tmp_path / "bare.tflite"
    path.write_bytes(parts.package.content)
    with pytest.raises(ModelError, match="no complete packed model"):
        unpack(path)


def test_damaged_members_are_refused_and_never_loaded(parts: Parts, tmp_path: Path) -> None:
    """Bytes turned over in the appended ZIP: refused, or in a place that does not matter."""
    content, path = parts.packed.read_bytes(), tmp_path / "damaged.tflite"
    refused = 0
    for place in np.random.default_rng(5).integers(len(parts.package.content), len(content), 150):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            assert unpack(path) == parts.package
        except ModelError:
            refused += 1
    assert refused > 130


@pytest.mark.parametrize("name", MEMBERS)
def test_a_missing_member_is_named(parts: Parts, members: dict[str, str], tmp_path: Path, name: str) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(with_members(parts, {n: text for n, text in members.items() if n != name}))
    with pytest.raises(ModelError, match=rf"{name}.*dvc repro"):
        unpack(path)


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("text", ["", "{}", "not JSON", '{"secret": "12345"}'])
def test_an_illegal_member_is_refused_without_its_content(
    parts: Parts, members: dict[str, str], tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(with_members(parts, members | {name: text}))
    with pytest.raises(ModelError, match=r"an illegal member.*dvc repro") as raised:
        unpack(path)
    assert "12345" not in str(raised.value)


def test_another_graph_makes_another_file(parts: Parts) -> None:
    other = replace(parts.package, content=parts.variants["float32"])
    assert pack(other) != pack(parts.package)


def test_rules_name_the_second_output_only_where_there_is_one(parts: Parts, plain_parts: Parts) -> None:
    rules = [json.loads(found.package.rules.to_json()) for found in (parts, plain_parts)]
    assert [set(one) for one in rules] == [
        {"variant", "calibration", "policy", "anomaly"},
        {"variant", "calibration", "policy"},
    ]
    assert unpack(plain_parts.packed) == plain_parts.package
