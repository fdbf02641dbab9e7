"""What is measured in fresh clones of the last commit: runs of the pipeline, their bytes, and releases."""

import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from claims.results.evaluate import EvaluateMetrics
from claims.results.files import read_metrics
from claims.results.judge import JudgeMetrics
from release_commands import measure
from tasks import ROOT, TASKS, overridden

Figures = dict[str, Any]
SMALL = ROOT / "tests" / "small_params.yaml"  # of a pipeline of seconds
METRICS = {"roc_auc", "average_precision", "log_loss", "calibration_error"}  # of each model
INSTALLED = ".venv/installed"  # by which make knows
CLAIMS = "PYTHONPATH=src python -m claims.cli"


def run(command: str, folder: Path) -> tuple[float, str]:
    """Seconds of wall time and the output of a shell command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command} exited {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started, done.stdout


@contextmanager
def clone(*, own_environment: bool = False, small: bool) -> Iterator[Path]:
    """Make a fresh clone of the last commit, and remove it at the end.

    Parameters
    ----------
    own_environment
        Whether it installs its packages, or uses this checkout's.
    small
        Whether its parameters are those of a pipeline of seconds.
    """
    with tempfile.TemporaryDirectory(prefix="clone-") as parent:
        folder = Path(parent) / "claims-mlops"
        run(f"git clone -q {shlex.quote(str(ROOT))} {folder}", ROOT)
        if not own_environment:
            (folder / ".venv").symlink_to(ROOT / ".venv")
            with (folder / ".git" / "info" / "exclude").open("a", encoding="utf-8") as file:
                file.write("/.venv\n")
        if small:
            changes = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
            set_params(folder, changes)
            run("git commit -qam small", folder)
        yield folder


def set_params(folder: Path, changes: dict[str, Any]) -> None:
    """Give parameters of a clone other values."""
    path = folder / "params.yaml"
    params = overridden(yaml.safe_load(path.read_text(encoding="utf-8")), changes)
    path.write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")


def make(folder: Path, command: str) -> tuple[float, str]:
    """Time a command in the clone's own environment, as the Makefile sets it."""
    return run(f"make -s --eval {shlex.quote(f'run: ; @{command}')} run", folder)


def make_repro(folder: Path) -> tuple[float, str]:
    """Time `make repro` with this checkout's packages."""
    return run(f"PYTHONPATH=src make --old-file={INSTALLED} repro", folder)


def repro(small: bool) -> Figures:
    """`make repro` from a fresh clone, nothing to do, a change of quantize, back to a learning rate."""
    with clone(own_environment=not small, small=small) as folder:
        install = 0.0 if small else run("make setup", folder)[0]
        pipeline, _ = make_repro(folder) if small else run("make repro", folder)
        smallest = _one_stage(folder)
        make(folder, "PYTHONPATH=src dvc repro")
        pairs = [
            (make(folder, "dvc repro")[0], make(folder, f"cd {smallest} && dvc repro")[0])
            for _ in range(1 if small else 9)
        ]
        idle, floor = (statistics.median(times) for times in zip(*pairs, strict=True))
        set_params(folder, {"quantize.num_calibration_samples": 100})
        quantize, output = make(folder, "dvc repro")
        make(folder, "dvc exp run -q -S train.learning_rate=0.003 -S quantize.num_calibration_samples=300")
        back, again = make(folder, "dvc exp run -S train.learning_rate=tuned")
    return {
        "smallest_s": floor,
        "install_s": install,
        "pipeline_s": pipeline,
        "nothing_s": idle,
        "quantize_s": quantize,
        "quantize_ran": _stages_run(output),
        "back_s": back,
        "back_ran": _stages_run(again),
    }


def _stages_run(output: str) -> list[str]:
    """Stages that DVC says it ran, in order."""
    return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]


def _one_stage(folder: Path) -> Path:
    """A DVC repository of one stage with nothing to do: what DVC itself takes."""
    smallest = folder.parent / "one-stage"
    smallest.mkdir()
    (smallest / "dvc.yaml").write_text(
        "stages:\n  one:\n    cmd: echo 1 > one\n    outs: [one]\n", encoding="utf-8"
    )
    set_up = "git init -q && dvc init -q && dvc config core.analytics false && dvc repro -q"
    make(folder, f"cd {smallest} && {set_up}")
    return smallest


def identity(small: bool) -> Figures:
    """Two fresh clones, each reproduced from nothing: which outputs differ."""
    first, second = (_outputs(small) for _ in range(2))
    differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    return {"files": len(first), "megabytes": sum(map(len, first.values())) / 1e6, "differing": differing}


def _outputs(small: bool) -> dict[str, bytes]:
    """Content of every output of a fresh clone, by its path."""
    with clone(small=small) as folder:
        shutil.rmtree(folder / "metrics", ignore_errors=True)
        make_repro(folder)
        files = [f for part in ("data", "models", "metrics") for f in (folder / part).rglob("*")]
        made = [file for file in files if file.is_file() and "timing" not in file.parts]
        return {str(file.relative_to(folder)): file.read_bytes() for file in made}


def releases(small: bool) -> Figures:
    """A release of a fresh clone, made again from its source in another; and what the commands take."""
    with clone(small=small) as first:
        make_repro(first)
        run("git add -A && git diff --cached --quiet || git commit -qm results", first)
        seconds = measure(first, entries=5 if small else 1000)
        key = first.parent / "key.pem"
        run(f"openssl genpkey -algorithm ed25519 -out {key} && git lfs install --local", first)
        run(f"{CLAIMS} release --why 'to be made again' --key {key}", first)
        second = first.parent / "second"
        run(f"git clone -q file://{first} {second}", first)
        again, said = run(f"{CLAIMS} reproduce 1 --from-source", second)
    stages = sum(line.endswith(": the same bytes") for line in said.splitlines())
    return {"commands": seconds, "reproduce_s": again, "stages": stages, "said": said.splitlines()[-1]}


def tsa(small: bool) -> Figures:
    """Quality on the real claims: train 2012 to 2014, test 2015. Needs TSA_CSV in the environment."""
    settings = TASKS["TSA 2015"] | {"judge.overall.swaps": 0.003}  # 1,500 calibration claims prove no less
    overrides = " ".join(f"-S {name}={value}" for name, value in settings.items())
    with clone(small=small) as folder:
        seconds, _ = make(folder, f"PYTHONPATH=src dvc exp run -n tsa {overrides}")
        return quality(folder) | {"seconds": seconds}


def quality(folder: Path) -> Figures:
    """Test metrics of every model that a run measured, from its metrics files."""
    report = read_metrics(EvaluateMetrics, folder / "metrics" / "evaluate.json")
    variants = read_metrics(JudgeMetrics, folder / "metrics" / "judge.json").variants
    titles = {"logistic": "logistic regression", "boosting": "boosted trees"}
    rows = {"network (Keras)": report.test}
    rows |= {titles.get(name, name): row for name, row in report.rivals().items() if name != "majority"}
    rows |= {f"TFLite {name}": variant.test for name, variant in variants.items()}
    table = {name: row.model_dump(include=METRICS) for name, row in rows.items()}
    for name, variant in variants.items():
        flips = variant.gate.overall.flips.value
        table[f"TFLite {name}"] |= {"bytes": variant.size_bytes, "flips": flips}
    return {"quality": table, "test_rows": report.test.rows, "maturity": report.maturity.test}
