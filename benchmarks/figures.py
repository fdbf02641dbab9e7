"""The README's table of figures: measured in fresh clones, written between the README's markers.

`python benchmarks/figures.py` measures all; names as arguments measure those alone and keep the rest.
Each figure is kept in benchmarks/figures.json with what was measured on.
"""

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from claims.base.files import write_whole
from figures_report import Figures, render
from release_verbs import measure
from tasks import ROOT, TASKS, TSA
from variants import measure_variants

RESULTS, README = ROOT / "benchmarks" / "figures.json", ROOT / "README.md"
START, END = "<!-- figures: benchmarks/figures.py -->", "<!-- end of figures -->"


def run(command: str, folder: Path) -> tuple[float, str]:
    """Seconds of wall time and the output of a shell command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command} exited {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started, done.stdout


def clone(name: str) -> Path:
    """A fresh clone of the last commit."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-")) / "claims-mlops"
    run(f"git clone -q {ROOT} {folder}", ROOT)
    return folder


def make(folder: Path, command: str) -> tuple[float, str]:
    """Time a command in the clone's own environment, as the Makefile sets it."""
    return run(f"make -s --eval 'run: ; @{command}' run", folder)


def repro() -> Figures:
    """`make repro` from a fresh clone, nothing to do, and a change of quantize alone."""
    folder = clone("repro")
    install, _ = run("make setup", folder)
    pipeline, _ = run("make repro", folder)
    make(folder, "dvc repro")
    smallest = _one_stage(folder)
    pairs = [(make(folder, "dvc repro")[0], make(folder, f"cd {smallest} && dvc repro")[0]) for _ in range(9)]
    idle, floor = (statistics.median(times) for times in zip(*pairs, strict=True))
    params = folder / "params.yaml"
    text = params.read_text(encoding="utf-8")
    params.write_text(
        text.replace("num_calibration_samples: 300", "num_calibration_samples: 100"), encoding="utf-8"
    )
    quantize, output = make(folder, "dvc repro")
    ran = [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]
    shutil.rmtree(folder.parent)
    return {
        "smallest_s": floor,
        "install_s": install,
        "pipeline_s": pipeline,
        "nothing_s": idle,
        "quantize_s": quantize,
        "quantize_ran": ran,
    }


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


def identity() -> Figures:
    """Two fresh clones, each reproduced from nothing: which outputs differ."""
    folders = [clone("first"), clone("second")]
    outputs = []
    for folder in folders:
        shutil.rmtree(folder / "metrics", ignore_errors=True)
        _use_environment(folder)
        run("PYTHONPATH=src make repro", folder)
        files = [
            f for part in ("data", "models", "metrics") for f in (folder / part).rglob("*") if f.is_file()
        ]
        outputs.append({str(f.relative_to(folder)): f.read_bytes() for f in files if "timing" not in f.parts})
    first, second = outputs
    differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    for folder in folders:
        shutil.rmtree(folder.parent)
    return {"files": len(first), "megabytes": sum(map(len, first.values())) / 1e6, "differing": differing}


def releases() -> Figures:
    """A release of a fresh clone, made again from its source in another; and what the verbs take."""
    first = clone("released")
    _use_environment(first)
    run("PYTHONPATH=src make repro", first)
    run("git add -A && git diff --cached --quiet || git commit -qm results", first)
    verbs = measure(first)
    key = first.parent / "key.pem"
    run(f"openssl genpkey -algorithm ed25519 -out {key} && git lfs install --local", first)
    verb = "PYTHONPATH=src python -m claims.cli"
    run(f"{verb} release --why 'to be made again' --key {key}", first)
    second = first.parent / "second"
    run(f"git clone -q file://{first} {second}", first)
    seconds, said = run(f"{verb} reproduce 1 --from-source", second)
    stages = sum(line.endswith(": the same bytes") for line in said.splitlines())
    shutil.rmtree(first.parent)
    return {"verbs": verbs, "reproduce_s": seconds, "stages": stages, "said": said.splitlines()[-1]}


def faults() -> Figures:
    """The faults that tests/repository/test_faults.py injects, and how many are detected with none served."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "tests/repository/test_faults.py", "-k", "served"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    return {name: sum(line.startswith(f"{name.upper()} ") for line in lines) for name in ("passed", "failed")}


def _use_environment(folder: Path) -> None:
    """This checkout's packages, where Git does not see them."""
    (folder / ".venv").symlink_to(ROOT / ".venv")
    with (folder / ".git" / "info" / "exclude").open("a", encoding="utf-8") as file:
        file.write("/.venv\n")
    run("touch .venv/installed", folder)


def demo() -> Figures:
    """Quality on the demo, from the metrics of the working tree's last run."""
    return _quality(ROOT)


def tsa() -> Figures:
    """Quality on the real claims: train 2012 to 2014, test 2015. Needs TSA_CSV in the environment."""
    folder = clone("tsa")
    _use_environment(folder)
    settings = TASKS["TSA 2015"] | {"judge.overall.swaps": 0.003}  # 1,500 calibration claims prove no less
    overrides = " ".join(f"-S {name}={value}" for name, value in settings.items())
    seconds, _ = make(folder, f"PYTHONPATH=src dvc exp run -n tsa {overrides}")
    found = _quality(folder) | {"seconds": seconds}
    shutil.rmtree(folder.parent)
    return found


def _quality(folder: Path) -> Figures:
    report, judged = (
        json.loads((folder / "metrics" / f"{name}.json").read_text()) for name in ("evaluate", "judge")
    )
    variants = judged["variants"]
    rows = {"network (Keras)": report["test"], "logistic regression": report["baselines"]["logistic"]}
    rows |= {"boosted trees": report["baselines"]["boosting"]} if "boosting" in report["baselines"] else {}
    rows |= {"best reachable": report["best_reachable"]} if "best_reachable" in report else {}
    rows |= {f"TFLite {name}": found["test"] for name, found in variants.items()}
    kept = ("roc_auc", "average_precision", "log_loss", "calibration_error")
    quality = {name: {metric: row[metric] for metric in kept} for name, row in rows.items()}
    for name, found in variants.items():
        flips = found["gate"]["overall"]["flips"]["value"]
        quality[f"TFLite {name}"] |= {"bytes": found["size_bytes"], "flips": flips}
    return {"quality": quality, "test_rows": report["test"]["rows"], "maturity": report["maturity"]["test"]}


def score() -> Figures:
    """Process time of `claims score`: 100,000 demo claims with lines from Parquet, beyond one claim's."""
    folder = Path(tempfile.mkdtemp(prefix="score-"))
    _write_claims(folder, "many", 100_000)
    _write_claims(folder, "one", 1)
    start_up, many = (
        statistics.median(_score_seconds(folder, name) for _ in range(3)) for name in ("one", "many")
    )
    shutil.rmtree(folder)
    return {"claims": 100_000, "start_up_s": start_up, "beyond_s": many - start_up}


def _write_claims(folder: Path, name: str, rows: int) -> None:
    import sqlite3

    import pyarrow as pa
    import pyarrow.parquet as pq

    from claims.simulator.generate import simulate

    database = folder / f"{name}.db"
    simulate(database, folder / f"{name}-truth.parquet", rows=rows, seed=11)
    with sqlite3.connect(database) as connection:
        for table in ("claims_production", "claim_line_items"):
            cursor = connection.execute(f"SELECT * FROM {table}")
            columns = zip(*cursor.fetchall(), strict=True)
            named = dict(zip((column[0] for column in cursor.description), map(list, columns), strict=True))
            pq.write_table(pa.table(named), folder / f"{name}-{table}.parquet")


def _score_seconds(folder: Path, name: str) -> float:
    """User and system seconds of one scoring process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    claims, lines = (
        folder / f"{name}-{table}.parquet" for table in ("claims_production", "claim_line_items")
    )
    run(f"claims score --input {claims} --lines {lines} --output {folder}/scored.parquet", ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def simulate() -> Figures:
    """The demo's 60,000 claims, and the memory that ten times as many take."""
    seconds, megabytes = _simulate(60_000)
    return {"seconds": seconds, "megabytes": megabytes, "megabytes_600k": _simulate(600_000)[1]}


def _simulate(rows: int) -> tuple[float, float]:
    """Seconds and peak memory of one simulating process."""
    folder = Path(tempfile.mkdtemp(prefix="simulate-"))
    program = (
        "import resource; from pathlib import Path; from claims.simulator.generate import simulate; "
        f"simulate(Path('{folder}/c.db'), Path('{folder}/t.parquet'), rows={rows}); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    seconds, printed = run(f'python -c "{program}"', ROOT)
    shutil.rmtree(folder)
    return seconds, float(printed)


def variants() -> Figures:
    """Size, speed and quality of the variants of the model that is here."""
    return measure_variants(ROOT)


MEASURES: dict[str, Callable[[], Figures]] = {
    "variants": variants,
    "simulate": simulate,
    "demo": demo,
    "score": score,
    "tsa": tsa,
    "repro": repro,
    "identity": identity,
    "releases": releases,
    "faults": faults,
}


def main() -> None:
    """Measure, keep the results, and write the README's table."""
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in sys.argv[1:] or MEASURES:
        if name == "tsa" and not TSA.exists():
            print("tsa: skipped, TSA_CSV names no file")
            continue
        found[name] = MEASURES[name]()
        print(name, json.dumps(found[name]))
        found["machine"] = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
        write_whole(RESULTS, json.dumps(found, indent=2) + "\n")
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    write_whole(README, f"{before}{START}\n{render(found)}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
