"""What a record says of a checkout."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from claims.base.errors import GateError, ResultsError
from claims.model.formats.format_1 import CONTENTS
from claims.releases.evidence import cpu_features, gather
from claims.repository.git import Git
from metrics_parts import write_all
from release_parts import CANDIDATE

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A commit with small metrics, and a small file as its model."""
    root = tmp_path / "claims-mlops"
    write_all(root / "metrics")
    shutil.copytree(ROOT / "contracts", root / "contracts")
    for name in ("params.yaml", "dvc.lock", "requirements.txt"):
        shutil.copy(ROOT / name, root)
    (root / "models").mkdir()
    (root / "models" / "claims_model.tflite").write_bytes(CANDIDATE)
    Git(root).text("init", "-q")
    Git(root).text("add", "-A")
    Git(root).text("commit", "-qm", "start")
    return root


def change(path: Path, edit) -> None:
    """Change a JSON file."""
    report = json.loads(path.read_text())
    edit(report)
    path.write_text(json.dumps(report))


def set_source(root: Path, url: str) -> None:
    params = yaml.safe_load((root / "params.yaml").read_text())
    params["source"]["url"] = url
    (root / "params.yaml").write_text(yaml.safe_dump(params))


def test_a_record_names_data_code_environment_parameters_and_metrics(checkout: Path) -> None:
    record = gather(checkout, 4)
    extract = json.loads((checkout / "metrics" / "extract.json").read_text())
    assert (record.number, record.variant) == (4, "int8")
    assert (record.data.rows, record.data.checksum) == (extract["decided"], extract["checksum"])
    assert record.data.windows.keys() == {"train", "validation", "calibration", "test"}
    assert record.code.commit == Git(checkout).text("rev-parse", "HEAD")
    assert record.params["train"] == yaml.safe_load((checkout / "params.yaml").read_text())["train"]
    assert record.metrics["variant"]["roc_auc"] > 0.8
    assert record.metrics["slices"]["plan"]["HMO"].keys() >= {"rows", "roc_auc"}
    assert record.metrics["slices"]["plan"]["POS"] == {"rows": 12}
    assert record.gates["verify"]["float32"]["claims"] > 0
    assert record.candidate.keys() == {"flatbuffer", "format.json", *CONTENTS, "seal.json"}


def test_the_same_checkout_gives_the_same_record(checkout: Path) -> None:
    assert gather(checkout, 1).identity == gather(checkout, 1).identity


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:hunter2@host/claims",
        "postgresql+psycopg://me:hunter%402@host/claims",
        "postgresql+psycopg://me@host/claims?password=hunter2",
        "postgresql+psycopg://me@host/claims?sslmode=require&sslpassword=hunter2",
        "s3://claims?aws_secret_access_key=hunter2",
        "postgres//me:hunter2@host:x/claims://",
    ],
)
def test_no_password_gets_into_a_record(checkout: Path, url: str) -> None:
    set_source(checkout, url)
    text = gather(checkout, 1).canonical().decode()
    assert "hunter" not in text
    assert "claims" in json.loads(text)["data"]["source"]


def test_no_password_of_a_list_gets_into_a_record(checkout: Path) -> None:
    params = yaml.safe_load((checkout / "params.yaml").read_text())
    params["tracking"] = ["mlflow", "http://me:hunter2@host"]
    (checkout / "params.yaml").write_text(yaml.safe_dump(params))
    assert gather(checkout, 1).params["tracking"] == ["mlflow", "http://me:***@host"]


def test_a_source_without_password_stays_as_it_is(checkout: Path) -> None:
    set_source(checkout, "postgresql+psycopg://me@host:5433/claims?sslmode=require")
    assert gather(checkout, 1).data.source == "postgresql+psycopg://me@host:5433/claims?sslmode=require"


def test_missing_metrics_are_named_with_the_remedy(checkout: Path) -> None:
    (checkout / "metrics" / "verify.json").unlink()
    with pytest.raises(ResultsError, match=r"verify\.json: no such file\. Run `dvc repro`"):
        gather(checkout, 1)


def refuse_variant(report: dict) -> None:
    report["variants"]["int8"]["gate"]["refusals"] = ["overall: flips 0.02 may be 0.03"]


def fail_on_test(report: dict) -> None:
    report["test"]["flips"]["passes"] = False


def choose_another(report: dict) -> None:
    report["winner"] = "qat"


@pytest.mark.parametrize(
    ("edit", "problem"),
    [(refuse_variant, "overall: flips"), (fail_on_test, "flips"), (choose_another, "judge chose qat")],
)
def test_a_gate_that_did_not_pass_is_no_release(checkout: Path, edit, problem: str) -> None:
    change(checkout / "metrics" / "judge.json", edit)
    with pytest.raises(GateError, match=problem):
        gather(checkout, 1)


def test_a_processor_names_what_changes_the_last_bits() -> None:
    features = cpu_features()
    assert len(features) >= 2
    assert features == cpu_features()
    assert not {"aes", "fpu", "hypervisor"} & set(features)
