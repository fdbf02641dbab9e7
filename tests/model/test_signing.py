"""Signatures: by the holder of one key, of one record."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from claims.base.errors import ReleaseError
from claims.model.formats import seal_and_join
from claims.model.formats.format_1 import CONTENTS, DECISION_RULES
from claims.model.origin import check_origin
from claims.model.packed_file import append_record, read_packed_file
from claims.model.signing import check_pair, check_signature, public_of, sign
from claims.serving.predictor import OptimizedPredictor
from release_parts import CANDIDATE, FLATBUFFER, make_record

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture
def key(make_key) -> Path:
    return make_key()


@pytest.fixture
def public(key: Path, tmp_path: Path) -> Path:
    path = tmp_path / "public_key.pem"
    path.write_bytes(public_of(key))
    return path


def test_the_public_key_is_what_openssl_makes_of_the_private_one(key: Path, public: Path) -> None:
    command = ["openssl", "pkey", "-in", str(key), "-pubout"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == public.read_bytes()


def test_a_signature_holds_and_is_always_the_same(key: Path, public: Path) -> None:
    signature = sign(make_record(), key)
    check_signature(make_record(), signature, public)
    assert sign(make_record(), key) == signature


def test_two_halves_of_one_key_are_a_pair_and_of_two_are_not(key: Path, public: Path, make_key) -> None:
    check_pair(key, public)
    with pytest.raises(ReleaseError, match=r"other\.pem: not the key that .*public_key\.pem confirms"):
        check_pair(make_key("other"), public)


def test_openssl_confirms_it(key: Path, public: Path, tmp_path: Path) -> None:
    (tmp_path / "1.json").write_bytes(make_record().canonical())
    (tmp_path / "1.bin").write_bytes(base64.b64decode(sign(make_record(), key)))
    command = "openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in 1.json -sigfile 1.bin"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in done.stdout + done.stderr


def test_another_holder_is_refused(make_key, public: Path) -> None:
    with pytest.raises(
        ReleaseError, match=r"release 1: its signature is not by the holder of .*public_key\.pem"
    ):
        check_signature(make_record(), sign(make_record(), make_key("other")), public)


def test_a_signature_of_another_record_is_refused(key: Path, public: Path) -> None:
    with pytest.raises(ReleaseError, match="its signature is not by"):
        check_signature(make_record(2), sign(make_record(1), key), public)


@pytest.mark.parametrize("garbage", [b"", b"garbage!", b"\xff\xfe\x00", "ü".encode(), b"QUJD\n"])
def test_garbage_in_place_of_a_signature_is_refused(public: Path, garbage: bytes) -> None:
    with pytest.raises(ReleaseError, match="its signature is not by"):
        check_signature(make_record(), garbage, public)


def test_keys_of_another_kind_are_refused(make_key, public: Path) -> None:
    rsa = make_key("rsa", "rsa", "-pkeyopt", "rsa_keygen_bits:2048")
    with pytest.raises(ReleaseError, match=r"rsa\.pem: not an Ed25519 key"):
        sign(make_record(), rsa)
    command = ["openssl", "pkey", "-in", str(rsa), "-pubout", "-out", str(public)]
    subprocess.run(command, check=True)
    with pytest.raises(ReleaseError, match=r"public_key\.pem: not an Ed25519 key"):
        check_signature(make_record(), b"QUJD", public)


@pytest.mark.parametrize("content", [None, b"", b"garbage"])
def test_files_that_are_no_key_are_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "none.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReleaseError, match=r"no private key without a passphrase.*openssl genpkey"):
        sign(make_record(), path)
    with pytest.raises(ReleaseError, match=r"no public key.*openssl pkey"):
        check_signature(make_record(), b"QUJD", path)


def test_a_key_with_a_passphrase_is_refused_without_asking_for_it(make_key) -> None:
    locked = make_key("locked", "ed25519", "-aes256", "-pass", "pass:secret")
    with pytest.raises(ReleaseError, match="no private key without a passphrase") as refused:
        sign(make_record(), locked)
    assert "secret" not in str(refused.value)


# What serving asks for.


@pytest.fixture
def served(tmp_path: Path) -> Path:
    path = tmp_path / "served" / "1.tflite"
    path.parent.mkdir()
    path.write_bytes(append_record(CANDIDATE, make_record()))
    return path


def test_a_model_with_its_signature_beside_it_is_served(served: Path, key: Path, public: Path) -> None:
    served.with_suffix(".sig").write_bytes(sign(make_record(), key))
    assert check_origin(served, read_packed_file(served), public) == make_record()


def test_a_link_to_the_model_that_is_live_is_served(served: Path, key: Path, public: Path) -> None:
    served.with_suffix(".sig").write_bytes(sign(make_record(), key))
    link = served.with_name("live.tflite")
    link.symlink_to(served.name)
    assert check_origin(link, read_packed_file(link), public) == make_record()


def test_in_a_checkout_the_signature_lies_with_the_records(registry, publish, key, public) -> None:
    record = publish(1, key)
    path = registry.model_path(1)
    assert check_origin(path, read_packed_file(path), public) == record


def test_a_model_without_signature_or_with_anothers_is_not_served(served, make_key, public) -> None:
    with pytest.raises(ReleaseError, match=r"1\.tflite: no signature beside it \(1\.sig\)"):
        OptimizedPredictor.load(served, public_key=public)
    served.with_suffix(".sig").write_bytes(sign(make_record(), make_key("other")))
    with pytest.raises(ReleaseError, match="its signature is not by"):
        OptimizedPredictor.load(served, public_key=public)


def test_a_model_that_no_release_made_is_not_served_with_a_key(served: Path, public: Path) -> None:
    served.write_bytes(CANDIDATE)
    with pytest.raises(ReleaseError, match="not a released model"):
        OptimizedPredictor.load(served, public_key=public)


def test_a_changed_threshold_is_not_served_though_the_signature_holds(served, key, public) -> None:
    content = seal_and_join(FLATBUFFER, dict.fromkeys(CONTENTS, "{}") | {DECISION_RULES: '{"approve": 0}'})
    served.write_bytes(append_record(content, make_record()))
    served.with_suffix(".sig").write_bytes(sign(make_record(), key))
    with pytest.raises(ReleaseError, match=r"its decision_rules\.json is not the one that was released"):
        OptimizedPredictor.load(served, public_key=public)
