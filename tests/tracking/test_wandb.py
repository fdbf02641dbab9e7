"""Weights & Biases: the real package in its offline mode."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracking.conftest import Results, write_results

pytest.importorskip("wandb", reason="the extra wandb is not installed")

from wandb.proto import wandb_internal_pb2

ONLINE = {"WANDB_BASE_URL": "http://127.0.0.1:1", "WANDB_API_KEY": "0" * 40}


def track(results: Results, **environment: str) -> subprocess.CompletedProcess[str]:
    """`claims track` in the folder of the results."""
    command = [sys.executable, "-m", "claims.cli", "track", "--name", "wide"]
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "WANDB_"))}
    return subprocess.run(
        command,
        cwd=results.metrics.parent,
        env=alone | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def offline(tmp_path_factory) -> Results:
    """Results that were logged offline."""
    results = write_results(tmp_path_factory.mktemp("wandb") / "results", seed=1)
    done = track(results, WANDB_MODE="offline")
    assert done.returncode == 0, done.stderr
    assert "`wandb sync` sends it" in done.stdout
    return results


def records(folder: Path) -> Iterator[wandb_internal_pb2.Record]:
    """What the offline run would send; its file is a LevelDB log: blocks of checksum, length, kind, bytes."""
    (path,) = folder.glob("wandb/offline-run-*/*.wandb")
    content, place, whole = path.read_bytes(), 7, b""
    while place < len(content):
        left = 32_768 - place % 32_768
        if left < 7:  # too few for a heading: zeros up to the next block
            place += left
            continue
        _, length, kind = struct.unpack_from("<IHB", content, place)
        whole += content[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):  # complete, or the last part
            yield wandb_internal_pb2.Record.FromString(whole)
            whole = b""


def test_everything_of_a_run_is_in_the_offline_folder(offline: Results) -> None:
    run, logged = offline.gather("wide"), list(records(offline.metrics.parent))
    started = next(record.run for record in logged if record.HasField("run"))
    assert (started.display_name, started.run_id) == ("wide", run.digest[:16])
    config = {item.key: json.loads(item.value_json) for item in started.config.update}
    assert config["train.learning_rate"] == run.params["train.learning_rate"]
    assert config["data_checksum"] == run.tags["data_checksum"]
    sent = {item.key: json.loads(item.value_json) for record in logged for item in record.summary.update}
    assert run.metrics.items() <= sent.items()
    points = [item for record in logged for item in record.history.item]
    losses = [json.loads(point.value_json) for point in points if point.nested_key[:] == ["training/loss"]]
    assert losses == run.curves["training/loss"]


def test_plots_and_model_are_in_the_offline_folder(offline: Results) -> None:
    plots = offline.metrics.parent.glob("wandb/offline-run-*/files/media/images/plots/*.png")
    assert {plot.read_bytes() for plot in plots} == {plot.read_bytes() for plot in offline.gather().plots}
    artifacts = [record.artifact for record in records(offline.metrics.parent) if record.HasField("artifact")]
    held = {artifact.type: [entry.path for entry in artifact.manifest.contents] for artifact in artifacts}
    assert held["model"] == [offline.model.name]
    assert set(held["metrics"]) == {report.name for report in offline.gather().reports}


def test_neither_code_nor_machine_is_sent(offline: Results) -> None:
    text = b"".join(record.SerializeToString() for record in records(offline.metrics.parent))
    assert b"diff.patch" not in text
    assert next(r.run.host for r in records(offline.metrics.parent) if r.HasField("run")) == ""


def test_a_service_out_of_reach_is_one_line(results: Results) -> None:
    done = track(results, **ONLINE, WANDB_INIT_TIMEOUT="1")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("claims: wandb: http://127.0.0.1:1: ")
    assert "WANDB_MODE=offline" in line
