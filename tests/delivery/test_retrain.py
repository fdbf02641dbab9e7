"""Training on newer claims: how the windows move, and the experiment that reads them."""

import datetime as dt
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from claims.config.params import load_params
from claims.data.pseudonyms import KEY_VARIABLE
from claims.results.files import write_metrics
from claims.sources.watermark import read_watermark
from delivery.conftest import commit, shortened, tool
from metrics_parts import extract_metrics
from sources.raw_claims import CLAIMS, RawClaims, execute, new_database
from workspaces import ROOT, Workspace

DATES = {
    "source.since": "2024-08-01",
    "source.until": "2026-05-01",
    "source.as_of": "2026-05-15",
    "split.validation_from": "2025-08-01",
    "split.calibration_from": "2025-10-01",
    "split.test_from": "2025-12-01",
}
WINDOWS = {"validation": "2025-08-02", "calibration": "2025-10-01", "test": "2025-12-03"}


def write_windows(folder: Path) -> None:
    """Write the windows of a run before, as `split` does."""
    folder.mkdir(exist_ok=True)
    starts = {"train": "2024-07-01"} | WINDOWS
    split: dict[str, dict] = {
        name: {"rows": 1, "approved_share": 0.5, "first_event": day, "last_event": day}
        for name, day in starts.items()
    }
    split |= {"immature": {"rows": 0}, "gap": {"rows": 0}}
    (folder / "split.json").write_text(json.dumps(split))


def params(workspace: Workspace, changes: dict[str, str]) -> None:
    """params.yaml of the repository, changed; and metrics of a run."""
    shutil.copy(ROOT / "params.yaml", workspace.root)
    workspace.set_params(changes)
    write_windows(workspace.path("metrics"))
    extracted = extract_metrics(last_event=dt.date(2026, 4, 30))
    write_metrics(workspace.path("metrics/extract.json"), extracted)


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def window(workspace: Workspace, until: str) -> dict[str, str]:
    done = tool("retrain_window", workspace, "--until", until)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=") for line in done.stdout.splitlines())


def test_every_date_moves_by_as_many_days(here: Workspace) -> None:
    params(here, DATES)
    assert window(here, "2026-05-31") == {
        "source.until": "2026-05-31",
        "source.since": "2024-08-31",
        "source.as_of": "2026-06-14",
        "split.validation_from": "2025-08-31",
        "split.calibration_from": "2025-10-31",
        "split.test_from": "2025-12-31",
    }


def test_shares_become_the_dates_of_the_last_run_and_null_stays(here: Workspace) -> None:
    params(here, {})
    assert window(here, "2026-05-31") == {
        "source.until": "2026-05-31",
        "split.validation_from": "2025-09-01",
        "split.calibration_from": "2025-10-31",
        "split.test_from": "2026-01-02",
    }


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-05-01", "window: claims before 2026-05-01 are read already"),
        ("2026-07-02", "window: the demo's claims end before 2026-07-01"),
    ],
)
def test_a_window_without_newer_claims_is_refused(here: Workspace, until: str, said: str) -> None:
    params(here, DATES)
    refused = tool("retrain_window", here, "--until", until)
    assert refused.returncode == 1
    assert said in refused.stderr


def test_shares_without_a_run_are_refused(here: Workspace) -> None:
    params(here, {})
    here.path("metrics/extract.json").unlink()
    refused = tool("retrain_window", here, "--until", "2026-05-31")
    assert refused.returncode == 1
    assert "metrics/extract.json: no such file. Run `dvc repro`, or `dvc pull`." in refused.stderr


def test_illegal_parameters_are_said_in_one_line(here: Workspace) -> None:
    params(here, {})
    here.replace("params.yaml", {"\nseed:": "\nsed:"})
    refused = tool("retrain_window", here, "--until", "2026-05-31")
    assert refused.returncode == 1
    assert refused.stderr.startswith("retrain_window: params.yaml:")


def metrics_of(workspace: Workspace, stage: str) -> dict:
    return json.loads(workspace.path(f"metrics/{stage}.json").read_text())


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose claims before May 2026 are split."""
    workspace = shortened(tmp_path_factory.mktemp("retrain"), {"source.until": "2026-05-01"})
    workspace.run("dvc", "repro")
    commit(workspace, "claims before May")
    return workspace


def test_the_branch_holds_an_experiment_on_newer_claims(split: Workspace) -> None:
    before = {stage: metrics_of(split, stage) for stage in ("extract", "split")}
    done = tool("retrain", split, "--until", "2026-06-01", "--why", "approvals fell")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "retrain/2026-06-01\n"
    after = {stage: metrics_of(split, stage) for stage in before}
    assert before["extract"]["last_event"] < "2026-05-01" <= after["extract"]["last_event"] < "2026-06-01"
    for name in WINDOWS:
        assert after["split"][name]["first_event"] > before["split"][name]["first_event"]
    said = split.run("git", "log", "-1", "--format=%s", "retrain/2026-06-01").stdout
    assert said == "Retrain on claims received before 2026-06-01: approvals fell\n"
    lock = yaml.safe_load(split.run("git", "show", "retrain/2026-06-01:dvc.lock").stdout)
    hashes = {out["path"]: out["md5"] for out in lock["stages"]["split"]["outs"]}
    written = split.path("metrics/split.json").read_bytes()
    assert hashlib.md5(written, usedforsecurity=False).hexdigest() == hashes["metrics/split.json"]


def test_what_nobody_committed_does_not_come_along(split: Workspace) -> None:
    split.run("git", "reset", "-q", "--hard")
    split.replace("README.md", {"claims": "Claims"})
    refused = tool("retrain", split, "--until", "2026-06-15")
    split.run("git", "reset", "-q", "--hard")
    assert refused.returncode == 1
    assert "retrain: workspace: changes that are not committed" in refused.stderr


def test_a_branch_that_is_there_stops_it_before_it_trains(split: Workspace) -> None:
    split.run("git", "reset", "-q", "--hard")
    split.run("git", "update-ref", "refs/remotes/origin/retrain/2026-06-20", "HEAD")
    refused = tool("retrain", split, "--until", "2026-06-20")
    assert refused.returncode == 1
    assert "branch retrain/2026-06-20: there already" in refused.stderr


@pytest.fixture(scope="module")
def raw_claims(demo) -> RawClaims:
    return RawClaims.read(demo.url)


@pytest.fixture(scope="module")
def on_a_server(raw_claims: RawClaims, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same, with claims on a PostgreSQL server behind a watermark that is committed; none is newer."""
    url = new_database(postgres)
    raw_claims.to_database(url)
    execute(
        url,
        f"CREATE TABLE later AS SELECT * FROM {CLAIMS} WHERE received_date >= '2026-05-01'",
        f"DELETE FROM {CLAIMS} WHERE received_date >= '2026-05-01'",
    )
    watched = {
        "source.until": "2026-05-01",
        "source.url": url,
        "source.watch": "data/watermark.json",
    }
    folder = tmp_path_factory.mktemp("server")
    workspace = replace(shortened(folder, watched), environment={KEY_VARIABLE: "a secret of this test"})
    workspace.run("claims", "snapshot")
    write_windows(workspace.path("metrics"))
    commit(workspace, "claims before May")
    return workspace


def test_a_server_without_newer_claims_leaves_everything_as_it_was(on_a_server: Workspace) -> None:
    refused = tool("retrain", on_a_server, "--until", "2026-06-01", "--stop-at", "extract")
    assert refused.returncode == 1
    assert "retrain: claims: none was received since 2026-05-01" in refused.stderr
    assert on_a_server.run("git", "status", "--porcelain", "--untracked-files=no").stdout == ""


def test_a_server_is_looked_at_again_within_the_new_window(on_a_server: Workspace) -> None:
    url = load_params(on_a_server.path("params.yaml")).source.url
    execute(url, f"INSERT INTO {CLAIMS} SELECT * FROM later")
    before = read_watermark(on_a_server.path("data/watermark.json"))
    done = tool("retrain", on_a_server, "--until", "2026-06-01", "--stop-at", "extract")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    after = read_watermark(on_a_server.path("data/watermark.json"))
    assert str(before.until) < "2026-05-01" <= str(after.until) < "2026-06-01"
    assert metrics_of(on_a_server, "extract")["in_window"] == after.rows > before.rows


def test_a_look_at_the_windows_makes_no_branch(on_a_server: Workspace) -> None:
    """The experiment before stopped at `extract`."""
    assert "retrain-2026-06-01" in on_a_server.run("dvc", "exp", "list", "--name-only").stdout
    assert on_a_server.run("git", "branch", "--list", "retrain/*").stdout == ""
