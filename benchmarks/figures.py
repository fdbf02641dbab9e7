"""The tables of docs/figures.md: measured here and in fresh clones, written between the page's markers.

`python benchmarks/figures.py` measures all; names as arguments measure those alone and keep the rest;
`--smoke` is a run of minutes on few claims that prints the page. Each figure is kept in
benchmarks/figures.json with what was measured on.
"""

import argparse
import json
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from claims.base.files import write_whole
from claims.simulator.generate import simulate as draw
from clones import Figures, identity, quality, releases, repro, run, tsa
from figures_report import render
from structure import count_structure
from tasks import ROOT, TSA
from variants import measure_variants

RESULTS, PAGE = ROOT / "benchmarks" / "figures.json", ROOT / "docs" / "figures.md"
START, END = "<!-- figures: benchmarks/figures.py -->", "<!-- end of figures -->"


def faults(_: bool) -> Figures:
    """The faults that tests/repository/test_faults.py injects, and how many are detected with none served."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "tests/repository/test_faults.py", "-k", "served"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    return {name: sum(line.startswith(f"{name.upper()} ") for line in lines) for name in ("passed", "failed")}


def demo(_: bool) -> Figures:
    """Quality on the demo, from the metrics of the working tree's last run."""
    return quality(ROOT)


def score(small: bool) -> Figures:
    """Process time of `claims score`: 100,000 demo claims with lines from Parquet, beyond one claim's."""
    claims = 100 if small else 100_000
    with TemporaryDirectory(prefix="score-") as folder:
        _write_claims(Path(folder), "many", claims)
        _write_claims(Path(folder), "one", 1)
        start_up, many = (
            statistics.median(_score_seconds(Path(folder), name) for _ in range(1 if small else 3))
            for name in ("one", "many")
        )
    return {"claims": claims, "start_up_s": start_up, "beyond_s": many - start_up}


def _write_claims(folder: Path, name: str, rows: int) -> None:
    database = folder / f"{name}.db"
    draw(database, folder / f"{name}-truth.parquet", rows=rows, seed=11)
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


def simulate(small: bool) -> Figures:
    """The demo's 60,000 claims, and the memory that ten times as many take."""
    rows = 100 if small else 60_000
    seconds, megabytes = _simulate(rows)
    return {"seconds": seconds, "megabytes": megabytes, "megabytes_600k": _simulate(10 * rows)[1]}


def _simulate(rows: int) -> tuple[float, float]:
    """Seconds and peak memory of one simulating process."""
    with TemporaryDirectory(prefix="simulate-") as folder:
        program = (
            "import resource; from pathlib import Path; from claims.simulator.generate import simulate; "
            f"simulate(Path('{folder}/c.db'), Path('{folder}/t.parquet'), rows={rows}); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        seconds, printed = run(f'python -c "{program}"', ROOT)
    return seconds, float(printed)


def variants(small: bool) -> Figures:
    """Size, speed and quality of the variants of the model that is here."""
    return measure_variants(ROOT, rounds=1 if small else 15)


def structure(_: bool) -> Figures:
    """Measure the code itself: rooms, functions, breaches."""
    return count_structure().figures()


MEASURES: dict[str, Callable[[bool], Figures]] = {
    "variants": variants,
    "simulate": simulate,
    "demo": demo,
    "score": score,
    "tsa": tsa,
    "repro": repro,
    "identity": identity,
    "releases": releases,
    "faults": faults,
    "structure": structure,
}


def main() -> None:
    """Measure, keep the results, and write the page's tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--smoke", action="store_true", help="on few claims; prints the page")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - MEASURES.keys()):
        parser.error(f"no figure is called {unknown[0]}: {', '.join(MEASURES)}")
    figures = {} if given.smoke or not RESULTS.exists() else json.loads(RESULTS.read_text(encoding="utf-8"))
    for name in given.names or MEASURES:
        if name == "tsa" and not TSA.exists():
            print("tsa: skipped, TSA_CSV names no file")
            continue
        figures[name] = MEASURES[name](given.smoke)
        print(name, json.dumps(figures[name]))
        cores, python = os.cpu_count(), platform.python_version()
        figures["machine"] = f"{cores} cores, {platform.machine()}, Python {python}"
        if not given.smoke:
            write_whole(RESULTS, json.dumps(figures, indent=2) + "\n")
    if given.smoke:
        print(render(figures))
    else:
        write_whole(PAGE, between(PAGE.read_text(encoding="utf-8"), render(figures)))


def between(page: str, tables: str) -> str:
    """Return the page with other tables between its markers."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n{tables}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    main()
